//! What a proof costs, phase by phase.

use std::time::Instant;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use serde::Serialize;
use vector::Unit;
use vector::fft::Scratch;

use super::domain::Domain;
use crate::cpu_seconds;
use crate::srs::Setup;

/// The phases of one proof.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Profile {
    /// log2 of the number of rows.
    pub k: u32,
    /// In the order of the proof.
    pub phases: Vec<Phase>,
    /// Whether the pieces of the quotient are randomised. Not where the setup ends at 2^k powers: that takes one more.
    pub randomised_pieces: bool,
}

/// One phase.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// What it does.
    pub name: &'static str,
    /// Seconds on the clock.
    pub wall_s: f64,
    /// CPU seconds of all threads of the process.
    pub cpu_s: f64,
    /// Multi-scalar multiplications.
    pub msms: usize,
    /// Point additions into their buckets.
    pub additions: usize,
    /// FFTs of 2^k values.
    pub ffts: usize,
}

impl Profile {
    /// CPU seconds of all phases.
    pub fn cpu_s(&self) -> f64 {
        self.phases.iter().map(|phase| phase.cpu_s).sum()
    }

    /// Sum of a figure over all phases.
    pub fn total(&self, figure: impl Fn(&Phase) -> usize) -> usize {
        self.phases.iter().map(figure).sum()
    }
}

/// Measures the phase that is running.
#[derive(Debug)]
pub(super) struct Recorder {
    profile: Profile,
    since: (Instant, f64),
    msms: usize,
    additions: usize,
    ffts: usize,
}

impl Recorder {
    pub(super) fn start(k: u32) -> Self {
        let profile = Profile {
            k,
            ..Profile::default()
        };
        Self {
            profile,
            since: now(),
            msms: 0,
            additions: 0,
            ffts: 0,
        }
    }

    pub(super) fn msms(&mut self, count: usize, additions: usize) {
        self.msms += count;
        self.additions += additions;
    }

    pub(super) fn ffts(&mut self, count: usize) {
        self.ffts += count;
    }

    pub(super) fn randomised(&mut self) {
        self.profile.randomised_pieces = true;
    }

    /// Ends the phase and begins the next one.
    pub(super) fn end(&mut self, name: &'static str) {
        let (wall, cpu) = now();
        self.profile.phases.push(Phase {
            name,
            wall_s: (wall - self.since.0).as_secs_f64(),
            cpu_s: cpu - self.since.1,
            msms: std::mem::take(&mut self.msms),
            additions: std::mem::take(&mut self.additions),
            ffts: std::mem::take(&mut self.ffts),
        });
        self.since = (wall, cpu);
    }

    pub(super) fn finish(self) -> Profile {
        self.profile
    }
}

fn now() -> (Instant, f64) {
    (Instant::now(), cpu_seconds())
}

/// What the two operations that a proof consists of cost on this machine, in CPU seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Units {
    /// One addition into a bucket, all else of a full-width product of 2^k terms included.
    pub addition_s: f64,
    /// One FFT of 2^k values.
    pub fft_s: f64,
}

impl Units {
    /// Measures both for the size of a setup. `None` where the setup is too large for tables.
    pub fn measure(setup: &Setup) -> Option<Self> {
        const RUNS: usize = 4;
        let n = 1usize << setup.k();
        let (table, domain) = (setup.powers_table()?, Domain::new(setup.k(), Unit::detect()));
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let values: Vec<Fr> = (0..n).map(|_| Fr::random(&mut rng)).collect();
        let start = cpu_seconds();
        let additions: usize = (0..RUNS).map(|_| table.product(&values).1).sum();
        let between = cpu_seconds();
        let columns: Vec<Vec<Fr>> = (0..RUNS * rayon::current_num_threads())
            .map(|_| values.clone())
            .collect();
        let copied = cpu_seconds();
        let transformed: Vec<_> = columns
            .par_iter()
            .map_init(Scratch::default, |scratch, column| domain.interpolate(column, scratch))
            .collect();
        let end = cpu_seconds();
        Some(Self {
            addition_s: (between - start) / additions as f64,
            fft_s: (end - copied) / transformed.len() as f64,
        })
    }
}
