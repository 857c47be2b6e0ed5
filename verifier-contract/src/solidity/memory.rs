//! The memory map of an emitted verifier: every word has a name and a fixed address.

use std::collections::BTreeMap;

use crate::key::commitments;
use crate::shape::{Poly, Shape, evaluation_name, rotation_suffix};
use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

/// Where Solidity's own memory starts in a call: nothing is allocated before.
const START: usize = 0x80;
/// Values that the inversion loops take at a time.
pub(crate) const INVERSION_STEP: usize = 4;

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

    /// Appends the slots of intermediate results.
    pub(crate) fn take_slots(&mut self, count: usize) {
        self.region("Intermediate results");
        for i in 0..count {
            self.take(format!("T{i}"), 1);
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
        memory.region("Commitments of the verifying key");
        memory.mark("KEY_AT");
        for (poly, _) in commitments(vk) {
            memory.take(point_name(poly, 0), 2);
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
        memory.region("Opening points of the proof; the generator of G1 is put behind them");
        memory.take("W1_PT", 2);
        memory.take("W2_PT", 2);
        memory.mark("PROOF_END");
        memory.take("G1_PT", 2);
        memory.mark("OPENING_END");
        memory.challenges(shape);
        memory.denominators(shape);
        memory.scalars(vk, shape);
        memory.region("Buffers of the precompiles");
        memory.take("ACC_AT", 2);
        memory.take("TERM_AT", 2);
        memory.take("TERM_SCALAR", 1);
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
        self.region("Product of u - x*w^i over the first rotation set; powers of 1/x");
        self.take("FIRST_SET", 1);
        for power in inverse_powers(shape) {
            self.take(format!("INV_X_{power}"), 1);
        }
    }

    fn denominators(&mut self, shape: &Shape) {
        self.region("Inverted together: u - x*w^i, x*w^-i - 1, x, x^n - 1");
        let start = self.next;
        self.mark("INVERT_AT");
        for rotation in shape.rotations() {
            self.take(difference_name(rotation), 1);
        }
        for row in lagrange_rows(shape) {
            self.take(lagrange_name(row), 1);
        }
        self.take("INV_X", 1);
        self.take("INV_VANISHING", 1);
        let mut padding = 0;
        while !((self.next - start) / 32).is_multiple_of(INVERSION_STEP) {
            self.take(format!("PADDING{padding}"), 1);
            padding += 1;
        }
        self.mark("INVERT_END");
        self.take("PREFIX_AT", (self.next - start) / 32);
    }

    fn scalars(&mut self, vk: &VerifyingKey<G1Affine>, shape: &Shape) {
        self.region("Scalars of the commitments, in the order of the points");
        for (poly, _) in commitments(vk) {
            self.take(scalar_name(poly, 0), 1);
        }
        let mut pieces = 0;
        for poly in shape.points() {
            self.take(scalar_name(poly, pieces), 1);
            pieces += usize::from(poly == Poly::Quotient);
        }
        for name in ["K_W1", "K_W2", "K_G1"] {
            self.take(name, 1);
        }
    }

    /// Values to add behind the inverted ones so that the loops come out even.
    pub(crate) fn paddings(&self) -> Vec<String> {
        let names = (0..INVERSION_STEP).map(|i| format!("PADDING{i}"));
        names.filter(|name| self.addresses.contains_key(name)).collect()
    }
}

/// Rows of the Lagrange polynomials that are evaluated: those of the instance, and the blinded ones where needed.
pub(crate) fn lagrange_rows(shape: &Shape) -> Vec<i32> {
    let first = if shape.needs_lagrange() {
        shape.last_rotation()
    } else {
        0
    };
    (first..shape.instances as i32).collect()
}

/// The powers of 1/x that the interpolation takes: one less than the sizes of the rotation sets.
pub(crate) fn inverse_powers(shape: &Shape) -> Vec<usize> {
    let mut powers: Vec<usize> = shape.sets.iter().map(|set| set.rotations.len() - 1).collect();
    powers.sort_unstable();
    powers.dedup();
    powers.into_iter().filter(|&power| power > 0).collect()
}

/// The word of u - x·ω^rotation, and later of its inverse.
pub(crate) fn difference_name(rotation: i32) -> String {
    format!("D{}", rotation_suffix(rotation))
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

/// The address name of a commitment's scalar.
pub(crate) fn scalar_name(poly: Poly, piece: usize) -> String {
    format!("K_{}", commitment_name(poly, piece))
}

fn commitment_name(poly: Poly, piece: usize) -> String {
    match poly {
        Poly::Quotient => format!("H{piece}"),
        poly => poly.name(),
    }
}
