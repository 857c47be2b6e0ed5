//! What a verifier needs to know about a circuit besides its key: columns, phases, the order of the proof, and which
//! polynomial is opened where.
//!
//! The orders are those of halo2-axiom 0.5.3 (`plonk/verifier.rs` and `poly/kzg/multiopen/shplonk.rs`); a rotation set is
//! the set of points at which a polynomial is opened, and sets are numbered by first appearance, as there.

use std::collections::BTreeSet;

use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::{Any, ConstraintSystem, VerifyingKey};

use crate::error::EmitError;

/// A polynomial that the verifier opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Poly {
    Advice(usize),
    Fixed(usize),
    /// Product of the permutation argument, one for each chunk of columns.
    PermutationProduct(usize),
    /// Fixed polynomial of the permutation argument, one for each column.
    PermutationCommon(usize),
    LookupInput(usize),
    LookupTable(usize),
    LookupProduct(usize),
    /// The quotient, sent in pieces.
    Quotient,
    /// The blinding polynomial of the vanishing argument.
    Random,
}

impl Poly {
    /// The name of the polynomial in the emitted source.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Advice(i) => format!("A{i}"),
            Self::Fixed(i) => format!("F{i}"),
            Self::PermutationProduct(i) => format!("Z{i}"),
            Self::PermutationCommon(i) => format!("S{i}"),
            Self::LookupInput(i) => format!("LA{i}"),
            Self::LookupTable(i) => format!("LS{i}"),
            Self::LookupProduct(i) => format!("LZ{i}"),
            Self::Quotient => "H".into(),
            Self::Random => "RANDOM".into(),
        }
    }
}

/// The name of the evaluation of `poly` at x·ω^rotation.
pub(crate) fn evaluation_name(poly: Poly, rotation: i32) -> String {
    format!("{}{}", poly.name(), rotation_suffix(rotation))
}

/// `_P2` for a rotation of 2, `_M2` for one of -2, nothing for 0.
pub(crate) fn rotation_suffix(rotation: i32) -> String {
    match rotation {
        0 => String::new(),
        r if r > 0 => format!("_P{r}"),
        r => format!("_M{}", r.unsigned_abs()),
    }
}

/// A polynomial opened at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) poly: Poly,
    pub(crate) rotation: i32,
}

/// Polynomials opened at the same points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RotationSet {
    /// In increasing order.
    pub(crate) rotations: Vec<i32>,
    /// In the order of first appearance: the j-th is weighted by y^j.
    pub(crate) polys: Vec<Poly>,
}

/// One phase of the witness: what the prover commits to, then how many challenges it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phase {
    pub(crate) advice: Vec<usize>,
    /// Indices of the challenges squeezed after these columns.
    pub(crate) challenges: Vec<usize>,
}

/// The name of the instance column's evaluation at x.
pub(crate) const INSTANCE_NAME: &str = "INSTANCE";

/// A permutation product with its columns, each by the name of its evaluation at x.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PermutationChunk {
    pub(crate) columns: Vec<String>,
}

/// The circuit as its verifier sees it.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The rows are 2^k.
    pub(crate) k: u32,
    pub(crate) omega: Fr,
    /// Values in the one instance column.
    pub(crate) instances: usize,
    pub(crate) phases: Vec<Phase>,
    pub(crate) lookups: usize,
    pub(crate) permutation: Vec<PermutationChunk>,
    pub(crate) blinding_factors: usize,
    pub(crate) quotient_pieces: usize,
    /// Scalars of the proof, in order.
    pub(crate) evaluations: Vec<Query>,
    pub(crate) sets: Vec<RotationSet>,
}

impl Shape {
    /// Reads the shape off a verifying key, or says what about the circuit is not supported.
    pub(crate) fn of(vk: &VerifyingKey<G1Affine>, instances: usize) -> Result<Self, EmitError> {
        let cs = vk.cs();
        check_supported(cs, instances)?;
        let domain = vk.get_domain();
        let mut shape = Self {
            k: domain.k(),
            omega: domain.get_omega(),
            instances,
            phases: phases(cs),
            lookups: cs.lookups().len(),
            permutation: permutation_chunks(cs)?,
            blinding_factors: cs.blinding_factors(),
            quotient_pieces: domain.get_quotient_poly_degree(),
            evaluations: Vec::new(),
            sets: Vec::new(),
        };
        let (advice, fixed) = (advice_queries(cs), fixed_queries(cs));
        shape.evaluations = shape.evaluation_order(&advice, &fixed);
        let opened = shape.opening_order(&advice, &fixed);
        shape.check_rotations(&opened)?;
        shape.sets = rotation_sets(&opened);
        Ok(shape)
    }

    /// All rotations at which something is opened, in increasing order.
    pub(crate) fn rotations(&self) -> Vec<i32> {
        let all: BTreeSet<i32> = self.sets.iter().flat_map(|s| s.rotations.clone()).collect();
        all.into_iter().collect()
    }

    /// Points of the proof before the evaluations, in order; pieces of the quotient come last.
    pub(crate) fn points(&self) -> Vec<Poly> {
        let advice = self.phases.iter().flat_map(|phase| &phase.advice);
        advice
            .map(|&column| Poly::Advice(column))
            .chain((0..self.lookups).flat_map(|i| [Poly::LookupInput(i), Poly::LookupTable(i)]))
            .chain((0..self.permutation.len()).map(Poly::PermutationProduct))
            .chain((0..self.lookups).map(Poly::LookupProduct))
            .chain([Poly::Random])
            .chain((0..self.quotient_pieces).map(|_| Poly::Quotient))
            .collect()
    }

    /// Bytes of a proof: the points, the evaluations, the two points of the opening argument.
    pub(crate) fn proof_length(&self) -> usize {
        64 * (self.points().len() + 2) + 32 * self.evaluations.len()
    }

    /// The rotation of the last row that is not blinded, relative to the end: l_last is 1 there.
    pub(crate) fn last_rotation(&self) -> i32 {
        -(self.blinding_factors as i32 + 1)
    }

    /// True if the expressions use l_0, l_last and l_blind.
    pub(crate) fn needs_lagrange(&self) -> bool {
        self.lookups > 0 || !self.permutation.is_empty()
    }

    fn evaluation_order(&self, advice: &[Query], fixed: &[Query]) -> Vec<Query> {
        let query = |poly, rotation| Query { poly, rotation };
        let mut order = [advice, fixed].concat();
        order.push(query(Poly::Random, 0));
        let columns: usize = self.permutation.iter().map(|c| c.columns.len()).sum();
        order.extend((0..columns).map(|i| query(Poly::PermutationCommon(i), 0)));
        for i in 0..self.permutation.len() {
            let product = Poly::PermutationProduct(i);
            order.extend([query(product, 0), query(product, 1)]);
            if i + 1 < self.permutation.len() {
                order.push(query(product, self.last_rotation()));
            }
        }
        for i in 0..self.lookups {
            order.extend([
                query(Poly::LookupProduct(i), 0),
                query(Poly::LookupProduct(i), 1),
                query(Poly::LookupInput(i), 0),
                query(Poly::LookupInput(i), -1),
                query(Poly::LookupTable(i), 0),
            ]);
        }
        order
    }

    fn opening_order(&self, advice: &[Query], fixed: &[Query]) -> Vec<Query> {
        let query = |poly, rotation| Query { poly, rotation };
        let mut order = advice.to_vec();
        let products = self.permutation.len();
        for i in 0..products {
            let product = Poly::PermutationProduct(i);
            order.extend([query(product, 0), query(product, 1)]);
        }
        for i in (0..products.saturating_sub(1)).rev() {
            order.push(query(Poly::PermutationProduct(i), self.last_rotation()));
        }
        for i in 0..self.lookups {
            order.extend([
                query(Poly::LookupProduct(i), 0),
                query(Poly::LookupInput(i), 0),
                query(Poly::LookupTable(i), 0),
                query(Poly::LookupInput(i), -1),
                query(Poly::LookupProduct(i), 1),
            ]);
        }
        order.extend_from_slice(fixed);
        let columns: usize = self.permutation.iter().map(|c| c.columns.len()).sum();
        order.extend((0..columns).map(|i| query(Poly::PermutationCommon(i), 0)));
        order.extend([query(Poly::Quotient, 0), query(Poly::Random, 0)]);
        order
    }

    /// Rotations equal modulo 2^k name one point twice, which the opening argument refuses.
    fn check_rotations(&self, opened: &[Query]) -> Result<(), EmitError> {
        let distinct: BTreeSet<i32> = opened.iter().map(|query| query.rotation).collect();
        let mut seen: Vec<(i64, i32)> = Vec::new();
        for rotation in distinct {
            let row = i64::from(rotation).rem_euclid(1 << self.k);
            if let Some(&(_, other)) = seen.iter().find(|(r, _)| *r == row) {
                return Err(EmitError::RotationsCollide {
                    k: self.k,
                    first: other,
                    second: rotation,
                });
            }
            seen.push((row, rotation));
        }
        Ok(())
    }
}

fn check_supported(cs: &ConstraintSystem<Fr>, instances: usize) -> Result<(), EmitError> {
    let unsupported = |what: String| Err(EmitError::Unsupported { what });
    if cs.num_instance_columns() != 1 {
        return unsupported(format!("{} instance columns, expected 1", cs.num_instance_columns()));
    }
    if instances == 0 {
        return unsupported("an empty instance".into());
    }
    match cs.instance_queries().as_slice() {
        [(_, rotation)] if rotation.0 == 0 => {}
        [] => return unsupported("an instance column that no gate queries".into()),
        queries => {
            let rotations: Vec<i32> = queries.iter().map(|(_, rotation)| rotation.0).collect();
            return unsupported(format!("instance queries at rotations {rotations:?}, expected [0]"));
        }
    }
    // Columns without a query would be committed to, but never opened.
    let opened: BTreeSet<usize> = cs.advice_queries().iter().map(|(c, _)| c.index()).collect();
    if let Some(column) = (0..cs.num_advice_columns()).find(|c| !opened.contains(c)) {
        return unsupported(format!("advice column {column}, which no gate queries"));
    }
    let opened: BTreeSet<usize> = cs.fixed_queries().iter().map(|(c, _)| c.index()).collect();
    if let Some(column) = (0..cs.num_fixed_columns()).find(|c| !opened.contains(c)) {
        return unsupported(format!("fixed column {column}, which no gate queries"));
    }
    Ok(())
}

fn phases(cs: &ConstraintSystem<Fr>) -> Vec<Phase> {
    let (advice, challenges) = (cs.advice_column_phase(), cs.challenge_phase());
    let at = |phases: &[u8], phase: u8| -> Vec<usize> { (0..phases.len()).filter(|&i| phases[i] == phase).collect() };
    let last = advice.iter().copied().max().unwrap_or(0);
    (0..=last)
        .map(|phase| Phase {
            advice: at(&advice, phase),
            challenges: at(&challenges, phase),
        })
        .collect()
}

fn advice_queries(cs: &ConstraintSystem<Fr>) -> Vec<Query> {
    let queries = cs.advice_queries().iter();
    queries
        .map(|(column, rotation)| Query {
            poly: Poly::Advice(column.index()),
            rotation: rotation.0,
        })
        .collect()
}

fn fixed_queries(cs: &ConstraintSystem<Fr>) -> Vec<Query> {
    let queries = cs.fixed_queries().iter();
    queries
        .map(|(column, rotation)| Query {
            poly: Poly::Fixed(column.index()),
            rotation: rotation.0,
        })
        .collect()
}

fn permutation_chunks(cs: &ConstraintSystem<Fr>) -> Result<Vec<PermutationChunk>, EmitError> {
    let columns = cs.permutation().get_columns();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    if cs.degree() < 3 {
        let what = format!("copy constraints at degree {}, expected 3 or more", cs.degree());
        return Err(EmitError::Unsupported { what });
    }
    let names: Vec<String> = columns
        .iter()
        .map(|column| match column.column_type() {
            Any::Advice(_) => Poly::Advice(column.index()).name(),
            Any::Fixed => Poly::Fixed(column.index()).name(),
            Any::Instance => INSTANCE_NAME.into(),
        })
        .collect();
    let chunks = names.chunks(cs.degree() - 2);
    Ok(chunks
        .map(|columns| PermutationChunk {
            columns: columns.to_vec(),
        })
        .collect())
}

/// Groups polynomials by the set of points they are opened at; both levels in the order of first appearance.
fn rotation_sets(opened: &[Query]) -> Vec<RotationSet> {
    let mut by_poly: Vec<(Poly, BTreeSet<i32>)> = Vec::new();
    for query in opened {
        match by_poly.iter_mut().find(|(poly, _)| *poly == query.poly) {
            Some((_, rotations)) => {
                rotations.insert(query.rotation);
            }
            None => by_poly.push((query.poly, BTreeSet::from([query.rotation]))),
        }
    }
    let mut sets: Vec<RotationSet> = Vec::new();
    for (poly, rotations) in by_poly {
        let rotations: Vec<i32> = rotations.into_iter().collect();
        match sets.iter_mut().find(|set| set.rotations == rotations) {
            Some(set) => set.polys.push(poly),
            None => sets.push(RotationSet {
                rotations,
                polys: vec![poly],
            }),
        }
    }
    sets
}
