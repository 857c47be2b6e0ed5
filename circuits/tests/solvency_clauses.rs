//! One negative test per clause of statement M: refused by `check()` under its name, and by the circuit whatever the forger makes follow.
#![allow(missing_docs, non_snake_case, unreachable_pub)]

#[path = "solvency/lender.rs"]
mod lender;

use circuits::cell::Grid;
use circuits::solvency::check::{Failure, check as circuit_check};
use circuits::solvency::rows::*;
use circuits::solvency::{End, SolvencyCircuit};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::*;
use witness_gen::risk::row::{COIN_SHIFT, TAG_COIN};
use witness_gen::series::Kind;
use witness_gen::statement::solvency::{Instance, check};
use witness_gen::units::{Cash, Lots, Price, fr_pow2};

fn circuit() -> SolvencyCircuit {
    SolvencyCircuit::new(size("8"))
}

/// `check()` names the clause, and the circuit refuses by these.
#[track_caller]
fn refused(lender: &Lender, clause: &str, by: &[&str]) {
    let found = check(&lender.instance, &lender.witness).expect_err("a broken clause");
    assert_eq!(found.clause(), clause, "{found}");
    assert_eq!(names(&lender.failures(&circuit())), by, "{clause}");
}

/// Cells under edit, with everything that copies and hashes carry on following the edited ones.
struct Forged {
    circuit: SolvencyCircuit,
    cells: Grid,
    instance: [Fr; Instance::LEN],
    pinned: Vec<(usize, usize)>,
}

impl Forged {
    fn of(lender: &Lender) -> Self {
        let circuit = circuit();
        Self {
            cells: lender.cells(circuit.size()),
            instance: lender.instance.to_fields(),
            pinned: Vec::new(),
            circuit,
        }
    }
    fn get(&self, col: usize, row: usize) -> Fr {
        self.cells.at(col, row, 0)
    }
    fn set(&mut self, col: usize, row: usize, value: Fr) {
        self.cells.set(col, row, value);
        self.pinned.push((col, row));
    }
    fn position(&self, i: usize) -> usize {
        self.circuit.size().first_position() + position::HEIGHT * i
    }
    /// Where a cell of `F` is copied to.
    fn copied_to(&self, row: usize) -> Vec<usize> {
        (self.circuit.copies().iter())
            .filter(|(from, _)| *from == End::Cell(row))
            .map(|(_, to)| *to)
            .collect()
    }
    /// Counts limbs anew.
    fn recount(&mut self) {
        let mut counts = vec![0u64; TABLE];
        for row in 0..self.circuit.size().end() {
            let limb = witness_gen::units::fr_to_u64(&self.get(L, row)).unwrap_or(u64::MAX) as usize;
            if let Some(c) = counts.get_mut(limb) {
                *c += 1;
            }
        }
        for (v, c) in counts.into_iter().enumerate() {
            self.cells.set(F, v, Fr::from(c));
        }
    }
    fn failures(&mut self) -> Vec<Failure> {
        self.recount();
        circuit_check(&self.circuit, &self.cells, &self.instance)
    }
    #[track_caller]
    fn refused(&mut self, by: &[&str]) {
        assert_eq!(names(&self.failures()), by);
    }
}

#[test]
fn the_forger_changes_nothing_by_itself() {
    assert!(Forged::of(&Lender::new(1, 5)).failures().is_empty());
}

#[test]
fn test_invalid_solvency__m1_another_secret() {
    let mut lender = Lender::new(1, 5);
    lender.witness.owner.secret += Fr::ONE;
    lender.instance.pseudonym = (lender.witness.owner).pseudonym(lender.instance.challenge, lender.instance.domain);
    refused(&lender, "M1", &["copy"]);
}

#[test]
fn test_invalid_solvency__m1_another_signing_key() {
    let mut lender = Lender::new(1, 5);
    lender.witness.owner.signing[1] += Fr::ONE;
    refused(&lender, "M1", &["copy"]);
}

#[test]
fn test_invalid_solvency__m1_account_not_in_the_state() {
    let mut lender = Lender::new(1, 5);
    lender.witness.account.cash.0 += 1;
    refused(&lender, "M1", &["copy"]);
    let mut lender = Lender::new(1, 5);
    lender.witness.account.nonce ^= 1;
    refused(&lender, "M1", &["copy"]);
    let mut lender = Lender::new(1, 5);
    lender.witness.header.batch += 1;
    refused(&lender, "M1", &["copy"]);
    let mut lender = Lender::new(1, 5);
    lender.instance.state += Fr::ONE;
    refused(&lender, "M1", &["copy"]);
}

/// A losing position left out: the list's digest is another one.
#[test]
fn test_invalid_solvency__m1_position_left_out() {
    for out in 0..5 {
        let mut lender = Lender::new(1, 5);
        lender.witness.account.positions.remove(out);
        lender.witness.rows.remove(out);
        refused(&lender, "M1", &["copy"]);
    }
    // Present, and said to be absent: the ones after it, too, or the order of flags is broken.
    let mut forged = Forged::of(&Lender::new(1, 5));
    let row = forged.position(2);
    forged.set(F, row + position::PRESENT as usize, Fr::ZERO);
    let found = names(&forged.failures());
    assert!(found.contains(&"position: M1 absent: no lots".into()), "{found:?}");
    assert!(
        found.contains(&"position: M1 present ones come first".into()),
        "{found:?}"
    );
}

#[test]
fn test_invalid_solvency__m1_flags_that_are_no_bits() {
    for (cell, gate) in [
        (position::PRESENT, "position: present is a bit"),
        (position::SHORT, "position: short is a bit"),
    ] {
        let mut forged = Forged::of(&Lender::new(1, 5));
        let row = forged.position(1);
        forged.set(F, row + cell as usize, Fr::from(2));
        let found = names(&forged.failures());
        assert!(found.contains(&gate.into()), "{found:?}");
    }
}

/// Lots and series of a word moved against each other: the row's first element is another one then.
#[test]
fn test_invalid_solvency__m1_other_lots_in_the_same_word() {
    let mut forged = Forged::of(&Lender::new(1, 5));
    let row = forged.position(0);
    let series = row + position::SERIES as usize;
    let lots = row + position::SIGNED as usize;
    let value = forged.get(F, lots) - Fr::ONE;
    forged.set(F, lots, value);
    let value = forged.get(F, series) + fr_pow2(184);
    forged.set(F, series, value);
    let found = names(&forged.failures());
    assert!(found.contains(&"step: input 0".into()), "{found:?}");
    assert!(found.contains(&"position: lots have a sign".into()), "{found:?}");
    assert!(
        !found.contains(&"position: M1 M2 word: series of the row, and lots".into()),
        "{found:?}"
    );
}

#[test]
fn test_invalid_solvency__m2_row_of_another_series() {
    let mut lender = Lender::new(1, 5);
    // A whole opening of another position's series: row, place and path are right.
    lender.witness.rows[2] = lender.witness.rows[3].clone();
    refused(&lender, "M2", &["copy"]);
}

#[test]
fn test_invalid_solvency__m2_row_that_is_not_in_the_tree() {
    let mut lender = Lender::new(1, 5);
    let row = &mut lender.witness.rows[2].row;
    row.values[7] = witness_gen::pricing::ValuePerLot::new(row.values[7].get() + 1).expect("below 2^45");
    refused(&lender, "M2", &["position: M2 row under the root of rows"]);
    let mut lender = Lender::new(1, 5);
    lender.instance.risk_root += Fr::ONE;
    refused(&lender, "M2", &["copy"]);
    let mut lender = Lender::new(1, 5);
    lender.witness.round.spot = Price::new(1).expect("a price");
    refused(&lender, "M2", &["copy"]);
}

/// A row in coin has another first element, and the difference is no lots.
#[test]
fn test_invalid_solvency__m2_row_in_coin() {
    let mut lender = Lender::new(1, 5);
    let last = lender.witness.account.positions.last_mut().expect("five positions");
    let was = last.series;
    last.series.kind = Kind::InverseCall;
    let inverse = last.series;
    let row = lender
        .rows
        .iter_mut()
        .find(|row| row.terms == was)
        .expect("a listed series");
    row.terms = inverse;
    lender.follow();
    refused(&lender, "M2", &["position: M2 row under the root of rows"]);
    // The cell says so: then it is not the position's word, whatever its lots.
    let mut forged = Forged::of(&lender);
    let series = forged.position(4) + position::SERIES as usize;
    let value = forged.get(F, series) + Fr::from(TAG_COIN) * fr_pow2(COIN_SHIFT);
    forged.set(F, series, value);
    let found = names(&forged.failures());
    assert!(
        found.contains(&"position: M1 M2 word: series of the row, and lots".into()),
        "{found:?}"
    );
    let lots = forged.position(4) + position::SIGNED as usize;
    let value = forged.get(F, lots) - Fr::from(TAG_COIN) * fr_pow2(COIN_SHIFT - 184);
    forged.set(F, lots, value);
    let found = names(&forged.failures());
    assert!(found.contains(&"position: lots have a sign".into()), "{found:?}");
}

/// A path that leaves the tree: the node before is no child of the one after.
#[test]
fn test_invalid_solvency__m2_path_with_a_gap() {
    let mut forged = Forged::of(&Lender::new(1, 5));
    let step = forged.position(1) + 21 * (position::DIGEST_STEPS + 3);
    let before = forged.get(F, step - 1);
    let child = (1..5).find(|j| forged.get(*j, step) == before).expect("a child");
    let value = forged.get(child, step) + Fr::ONE;
    forged.set(child, step, value);
    let found = names(&forged.failures());
    assert!(
        found.contains(&"path: M1 M2 the node before is a child".into()),
        "{found:?}"
    );
}

/// Two values of one element moved against each other by 2^45: a limb would have to be 512.
#[test]
fn test_invalid_solvency__m2_second_reading_of_an_element() {
    let mut forged = Forged::of(&Lender::new(1, 5));
    let mark = forged.position(0) + block::ROWS * position::MARK;
    let scenario = mark + block::ROWS;
    let top = forged.get(L, mark + block::NARROW - 1);
    forged.set(L, mark + block::NARROW - 1, top + Fr::from(512));
    let low = forged.get(L, scenario);
    forged.set(L, scenario, low - Fr::ONE);
    // The word of the mark's own block is a partial one; the one of the scenario's is the same again.
    let word = forged.get(F, mark + block::WORD as usize);
    forged.set(F, mark + block::WORD as usize, word + fr_pow2(45));
    let found = names(&forged.failures());
    assert!(found.contains(&"limbs".into()), "{found:?}");
    // The same by the two limbs that a narrow block does not read.
    let mut forged = Forged::of(&Lender::new(1, 5));
    forged.set(L, mark + block::NARROW, Fr::ONE);
    assert!(
        forged.failures().is_empty(),
        "limbs beyond a narrow block count for nothing"
    );
}

#[test]
fn test_invalid_solvency__m3_one_unit_below_each_requirement() {
    for requirement in [EQUITY, MAINTENANCE, INITIAL] {
        let mut lender = Lender::new(4, 7);
        lender.cash_for(requirement);
        check(&lender.instance, &lender.witness).expect("met exactly");
        assert!(lender.failures(&circuit()).is_empty());
        lender.witness.account.cash.0 -= 1;
        lender.follow();
        refused(&lender, "M3", &["copy"]);
        // Met, and one unit more asked for.
        let mut lender = Lender::new(4, 7);
        lender.cash_for(requirement);
        lender.instance.threshold += 1;
        refused(&lender, "M3", &["copy"]);
    }
}

/// The excess as the field has it below 0 is no sum of limbs, whatever stands in its blocks.
#[test]
fn test_invalid_solvency__m3_negative_excess_wraps() {
    let mut lender = Lender::new(4, 7);
    lender.witness.account.cash = Cash(-(1 << 100));
    lender.follow();
    refused(&lender, "M3", &["copy"]);
    let mut forged = Forged::of(&lender);
    for i in 0..CHECKS {
        let step = forged.circuit.size().plain() + 21 * (PLAIN_STEPS - CHECKS + i);
        let excess = forged.get(F, step + 6);
        let word = step + 2 * block::ROWS + block::WORD as usize;
        forged.set(F, word, excess);
    }
    forged.refused(&["block: word"]);
}

#[test]
fn test_invalid_solvency__m3_a_requirement_that_does_not_exist() {
    let mut forged = Forged::of(&Lender::new(4, 7));
    let [input] = inputs(&forged, 4)[..] else {
        panic!("the requirement is wired once");
    };
    forged.instance[4] = Fr::from(3);
    forged.set(F, input, Fr::from(3));
    for to in forged.copied_to(input) {
        forged.set(F, to, Fr::from(3));
    }
    let found = names(&forged.failures());
    assert!(found.contains(&"arithmetic row".into()), "{found:?}");
    let fields = forged.instance;
    assert!(Instance::from_fields(&fields).is_err());
}

/// Cells for a threshold that no [`Instance`] can hold: what follows the threshold is taken from an account with `more` money, so that every
/// excess is right for a threshold less by as much.
fn threshold_of(lender: &Lender, more: i128) -> Forged {
    let mut richer = lender.clone();
    richer.witness.account.cash.0 += more;
    let richer = Forged::of(&richer);
    let mut forged = Forged::of(lender);
    let size = forged.circuit.size();
    // The row equity - threshold = rest is the one, beside the range's, that the threshold is copied to.
    let [input, _] = inputs(&forged, 5)[..] else {
        panic!("the threshold is wired twice");
    };
    let [at] = forged.copied_to(input)[..] else {
        panic!("the threshold is copied once");
    };
    let checks = size.plain() + 21 * (PLAIN_STEPS - CHECKS);
    for row in (at + 1..size.steps() - 5).chain(checks..size.end()) {
        for col in [L, F] {
            forged.cells.set(col, row, richer.get(col, row));
        }
    }
    let threshold = forged.instance[5] - witness_gen::units::fr_from_i128(more);
    forged.instance[5] = threshold;
    for row in [input, at] {
        forged.set(F, row, threshold);
    }
    forged
}

/// Rows of `F` that are this public input.
fn inputs(forged: &Forged, input: usize) -> Vec<usize> {
    (forged.circuit.copies().iter())
        .filter(|(from, _)| *from == End::Input(input))
        .map(|(_, to)| *to)
        .collect()
}

/// A threshold below 0, as the field has it: an account that misses its requirement would meet it. Nothing but the range refuses.
#[test]
fn test_invalid_solvency__m3_threshold_below_zero() {
    let mut lender = Lender::new(4, 7);
    lender.cash_for(MAINTENANCE);
    lender.witness.account.cash.0 -= 1;
    lender.follow();
    let step = |forged: &Forged| forged.circuit.size().plain() + 21 * (PLAIN_STEPS - CHECKS - 1);
    let word = |b: usize| block::ROWS * b + block::WORD as usize;
    // The block's word is the threshold, its limbs are not; the arithmetic row is helped by what its other side is: no 63-bit value either.
    let mut forged = threshold_of(&lender, 1);
    assert!(Instance::from_fields(&forged.instance).is_err());
    let whole = step(&forged) + word(2);
    forged.set(F, whole, -Fr::ONE);
    forged.refused(&["arithmetic row", "block: word"]);
    // Limbs that say 2^126 - 1 + 2^126·top = -1 with a top that is no limbs, and 2^62·top, which is none either.
    let up = -fr_pow2(62);
    let low = fr_pow2(126) - Fr::ONE;
    let row = inputs(&forged, 5)[0];
    for i in 0..2 * block::ROWS {
        let at = step(&forged) + i;
        forged.set(L, at, Fr::from(511));
    }
    for (at, value) in [
        (step(&forged) + word(0), fr_pow2(63) - Fr::ONE),
        (step(&forged) + word(1), low),
        (row + 2, low),
        (row + 3, up),
    ] {
        forged.set(F, at, value);
    }
    forged.refused(&["block: word", "copy"]);
    // The same statement in range: what was changed here is what the circuit asks for.
    let mut honest = threshold_of(&lender, 0);
    assert_eq!(names(&honest.failures()), ["copy"], "one unit short");
}

/// The first threshold out of range: 126 bits and a top of 2.
#[test]
fn test_invalid_solvency__m3_threshold_of_2_to_the_127() {
    let mut lender = Lender::new(6, 7);
    // Equity of an account that is rich by its positions: more than any cash.
    lender.instance.requirement = EQUITY;
    lender.witness.account.cash = Cash(i128::MAX);
    let least = Lots::new(1).expect("not 0");
    (lender.witness.account.positions.iter_mut()).for_each(|p| p.lots = least);
    lender.instance.threshold = Instance::THRESHOLD_BOUND - 1;
    lender.follow();
    check(&lender.instance, &lender.witness).expect("the greatest threshold");
    assert!(lender.failures(&circuit()).is_empty());
    lender.instance.threshold += 1;
    refused(&lender, "M3", &["arithmetic row"]);
    assert!(Instance::from_fields(&lender.instance.to_fields()).is_err());
}

#[test]
fn test_invalid_solvency__m3_another_factor_or_charge() {
    let edits: [fn(&mut Lender); 4] = [
        |l| l.witness.rules.initial_factor -= 1,
        |l| l.witness.rules.short_charge -= 1,
        |l| l.witness.params.fee_cap += 1,
        |l| l.instance.parameters += Fr::ONE,
    ];
    for edit in edits {
        let mut lender = Lender::new(4, 7);
        lender.cash_for(INITIAL);
        edit(&mut lender);
        refused(&lender, "M3", &["copy"]);
    }
}

#[test]
fn test_invalid_solvency__m3_another_grid() {
    let mut lender = Lender::new(4, 7);
    // A grid whose tails weigh less, consistently: rules, parameters, risk root follow.
    lender.witness.risk.grid.scenarios[23].weight_bp -= 1;
    lender.witness.rules.risk = lender.witness.risk.digest();
    lender.follow();
    refused(&lender, "M3", &["copy"]);
}

#[test]
fn test_invalid_solvency__m3_a_short_position_without_its_charge() {
    let lender = Lender::new(4, 7);
    let short = (lender.witness.account.positions.iter())
        .position(|p| !p.lots.is_long())
        .expect("a short position");
    let mut forged = Forged::of(&lender);
    let row = forged.position(short);
    for i in short..8 {
        let at = row + position::HEIGHT * (i - short) + position::SHORTS as usize;
        let less = Fr::from(lender.witness.account.positions[short].lots.magnitude());
        let value = forged.get(F, at) - less;
        forged.set(F, at, value);
    }
    let found = names(&forged.failures());
    assert!(found.contains(&"position: M3 short lots".into()), "{found:?}");
}

#[test]
fn test_invalid_solvency__m3_long_as_short() {
    let mut lender = Lender::new(4, 7);
    let p = &mut lender.witness.account.positions[3];
    p.lots = Lots::new(-p.lots.get()).expect("not 0");
    refused(&lender, "M1", &["copy"]);
}

#[test]
fn test_invalid_solvency__m4_another_challenge_domain_or_pseudonym() {
    let edits: [fn(&mut Lender); 3] = [
        |l| l.instance.challenge += Fr::ONE,
        |l| l.instance.domain += Fr::ONE,
        |l| l.instance.pseudonym += Fr::ONE,
    ];
    for edit in edits {
        let mut lender = Lender::new(4, 7);
        edit(&mut lender);
        refused(&lender, "M4", &["copy"]);
    }
}
