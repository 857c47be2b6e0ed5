//! The memory map of an emitted verifier: every word has a name and a fixed address.

use std::collections::{BTreeMap, BTreeSet};

use super::fractions::{Product, powers};
use crate::key::commitments;
use crate::plan::{Denominator, Plan};
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
    pub(crate) fn of(vk: &VerifyingKey<G1Affine>, shape: &Shape, plan: &Plan) -> Self {
        let mut memory = Self::new();
        memory.region("Buffers of the precompiles: what waits, a chain of additions and its scalar; the sum of the sets and a term");
        memory.take("HOLD_AT", 2);
        memory.take("ACC_AT", 2);
        memory.take("ACC_SCALAR", 1);
        memory.take("SUM_AT", 2);
        memory.take("TERM_AT", 2);
        memory.region(
            "Commitments of the verifying key, in the order in which they are added, behind room for a product",
        );
        memory.take("KEY_AT", 2);
        for poly in key_order(vk, shape) {
            memory.take(point_name(poly, 0), 2);
        }
        memory.region(
            "Transcript: key, instance, then the proof, with a word for the last hash before what is hashed with it",
        );
        memory.take("TRANSCRIPT_AT", 1);
        memory.take("INSTANCES_AT", shape.instances);
        let first_evaluation = shape.evaluations.first();
        let first_evaluation = first_evaluation.map_or_else(String::new, |q| evaluation_name(q.poly, q.rotation));
        for (i, piece) in pieces(shape).into_iter().enumerate() {
            if i > 0 {
                memory.take(hash_name(i), 1);
            }
            memory.mark(piece_name(i));
            if piece.first().is_some_and(|(name, _)| *name == first_evaluation) {
                memory.mark("EVALUATIONS_AT");
            }
            for (name, words) in piece {
                memory.take(name, words);
            }
        }
        memory.take("W1_SCALAR", 1);
        memory.challenges(shape, plan);
        memory.sums(shape, plan);
        memory.region("Input of the pairing: W2, s*G2, the sum of all commitments, -G2");
        memory.take("W2_PT", 2);
        memory.take("W2_SCALAR", 4);
        memory.take("ALL_AT", 2);
        memory.take("ALL_SCALAR", 4);
        memory
    }

    fn challenges(&mut self, shape: &Shape, plan: &Plan) {
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
        self.region("Powers of x");
        for Product { power, .. } in powers(shape, plan) {
            self.take(power_of_x(power), 1);
        }
        self.region("Factors of the rotation sets in the common sum");
        for set in plan.grouped().filter(|&set| plan.factor(set) != (0, 0)) {
            self.take(factor_name(set), 1);
        }
    }

    fn sums(&mut self, shape: &Shape, plan: &Plan) {
        self.region("Numerators of the sums of fractions; products over rotations that are not inverted");
        self.take("INSTANCE_SUM", 1);
        if shape.needs_lagrange() {
            self.take("BLINDED_SUM", 1);
        }
        self.take("UNION_SUM", 1);
        self.take("TERMS", 1);
        if plan.apart {
            self.take("FIRST_SUM", 1);
        }
        self.take(set_vanishing(0), 1);
        for (set, complement) in plan.complements.iter().enumerate() {
            if complement.is_some() {
                self.take(set_complement(set), 1);
            }
        }
        self.region("Inverted together; then products of those before");
        let words = plan.denominators(shape);
        let count = words.len();
        for word in words {
            self.take(denominator_name(word), 1);
        }
        self.take("PREFIX_AT", count - 1);
    }
}

/// Named words of the transcript that follow each other.
type Piece = Vec<(String, usize)>;

/// The proof without its last point, in the pieces that are hashed: each ends where a challenge is squeezed.
pub(crate) fn pieces(shape: &Shape) -> Vec<Piece> {
    let point = |poly: Poly| (point_name(poly, 0), 2);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut piece = Piece::new();
    for phase in &shape.phases {
        piece.extend(phase.advice.iter().map(|&column| point(Poly::Advice(column))));
        if !phase.challenges.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    pieces.push(piece);
    let permuted = (0..shape.lookups).flat_map(|i| [point(Poly::LookupInput(i)), point(Poly::LookupTable(i))]);
    pieces.push(permuted.collect());
    let products = (0..shape.permutation.len()).map(|i| point(Poly::PermutationProduct(i)));
    let products = products.chain((0..shape.lookups).map(|i| point(Poly::LookupProduct(i))));
    pieces.push(products.chain([point(Poly::Random)]).collect());
    pieces.push(
        (0..shape.quotient_pieces)
            .map(|i| (point_name(Poly::Quotient, i), 2))
            .collect(),
    );
    let evaluations = shape.evaluations.iter();
    pieces.push(
        evaluations
            .map(|query| (evaluation_name(query.poly, query.rotation), 1))
            .collect(),
    );
    pieces.push(vec![("W1_PT".into(), 2)]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The first word of a piece.
pub(crate) fn piece_name(index: usize) -> String {
    format!("PIECE{index}_AT")
}

/// The word before a piece.
pub(crate) fn hash_name(index: usize) -> String {
    format!("HASH{index}_AT")
}

/// The numbers of the slots, T and digits, that occur in statements.
fn slots(statements: &[String]) -> BTreeSet<usize> {
    let code = statements.iter().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter_map(|word| word.strip_prefix('T')?.parse().ok()).collect()
}

/// The polynomials whose commitments belong to the key, in the order in which they are added: the last set's last comes first.
pub(crate) fn key_order(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Vec<Poly> {
    let of_key: Vec<Poly> = commitments(vk).into_iter().map(|(poly, _)| poly).collect();
    let opened = shape.sets.iter().rev().flat_map(|set| set.polys.iter().rev().copied());
    opened.filter(|poly| of_key.contains(poly)).collect()
}

/// The word of a denominator, and later of its inverse.
pub(crate) fn denominator_name(denominator: Denominator) -> String {
    match denominator {
        Denominator::Set(set) => set_vanishing(set),
        Denominator::Union => "UNION_Z".into(),
        Denominator::Power => "X_TOP".into(),
        Denominator::Row(row) => lagrange_name(row),
        Denominator::Blinded => "BLINDED_Z".into(),
        Denominator::Instance => "INSTANCE_Z".into(),
        Denominator::Vanishing => "INV_VANISHING".into(),
    }
}

/// The word of the product of u - x·ω^i over a rotation set.
pub(crate) fn set_vanishing(set: usize) -> String {
    format!("SET{set}_Z")
}

/// The word of that product over the rotations of the union that the set does not have.
pub(crate) fn set_complement(set: usize) -> String {
    format!("SET{set}_REST")
}

/// The word of a set's factor in the common sum.
pub(crate) fn factor_name(set: usize) -> String {
    format!("SET{set}_FACTOR")
}

/// The word of a power of x.
pub(crate) fn power_of_x(power: usize) -> String {
    match power {
        1 => "X".into(),
        power => format!("X_{power}"),
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
