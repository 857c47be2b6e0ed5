//! The sum of all commitments, times their scalars: a multiplication and an addition for each but one.
//!
//! A set's commitments are summed up by Horner's rule, the last one first: the chain so far times y, plus the next. The product
//! is written beside the next commitment, where the addition finds both, so no commitment is copied and no scalar computed for
//! it. What is overwritten there was added before.

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

use super::memory::{Memory, denominator_name, key_order, point_name, power_of_x, set_complement, set_vanishing};
use crate::plan::{Denominator, Plan};
use crate::shape::{Poly, Shape};

const POINT: usize = 64;

/// Statements that put the commitments of the key, and the points of the setup, in place. The immutables cannot be read in
/// assembly.
pub(super) fn key_lines(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Vec<String> {
    let mut lines = Vec::new();
    let mut put = |word: &str, at: String| {
        lines.push(format!("word = {word};"));
        lines.push(format!("assembly {{ mstore({at}, word) }}"));
    };
    put("TRANSCRIPT_REPR", "TRANSCRIPT_AT".into());
    for poly in key_order(vk, shape) {
        let (name, point) = (poly.name(), point_name(poly, 0));
        put(&format!("{name}_X"), point.clone());
        put(&format!("{name}_Y"), format!("add({point}, 0x20)"));
    }
    lines
}

/// Statements for the scalar of the generator: minus the value that the evaluations interpolate at u, less the quotient's.
pub(super) fn sum_lines(plan: &Plan) -> Vec<String> {
    let load = |name: &str| format!("mload({name})");
    let union = format!(
        "mulmod({}, {}, r)",
        load("UNION_SUM"),
        load(&denominator_name(Denominator::Union))
    );
    let union = format!("mulmod({}, {union}, r)", load(&set_vanishing(0)));
    let sum = if plan.apart {
        let own = match plan.apart_power() {
            0 => load("FIRST_SUM"),
            power => format!("mulmod({}, {}, r)", load("FIRST_SUM"), load(&power_of_x(power))),
        };
        format!("add(mulmod(v, {union}, r), {own})")
    } else {
        union
    };
    let sum = match plan.top {
        0 => sum,
        _ => format!("mulmod({}, {sum}, r)", load(&denominator_name(Denominator::Power))),
    };
    vec![format!("let sum := {sum}")]
}

/// Statements that leave the weight of every set but the first, v^i·Z_0/Z_i, in the word of its inverse or of its product.
pub(super) fn weight_lines(shape: &Shape, plan: &Plan) -> Vec<String> {
    let load = |name: &str| format!("mload({name})");
    let mut lines = Vec::new();
    for i in 1..shape.sets.len() {
        lines.push("weight := mulmod(weight, v, r)".to_owned());
        let union = load(&denominator_name(Denominator::Union));
        let inverse = match &plan.complements[i] {
            None => load(&set_vanishing(i)),
            Some(rest) if rest.is_empty() => union,
            Some(_) => format!("mulmod({}, {union}, r)", load(&set_complement(i))),
        };
        lines.push(format!(
            "mstore({}, mulmod(weight, {inverse}, r))",
            weight_name(plan, i)
        ));
    }
    lines
}

fn weight_name(plan: &Plan, set: usize) -> String {
    match plan.complements[set] {
        None => set_vanishing(set),
        Some(_) => set_complement(set),
    }
}

/// Statements that take the quotient's value into the scalar of the generator.
pub(super) fn quotient_value_lines(shape: &Shape, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, set) in shape.sets.iter().enumerate() {
        let Some(place) = set.polys.iter().position(|poly| *poly == Poly::Quotient) else {
            continue;
        };
        let mut value = "mload(H)".to_owned();
        if place > 0 {
            lines.push("let power := y".into());
            let bits = usize::BITS - place.leading_zeros();
            for bit in (0..bits - 1).rev() {
                lines.push("power := mulmod(power, power, r)".into());
                if place >> bit & 1 == 1 {
                    lines.push("power := mulmod(power, y, r)".into());
                }
            }
            value = format!("mulmod(power, {value}, r)");
        }
        if i > 0 {
            value = format!("mulmod(mload({}), {value}, r)", weight_name(plan, i));
        }
        lines.push(format!("sum := add(sum, {value})"));
    }
    lines
}

/// Statements that add up all commitments but the generator, W1 and W2.
pub(super) fn commitment_lines(
    vk: &VerifyingKey<G1Affine>,
    shape: &Shape,
    plan: &Plan,
    memory: &Memory,
) -> Vec<String> {
    let at = |poly: Poly, piece: usize| memory.at(&point_name(poly, piece));
    let mut open: Vec<usize> = key_order(vk, shape).into_iter().map(|poly| at(poly, 0)).collect();
    for (i, poly) in shape.points().into_iter().enumerate() {
        let pieces = shape.points().len() - shape.quotient_pieces;
        open.push(at(poly, i.saturating_sub(pieces)));
    }
    let mut chain = Chain {
        memory,
        lines: Vec::new(),
        calls: Vec::new(),
        open,
        scalar: String::new(),
    };
    for (i, set) in shape.sets.iter().enumerate().rev() {
        let names: Vec<String> = set.polys.iter().map(|poly| poly.name()).collect();
        let comment = format!("// Set {i}, rotations {:?}: {}", set.rotations, names.join(", "));
        chain.line(comment);
        let is_first = i + 1 == shape.sets.len();
        let target = if is_first { "SUM_AT" } else { "TERM_AT" };
        if i == 0 {
            // The first set weighs 1: its chain ends in the sum.
            chain.add_set(shape, &set.polys, target);
        } else {
            let weight = format!("mload({})", weight_name(plan, i));
            match set.polys.as_slice() {
                [poly] if *poly != Poly::Quotient && chain.is_free(at(*poly, 0) + POINT, 32) => {
                    let point = at(*poly, 0);
                    chain.close(point);
                    chain.line(format!("mstore({:#06x}, {weight})", point + POINT));
                    chain.multiply(&format!("{point:#06x}"), target);
                }
                polys => {
                    chain.add_set(shape, polys, "ACC_AT");
                    chain.set_scalar(&weight);
                    chain.multiply("ACC_AT", target);
                }
            }
        }
        if !is_first {
            chain.add_pair("SUM_AT", "SUM_AT");
        }
    }
    chain.flush();
    chain.lines
}

/// Calls of precompiles in one statement.
const CALLS: usize = 6;
/// Points that follow each other are looped over if they are at least so many, so many in a turn.
const LOOPED: usize = 8;
const TURN: usize = 2;

/// What has been added so far, and which points are needed no more.
struct Chain<'m> {
    memory: &'m Memory,
    lines: Vec<String>,
    /// Calls that no statement makes yet.
    calls: Vec<String>,
    /// Addresses of points of the proof and of the key that are still to be added.
    open: Vec<usize>,
    /// The scalar behind the chain.
    scalar: String,
}

impl Chain<'_> {
    /// Appends a statement that the calls before it must precede.
    fn line(&mut self, line: String) {
        self.flush();
        self.lines.push(line);
    }

    fn flush(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        // Evaluated from the inside out.
        let nested = self.calls.drain(..);
        let nested = nested.fold("done".to_owned(), |done, call| format!("and({call}, {done})"));
        self.lines.push(format!("done := {nested}"));
    }

    fn call(&mut self, call: String) {
        self.calls.push(call);
        if self.calls.len() >= CALLS {
            self.flush();
        }
    }

    fn multiply(&mut self, from: &str, to: &str) {
        self.call(multiplication(from, to));
    }

    fn add_pair(&mut self, from: &str, to: &str) {
        self.call(addition(from, to));
    }

    /// Writes the scalar behind the chain, unless it is there.
    fn set_scalar(&mut self, scalar: &str) {
        if self.scalar != scalar {
            self.line(format!("mstore(ACC_SCALAR, {scalar})"));
            self.scalar = scalar.to_owned();
        }
    }

    fn close(&mut self, point: usize) {
        self.open.retain(|&at| at != point);
    }

    /// True if no point that is still to be added has a word from `start` on, for `size` bytes.
    fn is_free(&self, start: usize, size: usize) -> bool {
        let first = self.memory.at("KEY_AT");
        let last = self.memory.at("W1_PT");
        let apart = |&at: &usize| at + POINT <= start || start + size <= at;
        start >= first && start + size <= last && self.open.iter().all(apart)
    }

    /// Starts the chain with a point.
    fn start(&mut self, point: usize, target: &str) {
        self.line(format!("mcopy({target}, {point:#06x}, 0x40)"));
        self.close(point);
    }

    /// The chain times its scalar, plus a point.
    fn add(&mut self, point: usize, target: &str) {
        self.close(point);
        let (product, pair) = if self.is_free(point - POINT, POINT) {
            (point - POINT, point - POINT)
        } else if self.is_free(point + POINT, POINT) {
            (point + POINT, point)
        } else {
            self.line(format!("mcopy(HOLD_AT, {point:#06x}, 0x40)"));
            self.multiply("ACC_AT", "ACC_AT");
            self.add_pair("HOLD_AT", target);
            return;
        };
        self.multiply("ACC_AT", &format!("{product:#06x}"));
        self.add_pair(&format!("{pair:#06x}"), target);
    }

    /// Adds points that follow each other in memory, behind one that was added before; all but those of the last turn, which may
    /// end elsewhere, in a loop. Returns how many.
    fn add_run(&mut self, points: &[usize]) -> usize {
        let follows = |(i, point): (usize, &usize)| *point == points[0] + POINT * i;
        let run = points.iter().enumerate().take_while(|&pair| follows(pair)).count();
        let turns = run.saturating_sub(1) / TURN;
        if run < LOOPED || !self.is_free(points[0] - POINT, POINT) {
            return 0;
        }
        let (start, end) = (points[0] - POINT, points[0] - POINT + POINT * TURN * turns);
        let step = POINT * TURN;
        self.line(format!(
            "for {{ let p := {start:#06x} }} lt(p, {end:#06x}) {{ p := add(p, {step:#x}) }} {{"
        ));
        let calls = (0..TURN).flat_map(|i| {
            let at = if i == 0 {
                "p".to_owned()
            } else {
                format!("add(p, {:#x})", POINT * i)
            };
            [multiplication("ACC_AT", &at), addition(&at, "ACC_AT")]
        });
        let nested = calls.fold("done".to_owned(), |done, call| format!("and({call}, {done})"));
        self.line(format!("    done := {nested}"));
        self.line("}".into());
        points[..TURN * turns].iter().for_each(|&point| self.close(point));
        TURN * turns
    }

    /// The sum of a set's commitments by Horner's rule, the last one first.
    fn add_set(&mut self, shape: &Shape, polys: &[Poly], target: &str) {
        let at = |poly: Poly, piece: usize| self.memory.at(&point_name(poly, piece));
        let pieces: Vec<usize> = (0..shape.quotient_pieces)
            .map(|piece| at(Poly::Quotient, piece))
            .collect();
        let points: Vec<usize> = polys.iter().rev().map(|&poly| at(poly, 0)).collect();
        let mut done = 0;
        while done < polys.len() {
            let is_last = done + 1 == polys.len();
            let target = if is_last { target } else { "ACC_AT" };
            if polys[polys.len() - 1 - done] == Poly::Quotient {
                self.quotient(&pieces, done == 0, target);
            } else if done == 0 {
                self.start(points[0], target);
            } else {
                self.set_scalar("y");
                let looped = self.add_run(&points[done..]);
                if looped > 0 {
                    done += looped;
                    continue;
                }
                self.add(points[done], target);
            }
            done += 1;
        }
    }

    /// The pieces of the quotient, the last one first, with the chain so far times y added if there is one.
    fn quotient(&mut self, pieces: &[usize], is_first: bool, target: &str) {
        if !is_first {
            self.set_scalar("y");
            self.multiply("ACC_AT", "HOLD_AT");
        }
        for (i, &piece) in pieces.iter().rev().enumerate() {
            let last = is_first && i + 1 == pieces.len();
            let target = if last { target } else { "ACC_AT" };
            if i == 0 {
                self.start(piece, target);
            } else {
                self.set_scalar("mload(XN)");
                self.add(piece, target);
            }
        }
        if !is_first {
            self.add_pair("HOLD_AT", target);
        }
    }
}

fn multiplication(from: &str, to: &str) -> String {
    format!("staticcall(MUL_GAS, 0x07, {from}, 0x60, {to}, 0x40)")
}

fn addition(from: &str, to: &str) -> String {
    format!("staticcall(ADD_GAS, 0x06, {from}, 0x80, {to}, 0x40)")
}
