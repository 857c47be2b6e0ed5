//! Where the circuit accepts what plain Rust refuses, each shown by a trace that is accepted today. None lets money or positions move; a
//! fix flips its assertion. (1) Pools outside -2^127 .. 2^127: `check()` says S7.
//! (2) A position of -2^63 lots: its type has no such value.
#![allow(missing_docs)]

mod common;

use circuits::rows::*;
use circuits::settlement::program::program;
use common::sheet::fr;
use common::*;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::statement::settlement::check as native;
use witness_gen::units::Cash;

#[test]
fn difference_s7_fees_out_of_range() {
    let sane = Forge::small();
    let paid = sane.outcome.pools.fees.get() - sane.witness.pools.fees.get();
    let mut forge = Forge::small();
    forge.witness.pools.fees = Cash(i128::MAX - paid + 1);
    forge.follow();
    forge.roots();
    assert_eq!(
        native(&forge.instance, &forge.witness)
            .expect_err("out of range")
            .clause(),
        "S7"
    );
    // Wrapped around, it is refused; as the field has it, 2^128, it is not.
    assert_eq!(names(&forge.built().failures()), ["bus"]);
    let top = fr(2).pow([128]);
    let built = forge.edited(|s| {
        let holdings = s.node(4);
        s.set(HASH[4], holdings, NEW, top);
        let paid = fr(paid as u64);
        for (i, slot) in program().iter().enumerate() {
            let row = PROGRAM_ROW + 2 * i + 1;
            match (slot.tag, slot.x1) {
                (1, id) if id == fr(19) => s.set(G, row, 0, top),
                (2, id) if id == fr(2006) => s.set(F, row, 0, paid),
                (10, _) => s.set(G, row, 0, paid),
                _ => {}
            }
        }
    });
    assert!(built.failures().is_empty());
}

#[test]
fn difference_lots_of_minus_2_to_the_63() {
    let built = Forge::small().edited(|s| {
        let series = small_board().0[7];
        let (r, link) = (s.positions(MANY)[7], s.series_link(series));
        let chunk = r - dynamic::POSITIONS[1] as usize;
        let word = series.word().to_field();
        s.put(r, position::WORD, word);
        s.put(r, position::LONG, Fr::ZERO);
        s.set(HASH[3], chunk, 0, word);
        s.set(HASH[2], chunk, NEW, word);
        s.set_group(r, 0, u64::MAX >> 1, false);
        let quarter = fr(4).invert().unwrap_or(Fr::ZERO);
        s.set(F, link, dynamic::SERIES, fr(1 << 63) * quarter);
    });
    assert!(built.failures().is_empty());
}
