//! Payoff per lot at the settlement price, and the delivery fee per lot (clause S4).

use thiserror::Error;

use crate::params::{ParameterError, RATE_UNIT, RiskParameters};
use crate::series::{Kind, SeriesError, SeriesTerms};
use crate::units::{AMOUNT_BOUND, PerLot, Price};

/// Terms, a price or parameters under which a payoff or fee is not defined. All of it is public data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PayoffError {
    /// A settlement price of 0.
    #[error("settlement price: expected 1 .. 2^63, found 0")]
    ZeroPrice,
    /// A payoff or fee of 2^63 or more.
    #[error("{what} per lot: expected a value below 2^63, found {found}")]
    TooLarge {
        /// "payoff" or "fee".
        what: &'static str,
        /// The exact value, in the unit of [`PerLot`].
        found: u128,
    },
    /// A cap in a kind that has none.
    #[error(transparent)]
    Terms(#[from] SeriesError),
    /// A parameter out of its range.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
}

/// The payoff of one lot held long, in 10^-6 quote (linear kinds) or 1/scale coin (inverse kinds).
///
/// The inverse kinds round down; long and short receive the same number, so a series always nets to 0.
pub fn payoff_per_lot(terms: &SeriesTerms, price: Price, params: &RiskParameters) -> Result<PerLot, PayoffError> {
    terms.validate()?;
    params.validate()?;
    let (s, k, c) = (price.get(), terms.strike.get(), terms.cap.get());
    if s == 0 {
        return Err(PayoffError::ZeroPrice);
    }
    // scale, S and K are below 2^63, so the product is below 2^126.
    let in_coin = |quote: u64| u128::from(params.inverse_scale) * u128::from(quote) / u128::from(s);
    let payoff = match terms.kind {
        Kind::Call => s.saturating_sub(k).into(),
        Kind::Put => k.saturating_sub(s).into(),
        Kind::CappedCall => s.min(c).saturating_sub(k).into(),
        Kind::CappedPut => k.saturating_sub(s.max(c)).into(),
        Kind::DigitalCall => {
            if s > k {
                c.into()
            } else {
                0
            }
        }
        Kind::DigitalPut => {
            if s < k {
                c.into()
            } else {
                0
            }
        }
        Kind::InverseCall => in_coin(s.saturating_sub(k)),
        Kind::InversePut => in_coin(k.saturating_sub(s)),
    };
    per_lot("payoff", payoff)
}

/// The fee of one lot: floor(min(rate*N, cap rate*payoff) / 10^5), N = S (linear kinds) or scale (inverse kinds).
///
/// Same unit as the payoff; long and short pay it alike.
pub fn fee_per_lot(
    terms: &SeriesTerms,
    price: Price,
    payoff: PerLot,
    params: &RiskParameters,
) -> Result<PerLot, PayoffError> {
    params.validate()?;
    let notional = if terms.kind.is_inverse() {
        params.inverse_scale
    } else {
        price.get()
    };
    // A rate is at most 10^5 < 2^17 and an amount below 2^63: both products are below 2^80.
    let of_notional = u128::from(params.fee_rate) * u128::from(notional);
    let of_payoff = u128::from(params.fee_cap) * u128::from(payoff.get());
    per_lot("fee", of_notional.min(of_payoff) / u128::from(RATE_UNIT))
}

fn per_lot(what: &'static str, found: u128) -> Result<PerLot, PayoffError> {
    u64::try_from(found)
        .ok()
        .filter(|value| *value < AMOUNT_BOUND)
        .and_then(|value| PerLot::new(value).ok())
        .ok_or(PayoffError::TooLarge { what, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{ExpiryMinutes, Underlying};

    fn price(value: u64) -> Price {
        Price::new(value).expect("test prices are below 2^63")
    }

    fn payoff(kind: Kind, strike: u64, cap: u64, settle: u64) -> Result<u64, PayoffError> {
        let terms = SeriesTerms::new(Underlying::BTC, ExpiryMinutes(1), kind, price(strike), price(cap))?;
        payoff_per_lot(&terms, price(settle), &RiskParameters::default()).map(PerLot::get)
    }

    #[test]
    fn each_kind_at_its_kinks() {
        for (kind, strike, cap, cases) in [
            (Kind::Call, 10, 0, [(9, 0), (10, 0), (11, 1), (25, 15)]),
            (Kind::Put, 10, 0, [(9, 1), (10, 0), (11, 0), (1, 9)]),
            (Kind::CappedCall, 10, 20, [(10, 0), (15, 5), (20, 10), (25, 10)]),
            (Kind::CappedPut, 20, 10, [(20, 0), (15, 5), (10, 10), (5, 10)]),
            (Kind::DigitalCall, 10, 7, [(9, 0), (10, 0), (11, 7), (25, 7)]),
            (Kind::DigitalPut, 10, 7, [(9, 7), (10, 0), (11, 0), (1, 7)]),
            (
                Kind::InverseCall,
                10,
                0,
                [(9, 0), (10, 0), (11, 90_909_090), (20, 500_000_000)],
            ),
            (
                Kind::InversePut,
                10,
                0,
                [(9, 111_111_111), (10, 0), (11, 0), (1, 9_000_000_000)],
            ),
            // A cap on the wrong side of the strike pays nothing.
            (Kind::CappedCall, 20, 10, [(5, 0), (15, 0), (20, 0), (25, 0)]),
            (Kind::CappedPut, 10, 20, [(5, 0), (15, 0), (20, 0), (25, 0)]),
        ] {
            for (settle, expected) in cases {
                assert_eq!(payoff(kind, strike, cap, settle), Ok(expected), "{kind:?} at {settle}");
            }
        }
    }

    #[test]
    fn payoff_is_undefined_out_of_range() {
        assert_eq!(payoff(Kind::Call, 10, 0, 0), Err(PayoffError::ZeroPrice));
        assert!(matches!(payoff(Kind::Call, 10, 1, 5), Err(PayoffError::Terms(_))));
        let top = AMOUNT_BOUND - 1;
        // 10^9 * 9_223_372_036 is the greatest multiple of the scale below 2^63.
        assert_eq!(
            payoff(Kind::InversePut, 9_223_372_037, 0, 1),
            Ok(9_223_372_036_000_000_000)
        );
        assert!(payoff(Kind::InversePut, 9_223_372_038, 0, 1).is_err());
        assert_eq!(payoff(Kind::Put, top, 0, 1), Ok(top - 1));
        assert!(matches!(
            payoff(Kind::InversePut, top, 0, 1),
            Err(PayoffError::TooLarge { what: "payoff", .. })
        ));
    }

    #[test]
    fn fee_is_the_smaller_of_the_two() {
        let params = RiskParameters::default();
        let terms = |kind| SeriesTerms {
            underlying: Underlying::BTC,
            expiry: ExpiryMinutes(1),
            kind,
            strike: Price::ZERO,
            cap: Price::ZERO,
        };
        let fee = |kind, settle, payoff| {
            let payoff = PerLot::new(payoff).expect("a test payoff is below 2^63");
            fee_per_lot(&terms(kind), price(settle), payoff, &params).map(PerLot::get)
        };
        assert_eq!(fee(Kind::Call, 1_000_000, 0), Ok(0));
        assert_eq!(fee(Kind::Call, 1_000_000, 1_199), Ok(149));
        assert_eq!(fee(Kind::Call, 1_000_000, 1_200), Ok(150));
        assert_eq!(fee(Kind::Call, 1_000_000, 9_999), Ok(150));
        assert_eq!(fee(Kind::InverseCall, 7, 1_000_000_000), Ok(150_000));
    }
}
