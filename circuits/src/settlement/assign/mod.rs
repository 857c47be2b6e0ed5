//! The witness of statement S: which step does what, and every first-phase cell.
//!
//! Order of steps: accounts (chunks, then the leaf), nodes from the leaves upward, idle steps; beside them, from the first step on, the
//! chain of series; then the open interest. Every value that depends on an assigned cell is computed from [`Trace::read`] of that cell.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::series::SeriesWord;
use witness_gen::statement::settlement::{Instance, Outcome, Witness};

use crate::cell::{Lie, Trace, TraceError};
use crate::chips::poseidon;
use crate::rows::*;
use crate::settlement::circuit::static_cells;
use crate::settlement::fit::{Need, SENTINELS};
use crate::settlement::program::{PRICE_SLOTS, input};
use crate::size::Size;

mod accounts;
mod header;
mod interest;
mod tree;

/// Why a batch could not be laid out. Never says what a witness value is.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The batch is larger than the size.
    #[error(
        "size {size}: expected at most {available} steps and {interest_available} series of the expiry, found {steps} and {interest}"
    )]
    TooLarge {
        /// Name of the size.
        size: &'static str,
        /// Dynamic steps it has.
        available: usize,
        /// Dynamic steps needed.
        steps: usize,
        /// Open-interest steps it has.
        interest_available: usize,
        /// Open-interest steps needed.
        interest: usize,
    },
    /// The open interest of the expiry is empty: there is nothing that a batch could settle.
    #[error("expected at least one series in the expiry's open interest, found none")]
    NoSeries,
    /// A mistake in the row map.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// A series of the chain: its rank, and the lots that carried positions hold.
#[derive(Clone, Copy, Default)]
pub(super) struct Ranked {
    pub(super) rank: u64,
    pub(super) settled: bool,
    pub(super) ordinal: u64,
    /// Net per lot, long and short side.
    pub(super) net: [Fr; 2],
}

/// A line of the chain.
pub(super) enum Link {
    Series(SeriesWord),
    Sentinel { word: Fr, kind: Fr },
}

pub(super) struct Layout<'a> {
    pub(super) size: Size,
    pub(super) fields: [Fr; input::LEN],
    pub(super) instance: &'a Instance,
    pub(super) witness: &'a Witness,
    pub(super) outcome: &'a Outcome,
    pub(super) trace: Trace,
    pub(super) series: BTreeMap<SeriesWord, Ranked>,
    pub(super) chain: Vec<Link>,
}

/// Lays a checked batch out over the rows of a size. `lie` is for tests.
///
/// # Errors
/// The batch does not fit, or a mistake of the row map.
pub fn assign(
    size: Size,
    instance: &Instance,
    witness: &Witness,
    outcome: &Outcome,
    lie: Option<Lie>,
) -> Result<Trace, AssignError> {
    let trace = Trace::new(PHASE0, size.rows(), size.end() + STEP).with_lie(lie);
    assign_into(trace, size, instance, witness, outcome)
}

/// [`assign`] into a prepared trace (one that lies, or records its reads).
///
/// # Errors
/// As [`assign`].
pub fn assign_into(
    trace: Trace,
    size: Size,
    instance: &Instance,
    witness: &Witness,
    outcome: &Outcome,
) -> Result<Trace, AssignError> {
    let need = need(witness);
    if !need.fits(&size) {
        return Err(AssignError::TooLarge {
            size: size.name,
            available: size.dynamic_steps,
            steps: need.steps(),
            interest_available: size.interest_steps,
            interest: need.interest,
        });
    }
    if witness.open_interest.is_empty() {
        return Err(AssignError::NoSeries);
    }
    let mut layout = Layout {
        size,
        fields: instance.to_fields(),
        instance,
        witness,
        outcome,
        trace,
        series: BTreeMap::new(),
        chain: Vec::new(),
    };
    layout.guard();
    layout.rank_series();
    let first_free = layout.accounts();
    layout.tree(first_free);
    layout.chain();
    layout.idle(first_free);
    layout.interest();
    layout.header();
    layout.run_on();
    layout.limb_table();
    layout.trace.finish()?;
    Ok(layout.trace)
}

/// What a witness needs of a size.
pub fn need(witness: &Witness) -> Need {
    let mut need = Need::new(witness.open_interest.len());
    for a in &witness.accounts {
        need.add(a.index, &a.account.positions);
    }
    need
}

pub(super) fn fr(v: u64) -> Fr {
    Fr::from(v)
}

pub(super) fn inverse(v: Fr) -> Fr {
    v.invert().unwrap_or(Fr::ZERO)
}

impl Layout<'_> {
    /// Writes a cell unless it is 0: unwritten cells are 0.
    #[track_caller]
    pub(super) fn put(&mut self, col: usize, row: usize, value: Fr) {
        if value != Fr::ZERO {
            self.trace.write(col, row, value);
        }
    }

    /// Writes a cell of the step (or position) at `row`, unless it is 0.
    #[track_caller]
    pub(super) fn set(&mut self, row: usize, (col, r): Place, value: Fr) {
        self.put(col, (row as i64 + i64::from(r)) as usize, value);
    }

    /// Reads a cell of the step (or position) at `row`.
    #[track_caller]
    pub(super) fn get(&self, row: usize, (col, r): Place) -> Fr {
        self.trace.read(col, (row as i64 + i64::from(r)) as usize)
    }

    /// Writes `(M X1 / X2 X3)`.
    #[track_caller]
    pub(super) fn message(&mut self, row: usize, fields: [Fr; 4]) {
        self.put(F, row, fields[0]);
        self.put(G, row, fields[1]);
        self.put(F, row + 1, fields[2]);
        self.put(G, row + 1, fields[3]);
    }

    /// Hashes: writes the 21 rows from `row` and returns the output, which stands in G of the last one.
    pub(super) fn hash(&mut self, row: usize, inputs: [Fr; 4]) -> Fr {
        for (j, x) in inputs.into_iter().enumerate() {
            self.put(HASH[j + 1], row, x);
        }
        let constants = poseidon::constants();
        for r in 0..poseidon::ROW_LAST {
            let cells = HASH.map(|c| self.trace.read(c, row + r));
            for (c, v) in HASH.into_iter().zip(constants.next_row(r, &cells)) {
                self.trace.write(c, row + r + 1, v);
            }
        }
        let cells = HASH.map(|c| self.trace.read(c, row + poseidon::ROW_LAST));
        let out = constants.output(&cells);
        self.trace.write(G, row + poseidon::ROW_LAST, out);
        self.trace.read(G, row + poseidon::ROW_LAST)
    }

    /// Both permutations of the step at `row`; the old output is copied beside the new one.
    pub(super) fn hash_pair(&mut self, row: usize, old: [Fr; 4], new: [Fr; 4]) -> [Fr; 2] {
        let a = self.hash(row, old);
        let b = self.hash(row + NEW as usize, new);
        self.trace.write(F, row + OUT_NEW as usize, a);
        [a, b]
    }

    /// Writes limbs `from..` of the group at `row`, little end first.
    pub(super) fn limbs(&mut self, row: usize, from: usize, count: usize, mut value: u128) {
        for i in from..from + count {
            let limb = (value & (LIMBS as u128 - 1)) as u64;
            value >>= LIMB_BITS;
            self.put(if i % 2 == 0 { LA } else { LB }, row + i / 2, fr(limb));
        }
    }

    /// A group with its value cells: 63 bits and 9 bits.
    pub(super) fn group(&mut self, row: usize, value: u64, extra: u64) {
        self.limbs(row, 0, 7, u128::from(value));
        self.limbs(row, 7, 1, u128::from(extra));
        self.group_value(row);
        self.extra_value(row);
    }

    /// A group's 63-bit value alone.
    pub(super) fn value63(&mut self, row: usize, value: u64) {
        self.limbs(row, 0, 7, u128::from(value));
        self.group_value(row);
    }

    /// The 63-bit value cell of limbs that were written.
    pub(super) fn group_value(&mut self, row: usize) {
        let value = (0..7).rev().fold(Fr::ZERO, |acc, i| {
            acc * fr(LIMBS as u64) + self.trace.read(if i % 2 == 0 { LA } else { LB }, row + i / 2)
        });
        self.put(G, row, value);
    }

    fn extra_value(&mut self, row: usize) {
        let extra = self.trace.read(LB, row + 3);
        self.put(F, row, extra);
    }

    /// Ranks the distinct series of the batch and lists the chain.
    fn rank_series(&mut self) {
        for a in &self.witness.accounts {
            for p in &a.account.positions {
                self.series.entry(p.series.word()).or_default();
            }
        }
        for s in &self.outcome.settled {
            let entry = self.series.entry(s.series.word()).or_default();
            entry.settled = true;
            let (pay, fee) = (fr(s.payoff.get()), fr(s.fee.get()));
            entry.net = [pay - fee, -pay - fee];
        }
        // Sentinels in word order: the slots' intervals are disjoint, so sorting the intervals sorts the sentinels.
        let expiry = u64::from(self.instance.expiry.get());
        let mut slots: Vec<(u64, usize)> = (0..PRICE_SLOTS)
            .map(|k| (low_u64(self.fields[input::PRICES + 2 * k]) << 32 | expiry, k))
            .collect();
        slots.sort_unstable();
        let mut words = self.series.keys().copied().collect::<Vec<_>>().into_iter().peekable();
        let two = |e: u64| Fr::from(2).pow([e]);
        for (key, _) in slots {
            let begin = fr(key) * two(136);
            while let Some(w) = words.next_if(|w| w.hi >> 8 < key) {
                self.chain.push(Link::Series(w));
            }
            self.chain.push(Link::Sentinel {
                word: begin,
                kind: Fr::ONE,
            });
            while let Some(w) = words.next_if(|w| w.hi >> 8 == key) {
                self.chain.push(Link::Series(w));
            }
            self.chain.push(Link::Sentinel {
                word: begin + two(136) - Fr::ONE,
                kind: -Fr::ONE,
            });
        }
        self.chain.extend(words.map(Link::Series));
        self.chain.push(Link::Sentinel {
            word: two(184),
            kind: Fr::ZERO,
        });
        debug_assert_eq!(self.chain.len(), self.series.len() + SENTINELS);
        let mut ordinal = 0;
        for (rank, link) in self.chain.iter().enumerate() {
            if let Link::Series(w) = link
                && let Some(entry) = self.series.get_mut(w)
            {
                entry.rank = rank as u64;
                entry.ordinal = ordinal;
                ordinal += u64::from(entry.settled);
            }
        }
    }

    /// The cells that gates over neighbouring rows expect before the first and after the last step, and idle hashes.
    fn idle(&mut self, from: usize) {
        for step in from + self.tree_steps()..self.size.dynamic_steps {
            self.hash_pair(step_row(step), [Fr::ZERO; 4], [Fr::ZERO; 4]);
        }
        for row in (0..self.size.dynamic_steps).map(step_row) {
            let busy = self.get(row, dynamic::CHUNK) + self.get(row, dynamic::LIVE);
            self.set(row, dynamic::BUSY, busy);
        }
    }

    /// Hash columns before the first and after the last step, where no statement needs them: every row follows from the one before.
    fn run_on(&mut self) {
        let rows = between_steps();
        let end = self.size.end();
        for (i, row) in rows
            .before
            .iter()
            .enumerate()
            .chain(rows.after.iter().enumerate().map(|(i, row)| (end + i, row)))
        {
            for (c, v) in HASH.into_iter().zip(row) {
                self.put(c, i, *v);
            }
        }
        self.put(G, STATIC_ROWS - 1, rows.output);
    }

    /// Counts every limb that was used into the table.
    fn limb_table(&mut self) {
        let mut counts = vec![0u64; LIMBS];
        for col in [LA, LB] {
            for row in 0..self.size.close() {
                let limb = low_u64(self.trace.read(col, row)) as usize;
                if let Some(c) = counts.get_mut(limb) {
                    *c += 1;
                }
            }
        }
        for (v, c) in counts.into_iter().enumerate() {
            self.put(F, TABLE_ROW + v, fr(c));
        }
    }
}

/// The hash columns where no step stands: the same in every batch.
struct BetweenSteps {
    /// Static rows.
    before: Vec<[Fr; 5]>,
    /// What the last static row outputs.
    output: Fr,
    /// Rows from the end of the last step on.
    after: Vec<[Fr; 5]>,
}

fn between_steps() -> &'static BetweenSteps {
    static ROWS: OnceLock<BetweenSteps> = OnceLock::new();
    ROWS.get_or_init(|| {
        let constants = poseidon::constants();
        let fixed = static_cells();
        // The last static row ends a permutation for the gates: its fifth row from the end leads out of partial rounds.
        let exit = STATIC_ROWS - 1 - (poseidon::ROW_LAST - poseidon::ROW_EXIT);
        let run = |count: usize, next: &dyn Fn(usize, &[Fr; 5]) -> [Fr; 5]| {
            let mut rows = vec![[Fr::ZERO; 5]];
            for row in 0..count - 1 {
                rows.push(next(row, &rows[row]));
            }
            rows
        };
        let before = run(STATIC_ROWS, &|row, cells| match row == exit {
            true => constants.exit_row(cells),
            false => constants.partial_row(cells, &RC.map(|c| fixed.at(c, row, 0))),
        });
        let after = run(AFTER + 1, &|row, cells| match row == poseidon::ROW_ENTER {
            true => constants.enter_row(cells),
            false => constants.partial_row(cells, &[Fr::ZERO; 5]),
        });
        BetweenSteps {
            output: constants.full_row(&before[STATIC_ROWS - 1], &[Fr::ZERO; 5])[0],
            before,
            after,
        }
    })
}

/// The low 64 bits of a field element.
pub(super) fn low_u64(v: Fr) -> u64 {
    let repr = v.to_repr();
    let mut low = [0u8; 8];
    low.copy_from_slice(&repr.as_ref()[..8]);
    u64::from_le_bytes(low)
}
