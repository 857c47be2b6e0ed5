//! Delivery prices: what each expiry settles at.
//!
//! CSV, plain or gzipped, columns `currency` (`ETH`), `index` (`eth_usd`), `expiry_utc`, `delivery_price_usd`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read;

use super::rows::Rows;
use super::{MarketError, UtcSeconds, currency_of, underlying_of};
use crate::units::{ExpiryMinutes, Price, Underlying};

const COLUMNS: [&str; 4] = ["currency", "index", "expiry_utc", "delivery_price_usd"];

/// Delivery prices by underlying and expiry, each above zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryPrices {
    prices: BTreeMap<(Underlying, ExpiryMinutes), (Price, u64)>,
}

impl DeliveryPrices {
    /// Reads a CSV file.
    pub fn read(source: impl Read) -> Result<Self, MarketError> {
        let mut rows = Rows::open(source, &COLUMNS)?;
        let mut prices = Self::default();
        while let Some(row) = rows.next_row()? {
            let underlying = underlying_of(row.text("currency"))
                .ok_or_else(|| row.refuse("currency", "a registered currency (BTC or ETH)"))?;
            let index = format!("{}_usd", currency_of(underlying).to_lowercase());
            if row.text("index") != index {
                return Err(row.refuse("index", format!("`{index}`, as the currency says")));
            }
            prices.insert(
                row.line,
                underlying,
                row.expiry("expiry_utc")?,
                row.price("delivery_price_usd")?,
            )?;
        }
        Ok(prices)
    }

    /// Adds a price; the same (underlying, expiry) twice is an error even when both agree.
    pub(super) fn insert(
        &mut self,
        line: u64,
        underlying: Underlying,
        expiry: ExpiryMinutes,
        price: Price,
    ) -> Result<(), MarketError> {
        match self.prices.entry((underlying, expiry)) {
            Entry::Occupied(first) => Err(MarketError::Duplicate {
                line,
                what: format!("{} {}", currency_of(underlying), UtcSeconds::of_expiry(expiry)),
                first: first.get().1,
            }),
            Entry::Vacant(place) => {
                place.insert((price, line));
                Ok(())
            }
        }
    }

    /// The delivery price of an expiry.
    pub fn get(&self, underlying: Underlying, expiry: ExpiryMinutes) -> Result<Price, MarketError> {
        self.prices
            .get(&(underlying, expiry))
            .map(|(price, _)| *price)
            .ok_or(MarketError::NoDeliveryPrice {
                currency: currency_of(underlying),
                expiry: UtcSeconds::of_expiry(expiry),
            })
    }

    /// How many prices there are.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The prices in order of (underlying, expiry).
    pub fn iter(&self) -> impl Iterator<Item = (Underlying, ExpiryMinutes, Price)> + '_ {
        self.prices
            .iter()
            .map(|((underlying, expiry), (price, _))| (*underlying, *expiry, *price))
    }
}
