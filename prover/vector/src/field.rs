//! The two fields of BN254 in limbs of 52 bits, and the numbers that reductions need.

use ff::PrimeField;
use halo2curves::bn256::{Fq, Fr};

/// Bits of a limb.
pub(crate) const LIMB: u32 = 52;
pub(crate) const MASK: u64 = (1 << LIMB) - 1;

/// A prime field of BN254, in the library's form: four words, Montgomery with R = 2^256.
pub trait Field: PrimeField<Repr = [u8; 32]> + sealed::Words {}

impl Field for Fr {}
impl Field for Fq {}

pub(crate) mod sealed {
    /// The words of an element in the library's form, and the modulus.
    pub trait Words: Sized {
        /// The modulus, least significant word first.
        const MODULUS_WORDS: [u64; 4];
        /// x·2^256 mod p.
        fn words(&self) -> [u64; 4];
        /// From x·2^256 mod p, below p.
        fn from_words(words: [u64; 4]) -> Self;
    }
}

macro_rules! words {
    ($field:ty, $modulus:expr) => {
        impl sealed::Words for $field {
            const MODULUS_WORDS: [u64; 4] = $modulus;

            #[inline(always)]
            #[allow(unsafe_code)]
            fn words(&self) -> [u64; 4] {
                // SAFETY: the type is a struct whose one field is [u64; 4]. Its size, that of the field, puts the field at offset 0; every
                // bit pattern is a [u64; 4]. The size is checked by `transmute`, the field's type by a test against `to_raw_bytes`.
                unsafe { std::mem::transmute::<$field, [u64; 4]>(*self) }
            }

            #[inline(always)]
            #[allow(unsafe_code)]
            fn from_words(words: [u64; 4]) -> Self {
                // SAFETY: as above; the field takes every bit pattern.
                unsafe { std::mem::transmute::<[u64; 4], $field>(words) }
            }
        }
    };
}

words!(
    Fr,
    [
        0x43e1f593f0000001,
        0x2833e84879b97091,
        0xb85045b68181585d,
        0x30644e72e131a029
    ]
);
words!(
    Fq,
    [
        0x3c208c16d87cfd47,
        0x97816a916871ca8d,
        0xb85045b68181585d,
        0x30644e72e131a029
    ]
);

/// Four words as five limbs.
pub(crate) const fn split(w: [u64; 4]) -> [u64; 5] {
    [
        w[0] & MASK,
        (w[0] >> 52 | w[1] << 12) & MASK,
        (w[1] >> 40 | w[2] << 24) & MASK,
        (w[2] >> 28 | w[3] << 36) & MASK,
        w[3] >> 16,
    ]
}

/// k·a, below 2^260.
const fn times(a: [u64; 5], k: u64) -> [u64; 5] {
    let (mut out, mut carry, mut i) = ([0; 5], 0u128, 0);
    while i < 5 {
        carry += a[i] as u128 * k as u128;
        out[i] = carry as u64 & MASK;
        carry >>= LIMB;
        i += 1;
    }
    assert!(carry == 0);
    out
}

/// The same number with limbs from which a number of limbs below 2^52 can be taken one by one, if its highest limb is less than this one's.
const fn spread(a: [u64; 5]) -> [u64; 5] {
    let lent = 1 << LIMB;
    [a[0] + lent, a[1] + lent - 1, a[2] + lent - 1, a[3] + lent - 1, a[4] - 1]
}

/// What reductions modulo p need.
pub(crate) struct Numbers {
    pub(crate) p: [u64; 5],
    /// -1/p mod 2^52.
    pub(crate) neg_inv: u64,
    /// 2^-52 mod p.
    pub(crate) fold: [u64; 5],
    /// 2^260 - p.
    pub(crate) complement: [u64; 5],
    /// floor(2^58 / (floor(p / 2^208) + 1)).
    pub(crate) quotient: u64,
    /// Multiples of p, spread.
    pub(crate) by_4: [u64; 5],
    pub(crate) by_8: [u64; 5],
    pub(crate) by_17: [u64; 5],
}

impl Numbers {
    pub(crate) const fn of(modulus: [u64; 4]) -> Self {
        let p = split(modulus);
        // Newton: each round doubles the bits that are right, from 3 on.
        let mut inverse = p[0];
        let mut round = 0;
        while round < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(p[0].wrapping_mul(inverse)));
            round += 1;
        }
        let neg_inv = inverse.wrapping_neg() & MASK;
        // (neg_inv·p + 1) / 2^52, exact.
        let (mut fold, mut carry, mut i) = ([0; 5], 1u128, 0);
        while i < 5 {
            carry += p[i] as u128 * neg_inv as u128;
            if i > 0 {
                fold[i - 1] = carry as u64 & MASK;
            } else {
                assert!(carry as u64 & MASK == 0);
            }
            carry >>= LIMB;
            i += 1;
        }
        fold[4] = carry as u64;
        let complement = [MASK - p[0] + 1, MASK - p[1], MASK - p[2], MASK - p[3], MASK - p[4]];
        Self {
            p,
            neg_inv,
            fold,
            complement,
            quotient: (1 << 58) / (p[4] + 1),
            by_4: spread(times(p, 4)),
            by_8: spread(times(p, 8)),
            by_17: spread(times(p, 17)),
        }
    }
}

/// A factor of the lazy sums: c·2^(52(i+1)) mod p for i = 0..5, so that sum of x_i · row i is 2^52·c·x for x in limbs.
pub(crate) fn rows<F: Field>(c: &F) -> [[u64; 5]; 5] {
    let step = F::from(1 << LIMB);
    let mut power = *c;
    std::array::from_fn(|_| {
        power *= step;
        split(integer(&power))
    })
}

/// The number itself, below p.
fn integer<F: Field>(value: &F) -> [u64; 4] {
    let repr = value.to_repr();
    std::array::from_fn(|i| {
        let mut word = [0; 8];
        word.copy_from_slice(&repr[8 * i..8 * i + 8]);
        u64::from_le_bytes(word)
    })
}

/// x·2^260 mod p in limbs: the vector form of one element, reduced.
pub(crate) fn limbs<F: Field>(value: &F) -> [u64; 5] {
    split((*value * F::from(16)).words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo2curves::serde::SerdeObject;

    #[test]
    fn words_are_the_librarys_raw_form() {
        for value in [Fr::from(0), Fr::from(1), -Fr::from(1), Fr::from(0x1234_5678_9abc)] {
            let bytes: Vec<u8> = sealed::Words::words(&value)
                .iter()
                .flat_map(|w| w.to_le_bytes())
                .collect();
            assert_eq!(bytes, value.to_raw_bytes());
            assert_eq!(<Fr as sealed::Words>::from_words(sealed::Words::words(&value)), value);
        }
        for value in [Fq::from(0), Fq::from(1), -Fq::from(1), Fq::from(0x1234_5678_9abc)] {
            let bytes: Vec<u8> = sealed::Words::words(&value)
                .iter()
                .flat_map(|w| w.to_le_bytes())
                .collect();
            assert_eq!(bytes, value.to_raw_bytes());
            assert_eq!(<Fq as sealed::Words>::from_words(sealed::Words::words(&value)), value);
        }
    }

    #[test]
    fn moduli_are_the_fields() {
        let one = |words: [u64; 4]| {
            let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
            bytes[0] -= 1;
            bytes
        };
        assert_eq!(one(<Fr as sealed::Words>::MODULUS_WORDS), (-Fr::from(1)).to_repr());
        assert_eq!(one(<Fq as sealed::Words>::MODULUS_WORDS), (-Fq::from(1)).to_repr());
    }
}
