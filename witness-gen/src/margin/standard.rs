//! Requirements position by position: no scenario, no pricing but the mark.

use super::{MarginError, Portfolio, scaled};
use crate::market::{Premium, Right};
use crate::series::{Kind, SeriesTerms};
use crate::units::{Cash, ExpiryMinutes, Lots, Price};

/// An amount of coin in 10^-18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Coin(pub i128);

/// Requirements in coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CoinRequirement {
    /// Initial margin.
    pub initial: Coin,
    /// Maintenance margin.
    pub maintenance: Coin,
}

/// Net margins in 10^-12 quote: below 0 is below the requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetMargin {
    /// Against the initial requirement.
    pub initial: Cash,
    /// Against the maintenance requirement.
    pub maintenance: Cash,
}

/// 1 coin in the unit of rates here.
const ONE: i128 = 1_000_000_000_000;

/// Deribit's standard margin of one position, in coin.
///
/// `underlying` is the price of the contract's own underlying (future or synthetic), `mark` the premium in coin. Short call: IM = max(15 % - OTM/U,
/// 10 %) + mark, MM = 7.5 % + mark. Short put: MM = max(7.5 %, 7.5 % of the mark) + mark, IM as for a call but at least MM. Long: nothing.
///
/// # Errors
/// An underlying of 0, or a sum beyond 127 bits.
pub fn deribit_standard(
    right: Right,
    strike: Price,
    underlying: Price,
    mark: Premium,
    lots: Lots,
) -> Result<CoinRequirement, MarginError> {
    if lots.is_long() {
        return Ok(CoinRequirement::default());
    }
    if underlying == Price::ZERO {
        return Err(MarginError::TooLarge {
            what: "strike over a price of 0",
        });
    }
    let otm = match right {
        Right::Call => strike.get().saturating_sub(underlying.get()),
        Right::Put => underlying.get().saturating_sub(strike.get()),
    };
    // Rates in 10^-12; out-of-the-money is rounded down, so the requirement up.
    let otm = scaled("out of the money", otm.into(), ONE, underlying.get().into())?;
    let mark = i128::from(mark.0) * (ONE / 100_000_000);
    let plain = (ONE * 15 / 100 - otm).max(ONE / 10) + mark;
    let (initial, maintenance) = match right {
        Right::Call => (plain, ONE * 75 / 1000 + mark),
        Right::Put => {
            // mark is a multiple of 10^4: exact.
            let maintenance = (ONE * 75 / 1000).max(mark * 75 / 1000) + mark;
            (plain.max(maintenance), maintenance)
        }
    };
    let times = |rate: i128| {
        let product = rate.checked_mul(lots.magnitude().into());
        product
            .map(Coin)
            .ok_or(MarginError::TooLarge { what: "margin in coin" })
    };
    Ok(CoinRequirement {
        initial: times(initial)?,
        maintenance: times(maintenance)?,
    })
}

/// The name of Derive's rule in errors.
const DERIVE: &str = "derive-standard";

/// Derive's StandardManager (BTC and ETH): net margins of a portfolio.
///
/// Per expiry the better of two: the sum of isolated requirements, and the largest loss of the payoff over all prices with a charge for calls
/// that are short on balance. Long options count nothing.
///
/// # Errors
/// A kind other than plain calls and puts, or a sum beyond 127 bits.
pub fn derive_standard(
    portfolio: &Portfolio,
    cash: Cash,
    forward: impl Fn(ExpiryMinutes) -> Option<Price>,
) -> Result<NetMargin, MarginError> {
    let (mut initial, mut maintenance) = (cash, cash);
    for group in portfolio
        .holdings()
        .chunk_by(|a, b| a.row.terms.expiry == b.row.terms.expiry)
    {
        let expiry = group[0].row.terms.expiry;
        let (mut isolated, mut short_calls) = ([0i128; 2], 0i128);
        let mut legs = Vec::with_capacity(group.len());
        for holding in group {
            let terms = holding.row.terms;
            let right = right_of(&terms)?;
            let lots = i128::from(holding.lots.get());
            if right == Right::Call {
                short_calls += lots;
            }
            legs.push((right, i128::from(terms.strike.get()), lots));
            let mark = lots * i128::from(holding.row.mark.get());
            let found = isolated_margin(right, terms.strike, portfolio.spot(), lots, mark)?;
            isolated[0] += found[0];
            isolated[1] += found[1];
        }
        let loss = largest_loss(&legs)?;
        let mut spread = [loss; 2];
        if short_calls < 0 {
            let forward = forward(expiry).ok_or_else(|| MarginError::Portfolio {
                portfolio: DERIVE.to_owned(),
                expected: format!("a forward of expiry {expiry}"),
                found: "none".to_owned(),
            })?;
            let what = "charge for short calls";
            for (sum, percent) in spread.iter_mut().zip([120i128, 110]) {
                *sum += scaled(what, short_calls, percent * i128::from(forward.get()), 100)?;
            }
        }
        let add = |sum: &mut Cash, value: i128| -> Result<(), MarginError> {
            *sum = sum
                .checked_add(Cash(value))
                .map_err(|_| MarginError::TooLarge { what: "net margin" })?;
            Ok(())
        };
        add(&mut initial, isolated[0].max(spread[0]))?;
        add(&mut maintenance, isolated[1].max(spread[1]))?;
    }
    Ok(NetMargin { initial, maintenance })
}

/// Initial and maintenance margin of a position by itself, not positive, 10^-12 quote. `mark` is lots x value.
///
/// With q < 0: put MM = min(9 % S q, 9 % mark) + mark; put IM = min(max(15 % - OTM/S, 13 %) S q + mark, 1.05 MM);
/// call MM = 9 % S q + mark; call IM = max(15 % - OTM/S, 13 %) S q + mark.
fn isolated_margin(right: Right, strike: Price, spot: Price, lots: i128, mark: i128) -> Result<[i128; 2], MarginError> {
    if lots >= 0 {
        return Ok([0; 2]);
    }
    let (strike, spot) = (i128::from(strike.get()), i128::from(spot.get()));
    let otm = match right {
        Right::Call => (strike - spot).max(0),
        Right::Put => (spot - strike).max(0),
    };
    // In hundredths: max(15 S - 100 OTM, 13 S) is 100 times the rate times S.
    let rate = (15 * spot - 100 * otm).max(13 * spot);
    let what = "isolated margin";
    let initial = scaled(what, lots, rate, 100)? + mark;
    let of_spot = scaled(what, lots, 9 * spot, 100)?;
    Ok(match right {
        Right::Call => [initial, of_spot + mark],
        Right::Put => {
            let maintenance = of_spot.min(scaled(what, mark, 9, 100)?) + mark;
            [initial.min(scaled(what, maintenance, 105, 100)?), maintenance]
        }
    })
}

/// The least payoff over the price 0 and every strike, and at most 0: the payoff is linear between them, and what lies above the highest strike
/// is the caller's charge for short calls.
fn largest_loss(legs: &[(Right, i128, i128)]) -> Result<i128, MarginError> {
    let payoff = |price: i128| {
        legs.iter().try_fold(0i128, |sum, (right, strike, lots)| {
            let worth = match right {
                Right::Call => (price - strike).max(0),
                Right::Put => (strike - price).max(0),
            };
            lots.checked_mul(worth).and_then(|value| sum.checked_add(value))
        })
    };
    let prices = std::iter::once(0).chain(legs.iter().map(|(_, strike, _)| *strike));
    prices.map(payoff).try_fold(0, |least: i128, value| {
        value
            .map(|value| least.min(value))
            .ok_or(MarginError::TooLarge { what: "payoff" })
    })
}

fn right_of(terms: &SeriesTerms) -> Result<Right, MarginError> {
    match terms.kind {
        Kind::Call => Ok(Right::Call),
        Kind::Put => Ok(Right::Put),
        found => Err(MarginError::Kind {
            rule: DERIVE,
            expected: "plain calls and puts",
            found,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(quote: u64) -> Price {
        Price::new(quote * 1_000_000).expect("a small price")
    }

    fn lots(contracts: i64) -> Lots {
        Lots::new(contracts * 1_000_000).expect("not 0")
    }

    /// 10^-18 coin of 10^-4 coin.
    fn coin(ten_thousandths: i128) -> Coin {
        Coin(ten_thousandths * 100_000_000_000_000)
    }

    #[test]
    fn deribit_rules_by_hand() {
        let margin = |right, strike, mark: u64, contracts| {
            let found = deribit_standard(right, price(strike), price(50_000), Premium(mark), lots(contracts));
            let found = found.expect("in range");
            (found.initial, found.maintenance)
        };
        // 2 % out of the money: 15 % - 2 % + 0.03; 7.5 % + 0.03.
        assert_eq!(margin(Right::Call, 51_000, 3_000_000, -1), (coin(1_600), coin(1_050)));
        // 20 % out of the money: the floor of 10 %.
        assert_eq!(margin(Right::Call, 60_000, 100_000, -1), (coin(1_010), coin(760)));
        assert_eq!(margin(Right::Put, 49_000, 3_000_000, -2), (coin(3_200), coin(2_100)));
        // A put worth 2 coins: 7.5 % of the mark is more than 7.5 %, and the maintenance margin carries the initial one.
        assert_eq!(
            margin(Right::Put, 150_000, 200_000_000, -1),
            (coin(21_500), coin(21_500))
        );
        assert_eq!(margin(Right::Put, 150_000, 200_000_000, 1), (coin(0), coin(0)));
        assert!(deribit_standard(Right::Put, price(1), Price::ZERO, Premium(1), lots(-1)).is_err());
    }

    #[test]
    fn isolated_margins_by_hand() {
        // 10^-12 quote.
        let quote = |value: i128| value * 1_000_000_000_000;
        let margin = |right, strike, mark: i128| {
            isolated_margin(right, price(strike), price(2_000), -1_000_000, quote(mark)).expect("in range")
        };
        // Spot 2000, one short call at 2100 worth 80: OTM is 5 % of the spot, so 13 % = 260; MM 180.
        assert_eq!(margin(Right::Call, 2_100, -80), [quote(-340), quote(-260)]);
        // At 2010: 15 % of 2000 less 10 = 290.
        assert_eq!(margin(Right::Call, 2_010, -80), [quote(-370), quote(-260)]);
        // A put worth 80: 15 % = 300, MM 180 + 80.
        assert_eq!(margin(Right::Put, 2_000, -80), [quote(-380), quote(-260)]);
        // A put worth 3000: 9 % of it is 270, MM 3270, and IM is 1.05 MM.
        assert_eq!(
            margin(Right::Put, 5_000, -3_000),
            [-3_433_500_000_000_000, quote(-3_270)]
        );
    }

    #[test]
    fn the_largest_loss_of_a_condor_is_its_width() {
        let legs = [
            (Right::Put, 80, 1),
            (Right::Put, 90, -1),
            (Right::Call, 110, -1),
            (Right::Call, 125, 1),
        ];
        assert_eq!(largest_loss(&legs).expect("small"), -15);
        assert_eq!(largest_loss(&[(Right::Put, 90, -2)]).expect("small"), -180);
        assert_eq!(largest_loss(&[(Right::Call, 90, 3)]).expect("small"), 0);
    }
}
