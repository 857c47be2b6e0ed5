//! How the verifier sums up the opening: which rotation sets share a sum of fractions, and which words are inverted.
//!
//! With c_ip the sum of y^j times the evaluations of set i at x·ω^p, w_ip the barycentric weights of its rotations, m_i their
//! number and Z_i = Π (u - x·ω^p), the polynomials that the evaluations interpolate weigh
//! Σ_i v^i·Z_0·x^(1-m_i)·Σ_p w_ip·c_ip/(u - x·ω^p) on the generator. Summed up by rotation, not by set, that takes one numerator
//! and one denominator, the product over all rotations. The first set stands apart if the second one is larger: then the second
//! set's factor can be 1, where most evaluations are.

use std::collections::BTreeSet;

use crate::shape::Shape;

/// The largest number of rotations less 1 to which powers of x are filled up, the sets in the common sum, and the words that
/// are inverted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The first set has a sum of its own.
    pub(crate) apart: bool,
    /// Rotations of the sets in the common sum, in increasing order.
    pub(crate) union: Vec<i32>,
    /// One less than the rotations of the largest set.
    pub(crate) top: usize,
    /// For each set whose vanishing polynomial is that of the union over those of these rotations.
    pub(crate) complements: Vec<Option<Vec<i32>>>,
    /// Rotations of every set.
    rotations: Vec<Vec<i32>>,
}

/// A word that is inverted with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denominator {
    /// Z_i(u).
    Set(usize),
    /// The product of u - x·ω^p over the union.
    Union,
    /// x^top.
    Power,
    /// x·ω^-i - 1, for the first and the last row that is not blinded.
    Row(i32),
    /// The product of x·ω^-i - 1 over the blinded rows.
    Blinded,
    /// The denominator of the instance's sum.
    Instance,
    /// x^n - 1.
    Vanishing,
}

impl Plan {
    pub(crate) fn of(shape: &Shape) -> Self {
        let rotations: Vec<Vec<i32>> = shape.sets.iter().map(|set| set.rotations.clone()).collect();
        let largest = rotations.iter().map(Vec::len).max().unwrap_or(1);
        let apart = matches!(rotations.as_slice(), [first, second, ..] if first.len() < second.len());
        let grouped = rotations.iter().skip(usize::from(apart)).flatten();
        let union: BTreeSet<i32> = grouped.copied().collect();
        let complements = rotations.iter().enumerate().map(|(i, set)| {
            let rest: Vec<i32> = union.iter().copied().filter(|r| !set.contains(r)).collect();
            // The complement saves its inversion, too.
            (i > 0 && rest.len() < set.len() + 3).then_some(rest)
        });
        Self {
            apart,
            top: largest - 1,
            complements: complements.collect(),
            union: union.into_iter().collect(),
            rotations,
        }
    }

    /// The sets in the common sum.
    pub(crate) fn grouped(&self) -> impl Iterator<Item = usize> {
        usize::from(self.apart)..self.rotations.len()
    }

    /// What the factor of a set in the sum is made of: the power of v and that of x.
    pub(crate) fn factor(&self, set: usize) -> (usize, usize) {
        (set - usize::from(self.apart), self.top + 1 - self.rotations[set].len())
    }

    /// The power of x by which the first set's own sum is filled up.
    pub(crate) fn apart_power(&self) -> usize {
        self.top + 1 - self.rotations[0].len()
    }

    /// The words that are inverted together.
    pub(crate) fn denominators(&self, shape: &Shape) -> Vec<Denominator> {
        let sets = (1..self.rotations.len()).filter(|&i| self.complements[i].is_none());
        let rows = [
            Denominator::Row(shape.last_rotation()),
            Denominator::Blinded,
            Denominator::Row(0),
        ];
        let rows = rows.into_iter().filter(|_| shape.needs_lagrange());
        let power = (self.top > 0).then_some(Denominator::Power);
        sets.map(Denominator::Set)
            .chain([Denominator::Union])
            .chain(power)
            .chain(rows)
            .chain([Denominator::Instance, Denominator::Vanishing])
            .collect()
    }
}
