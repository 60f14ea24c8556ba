//! The list of a lab's graded functions, from which everything that carries their calls follows.
//!
//! A contract is a trait, so that the checks need not know who answers: the lab's own functions in this
//! process ([`InProcess`](crate::contract!)), or, when a submission is not trusted, a worker at the other end
//! of a pipe.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

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

/// Declares the functions of a lab that are graded, each with the call that fulfils it.
///
/// It expands to the trait, whose methods take `&self` and answer `Result<Answer, Fault>`, and to the unit
/// struct `InProcess`, which fulfils it by calling the bodies under a [`guard`](crate::guard()). Arguments
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

        const _: () = {
            $(
                $($crate::contract::assert_carried::<$type>();)*
                $crate::contract::assert_carried::<$answer>();
            )+
        };
    };
}
