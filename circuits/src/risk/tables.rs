//! The fixed tables as rows of the bus: a tag and up to five values each.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::pricing::black76::correction;
use witness_gen::pricing::tables::{NODE_LIMIT, tables};
use witness_gen::units::fr_from_i128;

use super::rows::tag;
use crate::builder::TableRow;

/// What is added to the key of a node from 0 on, so that a key tells the sign: 2^40.
pub const SIGN: i64 = 1 << 40;
/// Values of the offset of a node.
const OFFSETS: u64 = 512;

fn row(tag: u64, values: &[i128]) -> TableRow {
    let mut row = [Fr::ZERO; 5];
    for (cell, value) in row.iter_mut().zip(values) {
        *cell = fr_from_i128(*value);
    }
    (tag, row)
}

/// Every row after the limbs.
pub fn rows() -> Vec<TableRow> {
    let offsets = (0..OFFSETS).map(|v| row(tag::CORRECTION, &[v.into(), correction(v as u16).into()]));
    let mut rows: Vec<TableRow> = offsets.collect();
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
