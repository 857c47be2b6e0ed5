//! The check around changed cells of a circuit that the builder laid out: every cell changed alone, and every read answered wrongly.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use circuits::builder::bus::{balance_at, challenges};
use circuits::builder::check::failures_at;
use circuits::builder::rows::*;
use circuits::builder::{End, Laid, System};
use circuits::cell::{Cell, Grid, Lie, ReadSite, Trace};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use witness_gen::units::fr_to_u64;

/// Honest cells of a circuit.
pub struct Local<S> {
    pub circuit: Laid<S>,
    pub honest: Grid,
    pub instance: Vec<Fr>,
    /// For each cell, the other ends of its copies.
    copies: BTreeMap<Cell, Vec<End>>,
    /// Rows of the table of limbs, by limb.
    limbs: BTreeMap<u64, usize>,
}

impl<S: System> Local<S> {
    pub fn new(circuit: Laid<S>, honest: Grid, instance: &[Fr]) -> Self {
        let mut copies: BTreeMap<Cell, Vec<End>> = BTreeMap::new();
        for (from, to) in circuit.copies() {
            copies.entry(*to).or_default().push(*from);
            if let End::Cell(from) = from {
                copies.entry(*from).or_default().push(End::Cell(*to));
            }
        }
        let is_limb = |row: &usize| circuit.fixed().at(TABLE_TAG, *row, 0) == Fr::from(TAG_LIMB);
        let value = |row: usize| fr_to_u64(&circuit.fixed().at(TABLE, row, 0)).expect("a limb");
        let limbs = (0..1024).filter(is_limb).map(|row| (value(row), row)).collect();
        Self {
            honest,
            instance: instance.to_vec(),
            copies,
            limbs,
            circuit,
        }
    }
    fn fixed(&self, col: usize, row: usize) -> bool {
        self.circuit.fixed().at(col, row, 0) != Fr::ZERO
    }
    /// True when some gate, copy or tuple refuses a grid that differs from the honest one in these cells only.
    pub fn refuses(&self, grid: &Grid, changed: &[(usize, usize)]) -> bool {
        let wired = changed.iter().any(|(col, row)| {
            let value = grid.at(*col, *row, 0);
            let ends = self.copies.get(&Cell { col: *col, row: *row });
            ends.into_iter().flatten().any(|end| match end {
                End::Cell(other) => grid.at(other.col, other.row, 0) != value,
                End::Input(i) => self.instance[*i] != value,
            })
        });
        if wired {
            return true;
        }
        let fixed = self.circuit.fixed();
        let end = self.circuit.end();
        // The row itself and the one before refuse most: they come first.
        let near = changed.iter().flat_map(|(_, row)| [*row, row.saturating_sub(1)]);
        let far = changed
            .iter()
            .flat_map(|(_, row)| row.saturating_sub(S::HEIGHT)..=row + 1);
        let mut seen = BTreeSet::new();
        let mut rows = near.chain(far).filter(|row| seen.insert(*row));
        if rows.any(|row| !failures_at::<S>(grid, fixed, row).is_empty()) {
            return true;
        }
        let tuples = changed.iter().flat_map(|(_, row)| [row.saturating_sub(1), *row]);
        let tuples: BTreeSet<usize> = tuples.filter(|r| *r < end).collect();
        let total = |grid: &Grid| -> Fr {
            let of = tuples
                .iter()
                .flat_map(|r| balance_at::<S>(grid, fixed, challenges(), *r));
            of.sum()
        };
        total(grid) != total(&self.honest)
    }
    /// Whether some constraint reads the cell. A limb that no word reads is still a limb.
    fn is_read(&self, col: usize, row: usize) -> bool {
        if self.copies.contains_key(&Cell { col, row }) {
            return true;
        }
        let has = |q: usize| self.fixed(q, row);
        let before = |q: usize| row > 0 && self.fixed(q, row - 1);
        let own = (0..S::HEIGHT).any(|back| row >= back && S::SELECTORS.iter().any(|q| self.fixed(*q, row - back)));
        let hash = [Q_FULL, Q_ENTER, Q_PARTIAL, Q_EXIT, Q_LAST].into_iter().any(has);
        // A tuple that is offered no time at all is nobody's.
        let counts = |row: usize| {
            let offered = self.fixed(OFFER, row) && self.honest.at(OUT, row, 0) != Fr::ZERO;
            self.fixed(TAKE, row) || offered
        };
        let tuple = counts(row) || (before(LONG) && counts(row - 1));
        match col {
            M => has(TABLE_TAG),
            _ if L.contains(&col) => has(WORD) || own,
            OUT => has(Q_LAST) || has(OFFER) || own,
            _ if hash || tuple || own => true,
            WORD_OF => has(WORD),
            0 | 1 if has(Q_ARITHMETIC) => has(RC[0]) || has(RC[col + 1]),
            2 | 3 if has(Q_ARITHMETIC) => has(RC[col + 1]),
            _ => false,
        }
    }
}

/// Changes every cell in use alone, to several values: refused, or read by no constraint.
pub fn every_cell_alone<S: System>(what: &str, local: &Local<S>) {
    let (above, below) = local.circuit.used();
    let end = local.circuit.end();
    let rows: Vec<usize> = (0..above + 2).chain(end - below - 2..end).collect();
    let found: Vec<(usize, usize, bool)> = rows
        .par_chunks(32)
        .flat_map_iter(|rows| {
            let mut grid = local.honest.clone();
            let cells: Vec<(usize, usize)> = rows.iter().flat_map(|r| (0..PHASE0).map(move |c| (c, *r))).collect();
            cells.into_iter().map(move |(col, row)| {
                let mut rng = StdRng::seed_from_u64((row * PHASE0 + col) as u64);
                let v = grid.at(col, row, 0);
                let limb = L.contains(&col);
                let others = if limb {
                    let v = fr_to_u64(&v).expect("a limb");
                    [(v + 1) % 512, (v + 511) % 512, (v + rng.gen_range(2..511)) % 512]
                        .map(Fr::from)
                        .to_vec()
                } else {
                    let mut all = vec![v + Fr::random(&mut rng), v + Fr::ONE, v - Fr::ONE, Fr::ONE - v, -v];
                    all.retain(|w| *w != v);
                    all
                };
                let mut free = false;
                for w in others {
                    let mut changed = vec![(col, row)];
                    grid.set(col, row, w);
                    let count = |grid: &mut Grid, of: Fr, by: Fr| {
                        let at = local.limbs[&fr_to_u64(&of).expect("a limb")];
                        let n = grid.at(M, at, 0);
                        grid.set(M, at, n + by);
                        at
                    };
                    if limb {
                        for (of, by) in [(v, -Fr::ONE), (w, Fr::ONE)] {
                            changed.push((M, count(&mut grid, of, by)));
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
    let wrong: Vec<_> = found
        .iter()
        .filter(|(col, row, free)| *free == local.is_read(*col, *row))
        .collect();
    let free = found.iter().filter(|(.., free)| *free).count();
    println!(
        "single cells of a {what}: {} cells, {} refused, {free} free, all of them read by no constraint",
        found.len(),
        found.len() - free
    );
    for (col, row, free) in wrong.iter().take(40) {
        println!("column {col} row {row}: free {free}");
    }
    assert!(wrong.is_empty(), "{} cells", wrong.len());
}

/// At most so many cells of one source line; `ZKSETTLE_ALL_LIES=1` tries every pair.
fn per_line() -> usize {
    if std::env::var("ZKSETTLE_ALL_LIES").is_ok_and(|v| v == "1") {
        usize::MAX
    } else {
        2
    }
}

/// Answers reads wrongly, a cell at a source line at a time, and lays the rest out from the lie: nothing that differs is accepted.
pub fn no_lying_read<S: System>(
    what: &str,
    local: &Local<S>,
    reads: Vec<ReadSite>,
    lied: impl Fn(Lie) -> Option<Trace> + Sync,
) {
    let reads: BTreeSet<ReadSite> = reads.into_iter().collect();
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
            [Fr::ONE, -Fr::ONE].map(|offset| Lie {
                cell: *cell,
                site: Some((*file, *line)),
                offset,
            })
        })
        .map(|lie| {
            let verdict = catch_unwind(AssertUnwindSafe(|| {
                let lied = lied(lie)?;
                let grid = lied.finish().ok()?;
                let changed: Vec<(usize, usize)> = (0..PHASE0)
                    .flat_map(|c| (0..local.circuit.end()).map(move |r| (c, r)))
                    .filter(|(c, r)| grid.at(*c, *r, 0) != local.honest.at(*c, *r, 0))
                    .collect();
                Some((local.refuses(grid, &changed), changed.len()))
            }));
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
        "lying reads of a {what}: {} (cell, line) pairs at {} lines, {} tried with 2 offsets; {refused} refused, {stopped} stopped the \
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
