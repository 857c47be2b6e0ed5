//! Clauses S1 to S9, each broken alone: plain Rust refuses the batch by the clause's name where it can say it, the circuit by the named
//! gates or by an unbalanced bus. The list of what fails is exact: nothing else refuses by accident.
#![allow(missing_docs, non_snake_case, clippy::type_complexity)]

mod common;

#[path = "clauses/lists.rs"]
mod lists;
#[path = "clauses/money.rs"]
mod money;
#[path = "clauses/open.rs"]
mod open;
#[path = "clauses/series.rs"]
mod series;

use common::sheet::fr;
use common::{Built, Forge, names, small_board};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::series::SeriesTerms;
use witness_gen::statement::settlement::check as native;

/// Plain Rust refuses the batch by this clause.
#[track_caller]
fn named(forge: &Forge, clause: &str) {
    let found = native(&forge.instance, &forge.witness).expect_err("a broken clause");
    assert_eq!(found.clause(), clause, "{found}");
}

/// The circuit refuses by exactly these gates; "bus" where the bus does not balance.
#[track_caller]
fn refused(built: &Built, by: &[&str]) {
    assert_eq!(names(&built.failures()), by);
}

fn two(e: u64) -> Fr {
    fr(2).pow([e])
}

/// A series of the settled expiry, by its place on the small board.
fn now(i: usize) -> SeriesTerms {
    small_board().0[i]
}

/// A series of the later expiry.
fn later(i: usize) -> SeriesTerms {
    small_board().1[i]
}

#[test]
fn the_forger_changes_nothing_by_itself() {
    for forge in [Forge::small(), Forge::closing()] {
        let mut again = forge.clone();
        again.follow();
        again.roots();
        assert_eq!(again.instance, forge.instance);
        assert_eq!(again.outcome, forge.outcome);
        refused(&again.built(), &[]);
        refused(&forge.edited(|_| {}), &[]);
        assert!(native(&forge.instance, &forge.witness).is_ok());
    }
}
