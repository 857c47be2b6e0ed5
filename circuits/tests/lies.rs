//! Lying reads: every (cell, source line) read of an xs assignment answers wrongly once, the witness goes on from the lie, and the
//! circuit refuses what comes out. A lie that changes no cell of the trace changed nothing and is counted apart.
#![allow(missing_docs)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

use circuits::cell::{Lie, ReadSite, Trace};
use circuits::rows::*;
use circuits::settlement::assign::{assign, assign_into};
use common::Forge;
use common::local::{Local, Verdict};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

/// At most so many cells of one source line: a line that reads more is sampled evenly.
const PER_LINE: usize = 120;

/// `ZKSETTLE_ALL_LIES=1` tries every pair: minutes instead of seconds.
fn per_line() -> usize {
    if std::env::var("ZKSETTLE_ALL_LIES").is_ok_and(|v| v == "1") {
        usize::MAX
    } else {
        PER_LINE
    }
}

#[test]
fn no_lying_read_is_accepted() {
    let forge = Forge::small();
    let honest = forge.built();
    let local = Local::new(&honest);
    let size = forge.size;
    let recording = Trace::new(PHASE0, size.rows(), size.end() + STEP).recording();
    let trace = assign_into(recording, size, &forge.instance, &forge.witness, &forge.outcome).expect("fits");
    let reads: BTreeSet<ReadSite> = trace.into_reads().into_iter().collect();
    let mut lines: BTreeMap<(&str, u32), Vec<ReadSite>> = BTreeMap::new();
    for read in &reads {
        lines.entry((read.1, read.2)).or_default().push(*read);
    }
    let sample: Vec<ReadSite> = lines
        .values()
        .flat_map(|all| all.iter().step_by(all.len().div_ceil(per_line())))
        .copied()
        .collect();
    let lies: Vec<Lie> = sample
        .iter()
        .flat_map(|(cell, file, line)| {
            [Fr::ONE, Fr::from(12345).invert().unwrap_or(Fr::ONE)].map(|offset| Lie {
                cell: *cell,
                site: Some((*file, *line)),
                offset,
            })
        })
        .collect();
    let verdicts: Vec<(Lie, Option<(Verdict, usize)>)> = lies
        .into_par_iter()
        .map(|lie| {
            let verdict = catch_unwind(|| {
                let trace = assign(size, &forge.instance, &forge.witness, &forge.outcome, Some(lie)).ok()?;
                Some(local.verdict_of(trace.finish().ok()?))
            });
            (lie, verdict.ok().flatten())
        })
        .collect();
    let (mut gate, mut bus, mut unchanged, mut stopped) = (0, 0, 0, 0);
    let mut accepted = Vec::new();
    for (lie, verdict) in verdicts {
        match verdict {
            None => stopped += 1,
            Some((_, 0)) => unchanged += 1,
            Some((Verdict::Gate(_), _)) => gate += 1,
            Some((Verdict::Bus, _)) => bus += 1,
            Some((Verdict::Accepted, changed)) => accepted.push((lie, changed)),
        }
    }
    println!(
        "lying reads: {} (cell, line) pairs at {} lines, {} tried with 2 offsets; {gate} refused by gates, {bus} by the bus, \
         {stopped} by the builder, {unchanged} changed nothing, {} accepted",
        reads.len(),
        lines.len(),
        sample.len(),
        accepted.len()
    );
    for (lie, changed) in accepted.iter().take(20) {
        println!("accepted: {lie:?}, {changed} cells differ");
    }
    assert!(accepted.is_empty());
}
