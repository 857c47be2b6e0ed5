//! The memory map of an emitted verifier: every word has a name and a fixed address.

use std::collections::{BTreeMap, BTreeSet};

use crate::key::commitments;
use crate::shape::{Poly, Shape, evaluation_name};
use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

/// Where Solidity's own memory starts in a call: nothing is allocated before.
const START: usize = 0x80;

/// A stretch of memory with a title.
#[derive(Debug)]
struct Region {
    title: &'static str,
    names: Vec<(String, usize)>,
}

/// Names and addresses.
#[derive(Debug)]
pub(crate) struct Memory {
    next: usize,
    regions: Vec<Region>,
    addresses: BTreeMap<String, usize>,
}

impl Memory {
    fn new() -> Self {
        Self {
            next: START,
            regions: Vec::new(),
            addresses: BTreeMap::new(),
        }
    }

    fn region(&mut self, title: &'static str) {
        self.regions.push(Region {
            title,
            names: Vec::new(),
        });
    }

    /// Names the next `words` words.
    fn take(&mut self, name: impl Into<String>, words: usize) {
        self.mark(name);
        self.next += 32 * words;
    }

    /// Names the next word without taking it.
    fn mark(&mut self, name: impl Into<String>) {
        let name = name.into();
        let previous = self.addresses.insert(name.clone(), self.next);
        debug_assert!(previous.is_none(), "two words named {name}");
        if let Some(region) = self.regions.last_mut() {
            region.names.push((name, self.next));
        }
    }

    /// The address of a name that the map has given out.
    pub(crate) fn at(&self, name: &str) -> usize {
        self.addresses.get(name).copied().unwrap_or_else(|| {
            unreachable!("{name} is not in the memory map");
        })
    }

    /// Appends the slots of intermediate results, those that the statements name.
    pub(crate) fn take_slots(&mut self, statements: &[String]) {
        self.region("Intermediate results");
        for slot in slots(statements) {
            self.take(format!("T{slot}"), 1);
        }
        self.mark("END_AT");
    }

    /// The constants of the contract.
    pub(crate) fn declarations(&self) -> String {
        let mut text = String::new();
        for region in self.regions.iter().filter(|region| !region.names.is_empty()) {
            text.push_str(&format!("\n    // {}.\n", region.title));
            for (name, address) in &region.names {
                text.push_str(&format!("    uint256 private constant {name} = {address:#06x};\n"));
            }
        }
        text
    }

    /// The map for a circuit, without the slots of intermediate results.
    pub(crate) fn of(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Self {
        let mut memory = Self::new();
        memory.region("Buffers of the precompiles: a sum, a term and its scalar");
        memory.take("ACC_AT", 2);
        memory.take("TERM_AT", 2);
        memory.take("TERM_SCALAR", 1);
        memory.region("Commitments of the verifying key, each with room for its scalar");
        for poly in key_order(vk, shape) {
            memory.take(point_name(poly, 0), 2);
            memory.take(scalar_slot(poly), 1);
        }
        memory.region("Transcript: key, instance, then the proof as it stands in calldata");
        memory.take("TRANSCRIPT_AT", 1);
        memory.take("INSTANCES_AT", shape.instances);
        memory.mark("PROOF_AT");
        let mut pieces = 0;
        for poly in shape.points() {
            memory.take(point_name(poly, pieces), 2);
            pieces += usize::from(poly == Poly::Quotient);
        }
        memory.region("Evaluations, by polynomial and rotation (_P1: next row, _M1: row before)");
        memory.mark("EVALUATIONS_AT");
        for query in &shape.evaluations {
            memory.take(evaluation_name(query.poly, query.rotation), 1);
        }
        memory.mark("EVALUATIONS_END");
        memory.region("Opening points of the proof");
        memory.take("W1_PT", 2);
        memory.take("W2_PT", 2);
        memory.mark("PROOF_END");
        memory.challenges(shape);
        memory.sums(shape);
        memory.region("Buffer of the inversion and the pairing");
        memory.take("PAIRING_AT", 12);
        memory
    }

    fn challenges(&mut self, shape: &Shape) {
        self.region("Challenges");
        let count: usize = shape.phases.iter().map(|phase| phase.challenges.len()).sum();
        for i in 0..count {
            self.take(format!("C{i}"), 1);
        }
        if shape.needs_lagrange() {
            for name in ["THETA", "BETA", "GAMMA"] {
                self.take(name, 1);
            }
        }
        for name in ["Y", "X", "OPEN_Y", "OPEN_V", "OPEN_U"] {
            self.take(name, 1);
        }
        self.region("Values at x");
        self.take("XN", 1);
        self.take(crate::shape::INSTANCE_NAME, 1);
        self.take(evaluation_name(Poly::Quotient, 0), 1);
        if shape.needs_lagrange() {
            for name in ["L_0", "L_LAST", "L_BLIND"] {
                self.take(name, 1);
            }
        }
        self.region("Powers of 1/x");
        for Product { power, .. } in inverse_powers(shape) {
            self.take(power_of_inverse(power), 1);
        }
    }

    fn sums(&mut self, shape: &Shape) {
        self.region("Numerators of the sums of fractions; the denominator of the first rotation set");
        self.take("INSTANCE_SUM", 1);
        for set in 0..shape.sets.len() {
            self.take(set_sum(set), 1);
        }
        self.take(set_vanishing(0), 1);
        self.region(
            "Inverted together: denominators of the sums, x*w^-i - 1, x, x^n - 1; then products of those before",
        );
        let words = inverted(shape);
        let count = words.len();
        for word in words {
            self.take(word, 1);
        }
        self.take("PREFIX_AT", count - 1);
    }
}

/// The numbers of the slots, T and digits, that occur in statements.
fn slots(statements: &[String]) -> BTreeSet<usize> {
    let code = statements.iter().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter_map(|word| word.strip_prefix('T')?.parse().ok()).collect()
}

/// The polynomials whose commitments belong to the key, in the order in which they are opened.
pub(crate) fn key_order(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Vec<Poly> {
    let of_key: Vec<Poly> = commitments(vk).into_iter().map(|(poly, _)| poly).collect();
    let opened = shape.sets.iter().flat_map(|set| set.polys.iter().copied());
    opened.filter(|poly| of_key.contains(poly)).collect()
}

/// The words that are inverted, in the order of their addresses.
pub(crate) fn inverted(shape: &Shape) -> Vec<String> {
    let sets = (1..shape.sets.len()).map(set_vanishing);
    let rows = lagrange_rows(shape).into_iter().map(lagrange_name);
    let others = ["INSTANCE_Z", "INV_X", "INV_VANISHING"].map(str::to_owned);
    sets.chain(rows).chain(others).collect()
}

/// The word of a rotation set's numerator.
pub(crate) fn set_sum(set: usize) -> String {
    format!("SET{set}_SUM")
}

/// The word of a rotation set's denominator, the product of u - x·ω^i over the set, and later of its inverse.
pub(crate) fn set_vanishing(set: usize) -> String {
    format!("SET{set}_Z")
}

/// Rows whose Lagrange polynomials the permutation and the lookups use: the blinded ones, the last before them, the first.
pub(crate) fn lagrange_rows(shape: &Shape) -> Vec<i32> {
    if shape.needs_lagrange() {
        (shape.last_rotation()..=0).collect()
    } else {
        Vec::new()
    }
}

/// A power of 1/x and the two that it is the product of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) power: usize,
    pub(crate) low: usize,
    pub(crate) high: usize,
}

/// The powers of 1/x above the first that the interpolation takes, one less than the sizes of the rotation sets, and those on
/// the way to them, in an order in which they can be computed.
pub(crate) fn inverse_powers(shape: &Shape) -> Vec<Product> {
    let mut wanted: Vec<usize> = shape.sets.iter().map(|set| set.rotations.len() - 1).collect();
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

/// The word of a power of 1/x.
pub(crate) fn power_of_inverse(power: usize) -> String {
    match power {
        1 => "INV_X".into(),
        power => format!("INV_X_{power}"),
    }
}

/// The word of x·ω^-row - 1, and later of its inverse.
pub(crate) fn lagrange_name(row: i32) -> String {
    if row < 0 {
        format!("E_M{}", -row)
    } else {
        format!("E{row}")
    }
}

/// The address name of a commitment; `piece` numbers the pieces of the quotient.
pub(crate) fn point_name(poly: Poly, piece: usize) -> String {
    format!("{}_PT", commitment_name(poly, piece))
}

/// The address name of the scalar behind a commitment of the key.
pub(crate) fn scalar_slot(poly: Poly) -> String {
    format!("{}_K", commitment_name(poly, 0))
}

fn commitment_name(poly: Poly, piece: usize) -> String {
    match poly {
        Poly::Quotient => format!("H{piece}"),
        poly => poly.name(),
    }
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

    #[test]
    fn slots_are_found_in_statements_alone() {
        let lines = [
            "// T9: a title",
            "mstore(T3, mload(T12))",
            "let t5 := add(THETA, TERM_AT)",
        ]
        .map(str::to_owned);
        assert_eq!(slots(&lines), BTreeSet::from([3, 12]));
    }
}
