//! Processes on cores of their own, and the processor time they use, as Linux counts it. It knows nothing of what they
//! do.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Outcome;

/// Where the server runs and where the load comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cores {
    /// A core each.
    Apart {
        /// The server's.
        server: u32,
        /// The load's.
        load: u32,
    },
    /// There is one core only, or no `taskset` to choose one with.
    Together,
}

impl Cores {
    /// The first core for the server, the last one for the load, where there are two; moves this process to the latter.
    pub fn assign() -> Outcome<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let allowed =
            status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default().trim();
        let mut ends = allowed.split([',', '-']).filter_map(|core| core.parse::<u32>().ok());
        let (Some(server), Some(load)) = (ends.next(), ends.next_back()) else { return Ok(Self::Together) };
        let here = std::process::id().to_string();
        let moved =
            Command::new("taskset").args(["--all-tasks", "--cpu-list", "--pid", &load.to_string(), &here]).output();
        Ok(if moved.is_ok_and(|moved| moved.status.success()) { Self::Apart { server, load } } else { Self::Together })
    }

    /// A command that runs on the server's core.
    fn command(self, program: &OsStr) -> Command {
        match self {
            Self::Apart { server, .. } => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &server.to_string()]).arg(program);
                command
            }
            Self::Together => Command::new(program),
        }
    }
}

/// A running process, ended when it is dropped.
pub struct Process {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program on the server's core.
    pub fn start(
        cores: Cores,
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Outcome<Self> {
        let mut command = cores.command(program.as_ref());
        command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let answers = BufReader::new(child.stdout.take().ok_or("the process has no output")?);
        Ok(Self { child, answers })
    }

    /// Writes a line, and waits for the line that answers it.
    pub fn ask(&mut self, line: &str) -> Outcome<String> {
        let input = self.child.stdin.as_mut().ok_or("the process has no input")?;
        writeln!(input, "{line}")?;
        self.hear()
    }

    /// Waits for the next line.
    pub fn hear(&mut self) -> Outcome<String> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer)? {
            0 => Err("the process ended before it answered".into()),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }

    /// The processor time it used so far, in user and in kernel mode, all its threads together.
    pub fn used(&self) -> Outcome<Duration> {
        used(&self.child.id().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time that this process used so far.
pub fn used_here() -> Outcome<Duration> {
    used("self")
}

/// Linux counts it for each thread, in nanoseconds. Threads that end take theirs along, but those that serve don't end.
fn used(process: &str) -> Outcome<Duration> {
    let mut nanos = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may have ended since.
        let Ok(times) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        nanos += times.split_whitespace().next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanos))
}

/// The machine, in words.
pub fn machine() -> Outcome<String> {
    let (cpus, memory) = (fs::read_to_string("/proc/cpuinfo")?, fs::read_to_string("/proc/meminfo")?);
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default();
    Ok(format!("{model}, {count} cores, {} GiB", kib.div_ceil(1024 * 1024)))
}
