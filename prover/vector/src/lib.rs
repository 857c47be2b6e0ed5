//! Arithmetic on many elements of BN254's two fields at a time.
//!
//! On an x86-64 CPU with AVX-512 and its 52-bit multiply-add (`avx512f`, `avx512ifma`), eight elements are multiplied in some hundred
//! instructions: an element is x·2^260 in five limbs of 52 bits, one lane of five registers. Everywhere else the same calls give the same
//! elements by the library's own arithmetic. Which of the two a [`Unit`] is, is found out at run time.
//!
//! This is the only crate of the workspace with unsafe code: intrinsics, and the words of the library's field elements.
//!
//! | module | what is in it |
//! |---|---|
//! | [`Unit`] | packing, and arithmetic on whole slices |
//! | [`steps`] | small programs over blocks of rows, with lazily reduced sums |
//! | [`fft`] | FFTs, where there is a vector unit |
//! | [`points`] | additions of many points in pairs, where there is a vector unit |
//!
//! Nothing here is constant-time by promise, though no branch and no address depends on a value.

// Without a vector unit's architecture, numbers and tables for one are not read.
#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]

pub mod fft;
mod field;
#[cfg(target_arch = "x86_64")]
mod ifma;
#[cfg(test)]
mod measures;
pub mod points;
mod slices;
pub mod steps;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;

pub use field::Field;
#[cfg(target_arch = "x86_64")]
use ifma::Avx512;

/// Elements of a pack.
pub const LANES: usize = 8;

/// Eight elements, in the form of the [`Unit`] that made them. No other unit may read them: it would take them for other numbers.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Pack<F> {
    /// With a vector unit, limb by limb: below 16p, limbs below 2^52. Without one, the library's words, and the last row unused.
    pub(crate) words: [[u64; LANES]; 5],
    field: PhantomData<F>,
}

// Not derived: that would ask the same of the field.
impl<F> Clone for Pack<F> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Pack<F> {}

impl<F> Pack<F> {
    /// Eight times 0, whatever the unit.
    pub const ZERO: Self = Self {
        words: [[0; LANES]; 5],
        field: PhantomData,
    };
}

impl<F: Field> Pack<F> {
    /// Element i of a pack that was made without a vector unit.
    #[inline(always)]
    pub(crate) fn plain(&self, i: usize) -> F {
        F::from_words(std::array::from_fn(|word| self.words[word][i]))
    }

    #[inline(always)]
    pub(crate) fn set_plain(&mut self, i: usize, value: F) {
        for (row, word) in self.words.iter_mut().zip(value.words()) {
            row[i] = word;
        }
    }
}

/// Asks for a value to be brought into the cache.
#[inline(always)]
#[allow(unsafe_code)]
fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start: *const i8 = std::ptr::from_ref(value).cast();
        for line in 0..size_of::<T>().div_ceil(64) {
            // SAFETY: every x86-64 CPU has the instruction; it reads nothing that the program sees. The address is within the value.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(64 * line)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// Element `row` of a list of packs, moved around the end: where a rotated row stands.
#[inline(always)]
fn wrapped(row: usize, by: i64, rows: usize) -> usize {
    (row as i64 + by).rem_euclid(rows as i64) as usize
}

/// How packs are computed with: by the CPU's vector unit, or by the library's arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Vector(Avx512),
}

impl Unit {
    /// The fastest one of this CPU.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(token) = Avx512::detect() {
            return Self {
                kind: Kind::Vector(token),
            };
        }
        Self::plain()
    }

    /// The library's arithmetic, on every CPU.
    pub fn plain() -> Self {
        Self { kind: Kind::Plain }
    }

    /// Whether this is a vector unit.
    pub fn is_vector(&self) -> bool {
        *self != Self::plain()
    }
}
