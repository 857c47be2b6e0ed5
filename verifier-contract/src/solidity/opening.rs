//! The parts of a verifier that belong to the opening argument.

use std::fmt::Write as _;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::gates::sum_lines;
use super::memory::{Memory, difference_name, inverse_powers, lagrange_name, lagrange_rows, point_name, scalar_name};
use crate::graph::{Graph, Node};
use crate::shape::{Poly, RotationSet, Shape, evaluation_name};
use crate::yul::{MAX_BOUND, Writer};

/// Statements for the values to be inverted that are differences: u - x·ω^i, and x·ω^-i - 1.
pub(super) fn denominator_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let mut lines = vec!["let minusOne := sub(r, 1)".to_owned(), "let t".to_owned()];
    let differences: Vec<(i32, String)> = shape
        .rotations()
        .into_iter()
        .map(|rotation| (rotation, difference_name(rotation)))
        .collect();
    let bases: Vec<(i32, String)> = lagrange_rows(shape)
        .into_iter()
        .map(|row| (-row, lagrange_name(row)))
        .collect();
    for (targets, value) in [(differences, "add(u, sub(r, t))"), (bases, "add(t, minusOne)")] {
        for sign in [1, -1] {
            let mut side: Vec<(i32, String)> = targets
                .iter()
                .filter(|(e, _)| e * sign > 0 || (*e == 0 && sign > 0))
                .cloned()
                .collect();
            side.sort_by_key(|(exponent, _)| exponent * sign);
            lines.extend(walk(&side, sign, value, memory));
        }
    }
    for name in memory.paddings() {
        lines.push(format!("mstore({name}, 1)"));
    }
    let first = shape.sets.first().map(|set| set.rotations.as_slice()).unwrap_or(&[]);
    for (i, rotation) in first.iter().enumerate() {
        let name = difference_name(*rotation);
        lines.push(if i == 0 {
            format!("t := mod(mload({name}), r)")
        } else {
            format!("t := mulmod(t, mload({name}), r)")
        });
    }
    lines.push("mstore(FIRST_SET, t)".into());
    lines
}

/// Stores `value`, which depends on t = x·ω^exponent, for the exponents on one side of 0, in their order from there. Runs of
/// exponents whose words follow each other become loops.
fn walk(targets: &[(i32, String)], sign: i32, value: &str, memory: &Memory) -> Vec<String> {
    const RUN: usize = 6;
    let Some((first, name)) = targets.first() else {
        return Vec::new();
    };
    let mut lines = vec!["t := x".to_owned()];
    let mut rest = targets;
    let mut exponent = 0;
    if *first == 0 {
        lines.push(format!("mstore({name}, {value})"));
        rest = &rest[1..];
    }
    let step = if sign > 0 { "OMEGA" } else { "OMEGA_INV" };
    if !rest.is_empty() {
        lines.push("{".into());
        lines.push(format!("    let w := {step}"));
    }
    while let Some((next, name)) = rest.first() {
        while exponent + sign != *next {
            lines.push("    t := mulmod(t, w, r)".into());
            exponent += sign;
        }
        let follows = |i: &usize| {
            let (exponent, other) = &rest[*i];
            *exponent == next + sign * *i as i32 && memory.at(other) == memory.at(name) + 32 * i
        };
        let run = (0..rest.len()).take_while(follows).count();
        let length = if run < RUN { 1 } else { run };
        if length == 1 {
            lines.push("    t := mulmod(t, w, r)".into());
            lines.push(format!("    mstore({name}, {value})"));
        } else {
            let end = memory.at(name) + 32 * length;
            lines.push(format!(
                "    for {{ let p := {name} }} lt(p, {end:#06x}) {{ p := add(p, 0x20) }} {{"
            ));
            lines.push("        t := mulmod(t, w, r)".into());
            lines.push(format!("        mstore(p, {value})"));
            lines.push("    }".into());
        }
        exponent = rest[length - 1].0;
        rest = &rest[length..];
    }
    if lines.iter().any(|line| line == "{") {
        lines.push("}".into());
    }
    lines
}

/// Statements for the scalars of all commitments, with the number after that of the last slot used.
pub(super) fn scalar_lines(shape: &Shape, first_slot: usize) -> (Vec<String>, usize) {
    let mut graph = Graph::default();
    let sets: Vec<SetNodes> = shape
        .sets
        .iter()
        .map(|set| SetNodes::of(&mut graph, shape, set))
        .collect();
    let mut roots: Vec<Node> = sets.iter().flat_map(|set| set.terms.clone()).collect();
    // The first set's weight is 1: its inverse product is not needed.
    roots.extend(sets.iter().skip(1).map(|set| set.inverse_vanishing));
    let mut writer = Writer::new(&graph, &roots, first_slot);
    inverse_power_lines(&mut writer, shape);
    writer.line("let v := mload(OPEN_V)");
    writer.line("let y := mload(OPEN_Y)");
    writer.line("let weight := mload(FIRST_SET)");
    writer.line("let sum := 0");
    writer.line("let k");
    writer.line("let s");
    for (i, (set, nodes)) in shape.sets.iter().zip(&sets).enumerate() {
        let names: Vec<String> = set.polys.iter().map(|poly| poly.name()).collect();
        writer.line(format!(
            "// Set {i}, rotations {:?}: {}",
            set.rotations,
            names.join(", ")
        ));
        if i == 0 {
            writer.line("k := 1");
        } else {
            writer.line("weight := mulmod(weight, v, r)");
            let inverse = writer.value(nodes.inverse_vanishing, MAX_BOUND);
            writer.deep_line(format!("k := mulmod(weight, {}, r)", inverse.code), inverse.depth + 1);
        }
        store_scalars(&mut writer, shape, set);
        sum_lines(&mut writer, "s", &nodes.terms);
        let scale = match set.rotations.len() - 1 {
            0 => "weight".to_owned(),
            power => format!("mulmod(weight, mload(INV_X_{power}), r)"),
        };
        writer.line(format!("sum := addmod(sum, mulmod({scale}, s, r), r)"));
    }
    writer.line("mstore(K_W1, sub(r, mload(FIRST_SET)))");
    writer.line("mstore(K_W2, mload(OPEN_U))");
    writer.line("mstore(K_G1, sub(r, sum))");
    let slots = writer.slots();
    (writer.take_lines().into_iter().map(|line| line.text).collect(), slots)
}

/// What is computed for a rotation set.
struct SetNodes {
    /// 1/Z(u): the product of the inverted differences.
    inverse_vanishing: Node,
    /// For each point p: (Σ_j y^j·e_jp) / (u - x_p) / Π_q (ω^p - ω^q).
    terms: Vec<Node>,
}

impl SetNodes {
    fn of(graph: &mut Graph, shape: &Shape, set: &RotationSet) -> Self {
        let y = graph.variable("y");
        let inverses: Vec<Node> = set
            .rotations
            .iter()
            .map(|&rotation| graph.load(difference_name(rotation)))
            .collect();
        let terms = set.rotations.iter().zip(&inverses).map(|(&rotation, &inverse)| {
            let mut combined = graph.constant(Fr::ZERO);
            for &poly in set.polys.iter().rev() {
                let scaled = graph.multiply(combined, y);
                let value = graph.load(evaluation_name(poly, rotation));
                combined = graph.add(scaled, value);
            }
            let scaled = graph.scale(combined, barycentric_weight(shape, set, rotation));
            graph.multiply(scaled, inverse)
        });
        let terms = terms.collect();
        // Points of many sets first: sets that share points share the beginning of the product.
        let sets_with = |rotation: &i32| shape.sets.iter().filter(|s| s.rotations.contains(rotation)).count();
        let mut order = set.rotations.clone();
        order.sort_by_key(|rotation| (std::cmp::Reverse(sets_with(rotation)), *rotation));
        let factors: Vec<Node> = order
            .into_iter()
            .map(|rotation| graph.load(difference_name(rotation)))
            .collect();
        Self {
            inverse_vanishing: graph.product(&factors),
            terms,
        }
    }
}

fn inverse_power_lines(writer: &mut Writer<'_>, shape: &Shape) {
    let powers = inverse_powers(shape);
    let Some(&last) = powers.last() else { return };
    writer.line("{");
    writer.line("    let inverse := mload(INV_X)");
    writer.line("    let t := inverse");
    for power in 1..=last {
        if power > 1 {
            writer.line("    t := mulmod(t, inverse, r)");
        }
        if powers.contains(&power) {
            writer.line(format!("    mstore(INV_X_{power}, t)"));
        }
    }
    writer.line("}");
}

fn barycentric_weight(shape: &Shape, set: &RotationSet, rotation: i32) -> Fr {
    let power = |rotation: i32| {
        let exponent = i64::from(rotation).rem_euclid(1 << shape.k);
        shape.omega.pow_vartime([exponent.unsigned_abs()])
    };
    let others = set.rotations.iter().filter(|&&other| other != rotation);
    let product: Fr = others.map(|&other| power(rotation) - power(other)).product();
    // The shape has distinct rotations only, so the product is not 0.
    product.invert().unwrap_or(Fr::ZERO)
}

fn store_scalars(writer: &mut Writer<'_>, shape: &Shape, set: &RotationSet) {
    for (j, &poly) in set.polys.iter().enumerate() {
        if j > 0 {
            writer.line("k := mulmod(k, y, r)");
        }
        if poly != Poly::Quotient {
            writer.line(format!("mstore({}, k)", scalar_name(poly, 0)));
            continue;
        }
        // The quotient is Σ x^(n·i)·(piece i).
        writer.line(format!("mstore({}, k)", scalar_name(poly, 0)));
        for piece in 1..shape.quotient_pieces {
            let (name, before) = (scalar_name(poly, piece), scalar_name(poly, piece - 1));
            writer.line(format!("mstore({name}, mulmod(mload({before}), mload(XN), r))"));
        }
    }
}

/// Statements for the sum of all commitments.
pub(super) fn commitment_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    // The first polynomial has scalar 1: the sum starts from it.
    let unit = shape.sets[0].polys[0];
    let (unit_at, unit_scalar) = (point_name(unit, 0), scalar_name(unit, 0));
    let key = ("KEY_AT", "TRANSCRIPT_AT");
    let proof = ("PROOF_AT", "EVALUATIONS_AT");
    let mut lines = vec![
        "mstore(G1_PT, 1)".to_owned(),
        "mstore(add(G1_PT, 0x20), 2)".to_owned(),
        format!("mcopy(ACC_AT, {unit_at}, 0x40)"),
        "done := 1".to_owned(),
    ];
    let mut scalar = memory.at(&first_scalar(shape, memory));
    for (start, end) in [key, proof] {
        let (from, to, at) = (memory.at(start), memory.at(end), memory.at(&unit_at));
        let ranges = if (from..to).contains(&at) {
            [(from, at), (at + 64, to)]
        } else {
            [(from, to), (to, to)]
        };
        for (a, b) in ranges {
            if (from..to).contains(&at) && a == at + 64 {
                scalar = memory.at(&unit_scalar) + 32;
            }
            if a < b {
                lines.push(format!(
                    "done := and(done, accumulate({a:#06x}, {b:#06x}, {scalar:#06x}))"
                ));
                scalar += (b - a) / 2;
            }
        }
    }
    lines.push("done := and(done, accumulate(W1_PT, OPENING_END, K_W1))".into());
    lines
}

/// The scalar of the first point in memory: of the key if it has any, else of the proof.
fn first_scalar(shape: &Shape, memory: &Memory) -> String {
    let key = scalar_name(Poly::Fixed(0), 0);
    if memory.at("KEY_AT") < memory.at("TRANSCRIPT_AT") {
        key
    } else {
        scalar_name(shape.points()[0], 0)
    }
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
