//! Small programs over blocks of rows.
//!
//! Values stand in slots, each a block of packs, in one arena. A [`Step`] reads slots and writes another one. A [`Sum`] is reduced once,
//! whatever the number of its terms: a product of two slots costs half of what a [`Step::Multiply`] costs there, and so does a slot times a
//! number, whose multiples by 2^(52i) are computed beforehand.

// Loops over limbs are written by index, two arrays at a time; closures would be compiled without the vector unit's features.
#![allow(clippy::needless_range_loop)]

use crate::field::{Field, rows};
use crate::{Kind, LANES, Pack, Unit};

/// One step: a value for every row of the block. The slot it writes is none of those it reads.
#[derive(Clone, Debug)]
pub enum Step<F> {
    /// The square of a slot.
    Square {
        /// Slot that is written.
        to: usize,
        /// Slot that is squared.
        of: usize,
    },
    /// The product of two slots.
    Multiply {
        /// Slot that is written.
        to: usize,
        /// First factor.
        a: usize,
        /// Second factor.
        b: usize,
    },
    /// A sum of products and multiples.
    Sum {
        /// Slot that is written.
        to: usize,
        /// What is summed up.
        sum: Sum<F>,
    },
}

/// A number that multiplies slots in sums.
#[derive(Clone, Debug)]
struct Factor<F> {
    value: F,
    /// See [`rows`].
    rows: [[u64; 5]; 5],
}

/// constant + sum of a·b - sum of a·b + sum of c·a + sum of a - sum of a.
#[derive(Clone, Debug)]
pub struct Sum<F> {
    constant: F,
    /// With a vector unit: constant·2^260 and, for each slot that is taken off, 17p, limb by limb.
    initial: [u64; 5],
    products: Vec<(usize, usize)>,
    negated: Vec<(usize, usize)>,
    multiples: Vec<(usize, Factor<F>)>,
    plus: Vec<usize>,
    minus: Vec<usize>,
}

/// A term of a [`Sum`].
#[derive(Clone, Copy, Debug)]
pub enum Term<F> {
    /// The product of two slots.
    Product(usize, usize),
    /// Minus the product of two slots.
    Negated(usize, usize),
    /// A slot times a number.
    Multiple(usize, F),
    /// A slot.
    Plus(usize),
    /// Minus a slot.
    Minus(usize),
}

/// The most terms of a sum. With it a sum stays below 200·17p before it is reduced, and a limb below 200·11·2^53.
pub const TERMS: usize = 200;

impl<F> Step<F> {
    /// Multiplications of one row, whether their products are reduced at once or in a sum.
    pub fn multiplications(&self) -> usize {
        match self {
            Self::Square { .. } | Self::Multiply { .. } => 1,
            Self::Sum { sum, .. } => sum.products.len() + sum.negated.len() + sum.multiples.len(),
        }
    }
}

impl<F: Field> Sum<F> {
    /// A sum.
    ///
    /// # Panics
    /// For more than [`TERMS`] terms.
    pub fn new(constant: F, terms: &[Term<F>]) -> Self {
        assert!(
            terms.len() <= TERMS,
            "terms of a sum: expected at most {TERMS}, found {}",
            terms.len()
        );
        let mut sum = Self {
            constant,
            initial: crate::field::limbs(&constant),
            products: Vec::new(),
            negated: Vec::new(),
            multiples: Vec::new(),
            plus: Vec::new(),
            minus: Vec::new(),
        };
        for term in terms {
            match *term {
                Term::Product(a, b) => sum.products.push((a, b)),
                Term::Negated(a, b) => sum.negated.push((a, b)),
                Term::Multiple(a, c) => sum.multiples.push((
                    a,
                    Factor {
                        value: c,
                        rows: rows(&c),
                    },
                )),
                Term::Plus(a) => sum.plus.push(a),
                Term::Minus(a) => sum.minus.push(a),
            }
        }
        let spread = const { crate::field::Numbers::of(F::MODULUS_WORDS).by_17 };
        for (limb, spread) in sum.initial.iter_mut().zip(spread) {
            *limb += sum.minus.len() as u64 * spread;
        }
        sum
    }

    fn plain(&self, read: impl Fn(usize) -> F) -> F {
        let mut value = self.constant;
        for (a, b) in &self.products {
            value += read(*a) * read(*b);
        }
        for (a, b) in &self.negated {
            value -= read(*a) * read(*b);
        }
        for (a, factor) in &self.multiples {
            value += read(*a) * factor.value;
        }
        for a in &self.plus {
            value += read(*a);
        }
        for a in &self.minus {
            value -= read(*a);
        }
        value
    }
}

impl Unit {
    /// Runs steps over an arena of slots of `block` packs each.
    ///
    /// # Panics
    /// If a slot is not in the arena.
    pub fn run<F: Field>(&self, steps: &[Step<F>], arena: &mut [Pack<F>], block: usize) {
        match self.kind {
            Kind::Plain => {
                for step in steps {
                    for row in 0..block {
                        plain(step, arena, block, row);
                    }
                }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => crate::slices::vector::run(t, vector::Steps(steps, arena, block)),
        }
    }
}

fn plain<F: Field>(step: &Step<F>, arena: &mut [Pack<F>], block: usize, row: usize) {
    for i in 0..LANES {
        let read = |slot: usize| arena[slot * block + row].plain(i);
        let (to, value) = match step {
            Step::Square { to, of } => (to, read(*of).square()),
            Step::Multiply { to, a, b } => (to, read(*a) * read(*b)),
            Step::Sum { to, sum } => (to, sum.plain(read)),
        };
        arena[to * block + row].set_plain(i, value);
    }
}

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::*;
    use crate::ifma::{Avx512, Lanes, Limbs};
    use crate::slices::vector::Work;

    pub(super) struct Steps<'a, F>(pub(super) &'a [Step<F>], pub(super) &'a mut [Pack<F>], pub(super) usize);

    impl<F: Field> Work for Steps<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            let Self(steps, arena, block) = self;
            for step in steps {
                match step {
                    Step::Square { to, of } => {
                        for row in 0..block {
                            let value = l.square(&t.load(&arena[of * block + row]));
                            t.store(&mut arena[to * block + row], value);
                        }
                    }
                    Step::Multiply { to, a, b } => {
                        for row in 0..block {
                            // Below 16·16 / 84p + 2.01p < 5.1p.
                            let value = l.mul(&t.load(&arena[a * block + row]), &t.load(&arena[b * block + row]));
                            t.store(&mut arena[to * block + row], value);
                        }
                    }
                    Step::Sum { to, sum } => {
                        for row in 0..block {
                            let value = total(&l, sum, arena, block, row);
                            t.store(&mut arena[to * block + row], value);
                        }
                    }
                }
            }
        }
    }

    /// A sum at one row, below 2.01p.
    ///
    /// Limbs 4 to 9 take the products with numbers, which are at 2^208 of the scale of products of two slots, limbs 5 to 9 whole slots. Of
    /// 200 terms each adds less than 17p·16p / 84p < 3.3p, or (4 + 2^-2)p since the highest limb of a slot is below 2^50, or at most 17p: the sum
    /// stays below 5,000p.
    #[inline(always)]
    fn total<F: Field>(l: &Lanes, sum: &Sum<F>, arena: &[Pack<F>], block: usize, row: usize) -> Limbs {
        let t = l.t;
        let mut acc = [t.zero(); 10];
        for i in 0..5 {
            acc[5 + i] = t.splat(sum.initial[i]);
        }
        for a in &sum.plus {
            let a = t.load(&arena[a * block + row]);
            for i in 0..5 {
                acc[5 + i] = t.add(acc[5 + i], a[i]);
            }
        }
        for a in &sum.minus {
            let a = t.load(&arena[a * block + row]);
            for i in 0..5 {
                acc[5 + i] = t.sub(acc[5 + i], a[i]);
            }
        }
        for (a, factor) in &sum.multiples {
            let a = t.load(&arena[a * block + row]);
            for i in 0..5 {
                for j in 0..5 {
                    let word = t.splat(factor.rows[i][j]);
                    acc[4 + j] = t.madlo(acc[4 + j], a[i], word);
                    acc[5 + j] = t.madhi(acc[5 + j], a[i], word);
                }
            }
        }
        if sum.products.is_empty() && sum.negated.is_empty() {
            if sum.multiples.is_empty() {
                return l.weak([acc[5], acc[6], acc[7], acc[8], acc[9]]);
            }
            return l.finish(acc, false);
        }
        for (a, b) in &sum.products {
            l.product(
                &mut acc,
                &t.load(&arena[a * block + row]),
                &t.load(&arena[b * block + row]),
            );
        }
        for (a, b) in &sum.negated {
            // 17p - a, below 17p.
            let a = l.sub(&[t.zero(); 5], &t.load(&arena[a * block + row]), &l.by_17);
            l.product(&mut acc, &a, &t.load(&arena[b * block + row]));
        }
        l.finish(acc, true)
    }
}
