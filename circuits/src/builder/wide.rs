//! Operations on integers of up to 252 bits, and comparisons. A signed integer stands as a field element; what is small against the field is
//! never negative and positive at once.

use halo2_proofs::halo2curves::bn256::Fr;
use num_bigint::{BigInt, BigUint, Sign};
use witness_gen::units::fr_pow2;

use super::plan::{ONE, Plan, Wire, ZERO};

/// The integer of a field element, the upper half of the field as negative numbers.
pub(crate) fn signed(v: &Fr) -> BigInt {
    let of = |v: &Fr| BigInt::from_bytes_le(Sign::Plus, &v.to_bytes());
    let (plus, minus) = (of(v), of(&-*v));
    if plus <= minus { plus } else { -minus }
}

/// The field element of an integer below 2^256 in size.
pub(crate) fn field(v: &BigInt) -> Fr {
    let digits = v.magnitude().to_u64_digits();
    let sum = digits
        .iter()
        .rev()
        .fold(ZERO, |sum, digit| sum * fr_pow2(64) + Fr::from(*digit));
    if v.sign() == Sign::Minus { -sum } else { sum }
}

impl Plan {
    /// The integer that a wire stands for.
    #[track_caller]
    pub(crate) fn big(&self, wire: Wire) -> BigInt {
        signed(&self.read(wire))
    }

    /// a + b.
    #[track_caller]
    pub(crate) fn add(&mut self, a: Wire, b: Wire) -> Wire {
        self.op(ZERO, &[(a, ONE), (b, ONE)], ZERO)
    }

    /// a - b.
    #[track_caller]
    pub(crate) fn sub(&mut self, a: Wire, b: Wire) -> Wire {
        self.op(ZERO, &[(a, ONE), (b, -ONE)], ZERO)
    }

    /// sum + a·b.
    #[track_caller]
    pub(crate) fn mul_add(&mut self, a: Wire, b: Wire, sum: Wire) -> Wire {
        self.op(ONE, &[(a, ZERO), (b, ZERO), (sum, ONE)], ZERO)
    }

    /// 1 - bit.
    #[track_caller]
    pub(crate) fn not(&mut self, bit: Wire) -> Wire {
        self.scale(bit, -ONE, ONE)
    }

    /// Says that `m·w0·w1 + Σ c·w + k` over at most three wires is an integer of so many limbs; the integer.
    #[track_caller]
    pub(crate) fn bounded(&mut self, m: Fr, wires: &[(Wire, Fr)], k: Fr, limbs: usize) -> Wire {
        let values: Vec<Fr> = wires.iter().map(|(w, _)| self.read(*w)).collect();
        let product = if m == ZERO { ZERO } else { m * values[0] * values[1] };
        let terms = wires.iter().zip(&values);
        let value = terms.fold(product + k, |sum, ((_, c), v)| sum + *c * v);
        let word = self.limbs(&value, limbs);
        let mut all = wires.to_vec();
        all.push((word, -ONE));
        self.assert(m, &all, k);
        word
    }

    /// 1 where w is not negative, 0 where it is: bit·(2w + 1) - w - 1 is w or -w - 1, and has so many limbs.
    #[track_caller]
    pub(crate) fn not_negative(&mut self, w: Wire, limbs: usize) -> Wire {
        let bit = self.big(w).sign() != Sign::Minus;
        let bit = self.bit(bit);
        self.bounded(Fr::from(2), &[(bit, ONE), (w, -ONE)], -ONE, limbs);
        bit
    }

    /// 1 where w is 0, 0 elsewhere.
    #[track_caller]
    pub(crate) fn is_zero(&mut self, w: Wire) -> Wire {
        let inverse = self.read(w).invert().unwrap_or(ZERO);
        let inverse = self.hint(inverse);
        let bit = self.op(-ONE, &[(w, ZERO), (inverse, ZERO)], ONE);
        self.assert(ONE, &[(w, ZERO), (bit, ZERO)], ZERO);
        // The inverse has one reading too.
        self.assert(ONE, &[(inverse, ZERO), (bit, ZERO)], ZERO);
        bit
    }

    /// Says that two wires differ.
    #[track_caller]
    pub(crate) fn differ(&mut self, a: Wire, b: Wire) {
        let gap = self.sub(a, b);
        let inverse = self.read(gap).invert().unwrap_or(ZERO);
        let inverse = self.hint(inverse);
        self.assert(ONE, &[(gap, ZERO), (inverse, ZERO)], -ONE);
    }

    /// Says that two wires are equal where `bit` is 1.
    #[track_caller]
    pub(crate) fn equal_where(&mut self, bit: Wire, a: Wire, b: Wire) {
        let gap = self.sub(a, b);
        self.assert(ONE, &[(bit, ZERO), (gap, ZERO)], ZERO);
    }

    /// ⌊num / den⌋ in `limbs` limbs; num is an integer that is not negative, den a positive one of `rests` limbs. Both sides of the remainder are
    /// checked. The caller sees to it that quotient·den stays below the field.
    #[track_caller]
    pub(crate) fn quotient(&mut self, num: Wire, den: Wire, limbs: usize, rests: usize) -> Wire {
        let unsigned = |v: BigInt| v.to_biguint().unwrap_or_default();
        let (value, divisor) = (unsigned(self.big(num)), unsigned(self.big(den)));
        let divisor = divisor.max(BigUint::from(1u8));
        let q = field(&BigInt::from(&value / &divisor));
        let q = self.limbs(&q, limbs);
        let rest = self.bounded(-ONE, &[(q, ZERO), (den, ZERO), (num, ONE)], ZERO, rests);
        self.bounded(ZERO, &[(den, ONE), (rest, -ONE)], -ONE, rests);
        q
    }

    /// The least of some integers: one of them, and no other is more than `limbs` limbs above it or at all below.
    #[track_caller]
    pub(crate) fn least(&mut self, of: &[Wire], limbs: usize) -> Wire {
        let least = of.iter().map(|w| self.big(*w)).min().unwrap_or_default();
        let least = self.hint(field(&least));
        let above: Vec<Wire> = of
            .iter()
            .map(|w| self.bounded(ZERO, &[(*w, ONE), (least, -ONE)], ZERO, limbs))
            .collect();
        self.one_is_zero(&above);
        least
    }

    /// Says that one of some wires is 0.
    #[track_caller]
    pub(crate) fn one_is_zero(&mut self, of: &[Wire]) {
        let Some((first, rest)) = of.split_first() else { return };
        let product = rest.iter().fold(*first, |product, w| self.mul(product, *w));
        self.assert(ZERO, &[(product, ONE)], ZERO);
    }
}
