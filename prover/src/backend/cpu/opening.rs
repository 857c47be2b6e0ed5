//! SHPLONK: all openings in two points (Boneh, Drake, Fisch, Gabizon, "Efficient polynomial commitment schemes for multiple points and
//! polynomials", 2020/081, section 4), as the library's verifier checks it.

use std::collections::{BTreeMap, BTreeSet};

use ff::Field;
use halo2_proofs::arithmetic::{kate_division, lagrange_interpolate};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;
use vector::{LANES, Pack, Unit};

use super::secret::{Column, Packs, Secret};

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
            Self::Plain(values) => {
                let (packs, rest) = values.as_chunks::<LANES>();
                let low = unit.evaluate_plain(packs.as_flattened(), point);
                let high = rest.iter().rev().fold(Fr::ZERO, |value, c| value * point + c);
                low + high * point.pow_vartime([(LANES * packs.len()) as u64])
            }
            Self::Packs(packs) => unit.evaluate(packs, point),
        }
    }
}

/// Packs of all values, the last one filled up with 0 into `out`.
fn pack(unit: Unit, values: &[Fr], out: &mut [Pack<Fr>]) {
    let (whole, rest) = values.as_chunks::<LANES>();
    unit.pack(whole.as_flattened(), &mut out[..whole.len()]);
    if !rest.is_empty() {
        let mut last = [Fr::ZERO; LANES];
        last[..rest.len()].copy_from_slice(rest);
        unit.pack(&last, &mut out[whole.len()..]);
    }
}

/// The first values of packs, as many as `out` takes: at most seven fewer than there are.
fn unpack(unit: Unit, packs: &[Pack<Fr>], out: &mut [Fr]) {
    let (whole, rest) = out.as_chunks_mut::<LANES>();
    let (own, last) = packs.split_at(whole.len());
    unit.unpack(own, whole.as_flattened_mut());
    if !rest.is_empty() {
        let mut values = [Fr::ZERO; LANES];
        unit.unpack(last, &mut values);
        rest.copy_from_slice(&values[..rest.len()]);
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

/// sum of y^j · member j, as long as the longest one.
fn combined(unit: Unit, polynomials: &[Polynomial<'_>], members: &[(usize, Vec<Fr>)], y: Fr) -> Column {
    /// Packs of a chunk.
    const CHUNK: usize = 128;
    let length = members
        .iter()
        .map(|(polynomial, _)| polynomials[*polynomial].len())
        .max();
    let mut out = Secret(vec![Fr::ZERO; length.unwrap_or_default()]);
    let room = || [(); 2].map(|()| Secret(vec![Pack::ZERO; CHUNK]));
    let chunks = out.0.par_chunks_mut(CHUNK * LANES).enumerate();
    chunks.for_each_init(room, |[sum, copy], (at, out)| {
        let sum = &mut sum.0[..out.len().div_ceil(LANES)];
        sum.fill(Pack::ZERO);
        // Horner from the last member.
        for (polynomial, _) in members.iter().rev() {
            let next = match polynomials[*polynomial] {
                Polynomial::Plain(values) => {
                    let own = values.get(at * CHUNK * LANES..).unwrap_or_default();
                    let own = &own[..own.len().min(out.len())];
                    let copy = &mut copy.0[..own.len().div_ceil(LANES)];
                    pack(unit, own, copy);
                    &*copy
                }
                Polynomial::Packs(all) => {
                    let own = all.get(at * CHUNK..).unwrap_or_default();
                    &own[..own.len().min(sum.len())]
                }
            };
            let (low, high) = sum.split_at_mut(next.len());
            unit.scale_add(low, y, next);
            unit.scale(high, y);
        }
        unpack(unit, sum, out);
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
fn quotient(unit: Unit, sets: &[Set], combined: &[Column], v: Fr) -> Column {
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
    let packed: Vec<Packs> = combined
        .par_iter()
        .map(|values| {
            let mut packs = Secret(vec![Pack::ZERO; values.0.len().div_ceil(LANES)]);
            pack(unit, &values.0, &mut packs.0);
            packs
        })
        .collect();
    let shares: Vec<(Fr, Vec<(usize, Fr)>)> = shares.into_iter().collect();
    let quotients: Vec<Column> = shares
        .par_iter()
        .map(|(point, members)| {
            let length = members
                .iter()
                .map(|(j, _)| combined[*j].0.len())
                .max()
                .unwrap_or_default();
            let mut sum = Secret(vec![Pack::ZERO; length.div_ceil(LANES)]);
            for (j, weight) in members {
                let own = &packed[*j].0;
                unit.add_scaled(&mut sum.0[..own.len()], *weight, own);
            }
            let mut plain = Secret(vec![Fr::ZERO; length]);
            unpack(unit, &sum.0, &mut plain.0);
            Secret(kate_division(&plain.0, *point))
        })
        .collect();
    let length = quotients.iter().map(|part| part.0.len()).max();
    let mut out = Secret(vec![Fr::ZERO; length.unwrap_or_default()]);
    for part in &quotients {
        for (sum, c) in out.0.iter_mut().zip(&part.0) {
            *sum += c;
        }
    }
    out
}

/// The prover's half, one message after the other.
pub(super) struct Prover {
    sets: Vec<Set>,
    /// Of each set, its polynomials combined by y.
    combined: Vec<Column>,
    /// Of each set, the combined values as a polynomial of low degree.
    low: Vec<Vec<Fr>>,
    v: Fr,
    quotient: Column,
}

impl Prover {
    /// With y and v drawn: the polynomial of the first point.
    pub(super) fn new(unit: Unit, polynomials: &[Polynomial<'_>], openings: &[Opening], y: Fr, v: Fr) -> Self {
        let sets = sets(openings);
        let combined: Vec<Column> = sets
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
        &self.quotient.0
    }

    /// With u drawn: the polynomial of the second point.
    pub(super) fn finish(self, u: Fr) -> Column {
        let all: BTreeSet<Fr> = self.sets.iter().flat_map(|set| set.points.iter().copied()).collect();
        let others = |set: &Set| vanishing(all.iter().copied().filter(|point| !set.points.contains(point)), u);
        // The verifier divides by the first set's factor; not 0, since u is no opening point but with a probability of about 1/r.
        let normal = others(&self.sets[0]).invert().unwrap_or(Fr::ZERO);
        let length = self.combined.iter().map(|combined| combined.0.len()).max();
        let mut sum = Secret(vec![Fr::ZERO; length.unwrap_or_default()]);
        let mut power = normal;
        for ((set, combined), low) in self.sets.iter().zip(&self.combined).zip(&self.low) {
            let factor = power * others(set);
            add_scaled(&mut sum.0[..combined.0.len()], &combined.0, factor);
            let at_u = low.iter().rev().fold(Fr::ZERO, |value, c| value * u + c);
            sum.0[0] -= at_u * factor;
            power *= self.v;
        }
        let quotient = &self.quotient.0;
        add_scaled(&mut sum.0[..quotient.len()], quotient, -normal * vanishing(all, u));
        Secret(kate_division(&sum.0, u))
    }
}
