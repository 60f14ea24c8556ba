//! What the parts of the cage tell each other: JSON with its length in front, over a socket that is the listener's
//! standard input. The order carries the target's three standard files along (`SCM_RIGHTS`), so that none of them needs
//! to be inherited by a process that happens to be started at the same time.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cage::{Order, Profile};
use crate::limits::Limits;
use crate::outcome::{End, Usage};

/// Everything that keeper and target must know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Instructions {
    pub(super) order: Order,
    pub(super) profile: Profile,
    pub(super) limits: Limits,
    pub(super) readable: Vec<PathBuf>,
    pub(super) executable: Vec<PathBuf>,
    pub(super) scratch: PathBuf,
    /// Whether it is better not to run than to run without Landlock or a filter.
    pub(super) required: bool,
    /// The user to become, where the grader is root.
    pub(super) owner: Option<u32>,
    /// Whom `RLIMIT_NPROC` counts.
    pub(super) counted_with: CountedWith,
}

/// Whom `RLIMIT_NPROC` counts besides the target and its descendants.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum CountedWith {
    /// Nobody: it has a user of its own.
    Nobody,
    /// Entrance and keeper, in the same user namespace.
    Keeper,
    /// All that its user runs on this machine, now and later.
    Everything,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The target is locked up; the program follows by `exec`.
    Locked,
    /// The keeper says: the program runs.
    Started,
    /// It could not be locked up, or not be executed.
    Failed { step: String, problem: String },
    /// It is over, and everything is dead.
    Ended { end: End, usage: Usage },
}

/// The three standard files of the target.
pub(super) type StandardFiles = [OwnedFd; 3];

const LONGEST: u32 = 1 << 24;

/// The socket that was passed as standard input.
pub(super) fn socket() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

pub(super) fn send(socket: &UnixStream, message: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    let mut bytes = u32::try_from(text.len()).map_err(io::Error::other)?.to_le_bytes().to_vec();
    bytes.extend(text);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        // `write`, because a target that is locked up and could not be executed may no longer call `send`.
        let sent = rustix::io::write(socket, rest)?;
        rest = &rest[sent..];
    }
    Ok(())
}

pub(super) fn receive<T: DeserializeOwned>(mut socket: &UnixStream) -> io::Result<T> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no message of the cage"));
    }
    let mut text = vec![0; length as usize];
    socket.read_exact(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// Sends instructions, and the files with the first byte.
pub(super) fn send_instructions(
    socket: &UnixStream,
    instructions: &Instructions,
    files: &StandardFiles,
) -> io::Result<()> {
    let borrowed = [files[0].as_fd(), files[1].as_fd(), files[2].as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&borrowed));
    sendmsg(socket, &[IoSlice::new(b"!")], &mut ancillary, SendFlags::empty())?;
    send(socket, instructions)
}

pub(super) fn receive_instructions(socket: &UnixStream) -> io::Result<(Instructions, StandardFiles)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut mark = [0];
    recvmsg(socket, &mut [IoSliceMut::new(&mut mark)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    let mut files = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    let files = files.try_into().map_err(|_| io::Error::other("three files were to come along"))?;
    Ok((receive(socket)?, files))
}
