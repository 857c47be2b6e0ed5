//! SHPLONK: all openings in two points (Boneh, Drake, Fisch, Gabizon, "Efficient polynomial commitment schemes for multiple points and
//! polynomials", 2020/081, section 4), as the library's verifier checks it.

use std::collections::BTreeSet;

use ff::Field;
use halo2_proofs::arithmetic::{kate_division, lagrange_interpolate};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::secret::{Column, Secret};

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
fn combined(polynomials: &[&[Fr]], members: &[(usize, Vec<Fr>)], y: Fr) -> Column {
    const CHUNK: usize = 1024;
    let length = members
        .iter()
        .map(|(polynomial, _)| polynomials[*polynomial].len())
        .max();
    let mut out = Secret(vec![Fr::ZERO; length.unwrap_or_default()]);
    out.0.par_chunks_mut(CHUNK).enumerate().for_each(|(at, out)| {
        // Horner from the last member.
        for (polynomial, _) in members.iter().rev() {
            let own = polynomials[*polynomial].get(at * CHUNK..).unwrap_or_default();
            let (low, high) = out.split_at_mut(own.len().min(out.len()));
            for (v, c) in low.iter_mut().zip(own) {
                *v = *v * y + c;
            }
            high.iter_mut().for_each(|v| *v *= y);
        }
    });
    out
}

fn vanishing(points: impl IntoIterator<Item = Fr>, at: Fr) -> Fr {
    points.into_iter().map(|point| at - point).product()
}

fn add_scaled(sum: &mut [Fr], other: &[Fr], factor: Fr) {
    sum.par_iter_mut().zip(other).for_each(|(s, o)| *s += *o * factor);
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
    pub(super) fn new(polynomials: &[&[Fr]], openings: &[Opening], y: Fr, v: Fr) -> Self {
        let sets = sets(openings);
        let combined: Vec<Column> = sets.iter().map(|set| combined(polynomials, &set.members, y)).collect();
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
        let quotients: Vec<Column> = (&sets, &combined, &low)
            .into_par_iter()
            .map(|(set, combined, low)| {
                let mut numerator = Secret(combined.0.clone());
                for (c, l) in numerator.0.iter_mut().zip(low) {
                    *c -= l;
                }
                set.points.iter().fold(numerator, |polynomial, point| {
                    Secret(kate_division(&polynomial.0, *point))
                })
            })
            .collect();
        let length = quotients.iter().map(|part| part.0.len()).max();
        let mut quotient = Secret(vec![Fr::ZERO; length.unwrap_or_default()]);
        let mut power = Fr::ONE;
        for part in &quotients {
            add_scaled(&mut quotient.0[..part.0.len()], &part.0, power);
            power *= v;
        }
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
