//! The fixed tables as rows of the bus: a tag and up to five values each.

use std::sync::OnceLock;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::pricing::black76::correction;
use witness_gen::pricing::tables::{NODE_LIMIT, tables};
use witness_gen::units::fr_from_i128;

use super::bus;
use super::rows::tag;

/// What is added to the key of a node from 0 on, so that a key tells the sign: 2^40.
pub const SIGN: i64 = 1 << 40;
/// Values of a limb, and of the offset of a node.
pub const LIMBS: u64 = 512;

/// A row: its tag and its values.
pub type TableRow = (u64, [Fr; 5]);

fn row(tag: u64, values: &[i128]) -> TableRow {
    let mut row = [Fr::ZERO; 5];
    for (cell, value) in row.iter_mut().zip(values) {
        *cell = fr_from_i128(*value);
    }
    (tag, row)
}

/// Tag of every row, and its key for counting; computed once.
pub(super) fn keys() -> &'static [(u64, [u8; 32])] {
    static KEYS: OnceLock<Vec<(u64, [u8; 32])>> = OnceLock::new();
    KEYS.get_or_init(|| {
        rows()
            .iter()
            .map(|(tag, values)| (*tag, bus::key(*tag, values)))
            .collect()
    })
}

/// Every row, limbs first.
pub fn rows() -> Vec<TableRow> {
    let mut rows: Vec<TableRow> = (0..LIMBS).map(|v| row(tag::LIMB, &[v.into()])).collect();
    rows.extend((0..LIMBS).map(|v| row(tag::CORRECTION, &[v.into(), correction(v as u16).into()])));
    let nodes = || (-NODE_LIMIT..).zip(tables().nodes());
    rows.extend(nodes().map(|(at, node)| {
        let key = if at < 0 { at } else { at + SIGN };
        row(tag::SECOND, &[key.into(), node.cdf.into()])
    }));
    rows.extend(nodes().map(|(at, n)| {
        row(
            tag::FIRST,
            &[
                at.into(),
                n.cdf.into(),
                n.slope.into(),
                n.curvature.into(),
                n.weight.into(),
            ],
        )
    }));
    rows.extend(nodes().map(|(at, n)| row(tag::GREEK, &[at.into(), n.cdf.into(), n.pdf.into()])));
    let ln = (0..).zip(tables().ln());
    rows.extend(ln.map(|(at, entry)| row(tag::LN, &[at, entry.ln.into(), entry.inverse.into()])));
    rows.extend((0..=44).map(|e: i128| row(tag::POWER, &[e, 1 << (44 - e)])));
    rows.extend(
        (0..)
            .zip(tables().exp())
            .map(|(at, entry)| row(tag::EXP, &[at, (*entry).into()])),
    );
    rows
}
