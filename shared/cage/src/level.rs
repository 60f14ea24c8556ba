//! What this system enforces.

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::CageError;

/// Whether, and how, one kind of limit is enforced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    /// It is, by this.
    Enforced(String),
    /// It is not, for this reason.
    Absent(String),
}

impl Guard {
    /// Whether it is enforced.
    pub fn holds(&self) -> bool {
        matches!(self, Guard::Enforced(_))
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Guard::Enforced(how) => f.write_str(how),
            Guard::Absent(why) => write!(f, "not enforced: {why}"),
        }
    }
}

/// What this system enforces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Nothing but what is named can be read, written or executed.
    pub file_system: Guard,
    /// No sockets.
    pub network: Guard,
    /// A list of permitted system calls.
    pub system_calls: Guard,
    /// Memory.
    pub memory: Guard,
    /// The number of processes, and that none outlives the cage.
    pub processes: Guard,
    /// Processor time and wall clock.
    pub time: Guard,
    /// What is printed.
    pub output: Guard,
    /// Processes and network of its own. An addition: the rest suffices.
    pub namespaces: Guard,
    /// The version of Landlock in force, 0 if there is none.
    pub landlock: u32,
}

impl Level {
    /// Each kind of limit with its name.
    pub fn guards(&self) -> [(&'static str, &Guard); 8] {
        [
            ("file system", &self.file_system),
            ("network", &self.network),
            ("system calls", &self.system_calls),
            ("memory", &self.memory),
            ("processes", &self.processes),
            ("time", &self.time),
            ("output", &self.output),
            ("namespaces", &self.namespaces),
        ]
    }

    /// Whether hostile code may run here: everything holds but, perhaps, the namespaces.
    ///
    /// # Errors
    ///
    /// [`CageError::Level`] names what is missing.
    pub fn require(&self) -> Result<(), CageError> {
        let needed = self.guards().into_iter().filter(|(name, _)| *name != "namespaces");
        let missing: Vec<_> = needed
            .filter(|(_, guard)| !guard.holds())
            .map(|(name, guard)| format!("{name}: {guard}"))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(CageError::Level { missing: missing.join("; ") }) }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.guards().iter().map(|(name, guard)| format!("{name:<13}{guard}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// What this system enforces. It is tried out once, in a process of its own.
pub fn level() -> &'static Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    LEVEL.get_or_init(crate::system::probe)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::{Cage, CageError};

    /// The main of unit tests does not call `cage::launcher()`: it must not be taken for a cage, nor start itself for ever.
    #[test]
    fn a_program_that_takes_no_part_is_refused() {
        let error = Cage::worker().run(&Command::new("/bin/true")).unwrap_err();
        assert!(matches!(error, CageError::Level { .. }), "{error}");
        #[cfg(target_os = "linux")]
        {
            assert!(error.to_string().contains("cage::launcher()"), "{error}");
            let error = Cage::worker().at_any_level().run(&Command::new("/bin/true")).unwrap_err();
            assert_eq!(error, CageError::NoLauncher);
        }
    }
}
