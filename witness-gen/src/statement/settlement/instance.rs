//! The public side of statement S: 13 field elements in a fixed order.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::units::{AMOUNT_BOUND, ExpiryMinutes, Price, Underlying, fr_to_u64};

/// Number of price slots of an instance.
pub const PRICE_SLOTS: usize = 3;
/// Number of statement S in the history.
pub const STATEMENT_ID: u64 = 1;

/// The settlement price of one underlying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PriceSlot {
    /// The underlying, not 0.
    pub underlying: Underlying,
    /// The price in 10^-6 quote, not 0.
    pub price: Price,
}

impl PriceSlot {
    /// Underlyings from here on name unused slots: slot k is (`UNUSED + k`, 0). They differ, so that the words that the
    /// slots' intervals begin with are distinct whether a slot is used or not.
    pub const UNUSED: u16 = u16::MAX - PRICE_SLOTS as u16 + 1;

    /// The two field elements (u, s) of slot number `slot`.
    pub fn to_fields(slot: usize, used: Option<&Self>) -> (Fr, Fr) {
        used.map_or_else(
            || (Fr::from(u64::from(Self::UNUSED) + slot as u64), Fr::zero()),
            |used| (Fr::from(u64::from(used.underlying.get())), used.price.to_field()),
        )
    }
}

/// Field elements that are not an instance. Instances are public, so the values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InstanceError {
    /// The wrong number of field elements.
    #[error("instance: expected {expected} field elements, found {found}")]
    Length {
        /// 13.
        expected: usize,
        /// The number that was given.
        found: usize,
    },
    /// A field element out of its range.
    #[error("instance, {name}: expected {expected}, found {found:?}")]
    Range {
        /// Name of the field element, as in [`Instance::NAMES`].
        name: &'static str,
        /// The range.
        expected: &'static str,
        /// The value that was given.
        found: Fr,
    },
    /// An underlying in two slots.
    #[error("instance, {name}: expected distinct underlyings, found {found} twice")]
    Duplicate {
        /// Name of the second field element.
        name: &'static str,
        /// The underlying.
        found: Underlying,
    },
}

/// What the statement says in public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// Names the venue and chain; any field element.
    pub domain: Fr,
    /// Digest of the risk parameters.
    pub parameters: Fr,
    /// State root before.
    pub old_state: Fr,
    /// State root after.
    pub new_state: Fr,
    /// Number of the new state: 1 .. 2^63.
    pub batch: u64,
    /// The expiry that the batch settles.
    pub expiry: ExpiryMinutes,
    /// Whether the batch closes the expiry.
    pub close: bool,
    /// The settlement prices.
    pub prices: [Option<PriceSlot>; PRICE_SLOTS],
}

impl Instance {
    /// Number of field elements.
    pub const LEN: usize = 13;

    /// Names of the field elements, in order.
    pub const NAMES: [&'static str; Self::LEN] = [
        "domain",
        "parameters",
        "old_state",
        "new_state",
        "batch",
        "expiry",
        "close",
        "u0",
        "s0",
        "u1",
        "s1",
        "u2",
        "s2",
    ];

    /// Position of the first price slot's underlying.
    pub const FIRST_SLOT: usize = 7;

    /// The field elements, in the order of [`Instance::NAMES`].
    pub fn to_fields(&self) -> [Fr; Self::LEN] {
        let [(u0, s0), (u1, s1), (u2, s2)] = std::array::from_fn(|k| PriceSlot::to_fields(k, self.prices[k].as_ref()));
        [
            self.domain,
            self.parameters,
            self.old_state,
            self.new_state,
            Fr::from(self.batch),
            Fr::from(u64::from(self.expiry.get())),
            Fr::from(u64::from(self.close)),
            u0,
            s0,
            u1,
            s1,
            u2,
            s2,
        ]
    }

    /// The instance of 13 field elements, each in its range.
    pub fn from_fields(fields: &[Fr]) -> Result<Self, InstanceError> {
        let fields: &[Fr; Self::LEN] = fields.try_into().map_err(|_| InstanceError::Length {
            expected: Self::LEN,
            found: fields.len(),
        })?;
        let [domain, parameters, old_state, new_state, ..] = *fields;
        let batch = integer(fields, 4, "1 .. 2^63", |v| (1..AMOUNT_BOUND).contains(&v).then_some(v))?;
        let expiry = integer(fields, 5, "0 .. 2^32", |v| u32::try_from(v).ok().map(ExpiryMinutes))?;
        let close = integer(fields, 6, "0 or 1", |v| (v < 2).then_some(v == 1))?;
        let mut prices = [None; PRICE_SLOTS];
        for slot in 0..PRICE_SLOTS {
            let at = Self::FIRST_SLOT + 2 * slot;
            let used = price_slot(fields, at, slot)?;
            if let Some(duplicate) = used.filter(|u| {
                prices
                    .iter()
                    .flatten()
                    .any(|p: &PriceSlot| p.underlying == u.underlying)
            }) {
                return Err(InstanceError::Duplicate {
                    name: Self::NAMES[at],
                    found: duplicate.underlying,
                });
            }
            prices[slot] = used;
        }
        Ok(Self {
            domain,
            parameters,
            old_state,
            new_state,
            batch,
            expiry,
            close,
            prices,
        })
    }
}

fn price_slot(fields: &[Fr; Instance::LEN], at: usize, slot: usize) -> Result<Option<PriceSlot>, InstanceError> {
    let unused = PriceSlot::UNUSED + slot as u16;
    let underlying = integer(fields, at, "1 .. 65533, or 65533 + slot when unused", |v| {
        let v = u16::try_from(v).ok()?;
        (v == unused || (1..PriceSlot::UNUSED).contains(&v)).then_some(Underlying(v))
    })?;
    if underlying.get() == unused {
        return integer(fields, at + 1, "0 in an unused slot", |v| (v == 0).then_some(None));
    }
    let price = integer(fields, at + 1, "1 .. 2^63 in a used slot", |v| {
        Price::new(v).ok().filter(|_| v != 0)
    })?;
    Ok(Some(PriceSlot { underlying, price }))
}

fn integer<T>(
    fields: &[Fr; Instance::LEN],
    at: usize,
    expected: &'static str,
    accept: impl FnOnce(u64) -> Option<T>,
) -> Result<T, InstanceError> {
    let found = fields[at];
    fr_to_u64(&found).and_then(accept).ok_or(InstanceError::Range {
        name: Instance::NAMES[at],
        expected,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::fr_pow2;

    fn sample() -> Instance {
        let slot = |underlying, price| {
            Some(PriceSlot {
                underlying,
                price: Price::new(price).expect("a test price is below 2^63"),
            })
        };
        Instance {
            domain: Fr::from(1),
            parameters: Fr::from(2),
            old_state: Fr::from(3),
            new_state: Fr::from(4),
            batch: 5,
            expiry: ExpiryMinutes(29_500_000),
            close: true,
            prices: [slot(Underlying::BTC, 97_000_000_000), None, slot(Underlying::ETH, 1)],
        }
    }

    #[test]
    fn fields_round_trip() {
        let instance = sample();
        let fields = instance.to_fields();
        assert_eq!(fields[8], Fr::from(97_000_000_000));
        assert_eq!(Instance::from_fields(&fields), Ok(instance));
        let json = serde_json::to_string(&instance).expect("an instance has a JSON form");
        assert_eq!(
            serde_json::from_str::<Instance>(&json).expect("its own JSON form parses"),
            instance
        );
    }

    #[test]
    fn every_range_is_checked() {
        let good = sample().to_fields();
        let length = |found| Err(InstanceError::Length { expected: 13, found });
        assert_eq!(Instance::from_fields(&good[..12]), length(12));
        assert_eq!(
            Instance::from_fields(&[good.as_slice(), &[Fr::zero()]].concat()),
            length(14)
        );
        for (at, bad) in [
            (4, Fr::zero()),
            (4, fr_pow2(63)),
            (4, fr_pow2(64) + Fr::one()),
            (5, fr_pow2(32)),
            (6, Fr::from(2)),
            (6, -Fr::one()),
            (7, fr_pow2(16)),
            (7, Fr::zero()),
            (8, Fr::zero()),
            (8, fr_pow2(63)),
            (8, fr_pow2(128) + Fr::one()),
            (10, Fr::one()),
            (12, Fr::zero()),
        ] {
            let mut fields = good;
            fields[at] = bad;
            let error = Instance::from_fields(&fields).expect_err("a value out of range");
            assert!(matches!(error, InstanceError::Range { .. }), "{at}: {error}");
        }
        let mut twice = good;
        twice[11] = twice[7];
        let duplicate = InstanceError::Duplicate {
            name: "u2",
            found: Underlying::BTC,
        };
        assert_eq!(Instance::from_fields(&twice), Err(duplicate));
    }
}
