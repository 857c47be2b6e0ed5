//! Every advice cell of an xs circuit changed alone: refused by a gate or by the bus, or free for a reason that the row map gives.
//! The reasons are derived from the roles of the steps, not from the gates: a free cell without a reason fails the test, and so does
//! a reason whose cell is not free.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;

use circuits::cell::{Cell, Grid};
use circuits::rows::*;
use circuits::settlement::program::{Times, program};
use common::local::{Local, Verdict};
use common::sheet::{Sheet, fr, low};
use common::{Built, Forge};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;

/// Why a cell may hold something else.
fn reason(s: &Sheet, cell: Cell) -> Option<&'static str> {
    let Cell { col, row } = cell;
    if row < STATIC_ROWS {
        return static_row(col, row);
    }
    let end = s.size.end();
    if row >= end {
        // The hash columns run on while the bus does, and the row where it closes is one of the program's.
        let kept = (col < LA && row <= s.size.close()) || (col == G && row == s.size.close());
        let limb = [LA, LB].contains(&col) && row < s.size.close();
        return (!kept).then_some(if limb { UNREAD } else { "after the end: nobody reads it" });
    }
    if col < LA {
        return None;
    }
    let step = (row - STATIC_ROWS) / STEP;
    let (first, r) = (step_row(step), ((row - STATIC_ROWS) % STEP) as i32);
    if step < s.size.dynamic_steps {
        dynamic_cell(s, col, first, r)
    } else {
        interest_cell(s, col, first, r)
    }
}

fn static_row(col: usize, row: usize) -> Option<&'static str> {
    let guard = STATIC_ROWS - STEP;
    if col < LA {
        return None;
    }
    if col < F {
        return Some("static rows: limbs nobody reads");
    }
    let slots = program();
    if row < PROGRAM_ROW {
        return (col == G && row != 0).then_some("static rows: cells nobody reads");
    }
    if row < PROGRAM_ROW + 2 * slots.len() {
        let (i, second) = ((row - PROGRAM_ROW) / 2, (row - PROGRAM_ROW) % 2 == 1);
        let slot = &slots[i];
        let tied = i > 0 && slots[i - 1].coeffs[2] != Fr::ZERO;
        let free = slot.tag == 0
            && match (second, col == F) {
                (false, true) => slot.times == Times::Free,
                (false, false) => false,
                (true, true) => slot.coeffs[0] == Fr::ZERO && !tied,
                (true, false) => slot.coeffs[1] == Fr::ZERO,
            };
        return free.then_some("program: slots that only force a constant");
    }
    let at = |(col, r): Place| (col, guard + r as usize);
    let pinned = [
        (G, guard - 1),
        (F, guard),
        at(dynamic::LISTED),
        (G, guard + 1),
        (F, guard + 2),
        (G, guard + 3),
        (F, guard + 4),
        (G, guard + dynamic::LEAF.1 as usize - 1),
        at(dynamic::LEAF),
        at(dynamic::CHUNK),
        (G, guard + dynamic::LIVE.1 as usize - 1),
        at(dynamic::LIVE),
        (G, STATIC_ROWS - 1),
    ];
    (!pinned.contains(&(col, row))).then_some("static rows: cells nobody reads")
}

const UNREAD: &str = "step: limbs nobody reads";
const ROLE: &str = "step: a cell of a role that the step does not have";
const SILENT: &str = "step: fields of a message that is not sent";

fn dynamic_cell(s: &Sheet, col: usize, first: usize, r: i32) -> Option<&'static str> {
    let (chunk, leaf, node, chain) = (s.is_chunk(first), s.is_leaf(first), s.is_node(first), s.in_chain(first));
    let position = dynamic::POSITIONS.into_iter().find(|p| (*p..*p + 4).contains(&r));
    let is_present = |p: i32| s.of(first + p as usize, position::PRESENT) == Fr::ONE;
    let present = position.is_some_and(is_present);
    if col < F {
        return match (col, r) {
            (_, 0..=1) if leaf || node => None,
            (_, 2..=3) if leaf => None,
            (LA, 20) if is_present(8) => None,
            (_, 0..=7 | 20 | 21) => Some(UNREAD),
            (LB, 11 | 15 | 19) if !present => Some(UNREAD),
            _ => None,
        };
    }
    if let Some(p) = position {
        return match (col, r - p) {
            (F, 0) if !present => Some("absent position: its side, as a bit"),
            (_, 2) if !present => Some("absent position: rank and net"),
            _ => None,
        };
    }
    let sentinel = s.get(F, first, dynamic::SENTINEL) != Fr::ZERO;
    let sent = |child: i32| s.get(F, first, child) != Fr::ZERO;
    let free = match (col, r) {
        (G, 0) => !node && !chunk && !leaf,
        (G, 2 | 4) => !node && !chunk,
        (F, 1 | 3 | 5) => !node && !chunk && !leaf,
        (G, 1 | 3 | 5) => !(node || chunk && sent(r - 1)),
        (G, 6) => !node && !chunk,
        (G, 23) | (_, 24) | (G, 27) | (_, 28) => !chain,
        (F, 29) => !(chunk && sent(0)),
        (G, 29) => !chunk && !leaf,
        (_, 31 | 32 | 37) | (G, 33) => true,
        (G, 35) | (_, 36) => !sentinel,
        _ => false,
    };
    let message = matches!(
        (col, r),
        (G, 0) | (_, 1) | (G, 2) | (_, 3) | (G, 4) | (_, 5) | (G, 6) | (G, 35) | (_, 36)
    );
    free.then_some(if message { SILENT } else { ROLE })
}

fn interest_cell(s: &Sheet, col: usize, row: usize, r: i32) -> Option<&'static str> {
    let one = |place: Place| s.of(row, place) == Fr::ONE;
    let (present, settles, capped) = (one(interest::PRESENT), one(interest::SETTLES), one(interest::CAPPED));
    let (first, last) = (s.get(F, row, interest::EXPIRY) != Fr::ZERO, one((F, interest::TOTALS)));
    if col < F {
        return [0, 1, 2, 3, 4, 21].contains(&r).then_some(UNREAD);
    }
    if interest::GROUPS.contains(&r) {
        return None;
    }
    let zero = |r: i32| s.get(G, row, r) == Fr::ZERO;
    let choice = "interest: a bit that chooses between equal values";
    match (col, r) {
        interest::BY_RATE if !settles => return Some(choice),
        interest::CALL if !settles => return Some(choice),
        interest::BINDS if !capped || zero(interest::FIRST_REST) => return Some(choice),
        _ => {}
    }
    let free = match (col, r) {
        (G, 0 | 2 | 10) | (_, 1 | 3 | 11) => !present,
        (G, 6) | (_, 7) => !first,
        (G, 8 | 36) | (_, 12 | 14 | 15 | 16) | (F, 29) => true,
        (G, 18) => !last,
        (_, 19) | (F, 20) => !present,
        (G, 23) | (F, 24) => !settles,
        (G, 27 | 31) | (_, 28 | 32) => !present,
        (G, 39) | (_, 40) => !last,
        _ => false,
    };
    let message = matches!(
        r,
        0..=3 | 6 | 7 | 10 | 11 | 18 | 19 | 23 | 24 | 27 | 28 | 31 | 32 | 39 | 40
    );
    free.then_some(if message { SILENT } else { ROLE })
}

/// The values that a cell is changed to; a limb to other limbs, with the table counted anew.
fn others(v: Fr, limb: bool, rng: &mut StdRng) -> Vec<Fr> {
    if limb {
        let v = low(v);
        let random = (v + rng.gen_range(2..511)) % 512;
        return [(v + 1) % 512, (v + 511) % 512, random].map(fr).to_vec();
    }
    let mut all = vec![v + Fr::random(rng), v + Fr::ONE, v - Fr::ONE, Fr::ONE - v, Fr::ZERO, -v];
    all.retain(|w| *w != v);
    all
}

/// What refuses each change of a cell.
fn verdicts(local: &Local<'_>, grid: &mut Grid, cell: Cell) -> Vec<Verdict> {
    let mut rng = StdRng::seed_from_u64((cell.row * PHASE0 + cell.col) as u64);
    let v = grid.at(cell.col, cell.row, 0);
    let limb = [LA, LB].contains(&cell.col) && cell.row < local.honest.size.close();
    let mut rows = local.rows_that_see(cell.row);
    let counts = |grid: &mut Grid, w: Fr, by: Fr| {
        let at = TABLE_ROW + low(w) as usize;
        let n = grid.at(F, at, 0);
        grid.set(F, at, n + by);
        at
    };
    let mut all = Vec::new();
    for w in others(v, limb, &mut rng) {
        grid.set(cell.col, cell.row, w);
        if limb {
            rows.insert(counts(grid, v, -Fr::ONE));
            rows.insert(counts(grid, w, Fr::ONE));
        }
        all.push(local.verdict(grid, &rows));
        if limb {
            counts(grid, v, Fr::ONE);
            counts(grid, w, -Fr::ONE);
        }
    }
    grid.set(cell.col, cell.row, v);
    all
}

#[test]
fn every_cell_alone() {
    let honest: Built = Forge::small().built();
    assert!(honest.failures().is_empty());
    let local = Local::new(&honest);
    let sheet = Sheet::new(honest.grid.clone(), honest.size);
    let rows: Vec<usize> = (0..honest.size.end() + STEP).collect();
    let found: Vec<(Cell, Vec<Verdict>)> = rows
        .par_chunks(64)
        .flat_map_iter(|rows| {
            let mut grid = honest.grid.clone();
            let local = &local;
            let cells: Vec<Cell> = rows
                .iter()
                .flat_map(|row| (0..PHASE0).map(|col| Cell { col, row: *row }))
                .collect();
            cells
                .into_iter()
                .map(move |cell| (cell, verdicts(local, &mut grid, cell)))
        })
        .collect();
    let mut allowed: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut by_gate, mut by_bus, mut changes) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (cell, verdicts) in &found {
        changes += verdicts.len();
        let free = verdicts.contains(&Verdict::Accepted);
        match (free, reason(&sheet, *cell)) {
            (true, Some(reason)) => *allowed.entry(reason).or_default() += 1,
            (false, None) if verdicts.contains(&Verdict::Bus) => by_bus += 1,
            (false, None) => by_gate += 1,
            (free, reason) => wrong.push((*cell, free, reason, verdicts.clone())),
        }
    }
    println!(
        "single cells: {} cells, {changes} changes; {by_gate} refused by gates, {by_bus} by the bus, {} free:",
        found.len(),
        allowed.values().sum::<usize>()
    );
    allowed.iter().for_each(|(why, n)| println!("  {n:6} {why}"));
    for (cell, free, reason, verdicts) in wrong.iter().take(40) {
        let r = cell.row.checked_sub(STATIC_ROWS).map(|r| (r / STEP, r % STEP));
        println!("{cell:?} (step, row) {r:?} free {free} reason {reason:?} {verdicts:?}");
    }
    assert!(wrong.is_empty(), "{} cells differ from the list", wrong.len());
    assert_eq!(allowed.len(), 10);
}

#[test]
fn the_local_check_sees_what_the_whole_one_sees() {
    let honest = Forge::small().built();
    let local = Local::new(&honest);
    let mut rng = StdRng::seed_from_u64(5);
    for _ in 0..60 {
        let cell = Cell {
            col: rng.gen_range(0..PHASE0),
            row: rng.gen_range(0..honest.size.end() + STEP),
        };
        let mut built = Built {
            size: honest.size,
            grid: honest.grid.clone(),
            fields: honest.fields,
        };
        let v = built.grid.at(cell.col, cell.row, 0);
        built.grid.set(cell.col, cell.row, v + Fr::random(&mut rng));
        let verdict = local.verdict(&built.grid, &local.rows_that_see(cell.row));
        assert_eq!(
            verdict == Verdict::Accepted,
            built.failures().is_empty(),
            "{cell:?} {verdict:?}"
        );
    }
}
