//! Time and memory as the operating system tells them.

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// What a piece of work took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds on the clock.
    pub(crate) wall_s: f64,
    /// Seconds of CPU, user and system, all threads.
    pub(crate) cpu_s: f64,
}

impl std::ops::Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            wall_s: self.wall_s + other.wall_s,
            cpu_s: self.cpu_s + other.cpu_s,
        }
    }
}

/// What a peer reports of a job.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The circuit's size in the peer's own unit.
    pub(crate) size: String,
    /// Compiling the circuit; nothing where it is part of the program.
    pub(crate) compile: Option<Cost>,
    /// Keys of the circuit. A universal setup is taken as given.
    pub(crate) setup: Cost,
    /// From the job to the witness.
    pub(crate) witness: Cost,
    /// From the witness to the proof: every run.
    pub(crate) proofs: Vec<Cost>,
    /// Most memory while proving, bytes.
    pub(crate) peak_bytes: u64,
    /// Length of the proof.
    pub(crate) proof_bytes: usize,
    /// Verifying it natively; nothing where only a contract does.
    pub(crate) verify: Option<Cost>,
    /// Gas of a transaction that verifies it, where there is a contract.
    pub(crate) gas: Option<u64>,
    /// What a reader has to know about this row.
    pub(crate) note: String,
}

impl Report {
    /// The proof with the median CPU time.
    pub(crate) fn prove(&self) -> Cost {
        let mut sorted = self.proofs.clone();
        sorted.sort_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s));
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

/// CPU seconds of this process so far, threads that ended included.
fn cpu_seconds() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// Runs `work` and tells what it took.
pub(crate) fn measured<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, Cost), Failure> {
    let (wall, cpu) = (Instant::now(), cpu_seconds()?);
    let value = work()?;
    let cost = Cost {
        wall_s: wall.elapsed().as_secs_f64(),
        cpu_s: cpu_seconds()? - cpu,
    };
    Ok((value, cost))
}

/// Proves `runs` times; the last proof, every cost, and the most memory meanwhile.
pub(crate) fn proofs<T>(
    runs: usize,
    mut prove: impl FnMut() -> Result<T, Failure>,
) -> Result<(T, Vec<Cost>, u64), Failure> {
    reset_peak()?;
    let mut costs = Vec::new();
    loop {
        let (proof, cost) = measured(&mut prove)?;
        costs.push(cost);
        if costs.len() >= runs {
            return Ok((proof, costs, peak()?));
        }
    }
}

/// The peak starts anew from what is in use now: keys stay in it, the memory that making them took does not.
fn reset_peak() -> Result<(), Failure> {
    Ok(std::fs::write("/proc/self/clear_refs", "5")?)
}

fn peak() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes
        .map(|kb| kb << 10)
        .ok_or_else(|| Failure::new("/proc/self/status: expected VmHWM"))
}
