//! The benchmark: the same training steps in our library, PyTorch, candle and burn, on the same machine at the same time.
//!
//! Each library is a program of its own, a [peer](peer), that runs a workload for a while when told to. The runner
//! lets them take turns (A B A B …), so that whatever else the machine does hits all of them alike, and compares what
//! they took in the same turn. The workloads themselves are in `shared/bench`.

pub(crate) mod contract;
pub(crate) mod library;
pub(crate) mod measure;
pub(crate) mod memory;
pub(crate) mod page;
pub(crate) mod peer;
pub(crate) mod statistics;
pub(crate) mod tables;
