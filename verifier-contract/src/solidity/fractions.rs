//! Sums of fractions: the instance at x, and the opened polynomials at u.
//!
//! A sum Σ c/d is kept as a numerator N and a denominator Z; it takes in the next fraction as (N·d + c·Z)/(Z·d). So only one
//! word has to be inverted for each sum, and the differences d are never stored.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::memory::{Memory, denominator_name, factor_name, lagrange_name, power_of_x, set_complement, set_vanishing};
use crate::graph::literal;
use crate::plan::{Denominator, Plan};
use crate::shape::{Poly, RotationSet, Shape, evaluation_name};

/// Statements for x^n and x^n - 1.
pub(super) fn power_lines(shape: &Shape) -> Vec<String> {
    let mut lines = vec!["let power := mulmod(x, x, r)".to_owned()];
    lines.extend((1..shape.k).map(|_| "power := mulmod(power, power, r)".to_owned()));
    lines.push("mstore(XN, power)".into());
    lines.push(format!(
        "mstore({}, add(power, minusOne))",
        denominator_name(Denominator::Vanishing)
    ));
    lines
}

/// Statements for the instance's numerator and denominator: Σ a_i/(x·ω^-i - 1).
pub(super) fn instance_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let at = |i: usize| format!("{:#06x}", memory.at("INSTANCES_AT") + 32 * i);
    let mut lines = vec![
        "let t := x".to_owned(),
        "let w := OMEGA_INV".into(),
        "let z := add(x, minusOne)".into(),
        format!("let n := mload({})", at(0)),
        "let d".into(),
    ];
    let step = |at: &str| {
        [
            "t := mulmod(t, w, r)".to_owned(),
            "d := add(t, minusOne)".into(),
            format!("n := add(mulmod(n, d, r), mulmod(mload({at}), z, r))"),
            "z := mulmod(z, d, r)".into(),
        ]
    };
    if is_large(shape) {
        let (start, end) = (at(1), at(shape.instances));
        lines.push(format!(
            "for {{ let p := {start} }} lt(p, {end}) {{ p := add(p, 0x20) }} {{"
        ));
        lines.extend(step("p").map(|line| format!("    {line}")));
        lines.push("}".into());
    } else {
        lines.extend((1..shape.instances).flat_map(|i| step(&at(i))));
    }
    lines.push("mstore(INSTANCE_SUM, n)".into());
    lines.push(format!("mstore({}, z)", denominator_name(Denominator::Instance)));
    lines
}

/// True if what could be written out is rather looped over, so that the code stays small enough for a chain.
pub(super) fn is_large(shape: &Shape) -> bool {
    shape.evaluations.len() > 64
}

/// Statements for x·ω^-i - 1 at the first row and the last that is not blinded, and for the sum of the inverses over the blinded
/// rows.
pub(super) fn lagrange_lines(shape: &Shape) -> Vec<String> {
    if !shape.needs_lagrange() {
        return Vec::new();
    }
    let mut lines = vec![
        "let t := mulmod(x, OMEGA, r)".to_owned(),
        "let w := OMEGA".into(),
        format!("mstore({}, add(x, minusOne))", lagrange_name(0)),
        "let d".into(),
        "let n := 1".into(),
        "let z := add(t, minusOne)".into(),
    ];
    for _ in 1..shape.blinding_factors {
        lines.push("t := mulmod(t, w, r)".into());
        lines.push("d := add(t, minusOne)".into());
        lines.push("n := add(mulmod(n, d, r), z)".into());
        lines.push("z := mulmod(z, d, r)".into());
    }
    let last = lagrange_name(shape.last_rotation());
    lines.push(format!("mstore({last}, add(mulmod(t, w, r), minusOne))"));
    lines.push("mstore(BLINDED_SUM, n)".into());
    lines.push(format!("mstore({}, z)", denominator_name(Denominator::Blinded)));
    lines
}

/// Statements for powers of x and for the factors of the sets in the common sum: v^i·x^(top + 1 - m).
pub(super) fn factor_lines(shape: &Shape, plan: &Plan) -> Vec<String> {
    let load = |power: usize| match power {
        1 => "x".to_owned(),
        power => format!("mload({})", power_of_x(power)),
    };
    let mut lines = Vec::new();
    for product in powers(shape, plan) {
        let name = power_of_x(product.power);
        lines.push(format!(
            "mstore({name}, mulmod({}, {}, r))",
            load(product.low),
            load(product.high)
        ));
    }
    if plan.top > 0 {
        let name = denominator_name(Denominator::Power);
        lines.push(format!("mstore({name}, {})", load(plan.top)));
    }
    let (mut of_v, mut code) = (0, String::new());
    for set in plan.grouped() {
        let (v, x) = plan.factor(set);
        while of_v < v {
            code = match of_v {
                0 => "let power := v".into(),
                _ => "power := mulmod(power, v, r)".into(),
            };
            lines.push(code.clone());
            of_v += 1;
        }
        let value = match (v, x) {
            (0, 0) => continue,
            (_, 0) => "power".into(),
            (0, x) => load(x),
            (_, x) => format!("mulmod(power, {}, r)", load(x)),
        };
        lines.push(format!("mstore({}, {value})", factor_name(set)));
    }
    if !code.is_empty() {
        lines.insert(0, "let v := mload(OPEN_V)".into());
    }
    lines
}

/// A power of x and the two that it is the product of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) power: usize,
    pub(crate) low: usize,
    pub(crate) high: usize,
}

/// The powers of x above the first that the sum takes, and those on the way to them, in an order in which they can be computed.
pub(crate) fn powers(shape: &Shape, plan: &Plan) -> Vec<Product> {
    let mut wanted: Vec<usize> = plan.grouped().map(|set| plan.factor(set).1).collect();
    wanted.extend([plan.top, plan.apart_power()]);
    debug_assert_eq!(plan.complements.len(), shape.sets.len());
    wanted.sort_unstable();
    let mut products = Vec::new();
    for power in wanted {
        raise(power, &mut products);
    }
    products
}

/// Appends what leads to a power.
fn raise(power: usize, products: &mut Vec<Product>) {
    let known = |power: usize, products: &[Product]| power < 2 || products.iter().any(|known| known.power == power);
    if known(power, products) {
        return;
    }
    let pair = (1..power).find(|&low| known(low, products) && known(power - low, products));
    let low = pair.unwrap_or(if power.is_multiple_of(2) { power / 2 } else { 1 });
    let high = power - low;
    raise(low, products);
    raise(high, products);
    products.push(Product { power, low, high });
}

/// Code for Σ_j y^j·e_j, and the statements before it that leave a part in c. The quotient is left out: its value at x comes
/// later.
fn combination(set: &RotationSet, rotation: i32) -> (Vec<String>, String) {
    /// Deeper nesting would not fit on the stack.
    const NESTED: usize = 4;
    let mut lines = Vec::new();
    let mut sum: Option<String> = None;
    let mut nested = 0;
    for &poly in set.polys.iter().rev() {
        let value = (poly != Poly::Quotient).then(|| format!("mload({})", evaluation_name(poly, rotation)));
        if nested == NESTED {
            lines.extend(sum.map(|sum| format!("c := {sum}")));
            (sum, nested) = (Some("c".into()), 0);
        }
        let scaled = sum.map(|sum| format!("mulmod(y, {sum}, r)"));
        nested += usize::from(scaled.is_some());
        sum = match (value, scaled) {
            (Some(value), Some(scaled)) => Some(format!("add({value}, {scaled})")),
            (value, scaled) => value.or(scaled),
        };
    }
    (lines, sum.unwrap_or_else(|| "0".into()))
}

/// The walk over all rotations.
struct Walk<'s> {
    shape: &'s Shape,
    plan: &'s Plan,
    rotations: Vec<i32>,
    lines: Vec<String>,
}

/// Statements for the numerators and denominators at u: of the common sum, of the first set if it stands apart, and of every
/// set for its weight.
pub(super) fn set_lines(shape: &Shape, plan: &Plan) -> Vec<String> {
    let mut walk = Walk {
        shape,
        plan,
        rotations: shape.rotations(),
        lines: Vec::new(),
    };
    let often = walk.often();
    // The bottom of the stack is for what no nested expression reads.
    let factor = often.map(|set| format!("let f := mload({})", factor_name(set)));
    let header = [
        "let u := mload(OPEN_U)",
        "let w := OMEGA",
        "let t",
        "let d",
        "let n",
        "let z",
    ];
    walk.lines.extend(header.map(str::to_owned));
    walk.lines.extend(factor);
    walk.lines
        .extend(["let c", "let y := mload(OPEN_Y)", "let r := R"].map(str::to_owned));
    for i in 0..walk.rotations.len() {
        walk.step(i, often);
    }
    walk.lines.push("mstore(UNION_SUM, n)".into());
    walk.lines
        .push(format!("mstore({}, z)", denominator_name(Denominator::Union)));
    walk.lines
}

impl Walk<'_> {
    /// The set whose factor is loaded most often: it is kept in a variable.
    fn often(&self) -> Option<usize> {
        let sets = self.plan.grouped().filter(|&set| self.plan.factor(set) != (0, 0));
        sets.max_by_key(|&set| self.shape.sets[set].rotations.len())
            .filter(|&set| self.shape.sets[set].rotations.len() > 2)
    }

    fn has(&self, set: usize, rotation: i32) -> bool {
        self.shape.sets[set].rotations.contains(&rotation)
    }

    fn step(&mut self, i: usize, often: Option<usize>) {
        let (before, rotation) = (self.rotations[..i].last().copied(), self.rotations[i]);
        self.lines.extend(step_to(self.shape, before, rotation));
        if self.plan.apart && self.has(0, rotation) {
            self.add_to_first(rotation);
        }
        // Denominators of single sets, and the products over what they do not have.
        for (set, complement) in self.plan.complements.iter().enumerate() {
            let (members, name) = match complement {
                Some(rest) => (rest, set_complement(set)),
                None if set == 0 && self.plan.apart => continue,
                None => (&self.shape.sets[set].rotations, set_vanishing(set)),
            };
            if members.contains(&rotation) {
                let value = match members.first() == Some(&rotation) {
                    true => "d".to_owned(),
                    false => format!("mulmod(mload({name}), d, r)"),
                };
                self.lines.push(format!("mstore({name}, {value})"));
            }
        }
        if self.plan.union.contains(&rotation) {
            self.add_to_union(rotation, often);
        }
    }

    /// Takes the point into the first set's own sum.
    fn add_to_first(&mut self, rotation: i32) {
        let set = &self.shape.sets[0];
        let (lines, combined) = combination(set, rotation);
        self.lines.extend(lines);
        let term = weighted(self.shape, set, rotation, &combined);
        let z = set_vanishing(0);
        if set.rotations.first() == Some(&rotation) {
            self.lines.push(format!("mstore(FIRST_SUM, {term})"));
            self.lines.push(format!("mstore({z}, d)"));
        } else {
            self.lines.push(format!(
                "mstore(FIRST_SUM, add(mulmod(mload(FIRST_SUM), d, r), mulmod(mload({z}), {term}, r)))"
            ));
            self.lines.push(format!("mstore({z}, mulmod(mload({z}), d, r))"));
        }
    }

    /// Takes the point of all sets in the common sum into it.
    fn add_to_union(&mut self, rotation: i32, often: Option<usize>) {
        let mut terms: Vec<String> = Vec::new();
        let sets: Vec<usize> = self.plan.grouped().filter(|&set| self.has(set, rotation)).collect();
        for (i, &index) in sets.iter().enumerate() {
            let set = &self.shape.sets[index];
            let (lines, combined) = combination(set, rotation);
            // What waits on the stack does not leave room for another combination.
            if !lines.is_empty() && !terms.is_empty() {
                let waiting = std::mem::take(&mut terms);
                self.lines.push(format!("mstore(TERMS, {})", sum(&waiting)));
                terms.push("mload(TERMS)".into());
            }
            self.lines.extend(lines);
            let term = weighted(self.shape, set, rotation, &combined);
            let term = match (self.plan.factor(index), often == Some(index)) {
                ((0, 0), _) => term,
                (_, true) => format!("mulmod(f, {term}, r)"),
                _ => format!("mulmod(mload({}), {term}, r)", factor_name(index)),
            };
            // c holds a part of this set's combination: it is taken in before the next set overwrites it.
            let is_last = i + 1 == sets.len();
            if combined.contains("c,") && !is_last {
                terms.push(term);
                let waiting = std::mem::take(&mut terms);
                self.lines.push(format!("mstore(TERMS, {})", sum(&waiting)));
                terms.push("mload(TERMS)".into());
            } else {
                terms.push(term);
            }
        }
        let term = sum(&terms);
        if self.plan.union.first() == Some(&rotation) {
            self.lines.push(format!("n := {term}"));
            self.lines.push("z := d".into());
        } else {
            self.lines
                .push(format!("n := add(mulmod(n, d, r), mulmod(z, {term}, r))"));
            self.lines.push("z := mulmod(z, d, r)".into());
        }
    }
}

/// Values of at most 2r each are reduced when there are more than two: 5r < 2^256.
fn sum(terms: &[String]) -> String {
    let mut terms = terms.iter();
    let first = terms.next().cloned().unwrap_or_else(|| "0".into());
    terms.enumerate().fold(first, |sum, (i, term)| match i % 2 {
        0 => format!("add({term}, {sum})"),
        _ => format!("addmod({term}, {sum}, r)"),
    })
}

fn weighted(shape: &Shape, set: &RotationSet, rotation: i32, combined: &str) -> String {
    let weight = barycentric_weight(shape, set, rotation);
    if weight == Fr::ONE {
        combined.to_owned()
    } else {
        format!("mulmod({}, {combined}, r)", literal(&weight))
    }
}

/// Statements that set t to -x·ω^rotation and d to u + t.
fn step_to(shape: &Shape, before: Option<i32>, rotation: i32) -> Vec<String> {
    /// Steps by ω that take less room than a power of ω.
    const STEPS: u32 = 3;
    let mut lines = vec![format!("// x*w^{rotation}")];
    let Some(before) = before else {
        let power = literal(&power_of_omega(shape, rotation));
        lines.push(format!("t := mulmod(sub(r, mload(X)), {power}, r)"));
        lines.push("d := add(u, t)".into());
        return lines;
    };
    let steps = rotation.abs_diff(before);
    if steps <= STEPS {
        let stepped = (0..steps).fold("t".to_owned(), |t, _| format!("mulmod({t}, w, r)"));
        lines.push(format!("t := {stepped}"));
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
pub(super) fn forward_lines(shape: &Shape, plan: &Plan, memory: &Memory) -> Vec<String> {
    let words = plan.denominators(shape);
    let mut lines = Vec::new();
    for (i, &word) in words.iter().enumerate() {
        let word = denominator_name(word);
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
pub(super) fn backward_lines(shape: &Shape, plan: &Plan, memory: &Memory) -> Vec<String> {
    let words = plan.denominators(shape);
    let mut lines = vec!["let word".to_owned()];
    for (i, &name) in words.iter().enumerate().rev() {
        let name = denominator_name(name);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_products_of_powers_known_before() {
        let mut products = Vec::new();
        for power in [0, 1, 2, 3, 4, 53, 54] {
            raise(power, &mut products);
        }
        let mut known = vec![1];
        for Product { power, low, high } in products {
            assert_eq!(low + high, power);
            assert!(
                known.contains(&low) && known.contains(&high),
                "{power} = {low} + {high}"
            );
            known.push(power);
        }
        assert!([2, 3, 4, 53, 54].iter().all(|power| known.contains(power)));
        assert!(known.len() < 13, "{known:?}");
    }
}
