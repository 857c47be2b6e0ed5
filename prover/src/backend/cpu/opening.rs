//! SHPLONK: all openings in two points (Boneh, Drake, Fisch, Gabizon, "Efficient polynomial commitment schemes for multiple points and
//! polynomials", 2020/081, section 4), as the library's verifier checks it.

use std::collections::{BTreeMap, BTreeSet};

use ff::Field;
use halo2_proofs::arithmetic::{kate_division, lagrange_interpolate};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;
use vector::{LANES, Pack, Unit};

/// Coefficients: the library's, or ours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Polynomial<'a> {
    Plain(&'a [Fr]),
    Packs(&'a [Pack<Fr>]),
}

impl Polynomial<'_> {
    /// The number of coefficients.
    fn len(&self) -> usize {
        match self {
            Self::Plain(values) => values.len(),
            Self::Packs(packs) => LANES * packs.len(),
        }
    }

    /// The value at a point.
    pub(super) fn at(&self, unit: Unit, point: Fr) -> Fr {
        match self {
            Self::Plain(values) => unit.evaluate_plain(values, point),
            Self::Packs(packs) => unit.evaluate(packs, point),
        }
    }
}

/// A polynomial, by its place in a list, opened at a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) polynomial: usize,
    pub(super) point: Fr,
    pub(super) value: Fr,
}

/// Polynomials that are opened at the same points, both in the order of their first openings.
struct Set {
    points: Vec<Fr>,
    /// Place of each polynomial and its values at the points.
    members: Vec<(usize, Vec<Fr>)>,
}

fn sets(openings: &[Opening]) -> Vec<Set> {
    let mut members: Vec<(usize, Vec<(Fr, Fr)>)> = Vec::new();
    for opening in openings {
        let pair = (opening.point, opening.value);
        match members
            .iter_mut()
            .find(|(polynomial, _)| *polynomial == opening.polynomial)
        {
            Some((_, pairs)) => pairs.push(pair),
            None => members.push((opening.polynomial, vec![pair])),
        }
    }
    let mut sets: Vec<Set> = Vec::new();
    for (polynomial, pairs) in members {
        let own: BTreeSet<Fr> = pairs.iter().map(|(point, _)| *point).collect();
        let at = sets
            .iter()
            .position(|set| set.points.iter().copied().collect::<BTreeSet<_>>() == own);
        let set = match at {
            Some(at) => &mut sets[at],
            None => {
                let points = pairs.iter().map(|(point, _)| *point).collect();
                sets.push(Set {
                    points,
                    members: Vec::new(),
                });
                // Just pushed.
                sets.last_mut().unwrap_or_else(|| unreachable!())
            }
        };
        // The value at each point of the set, in the set's order: each point is there once, or the key would not have passed its checks.
        let value = |point: &Fr| {
            pairs
                .iter()
                .find(|(p, _)| p == point)
                .map_or(Fr::ZERO, |(_, value)| *value)
        };
        let values = set.points.iter().map(value).collect();
        set.members.push((polynomial, values));
    }
    sets
}

/// sum of y^j · member j, all of length n.
fn combined(unit: Unit, polynomials: &[Polynomial<'_>], members: &[(usize, Vec<Fr>)], y: Fr) -> Vec<Fr> {
    /// Packs of a chunk.
    const CHUNK: usize = 128;
    let n = polynomials[members[0].0].len();
    let mut out = vec![Fr::ZERO; n];
    out.par_chunks_mut(CHUNK * LANES).enumerate().for_each(|(at, out)| {
        let packs = out.len() / LANES;
        let (mut sum, mut copy) = ([Pack::ZERO; CHUNK], [Pack::ZERO; CHUNK]);
        // Horner from the last member.
        for (polynomial, _) in members.iter().rev() {
            let next = match polynomials[*polynomial] {
                Polynomial::Plain(values) => {
                    unit.pack(&values[at * CHUNK * LANES..][..out.len()], &mut copy[..packs]);
                    &copy[..packs]
                }
                Polynomial::Packs(all) => &all[at * CHUNK..][..packs],
            };
            unit.scale_add(&mut sum[..packs], y, next);
        }
        unit.unpack(&sum[..packs], out);
    });
    out
}

fn vanishing(points: impl IntoIterator<Item = Fr>, at: Fr) -> Fr {
    points.into_iter().map(|point| at - point).product()
}

fn add_scaled(sum: &mut [Fr], other: &[Fr], factor: Fr) {
    sum.par_iter_mut().zip(other).for_each(|(s, o)| *s += *o * factor);
}

/// sum over sets j of v^j · (f_j - r_j) / Z_j, where f_j is a set's combination, Z_j vanishes on its points and r_j has f_j's values there.
///
/// With Z_j's partial fractions 1/Z_j = sum over its points p of w_jp / (X - p), that is the sum over points p of the quotient of
/// sum over j of v^j·w_jp·f_j by X - p, whose remainder is left out: one division for a point, and not one for each set that has it.
fn quotient(unit: Unit, sets: &[Set], combined: &[Vec<Fr>], v: Fr) -> Vec<Fr> {
    let n = combined[0].len();
    let mut shares: BTreeMap<Fr, Vec<(usize, Fr)>> = BTreeMap::new();
    let mut power = Fr::ONE;
    for (j, set) in sets.iter().enumerate() {
        for point in &set.points {
            let others = set.points.iter().copied().filter(|other| other != point);
            // Not 0: the points of a set are distinct.
            let weight = vanishing(others, *point).invert().unwrap_or(Fr::ZERO);
            shares.entry(*point).or_default().push((j, power * weight));
        }
        power *= v;
    }
    let packed: Vec<Vec<Pack<Fr>>> = combined.par_iter().map(|values| unit.packed(values)).collect();
    let shares: Vec<(Fr, Vec<(usize, Fr)>)> = shares.into_iter().collect();
    let quotients: Vec<Vec<Fr>> = shares
        .par_iter()
        .map(|(point, members)| {
            let mut sum = vec![Pack::ZERO; n / LANES];
            for (j, weight) in members {
                unit.add_scaled(&mut sum, *weight, &packed[*j]);
            }
            kate_division(&unit.unpacked(&sum), *point)
        })
        .collect();
    let mut out = vec![Fr::ZERO; n];
    for part in &quotients {
        for (sum, c) in out.iter_mut().zip(part) {
            *sum += c;
        }
    }
    out
}

/// The prover's half, one message after the other.
pub(super) struct Prover {
    sets: Vec<Set>,
    /// Of each set, its polynomials combined by y.
    combined: Vec<Vec<Fr>>,
    /// Of each set, the combined values as a polynomial of low degree.
    low: Vec<Vec<Fr>>,
    v: Fr,
    quotient: Vec<Fr>,
}

impl Prover {
    /// With y and v drawn: the polynomial of the first point.
    pub(super) fn new(unit: Unit, polynomials: &[Polynomial<'_>], openings: &[Opening], y: Fr, v: Fr) -> Self {
        let sets = sets(openings);
        let combined: Vec<Vec<Fr>> = sets
            .iter()
            .map(|set| combined(unit, polynomials, &set.members, y))
            .collect();
        let low: Vec<Vec<Fr>> = sets
            .iter()
            .map(|set| {
                let values: Vec<Fr> = (0..set.points.len())
                    .map(|point| {
                        set.members
                            .iter()
                            .rev()
                            .fold(Fr::ZERO, |sum, (_, values)| sum * y + values[point])
                    })
                    .collect();
                lagrange_interpolate(&set.points, &values)
            })
            .collect();
        let quotient = quotient(unit, &sets, &combined, v);
        Self {
            sets,
            combined,
            low,
            v,
            quotient,
        }
    }

    /// What the first point commits to.
    pub(super) fn quotient(&self) -> &[Fr] {
        &self.quotient
    }

    /// With u drawn: the polynomial of the second point.
    pub(super) fn finish(self, u: Fr) -> Vec<Fr> {
        let all: BTreeSet<Fr> = self.sets.iter().flat_map(|set| set.points.iter().copied()).collect();
        let others = |set: &Set| vanishing(all.iter().copied().filter(|point| !set.points.contains(point)), u);
        // The verifier divides by the first set's factor; not 0, since u is no opening point but with a probability of about 1/r.
        let normal = others(&self.sets[0]).invert().unwrap_or(Fr::ZERO);
        let mut sum = vec![Fr::ZERO; self.quotient.len()];
        let mut power = normal;
        for ((set, combined), low) in self.sets.iter().zip(&self.combined).zip(&self.low) {
            let factor = power * others(set);
            add_scaled(&mut sum, combined, factor);
            let at_u = low.iter().rev().fold(Fr::ZERO, |value, c| value * u + c);
            sum[0] -= at_u * factor;
            power *= self.v;
        }
        add_scaled(&mut sum, &self.quotient, -normal * vanishing(all, u));
        kate_division(&sum, u)
    }
}
