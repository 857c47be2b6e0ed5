//! `bench`: what proofs cost, engine beside engine, in CPU time.

use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::size::Size;
use clap::{Args, Subcommand};
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::cpu::profile::{Phase, Units};
use prover::backend::{Backend, Cpu, Profile, Stock};
use prover::cpu_seconds;
use prover::keys::Keys;
use prover::srs::Setup;
use serde_json::{Value, json};

use crate::errors::Failure;
use crate::machine;
use crate::output::{Output, table};
use crate::setups;

/// Measurements.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Our prover beside the library's on full settlement batches, and beside what their multiplications and FFTs alone would take.
    Engine(Engine),
}

/// Which sizes, how often.
#[derive(Debug, Args)]
pub(crate) struct Engine {
    /// Sizes of the settlement circuit, comma-separated.
    #[arg(long, value_delimiter = ',', default_value = "m")]
    sizes: Vec<String>,
    /// Proofs of each prover, in turns; the medians are reported.
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

impl Bench {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Engine(engine) => engine.run(out),
        }
    }
}

/// One size, measured.
struct Measured {
    size: Size,
    accounts: usize,
    stock: Vec<f64>,
    cpu: Vec<f64>,
    profile: Profile,
    units: Units,
    peak: u64,
    tables: usize,
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

impl Engine {
    fn run(self, out: Output) -> Result<(), Failure> {
        if self.runs == 0 {
            return Err(Failure::usage("runs: expected at least 1, found 0"));
        }
        let sizes = self
            .sizes
            .iter()
            .map(|name| setups::size_named(name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut measured = Vec::new();
        for size in sizes {
            measured.push(self.measure(out, size)?);
        }
        let list: Vec<Value> = measured.iter().map(Measured::json).collect();
        let texts: Vec<String> = measured.iter().map(Measured::text).collect();
        out.result(&json!({ "sizes": list }), &texts.join("\n\n"))
    }

    fn measure(&self, out: Output, size: Size) -> Result<Measured, Failure> {
        let batch = benches::batch(&size);
        let instance = batch.instance.to_fields();
        let wrong = |error: &dyn std::fmt::Display| Failure::internal(format!("batch of size {}: {error}", size.name));
        let trace =
            assign(size, &batch.instance, &batch.witness, &batch.outcome, None).map_err(|error| wrong(&error))?;
        let advice = trace.finish().map_err(|error| wrong(&error))?.clone();
        let setup = setups::dev(out, size.k, setups::DEV_SEED)?;
        let (empty, cached) = setups::keys(out, &setup, size)?;
        let circuit = empty.with_cells(Cells { advice, instance });
        let keys = &cached.keys;
        // Tables and cosets are the key's, made once: not measured.
        let cpu = Cpu::default();
        proof_seconds(out, &cpu, &setup, keys, &circuit, &instance)?;
        let units = Units::measure(&setup).ok_or_else(|| {
            Failure::usage(format!(
                "size {}: expected one whose setup has tables, found k = {}",
                size.name, size.k
            ))
        })?;
        machine::reset_peak_memory();
        proof_seconds(out, &cpu, &setup, keys, &circuit, &instance)?;
        let peak = machine::peak_memory().unwrap_or_default();
        let (mut stock, mut ours, mut profile) = (Vec::new(), Vec::new(), Profile::default());
        for _ in 0..self.runs {
            cpu.profiles().take();
            ours.push(proof_seconds(out, &cpu, &setup, keys, &circuit, &instance)?);
            profile = cpu.profiles().take().pop().unwrap_or_default();
            stock.push(proof_seconds(out, &Stock, &setup, keys, &circuit, &instance)?);
        }
        let accounts = batch.witness.accounts.len();
        Ok(Measured {
            size,
            accounts,
            stock,
            cpu: ours,
            profile,
            units,
            peak,
            tables: setup.table_bytes(),
        })
    }
}

/// CPU seconds of a proof, its verification included.
fn proof_seconds<B: Backend>(
    out: Output,
    backend: &B,
    setup: &Setup,
    keys: &Keys,
    circuit: &SettlementCircuit,
    instance: &[Fr],
) -> Result<f64, Failure> {
    let _spinner = out.spinner(format!("proving with {}", backend.name()));
    let start = cpu_seconds();
    backend.prove(setup, keys, circuit, instance)?;
    Ok(cpu_seconds() - start)
}

impl Measured {
    fn floors(&self) -> (f64, f64) {
        let additions = self.profile.total(|phase| phase.additions) as f64;
        let ffts = self.profile.total(|phase| phase.ffts) as f64;
        (additions * self.units.addition_s, ffts * self.units.fft_s)
    }

    fn json(&self) -> Value {
        let (msm, fft) = self.floors();
        let (stock, cpu) = (median(&self.stock), median(&self.cpu));
        json!({
            "size": self.size.name, "k": self.size.k, "accounts": self.accounts,
            "stock_cpu_s": stock, "cpu_cpu_s": cpu, "ratio": stock / cpu,
            "msm_floor_s": msm, "fft_floor_s": fft, "over_floor": cpu / (msm + fft),
            "msms": self.profile.total(|phase| phase.msms), "ffts": self.profile.total(|phase| phase.ffts),
            "addition_ns": self.units.addition_s * 1e9, "fft_ms": self.units.fft_s * 1e3,
            "peak_rss_mb": self.peak / (1 << 20), "tables_mb": self.tables >> 20,
            "runs": { "stock": self.stock, "cpu": self.cpu }, "profile": self.profile,
        })
    }

    fn text(&self) -> String {
        let (msm, fft) = self.floors();
        let (stock, cpu) = (median(&self.stock), median(&self.cpu));
        let phases = phases(&self.profile);
        format!(
            "size {} (k = {}), {} accounts: stock {stock:.2} s of CPU, cpu {cpu:.2} s, ratio {:.2}\n\
             floor {:.2} s: multiplications {msm:.2} s at {:.0} ns an addition, FFTs {fft:.2} s at {:.2} ms; {:.2} times the floor\n\
             peak memory {}, of which tables {}\n{}",
            self.size.name,
            self.size.k,
            self.accounts,
            stock / cpu,
            msm + fft,
            self.units.addition_s * 1e9,
            self.units.fft_s * 1e3,
            cpu / (msm + fft),
            machine::mebibytes(self.peak),
            machine::mebibytes(self.tables as u64),
            phases
        )
    }
}

/// A profile as a table.
pub(crate) fn phases(profile: &Profile) -> String {
    let header = ["phase", "CPU s", "wall s", "MSMs", "additions", "FFTs"];
    let row = |phase: &Phase| {
        vec![
            phase.name.to_owned(),
            format!("{:.3}", phase.cpu_s),
            format!("{:.3}", phase.wall_s),
            phase.msms.to_string(),
            phase.additions.to_string(),
            phase.ffts.to_string(),
        ]
    };
    let mut text = table(&header, &profile.phases.iter().map(row).collect::<Vec<_>>());
    if !profile.randomised_pieces {
        let powers = format!(
            "\nthe quotient's pieces are not randomised: the setup ends at 2^{} powers",
            profile.k
        );
        text.push_str(&powers);
    }
    text
}
