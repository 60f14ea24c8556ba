//! What passes between the checks and a worker: frames of bytes.
//!
//! A frame is its length in four bytes, the least significant first, and so many bytes: a head and what it is about,
//! both in [postcard's format](https://postcard.jamesmunns.com), which keeps every bit of a float. The worker is not
//! trusted: a frame may not be longer than agreed, an answer must bear the number of its question, and whatever cannot
//! be read is a [`Fault`], never a panic.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::FailureKind;
use crate::fault::Fault;

/// The longest question, in bytes.
pub(crate) const LONGEST_QUESTION: usize = 256 << 20;
/// The longest answer: far above what any graded function returns, and read into memory without harm.
pub(crate) const LONGEST_ANSWER: usize = 8 << 20;

/// What stands before the arguments of a call.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question<'a> {
    pub(crate) number: u64,
    pub(crate) function: &'a str,
}

/// What stands before the value that a call returned, if it did.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) number: u64,
    pub(crate) result: Result<(), Fault>,
}

/// A value as bytes.
///
/// # Errors
///
/// If it cannot be carried.
#[doc(hidden)]
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    postcard::to_allocvec(value).map_err(|error| unreadable(&error.to_string()))
}

/// The value that the bytes hold, all of them.
///
/// # Errors
///
/// If they hold none of this type.
#[doc(hidden)]
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(unreadable(&format!("{} bytes too many", rest.len()))),
        Err(error) => Err(unreadable(&error.to_string())),
    }
}

fn unreadable(why: &str) -> Fault {
    Fault {
        kind: FailureKind::InvalidAnswer,
        message: format!("what came through the pipe cannot be read: {why}"),
        location: None,
    }
}

/// A head with what it is about, as one frame.
pub(crate) fn frame(head: &impl Serialize, about: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![0; 4];
    bytes.extend(encode(head)?);
    bytes.extend(about);
    let length = u32::try_from(bytes.len() - 4).map_err(|_| unreadable("a frame is longer than 4 GiB"))?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// Splits what [`read_frame`] read into the head and what it is about.
pub(crate) fn split<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), Fault> {
    postcard::take_from_bytes(bytes).map_err(|error| unreadable(&error.to_string()))
}

/// Reads a frame of at most `longest` bytes; `None` where the stream ends before the first.
pub(crate) fn read_frame(mut from: impl Read, longest: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut filled = 0;
    while filled < length.len() {
        match from.read(&mut length[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > longest {
        let message = format!("a frame of {length} bytes, where {longest} are the most");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    // Grows with what arrives: the claim of a length costs nothing.
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// Writes a frame and sends it off.
pub(crate) fn write_frame(mut to: impl Write, frame: &[u8]) -> io::Result<()> {
    to.write_all(frame)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_frame_survives_the_pipe(number: u64, function in "[a-z_]{1,20}", about: Vec<u8>) {
            let frame = frame(&Question { number, function: &function }, &about).unwrap();
            let bytes = read_frame(&frame[..], 1 << 20).unwrap().unwrap();
            let (head, rest) = split::<Question<'_>>(&bytes).unwrap();
            prop_assert_eq!((head.number, head.function), (number, function.as_str()));
            prop_assert_eq!(rest, about);
        }

        #[test]
        fn bytes_from_anywhere_are_an_answer_or_a_fault(bytes: Vec<u8>) {
            let _ = read_frame(&bytes[..], 1 << 20);
            let _ = split::<Answer>(&bytes);
            let _ = decode::<(String, Vec<f64>)>(&bytes);
        }
    }

    #[test]
    fn floats_keep_their_bits() {
        let x = [f64::from_bits(0x7ff8_0000_0000_0042), f64::INFINITY, -0.0, 5e-324].to_vec();
        let back: Vec<f64> = decode(&encode(&x).unwrap()).unwrap();
        let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(&x));
    }

    #[test]
    fn a_stream_ends_between_frames_or_not_well() {
        assert!(read_frame(&[][..], 10).unwrap().is_none());
        assert!(read_frame(&[1, 0][..], 10).is_err());
        assert!(read_frame(&[5, 0, 0, 0, 1][..], 10).is_err());
        let error = read_frame(&[255, 255, 255, 255][..], 10).unwrap_err();
        assert!(error.to_string().contains("4294967295 bytes"), "{error}");
    }

    #[test]
    fn bytes_left_over_are_no_answer() {
        let mut bytes = encode(&3_u32).unwrap();
        bytes.push(0);
        assert!(decode::<u32>(&bytes).unwrap_err().message.contains("1 bytes too many"));
    }
}
