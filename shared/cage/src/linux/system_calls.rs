//! seccomp: the list of permitted system calls.
//!
//! Three answers, each a filter of its own; the kernel takes the strictest:
//!
//! - What is not on the list *does not exist* (`ENOSYS`): libraries probe for new calls and fall back to old ones.
//!   `clone3` is not on the list because a filter cannot see its arguments; the C library falls back to `clone`.
//! - What a harmless program may well try is *refused* (`EPERM`): sockets, signals, `chmod`.
//! - What only an attack calls *kills*, so that it can be reported as such.
//!
//! A call with the number of another architecture kills as well (`seccompiler` sees to it).

use std::collections::BTreeMap;

use libc::*;
use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::cage::Profile;
use crate::error::{CageError, Step};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Reading, writing, memory, time, threads' synchronisation, questions about oneself.
#[rustfmt::skip]
const PERMITTED: &[i64] = &[
    // Files that are open.
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_close,
    SYS_close_range, SYS_fstat, SYS_dup, SYS_dup3, SYS_ftruncate, SYS_fallocate, SYS_fsync, SYS_fdatasync,
    SYS_fadvise64, SYS_getdents64, SYS_pipe2, SYS_ppoll, SYS_pselect6, SYS_flock, SYS_copy_file_range,
    SYS_sendfile,
    // Files by name: Landlock decides.
    SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_mkdirat, SYS_unlinkat,
    SYS_renameat2, SYS_linkat, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_umask, SYS_statfs,
    SYS_fstatfs,
    // Memory.
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_mincore, SYS_msync,
    SYS_membarrier,
    // Time.
    SYS_nanosleep, SYS_clock_nanosleep, SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_times,
    // Itself.
    SYS_exit, SYS_exit_group, SYS_execve, SYS_wait4, SYS_waitid, SYS_getpid, SYS_getppid, SYS_gettid,
    SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getgroups, SYS_getpgid, SYS_getsid, SYS_uname,
    SYS_sysinfo, SYS_getrusage, SYS_getrandom, SYS_getcpu, SYS_sched_yield, SYS_sched_getaffinity,
    SYS_sched_getparam, SYS_sched_getscheduler, SYS_set_tid_address, SYS_set_robust_list, SYS_rseq,
    SYS_futex, SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_sigaltstack,
    // With some arguments only, see `unwanted`.
    SYS_clone, SYS_fcntl, SYS_ioctl, SYS_openat, SYS_prctl, SYS_prlimit64, SYS_tgkill,
];

/// Names that newer architectures no longer have.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const PERMITTED_OLD: &[i64] = &[
    SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_rename, SYS_link,
    SYS_dup2, SYS_pipe, SYS_poll, SYS_select, SYS_getdents, SYS_time, SYS_getpgrp, SYS_arch_prctl,
    SYS_getrlimit, SYS_creat, SYS_open, SYS_renameat, SYS_fork, SYS_vfork,
];
#[cfg(target_arch = "aarch64")]
const PERMITTED_OLD: &[i64] = &[SYS_renameat];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const PERMITTED_OLD: &[i64] = &[];

/// What programs try without harm in mind, but must not get.
#[rustfmt::skip]
const REFUSED: &[i64] = &[
    SYS_socket, SYS_socketpair, SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
    SYS_pidfd_open, SYS_pidfd_send_signal, SYS_setsid, SYS_setpgid, SYS_setpriority,
    SYS_sched_setaffinity, SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_ioprio_set,
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups,
    SYS_setfsuid, SYS_setfsgid, SYS_capset, SYS_personality, SYS_fchmod, SYS_fchmodat, SYS_fchown,
    SYS_fchownat, SYS_utimensat, SYS_truncate, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
    SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_symlinkat, SYS_mknodat, SYS_memfd_create,
    SYS_mlock, SYS_mlock2, SYS_mlockall, SYS_execveat, SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open,
    SYS_inotify_init1, SYS_fanotify_init,
];

#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const REFUSED_OLD: &[i64] = &[
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_symlink, SYS_mknod,
    SYS_inotify_init,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_OLD: &[i64] = &[];

/// What only an attack calls.
#[rustfmt::skip]
const DEADLY: &[i64] = &[
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd, SYS_bpf,
    SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
    SYS_fsopen, SYS_fspick, SYS_fsmount, SYS_move_mount, SYS_open_tree, SYS_mount_setattr, SYS_setns,
    SYS_unshare, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot,
    SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_setdomainname,
    SYS_acct, SYS_quotactl, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_syslog, SYS_vhangup,
];

// Of `asm-generic/fcntl.h`; the C library's bindings lack them.
const F_SETSIG: c_int = 10;
const F_SETOWN_EX: c_int = 15;

/// Each of these bits of `clone` makes a namespace.
#[rustfmt::skip]
const NEW_NAMESPACES: [c_int; 8] = [
    CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWTIME, CLONE_NEWUSER,
    CLONE_NEWUTS,
];

/// The filters of a profile for the process that calls this; the last one forbids to apply another.
pub(super) fn filters(profile: Profile) -> Result<Vec<BpfProgram>, CageError> {
    let permitted = unconditional(&[PERMITTED, PERMITTED_OLD, REFUSED, REFUSED_OLD, DEADLY]);
    let mut refused = unconditional(&[REFUSED, REFUSED_OLD]);
    refused.extend(unwanted(profile)?);
    Ok(vec![
        compile(unconditional(&[DEADLY]), SeccompAction::KillProcess, SeccompAction::Allow)?,
        compile(refused, refuse(EPERM), SeccompAction::Allow)?,
        compile(permitted, SeccompAction::Allow, refuse(ENOSYS))?,
    ])
}

/// Puts filters in force for this thread and its descendants, for good.
pub(super) fn apply(filters: &[BpfProgram]) -> Result<(), CageError> {
    filters
        .iter()
        .try_for_each(|filter| seccompiler::apply_filter(filter))
        .step("apply the filter of system calls")
}

/// Arguments with which a permitted call is refused.
fn unwanted(profile: Profile) -> Result<Rules, CageError> {
    let mut rules = Rules::new();
    // No namespaces; and a worker starts threads only.
    let mut clone: Vec<_> =
        NEW_NAMESPACES.iter().map(|bit| rule(&[(0, has(*bit), *bit)])).collect::<Result<_, _>>()?;
    if profile == Profile::Worker {
        clone.push(rule(&[(0, has(CLONE_THREAD), 0)])?);
        #[cfg(target_arch = "x86_64")]
        rules.extend(unconditional(&[&[SYS_fork, SYS_vfork]]));
    }
    rules.insert(SYS_clone, clone);
    // Aborting oneself is the only signal: none to others, neither directly nor by way of a file, and no SIGKILL that
    // would look like the OOM killer's.
    let own = c_int::try_from(std::process::id()).step("convert a process id")?;
    let others = rule(&[(0, SeccompCmpOp::Ne, own)])?;
    rules.insert(SYS_tgkill, vec![others, rule(&[(2, SeccompCmpOp::Ne, SIGABRT)])?]);
    let owners = [F_SETOWN, F_SETOWN_EX, F_SETSIG, F_SETLEASE, F_NOTIFY];
    rules.insert(
        SYS_fcntl,
        owners.iter().map(|command| rule(&[(1, Eq, *command)])).collect::<Result<_, _>>()?,
    );
    rules.insert(SYS_prlimit64, vec![rule(&[(0, SeccompCmpOp::Ne, 0)])?]);
    // What Landlock 1 and 2 let pass: truncating a file that is opened for reading. And a file without a name would
    // escape the count of what was written.
    let opening = |flags: u8| -> Result<Vec<SeccompRule>, CageError> {
        let truncated = rule(&[(flags, has(O_ACCMODE | O_TRUNC), O_RDONLY | O_TRUNC)])?;
        Ok(vec![truncated, rule(&[(flags, has(O_TMPFILE), O_TMPFILE)])?])
    };
    rules.insert(SYS_openat, opening(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(SYS_open, opening(1)?);
    // Everything but questions about a terminal and a file, and the names of threads and mappings.
    let but = |argument: u8, allowed: &[c_int]| -> Result<Vec<SeccompRule>, CageError> {
        let others: Vec<_> = allowed.iter().map(|value| (argument, SeccompCmpOp::Ne, *value)).collect();
        Ok(vec![rule(&others)?])
    };
    let questions: Vec<_> =
        [TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX, FIONCLEX, FIONBIO].map(|request| request as c_int).to_vec();
    rules.insert(SYS_ioctl, but(1, &questions)?);
    let harmless =
        [PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_GET_DUMPABLE, PR_CAPBSET_READ, PR_SET_NO_NEW_PRIVS];
    rules.insert(SYS_prctl, but(0, &harmless)?);
    Ok(rules)
}

/// Whether the bits of the mask are as the value says.
fn has(mask: c_int) -> SeccompCmpOp {
    MaskedEq(u64::from(mask as u32))
}

/// A call whose arguments meet all these conditions.
fn rule(conditions: &[(u8, SeccompCmpOp, c_int)]) -> Result<SeccompRule, CageError> {
    let conditions = conditions.iter().map(|(argument, comparison, value)| {
        SeccompCondition::new(
            *argument,
            SeccompCmpArgLen::Dword,
            comparison.clone(),
            u64::from(*value as u32),
        )
    });
    let conditions = conditions.collect::<Result<_, _>>().step("write a rule for system calls")?;
    SeccompRule::new(conditions).step("write a rule for system calls")
}

fn unconditional(lists: &[&[i64]]) -> Rules {
    lists.iter().flat_map(|list| list.iter()).map(|call| (*call, Vec::new())).collect()
}

fn refuse(error: c_int) -> SeccompAction {
    SeccompAction::Errno(error as u32)
}

fn compile(rules: Rules, matching: SeccompAction, others: SeccompAction) -> Result<BpfProgram, CageError> {
    let architecture = std::env::consts::ARCH.try_into().step("write a filter for this processor")?;
    let filter =
        SeccompFilter::new(rules, others, matching, architecture).step("write a filter of system calls")?;
    filter.try_into().step("compile a filter of system calls")
}
