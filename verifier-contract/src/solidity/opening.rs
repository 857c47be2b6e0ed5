//! The sum of all commitments, times their scalars.

use std::fmt::Write as _;

use super::memory::{Memory, Product, inverse_powers, key_order, point_name, power_of_inverse, set_sum, set_vanishing};
use crate::shape::{Poly, Shape};
use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

/// Statements for the powers of 1/x that the interpolation takes.
pub(super) fn inverse_power_lines(shape: &Shape) -> Vec<String> {
    let load = |power: usize| format!("mload({})", power_of_inverse(power));
    let products = inverse_powers(shape).into_iter().map(|Product { power, low, high }| {
        let name = power_of_inverse(power);
        format!("mstore({name}, mulmod({}, {}, r))", load(low), load(high))
    });
    products.collect()
}

/// Statements that add all commitments, times their scalars, to the sum.
pub(super) fn commitment_lines(vk: &VerifyingKey<G1Affine>, shape: &Shape, memory: &Memory) -> Vec<String> {
    let of_key = key_order(vk, shape);
    let mut lines = Vec::new();
    for (i, set) in shape.sets.iter().enumerate() {
        let names: Vec<String> = set.polys.iter().map(|poly| poly.name()).collect();
        lines.push(format!(
            "// Set {i}, rotations {:?}: {}",
            set.rotations,
            names.join(", ")
        ));
        if i > 0 {
            lines.push("weight := mulmod(weight, v, r)".into());
            lines.push(format!("k := mulmod(weight, mload({}), r)", set_vanishing(i)));
        }
        // The polynomials at u: N/Z·x^(1-m), with Z in the weight; the first set's weight is 1.
        let sum = match set.rotations.len() - 1 {
            0 => format!("mload({})", set_sum(i)),
            power => format!("mulmod(mload({}), mload({}), r)", set_sum(i), power_of_inverse(power)),
        };
        lines.push(match i {
            0 => format!("sum := {sum}"),
            _ => format!("sum := addmod(sum, mulmod(k, {sum}, r), r)"),
        });
        let mut polys = set.polys.as_slice();
        if let (0, Some((first, rest))) = (i, polys.split_first()) {
            // The first polynomial has scalar 1: the sum starts from it.
            lines.push(format!("mcopy(ACC_AT, {}, 0x40)", point_name(*first, 0)));
            lines.push("k := y".into());
            polys = rest;
        }
        while let Some(&first) = polys.first() {
            let stride = if of_key.contains(&first) { 0x60 } else { 0x40 };
            let run = run(polys, stride, memory);
            lines.extend(term_lines(&polys[..run], stride, memory));
            polys = &polys[run..];
            if first == Poly::Quotient {
                lines.extend(quotient_lines());
            }
            if run == 1 && !polys.is_empty() {
                lines.push("k := mulmod(k, y, r)".into());
            }
        }
    }
    lines
}

/// How many of the points follow each other in memory, if enough for a loop; else 1.
fn run(polys: &[Poly], stride: usize, memory: &Memory) -> usize {
    const LOOP: usize = 3;
    let start = memory.at(&point_name(polys[0], 0));
    let follows = |(i, poly): &(usize, &Poly)| {
        **poly != Poly::Quotient && memory.at(&point_name(**poly, 0)) == start + stride * i
    };
    let length = polys.iter().enumerate().take_while(follows).count();
    if length < LOOP { 1 } else { length }
}

/// Statements that add commitments times k, k·y, ..; a loop leaves the next power in k.
fn term_lines(polys: &[Poly], stride: usize, memory: &Memory) -> Vec<String> {
    if polys[0] == Poly::Quotient {
        return Vec::new();
    }
    let point = point_name(polys[0], 0);
    let (mut lines, margin, at) = match polys.len() {
        1 => (Vec::new(), "", point),
        length => {
            let end = memory.at(&point) + stride * length;
            let head = format!("for {{ let p := {point} }} lt(p, {end:#06x}) {{ p := add(p, {stride:#x}) }} {{");
            (vec![head], "    ", "p".to_owned())
        }
    };
    // Behind commitments of the key there is room for the scalar; behind those of the proof stands the next one.
    let term = if stride == 0x60 {
        vec![
            format!("mstore(add({at}, 0x40), k)"),
            format!("done := and(add_multiple({at}), done)"),
        ]
    } else {
        vec![
            format!("mcopy(TERM_AT, {at}, 0x40)"),
            "mstore(TERM_SCALAR, k)".into(),
            "done := and(add_multiple(TERM_AT), done)".into(),
        ]
    };
    lines.extend(term.into_iter().map(|line| format!("{margin}{line}")));
    if polys.len() > 1 {
        lines.push("    k := mulmod(k, y, r)".into());
        lines.push("}".into());
    }
    lines
}

/// Statements for the quotient at scalar k: its value, and Σ x^(n·i)·(piece i). Its pieces are the last points before the
/// evaluations.
fn quotient_lines() -> Vec<String> {
    let lines = [
        "sum := addmod(sum, mulmod(k, mload(H), r), r)",
        "s := k",
        "for { let p := H0_PT } lt(p, EVALUATIONS_AT) { p := add(p, 0x40) } {",
        "    mcopy(TERM_AT, p, 0x40)",
        "    mstore(TERM_SCALAR, s)",
        "    done := and(add_multiple(TERM_AT), done)",
        "    s := mulmod(s, mload(XN), r)",
        "}",
    ];
    lines.map(str::to_owned).to_vec()
}

/// Statements that put the points of G2 in place.
pub(super) fn pairing_lines(memory: &Memory) -> String {
    let mut text = String::new();
    let base = memory.at("PAIRING_AT");
    for (name, at) in [("S_G2", base + 0x40), ("NEG_G2", base + 0x100)] {
        for (i, part) in ["X_IM", "X_RE", "Y_IM", "Y_RE"].iter().enumerate() {
            let _ = writeln!(text, "        word = {name}_{part};");
            let _ = writeln!(text, "        assembly {{ mstore({:#06x}, word) }}", at + 32 * i);
        }
    }
    text
}
