//! Sums of fractions: the instance at x, and the opened polynomials at u.
//!
//! A sum Σ c/d is kept as a numerator N and a denominator Z; it takes in the next fraction as (N·d + c·Z)/(Z·d). So only one
//! word has to be inverted for each sum, and the differences d are never stored.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::memory::{Memory, inverted, lagrange_name, lagrange_rows, set_sum, set_vanishing};
use crate::graph::literal;
use crate::shape::{Poly, RotationSet, Shape, evaluation_name};
use crate::yul::STACK;

/// Variables of the walk over the rotations besides those of the sets: r, u, y, w, t, d, c.
const VARIABLES: usize = 7;
/// Stack slots of a step: r, r, c, weight.
const STEP_DEPTH: usize = 4;
/// Sets that are kept in variables; the others are kept in memory.
const IN_VARIABLES: usize = (STACK - VARIABLES - STEP_DEPTH) / 2;

/// Statements for the instance's numerator and denominator: Σ a_i/(x·ω^-i - 1).
pub(super) fn instance_lines() -> Vec<String> {
    let lines = [
        "let t := x",
        "let w := OMEGA_INV",
        "let z := add(x, minusOne)",
        "let n := mload(INSTANCES_AT)",
        "for { let p := add(INSTANCES_AT, 0x20) } lt(p, PROOF_AT) { p := add(p, 0x20) } {",
        "    t := mulmod(t, w, r)",
        "    let d := add(t, minusOne)",
        "    n := add(mulmod(n, d, r), mulmod(mload(p), z, r))",
        "    z := mulmod(z, d, r)",
        "}",
        "mstore(INSTANCE_SUM, n)",
        "mstore(INSTANCE_Z, z)",
    ];
    lines.map(str::to_owned).to_vec()
}

/// Statements for x·ω^-i - 1 at the rows i whose Lagrange polynomials the identities use.
pub(super) fn lagrange_lines(shape: &Shape) -> Vec<String> {
    let rows = lagrange_rows(shape);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["let t := x".to_owned(), "let w := OMEGA".into()];
    for (i, row) in rows.into_iter().rev().enumerate() {
        if i > 0 {
            lines.push("t := mulmod(t, w, r)".into());
        }
        lines.push(format!("mstore({}, add(t, minusOne))", lagrange_name(row)));
    }
    lines
}

/// A rotation set on the walk: where its numerator and denominator are.
struct Walked<'s> {
    index: usize,
    set: &'s RotationSet,
    in_variables: bool,
}

impl Walked<'_> {
    fn has(&self, rotation: i32) -> bool {
        self.set.rotations.contains(&rotation)
    }

    fn sum(&self) -> Place {
        Place::new(self.in_variables, format!("n{}", self.index), set_sum(self.index))
    }

    fn vanishing(&self) -> Place {
        Place::new(self.in_variables, format!("z{}", self.index), set_vanishing(self.index))
    }

    /// Statements that take the point, whose difference is d, into the numerator. `z` is the denominator so far.
    fn add_term(&self, shape: &Shape, rotation: i32, is_first: bool, z: &Place) -> Vec<String> {
        let (mut lines, combined) = combination(self.set, rotation);
        let weight = barycentric_weight(shape, self.set, rotation);
        let term = if weight == Fr::ONE {
            combined
        } else {
            format!("mulmod({}, {combined}, r)", literal(&weight))
        };
        let n = self.sum();
        lines.push(n.set(&if is_first {
            term
        } else {
            format!("add(mulmod({}, d, r), mulmod({}, {term}, r))", n.get(), z.get())
        }));
        lines
    }
}

/// A variable or a word in memory.
struct Place {
    name: String,
    in_variable: bool,
}

impl Place {
    fn new(in_variable: bool, variable: String, word: String) -> Self {
        let name = if in_variable { variable } else { word };
        Self { name, in_variable }
    }

    fn get(&self) -> String {
        if self.in_variable {
            self.name.clone()
        } else {
            format!("mload({})", self.name)
        }
    }

    fn set(&self, value: &str) -> String {
        if self.in_variable {
            format!("{} := {value}", self.name)
        } else {
            format!("mstore({}, {value})", self.name)
        }
    }
}

/// Statements that leave Σ_j y^j·e_j in c, and the code that reads it; none for one polynomial. The quotient is left out: its
/// value at x comes later.
fn combination(set: &RotationSet, rotation: i32) -> (Vec<String>, String) {
    /// Deeper nesting would not leave the stack to the sets.
    const NESTED: usize = 3;
    let mut lines = Vec::new();
    let mut sum: Option<String> = None;
    for (i, &poly) in set.polys.iter().rev().enumerate() {
        let value = (poly != Poly::Quotient).then(|| format!("mload({})", evaluation_name(poly, rotation)));
        let scaled = sum.map(|sum| format!("mulmod(y, {sum}, r)"));
        sum = match (value, scaled) {
            (Some(value), Some(scaled)) => Some(format!("add({value}, {scaled})")),
            (value, scaled) => value.or(scaled),
        };
        let is_last = i + 1 == set.polys.len();
        if i % NESTED == NESTED - 1 || (is_last && i > 0) {
            lines.extend(sum.map(|sum| format!("c := {sum}")));
            sum = Some("c".into());
        }
    }
    (lines, sum.unwrap_or_else(|| "0".into()))
}

/// Statements for the numerator and denominator of every rotation set at u: Σ_p w_p·(Σ_j y^j·e_jp)/(u - x·ω^p).
pub(super) fn set_lines(shape: &Shape) -> Vec<String> {
    let mut by_size: Vec<usize> = (0..shape.sets.len()).collect();
    by_size.sort_by_key(|&index| std::cmp::Reverse(shape.sets[index].rotations.len()));
    let in_variables: Vec<usize> = by_size.into_iter().take(IN_VARIABLES).collect();
    let walked = shape.sets.iter().enumerate().map(|(index, set)| Walked {
        index,
        set,
        in_variables: in_variables.contains(&index),
    });
    let walked: Vec<Walked<'_>> = walked.collect();
    let rotations = walk(&shape.rotations(), &walked);
    let is_rising = rotations.first() <= rotations.last();

    let mut lines = vec![
        "let u := mload(OPEN_U)".to_owned(),
        "let y := mload(OPEN_Y)".into(),
        format!("let w := {}", if is_rising { "OMEGA" } else { "OMEGA_INV" }),
        "let c".into(),
    ];
    for set in walked.iter().filter(|set| set.in_variables) {
        lines.extend([set.sum(), set.vanishing()].map(|place| format!("let {}", place.name)));
    }
    let shared = shared_steps(&rotations, &walked);
    for (i, &rotation) in rotations.iter().enumerate() {
        lines.extend(step_to(shape, rotations[..i].last().copied(), rotation));
        if i == shared
            && i > 0
            && let [first, others @ ..] = &variables(&walked)[..]
        {
            lines.extend(others.iter().map(|set| set.vanishing().set(&first.vanishing().get())));
        }
        let mut denominators: Vec<String> = Vec::new();
        for set in walked.iter().filter(|set| set.has(rotation)) {
            let is_first = !rotations[..i].iter().any(|&before| set.has(before));
            let is_last = !rotations[i + 1..].iter().any(|&after| set.has(after));
            // While sets in variables have had the same points, they have one denominator.
            let z = match variables(&walked).first() {
                Some(first) if set.in_variables && i < shared => first.vanishing(),
                _ => set.vanishing(),
            };
            lines.extend(set.add_term(shape, rotation, is_first, &z));
            let value = match (is_first, is_last) {
                // Only d itself is not below r.
                (true, true) => "mod(d, r)".to_owned(),
                (true, false) => "d".into(),
                _ => format!("mulmod({}, d, r)", z.get()),
            };
            let line = z.set(&value);
            if !denominators.contains(&line) {
                denominators.push(line);
            }
            if set.in_variables && is_last {
                denominators.push(format!("mstore({}, {})", set_sum(set.index), set.sum().get()));
                denominators.push(format!("mstore({}, {})", set_vanishing(set.index), z.get()));
            }
        }
        lines.extend(denominators);
    }
    lines
}

fn variables<'w, 's>(walked: &'w [Walked<'s>]) -> Vec<&'w Walked<'s>> {
    walked.iter().filter(|set| set.in_variables).collect()
}

/// The rotations in the order, rising or falling, in which the sets in variables have the same points for longer.
fn walk(rising: &[i32], walked: &[Walked<'_>]) -> Vec<i32> {
    let falling: Vec<i32> = rising.iter().rev().copied().collect();
    if shared_steps(&falling, walked) > shared_steps(rising, walked) {
        falling
    } else {
        rising.to_vec()
    }
}

/// How many steps of a walk take in either all sets in variables or none.
fn shared_steps(rotations: &[i32], walked: &[Walked<'_>]) -> usize {
    let sets = variables(walked);
    let is_shared = |rotation: &&i32| {
        let having = sets.iter().filter(|set| set.has(**rotation)).count();
        having == 0 || having == sets.len()
    };
    rotations.iter().take_while(is_shared).count()
}

/// Statements that set t to -x·ω^rotation and d to u + t.
fn step_to(shape: &Shape, before: Option<i32>, rotation: i32) -> Vec<String> {
    /// Steps by ω that take less room than a power of ω.
    const STEPS: u32 = 5;
    let mut lines = vec![format!("// x*w^{rotation}")];
    let Some(before) = before else {
        let power = literal(&power_of_omega(shape, rotation));
        lines.push(format!("let t := mulmod(sub(r, x), {power}, r)"));
        lines.push("let d := add(u, t)".into());
        return lines;
    };
    let steps = rotation.abs_diff(before);
    if steps <= STEPS {
        lines.extend((0..steps).map(|_| "t := mulmod(t, w, r)".to_owned()));
    } else {
        let power = literal(&power_of_omega(shape, rotation - before));
        lines.push(format!("t := mulmod(t, {power}, r)"));
    }
    lines.push("d := add(u, t)".into());
    lines
}

fn power_of_omega(shape: &Shape, rotation: i32) -> Fr {
    let exponent = i64::from(rotation).rem_euclid(1 << shape.k);
    shape.omega.pow_vartime([exponent.unsigned_abs()])
}

/// 1/Π_q (ω^p - ω^q) over the other members q of the set.
fn barycentric_weight(shape: &Shape, set: &RotationSet, rotation: i32) -> Fr {
    let others = set.rotations.iter().filter(|&&other| other != rotation);
    let here = power_of_omega(shape, rotation);
    let product: Fr = others.map(|&other| here - power_of_omega(shape, other)).product();
    // The shape has distinct rotations only, so the product is not 0.
    product.invert().unwrap_or(Fr::ZERO)
}

/// Statements that multiply up the words to be inverted, keeping the products.
pub(super) fn forward_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let words = inverted(shape);
    let mut lines = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if i == 0 {
            lines.push(format!("let product := mload({word})"));
            continue;
        }
        lines.push(format!("mstore({:#06x}, product)", prefix(memory, i)));
        lines.push(format!("product := mulmod(product, mload({word}), r)"));
    }
    lines
}

/// Statements that put the inverse of every word in its place.
pub(super) fn backward_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let words = inverted(shape);
    let mut lines = vec!["let word".to_owned()];
    for (i, name) in words.iter().enumerate().rev() {
        if i == 0 {
            lines.push(format!("mstore({name}, inverse)"));
            break;
        }
        lines.push(format!("word := mload({name})"));
        lines.push(format!(
            "mstore({name}, mulmod(inverse, mload({:#06x}), r))",
            prefix(memory, i)
        ));
        lines.push("inverse := mulmod(inverse, word, r)".into());
    }
    lines
}

/// Where the product of the words before the i-th is kept.
fn prefix(memory: &Memory, i: usize) -> usize {
    memory.at("PREFIX_AT") + 32 * (i - 1)
}
