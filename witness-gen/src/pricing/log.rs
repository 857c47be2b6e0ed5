//! Logarithm, exponential and powers in fixed point.

use super::PricingError;
use super::tables::{LN_ROWS, tables};

/// Fractional bits of [`ln`].
pub const LN_BITS: u32 = 108;
/// round(2^24 / 6).
const SIXTH: i128 = ((1 << 24) + 3) / 6;

/// ln n @108 for 1 <= n < 2^45, off by less than 1.3e-11.
///
/// With e the position of n's leading one, y = n 2^(44-e) is cut into the leading one, 8 bits k and 36 bits. Row k has
/// the middle c of its interval: z = (y / 2^44 - c) / c, at most 2^-9, and ln n = e ln 2 + ln c + ln(1 + z), the last one
/// by z - z^2 (3 - 2 z) / 6. The square and the cube take only the upper part of z.
///
/// # Panics
///
/// If n is 0 or 2^45 or more. Callers are types whose values lie inside.
pub fn ln(n: u64) -> i128 {
    assert!((1..1 << 45).contains(&n), "ln: expected 1 .. 2^45");
    let exponent = n.ilog2();
    let mantissa = n << (44 - exponent);
    // Bits 36..44 of the mantissa: below 2^8.
    let row = (mantissa >> 36) as usize % LN_ROWS;
    let entry = tables().ln()[row];
    // y / 2^44 - c, @44; c is (513 + 2k) 2^35 there. Below 2^35 either way.
    let offset = i128::from(mantissa) - (513 + 2 * row as i128) * (1 << 35);
    // z @45, below 2^36 either way.
    let z = (offset * i128::from(entry.inverse) + (1 << 44)) >> 45;
    // The middle of z's upper part, @28.
    let upper = 2 * (z >> 18) + 1;
    // @56 times @28 times @24: below 2^38 2^30 2^22.
    let curved = upper * upper * (3 * (1 << 28) - 2 * upper) * SIXTH;
    (i128::from(entry.ln) << 63) + (z << 63) - curved + i128::from(exponent) * (i128::from(tables().ln2()) << 45)
}

/// ln(a / b) @36, to the nearest, for a and b in 1 .. 2^45; off by less than 3.4e-11.
///
/// # Panics
///
/// As [`ln`].
pub fn ln_ratio(a: u64, b: u64) -> i64 {
    // Below 2^5 in size, so below 2^41 @36.
    ((ln(a) - ln(b) + (1 << 71)) >> 72) as i64
}

/// e^z @36 for z @36 in -1.5 .. 1.5, to the nearest; off by less than 2^-36 + 2^-32 e^z.
///
/// z is cut into the row k (of width 2^-6) and the offset h from its middle; e^h is 1 + h + h^2 (3 + h) / 6.
pub fn exp(z: i64) -> Result<u64, PricingError> {
    let shifted = z + (3 << 35);
    let row = usize::try_from(shifted >> 30).ok();
    let entry = row
        .and_then(|row| tables().exp().get(row))
        .ok_or(PricingError::Exponent { found: z })?;
    // Below 2^29 either way: 2^-7.
    let h = i128::from((shifted & ((1 << 30) - 1)) - (1 << 29));
    const SIXTH: i128 = ((1 << 27) + 3) / 6;
    // @72 times @36 times @27: below 2^58 2^38 2^25.
    let curved = (h * h * (3 * (1 << 36) + h) * SIXTH + (1 << 98)) >> 99;
    let around = (1 << 36) + h + curved;
    // e^1.5 < 2^3: below 2^39.
    Ok(((i128::from(*entry) * around + (1 << 39)) >> 40) as u64)
}

/// (a / b)^(power / 10^4) @36, for a and b in 1 .. 2^45.
pub fn ratio_power(a: u64, b: u64, power: u32) -> Result<u64, PricingError> {
    // Below 2^41 2^32; the quotient rounds to the nearest.
    let exponent = (i128::from(ln_ratio(a, b)) * i128::from(power) + 5_000).div_euclid(10_000);
    exp(i64::try_from(exponent).map_err(|_| PricingError::Exponent { found: i64::MAX })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_and_exponentials_agree_with_floats() {
        let mut n = 1u64;
        while n < 1 << 44 {
            for a in [n, n + n / 3, n + n / 7] {
                let wanted = (a as f64).ln();
                let found = ln(a) as f64 / 2f64.powi(108);
                assert!((found - wanted).abs() < 2e-11, "ln {a}: {found} {wanted}");
            }
            n = n * 5 / 3 + 1;
        }
        for z in -96..96 {
            let z = f64::from(z) / 64.0 + 0.001;
            let found = exp((z * 2f64.powi(36)) as i64).expect("inside") as f64 / 2f64.powi(36);
            assert!((found / z.exp() - 1.0).abs() < 4e-10, "exp {z}: {found}");
        }
        assert!(exp(3 << 35).is_err());
        assert!(exp(-(3 << 35) - 1).is_err());
        let power = ratio_power(30, 1, 3_000).expect("30^0.3 is below e^1.5") as f64 / 2f64.powi(36);
        assert!((power - 30f64.powf(0.3)).abs() < 2e-9, "{power}");
    }

    #[test]
    fn the_logarithm_rises_across_every_border() {
        // Next to every border of a row and of an octave, as far as neighbours differ by more than the error.
        for exponent in [9, 20, 31] {
            for row in 0..=256u64 {
                let border = (1 << exponent) + (row << exponent >> 8);
                assert!(ln(border - 1) < ln(border) && ln(border) < ln(border + 1), "{border}");
            }
        }
    }
}
