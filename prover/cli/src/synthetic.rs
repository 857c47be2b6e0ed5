//! A small option chain for the demo, made here so that the demo needs no file: ETH at 3,000, two expiries.

use witness_gen::market::{Contracts, OptionChain, Quote, Right, Style, UtcSeconds};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

use crate::errors::Failure;

/// 2026-03-20T08:00:00Z, the day of the snapshot.
const SNAPSHOT: i64 = 1_773_993_600;
/// A week after the snapshot: the expiry that the demo settles.
const EXPIRY: u32 = (SNAPSHOT / 60) as u32 + 7 * 24 * 60;
/// Four weeks after that: carried.
const LATER: u32 = EXPIRY + 28 * 24 * 60;
/// Where the underlying stands, and where it is delivered, in 10^-6.
const INDEX: u64 = 3_000_000_000;
const DELIVERY: u64 = 3_127_450_000;
/// Strikes about the index: (expiry, how many on each side, step in quote).
const LADDERS: [(u32, u64, u64); 2] = [(EXPIRY, 5, 100), (LATER, 2, 250)];

/// The chain, the expiry to settle and its delivery price.
pub(crate) fn chain() -> Result<(OptionChain, ExpiryMinutes, Price), Failure> {
    let price = |value| Price::new(value).map_err(|error| Failure::internal(error.to_string()));
    let mut quotes = Vec::new();
    for (expiry, side, step) in LADDERS {
        for place in 0..=2 * side {
            let strike = INDEX / 1_000_000 + place * step - side * step;
            for (right, letter) in [(Right::Call, 'C'), (Right::Put, 'P')] {
                let away = place.abs_diff(side);
                // Most interest near the money; calls above it, puts below it.
                let favoured = (place > side) == (right == Right::Call);
                let contracts = 1_200 / (2 + away) + 37 * place % 50 + if favoured { 90 } else { 15 };
                quotes.push(Quote {
                    instrument: format!("DEMO-{expiry}-{strike}-{letter}"),
                    expiry: ExpiryMinutes(expiry),
                    strike: price(strike * 1_000_000)?,
                    right,
                    index: Some(price(INDEX)?),
                    forward: Some(price(INDEX)?),
                    volatility: None,
                    mark: None,
                    bid: None,
                    ask: None,
                    open_interest: Contracts(contracts * 1_000_000),
                });
            }
        }
    }
    let chain = OptionChain {
        underlying: Underlying::ETH,
        snapshot: UtcSeconds(SNAPSHOT),
        style: Style::Linear,
        quotes,
    };
    Ok((chain, ExpiryMinutes(EXPIRY), price(DELIVERY)?))
}
