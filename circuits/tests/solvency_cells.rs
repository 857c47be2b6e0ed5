//! Statement M, cell by cell: every cell changed alone, and every read answered wrongly. Refused, or on a list with a reason.
#![allow(missing_docs, unreachable_pub)]

#[path = "solvency/lender.rs"]
#[allow(dead_code)]
mod lender;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

use circuits::cell::{Grid, Lie, ReadSite, Trace};
use circuits::solvency::check::{balance_at, failures_at};
use circuits::solvency::rows::*;
use circuits::solvency::{End, Size, SolvencyCircuit, trace, trace_into};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::*;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use witness_gen::units::fr_to_u64;

/// The check around changed cells only.
struct Local {
    circuit: SolvencyCircuit,
    honest: Grid,
    instance: Vec<Fr>,
    /// For each row of `F`, the other ends of its copies.
    copies: BTreeMap<usize, Vec<End>>,
}

impl Local {
    fn new(lender: &Lender, size: Size) -> Self {
        let circuit = SolvencyCircuit::new(size);
        let mut copies: BTreeMap<usize, Vec<End>> = BTreeMap::new();
        for (from, to) in circuit.copies() {
            copies.entry(*to).or_default().push(*from);
            if let End::Cell(from) = from {
                copies.entry(*from).or_default().push(End::Cell(*to));
            }
        }
        Self {
            honest: lender.cells(size),
            instance: lender.instance.to_fields().to_vec(),
            circuit,
            copies,
        }
    }
    fn height(&self) -> usize {
        self.circuit.size().end() + 6
    }
    /// Rows whose gates can read a cell of this row: a step around it, and a position further on.
    fn rows_that_see(&self, row: usize) -> BTreeSet<usize> {
        let ahead = row + position::HEIGHT;
        let near = row.saturating_sub(20)..=row + 7;
        let far = ahead - 18..=ahead;
        near.chain(far).filter(|r| *r < self.height()).collect()
    }
    /// True when some gate, copy or limb refuses a grid that differs from the honest one in these cells only.
    fn refuses(&self, grid: &Grid, changed: &[(usize, usize)]) -> bool {
        let wired = changed.iter().filter(|(col, _)| *col == F).any(|(_, row)| {
            let value = grid.at(F, *row, 0);
            self.copies.get(row).into_iter().flatten().any(|end| match end {
                End::Cell(other) => grid.at(F, *other, 0) != value,
                End::Input(i) => self.instance[*i] != value,
            })
        });
        let rows: BTreeSet<usize> = changed.iter().flat_map(|(_, row)| self.rows_that_see(*row)).collect();
        wired || rows.iter().any(|r| !failures_at(&self.circuit, grid, *r).is_empty()) || {
            let fixed = self.circuit.fixed();
            let end = self.circuit.size().end();
            let limbs: BTreeSet<usize> = changed.iter().map(|(_, row)| *row).filter(|r| *r < end).collect();
            let moved = |r: &usize| balance_at(grid, fixed, *r) - balance_at(&self.honest, fixed, *r);
            limbs.iter().map(moved).sum::<Fr>() != Fr::ZERO
        }
    }
}

const BLOCK_SPARE: &str = "limbs beyond a narrow block";
const NO_BLOCK: &str = "limbs of rows without a block";

/// Why a cell may hold anything.
fn reason(lender: &Lender, local: &Local, col: usize, row: usize) -> Option<&'static str> {
    let size = local.circuit.size();
    let fixed = |c: usize, r: usize| local.circuit.fixed().at(c, r, 0);
    let plain = |r: usize| r >= size.plain();
    if row >= size.end() {
        return Some("after the end: nobody reads it");
    }
    let in_positions = (size.first_position()..size.plain()).contains(&row);
    if col == L {
        // Within a block of which kind?
        let first = (0..block::ROWS)
            .map(|back| row.wrapping_sub(back))
            .find(|r| fixed(Q_BLOCK, *r) != Fr::ZERO);
        return match first {
            None => Some(NO_BLOCK),
            Some(first) if fixed(Q_BLOCK, first) != Fr::ONE && row - first >= block::NARROW => Some(BLOCK_SPARE),
            Some(_) => None,
        };
    }
    if col < L {
        // A hash column: outside the steps nobody reads it, but for what stands before the first and after the last permutation.
        let before = [5, 4, 1].map(|back| size.steps() - back);
        let after = size.plain() + 4..=size.plain() + 5;
        let steps = size.steps()..size.plain();
        return (!steps.contains(&row) && !before.contains(&row) && !after.contains(&row))
            .then_some("hash columns outside the steps");
    }
    if in_positions {
        let r = (row - size.first_position()) % position::HEIGHT;
        let number = (row - size.first_position()) / position::HEIGHT;
        let absent = number >= lender.witness.account.positions.len();
        let (step, at) = (r / 21, r % 21);
        let b = r / block::ROWS;
        let summed = b >= position::MARK;
        let used = match r % block::ROWS {
            0 | 1 if summed => true,
            2 if summed || b == position::LOTS => true,
            _ => false,
        } || at == OUTPUT
            || (INPUTS.contains(&at) && (step < position::DIGEST_STEPS || step == position::STEPS - 1))
            || [
                position::SERIES,
                position::SIGNED,
                position::SHORT,
                position::PRESENT,
                position::WORD,
                position::COUNT,
                position::SHORTS,
                position::ROOT,
                position::TOP,
            ]
            .contains(&(r as i32));
        return match used {
            false => Some("cells of a position that nobody reads"),
            true if absent && r as i32 == position::SHORT => Some("an absent position: its side, as a bit"),
            true => None,
        };
    }
    // Static rows and steps without a hash: what arithmetic rows multiply by 0, and the rest.
    let arithmetic = (0..4).find_map(|back| {
        let r = row.checked_sub(back)?;
        (fixed(Q_STATIC, r) == Fr::from(fixed_row::ARITHMETIC)).then_some((r, back))
    });
    if let Some((r, back)) = arithmetic {
        let c = |i: usize| fixed(RC[i], r);
        let read = match back {
            0 => c(1) != Fr::ZERO || c(0) != Fr::ZERO,
            1 => c(0) != Fr::ZERO,
            2 => c(2) != Fr::ZERO,
            _ => c(3) != Fr::ZERO,
        };
        let wired = local.copies.contains_key(&row);
        return (!read && !wired).then_some("cells of an arithmetic row without a coefficient");
    }
    if row < size.arithmetic() {
        return None;
    }
    if (size.steps()..size.first_position()).contains(&row) {
        let at = (row - size.steps()) % 21;
        let step = row - at;
        let inputs = fixed(KIND, step) == Fr::from(kind::INPUTS) && INPUTS.contains(&at);
        return (!inputs && at != OUTPUT).then_some("cells of a step that nobody reads");
    }
    if plain(row) {
        let at = (row - size.plain()) % 21;
        return (at % block::ROWS != 2).then_some("cells of a plain step that nobody reads");
    }
    (row + 1 != size.steps()).then_some("between the arithmetic rows and the steps")
}

#[test]
fn every_cell_alone() {
    let lender = Lender::new(3, 5);
    let s = size("8");
    let local = Local::new(&lender, s);
    let rows: Vec<usize> = (0..local.height()).collect();
    let found: Vec<(usize, usize, bool)> = rows
        .par_chunks(64)
        .flat_map_iter(|rows| {
            let mut grid = local.honest.clone();
            let local = &local;
            let cells: Vec<(usize, usize)> = rows.iter().flat_map(|r| (0..PHASE0).map(move |c| (c, *r))).collect();
            cells.into_iter().map(move |(col, row)| {
                let mut rng = StdRng::seed_from_u64((row * PHASE0 + col) as u64);
                let v = grid.at(col, row, 0);
                let limb = col == L && row < local.circuit.size().end();
                let others = if limb {
                    let v = fr_to_u64(&v).expect("a limb");
                    [(v + 1) % 512, (v + 511) % 512, (v + rng.gen_range(2..511)) % 512]
                        .map(Fr::from)
                        .to_vec()
                } else {
                    let mut all = vec![v + Fr::random(&mut rng), v + Fr::ONE, Fr::ONE - v, Fr::ZERO, -v];
                    all.retain(|w| *w != v);
                    all
                };
                let mut free = false;
                for w in others {
                    let mut changed = vec![(col, row)];
                    grid.set(col, row, w);
                    let count = |grid: &mut Grid, of: Fr, by: Fr| {
                        let at = fr_to_u64(&of).expect("a limb") as usize;
                        let n = grid.at(F, at, 0);
                        grid.set(F, at, n + by);
                        at
                    };
                    if limb {
                        for (of, by) in [(v, -Fr::ONE), (w, Fr::ONE)] {
                            changed.push((F, count(&mut grid, of, by)));
                        }
                    }
                    free |= !local.refuses(&grid, &changed);
                    if limb {
                        count(&mut grid, v, Fr::ONE);
                        count(&mut grid, w, -Fr::ONE);
                    }
                }
                grid.set(col, row, v);
                (col, row, free)
            })
        })
        .collect();
    let mut allowed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (col, row, free) in &found {
        match (free, reason(&lender, &local, *col, *row)) {
            (true, Some(why)) => *allowed.entry(why).or_default() += 1,
            (false, None) => {}
            (free, why) => wrong.push((*col, *row, *free, why)),
        }
    }
    println!(
        "single cells of statement M: {} cells, {} refused, {} free:",
        found.len(),
        found.len() - allowed.values().sum::<usize>(),
        allowed.values().sum::<usize>()
    );
    allowed.iter().for_each(|(why, n)| println!("  {n:6} {why}"));
    for (col, row, free, why) in wrong.iter().take(40) {
        let at = row
            .checked_sub(s.first_position())
            .map(|r| (r / position::HEIGHT, r % position::HEIGHT));
        println!("column {col} row {row} (position, row) {at:?}: free {free}, reason {why:?}");
    }
    assert!(wrong.is_empty(), "{} cells differ from the list", wrong.len());
}

/// At most so many cells of one source line; `ZKSETTLE_ALL_LIES=1` tries every pair.
fn per_line() -> usize {
    if std::env::var("ZKSETTLE_ALL_LIES").is_ok_and(|v| v == "1") {
        usize::MAX
    } else {
        60
    }
}

#[test]
fn no_lying_read_is_accepted() {
    let lender = Lender::new(3, 5);
    let s = size("8");
    let local = Local::new(&lender, s);
    let recording = Trace::new(PHASE0, s.rows(), s.end() + 6).recording();
    let reads: BTreeSet<ReadSite> = trace_into(recording, s, lender.statement())
        .expect("fits")
        .into_reads()
        .into_iter()
        .collect();
    let mut lines: BTreeMap<(&str, u32), Vec<ReadSite>> = BTreeMap::new();
    for read in &reads {
        lines.entry((read.1, read.2)).or_default().push(*read);
    }
    let sample: Vec<ReadSite> = lines
        .values()
        .flat_map(|all| all.iter().step_by(all.len().div_ceil(per_line())))
        .copied()
        .collect();
    let verdicts: Vec<(Lie, Option<(bool, usize)>)> = sample
        .par_iter()
        .flat_map_iter(|(cell, file, line)| {
            [Fr::ONE, Fr::from(12345).invert().unwrap_or(Fr::ONE)].map(|offset| Lie {
                cell: *cell,
                site: Some((*file, *line)),
                offset,
            })
        })
        .map(|lie| {
            let verdict = catch_unwind(|| {
                let lied = trace(s, lender.statement(), Some(lie)).ok()?;
                let grid = lied.finish().ok()?;
                let changed: Vec<(usize, usize)> = (0..PHASE0)
                    .flat_map(|c| (0..local.height()).map(move |r| (c, r)))
                    .filter(|(c, r)| grid.at(*c, *r, 0) != local.honest.at(*c, *r, 0))
                    .collect();
                Some((local.refuses(grid, &changed), changed.len()))
            });
            (lie, verdict.ok().flatten())
        })
        .collect();
    let (mut refused, mut unchanged, mut stopped) = (0, 0, 0);
    let mut accepted = Vec::new();
    for (lie, verdict) in verdicts {
        match verdict {
            None => stopped += 1,
            Some((_, 0)) => unchanged += 1,
            Some((true, _)) => refused += 1,
            Some((false, changed)) => accepted.push((lie, changed)),
        }
    }
    println!(
        "lying reads of statement M: {} (cell, line) pairs at {} lines, {} tried with 2 offsets; {refused} refused, {stopped} stopped the \
         builder, {unchanged} changed nothing, {} accepted",
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
