//! The list of a lab's graded functions, from which everything that carries their calls follows.
//!
//! A contract is a trait, so that the checks need not know who answers: the lab's own functions in this
//! process ([`InProcess`](crate::contract!)), or, when a submission is not trusted, a worker at the other end
//! of a pipe.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Remote;
use crate::fault::Fault;

/// What may be an argument or an answer of a graded function: owned data that survives a pipe.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be carried between the checks and a graded function",
    note = "arguments and answers in a contract are owned and Serialize + DeserializeOwned + Debug + Clone + Send"
)]
pub trait Carried: Serialize + DeserializeOwned + Debug + Clone + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Debug + Clone + Send + 'static> Carried for T {}

/// Compiles only for types that can be carried. For [`contract!`](crate::contract!) alone.
#[doc(hidden)]
pub const fn assert_carried<T: Carried>() {}

/// Answers requests by name, as they come over a pipe. [`contract!`](crate::contract!) implements it.
pub trait Serve: Sync {
    /// The encoded answer of a function to its encoded arguments.
    ///
    /// # Errors
    ///
    /// The function panicked or is not written, or there is no such function with such arguments.
    fn serve(&self, function: &str, arguments: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// A contract that a worker may fulfil. [`contract!`](crate::contract!) implements it for `dyn Contract`.
pub trait Graded {
    /// The contract, fulfilled by workers.
    fn remote(remote: &'static Remote) -> &'static Self;
}

/// Declares the functions of a lab that are graded, each with the call that fulfils it.
///
/// It expands to the trait, whose methods take `&self` and answer `Result<Answer, Fault>`, and to the unit
/// struct `InProcess`, which fulfils it by calling the bodies under a [`guard`](crate::guard()). [`Remote`] fulfils
/// it too, by asking a worker, which is a program that hands its `InProcess` to [`serve`](crate::serve()). Arguments
/// are taken by value and must be [`Carried`], as must answers:
///
/// ```
/// grading::contract! {
///     /// What is graded.
///     pub trait Toy {
///         /// The mean of some numbers.
///         fn mean(x: Vec<f64>) -> f64 { x.iter().sum::<f64>() / x.len() as f64 }
///     }
/// }
///
/// assert_eq!(InProcess.mean(vec![1.0, 3.0]), Ok(2.0));
/// ```
///
/// ```compile_fail
/// grading::contract! {
///     /// A reference cannot be carried.
///     pub trait Toy {
///         /// The mean of some numbers.
///         fn mean(x: &'static [f64]) -> f64 { x.iter().sum::<f64>() / x.len() as f64 }
///     }
/// }
/// ```
#[macro_export]
macro_rules! contract {
    (
        $(#[$attribute:meta])*
        $visibility:vis trait $contract:ident {
            $(
                $(#[$function_attribute:meta])*
                fn $function:ident($($argument:ident: $type:ty),* $(,)?) -> $answer:ty $body:block
            )+
        }
    ) => {
        $(#[$attribute])*
        #[allow(clippy::too_many_arguments)]
        $visibility trait $contract: ::std::marker::Sync {
            $(
                $(#[$function_attribute])*
                ///
                /// # Errors
                ///
                /// The function panicked, is not written yet, or could not be asked.
                fn $function(&self, $($argument: $type),*)
                    -> ::std::result::Result<$answer, $crate::Fault>;
            )+
        }

        /// Fulfils the contract with the functions of this crate, in this process.
        #[derive(Debug, Clone, Copy)]
        $visibility struct InProcess;

        impl $contract for InProcess {
            $(
                fn $function(&self, $($argument: $type),*)
                    -> ::std::result::Result<$answer, $crate::Fault>
                {
                    $crate::guard(move || -> $answer { $body })
                }
            )+
        }

        impl $contract for $crate::Remote {
            $(
                fn $function(&self, $($argument: $type),*)
                    -> ::std::result::Result<$answer, $crate::Fault>
                {
                    self.call(stringify!($function), &($($argument,)*))
                }
            )+
        }

        impl $crate::contract::Serve for InProcess {
            fn serve(&self, function: &str, arguments: &[u8])
                -> ::std::result::Result<::std::vec::Vec<u8>, $crate::Fault>
            {
                match function {
                    $(stringify!($function) => {
                        let ($($argument,)*): ($($type,)*) = $crate::wire::decode(arguments)?;
                        $crate::wire::encode(&self.$function($($argument),*)?)
                    })+
                    unknown => ::std::result::Result::Err($crate::Fault::of_the_wire(unknown)),
                }
            }
        }

        impl $crate::contract::Graded for dyn $contract {
            fn remote(remote: &'static $crate::Remote) -> &'static Self {
                remote
            }
        }

        const _: () = {
            $(
                $($crate::contract::assert_carried::<$type>();)*
                $crate::contract::assert_carried::<$answer>();
            )+
        };
    };
}
