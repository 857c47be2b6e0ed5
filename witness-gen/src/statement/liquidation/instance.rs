//! The public side of statement L: 7 field elements in a fixed order.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::units::{AMOUNT_BOUND, fr_to_u64};

/// Field elements that are not an instance of L.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InstanceError {
    /// The wrong number of field elements.
    #[error("instance: expected 7 field elements, found {found}")]
    Length {
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
}

/// What the statement says in public. Who is liquidated, by whom and of what, it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// Names the venue and chain; any field element.
    pub domain: Fr,
    /// Digest of the risk parameters; the liquidation rules stand in its margin rules.
    pub parameters: Fr,
    /// State root before.
    pub old_state: Fr,
    /// State root after.
    pub new_state: Fr,
    /// Risk root of the round that accounts are judged by.
    pub risk_root: Fr,
    /// Number of the new state: 1 .. 2^63.
    pub batch: u64,
    /// The circuit breaker's flag: liquidations need it off.
    pub breaker: bool,
}

impl Instance {
    /// Field elements of an instance.
    pub const LEN: usize = 7;
    /// Their names, in order.
    pub const NAMES: [&'static str; Self::LEN] = [
        "domain",
        "parameters",
        "old_state",
        "new_state",
        "risk_root",
        "batch",
        "breaker",
    ];

    /// The field elements, in order.
    pub fn to_fields(&self) -> [Fr; Self::LEN] {
        [
            self.domain,
            self.parameters,
            self.old_state,
            self.new_state,
            self.risk_root,
            Fr::from(self.batch),
            Fr::from(u64::from(self.breaker)),
        ]
    }

    /// The instance of field elements: what a verifier does before it looks at the proof.
    ///
    /// # Errors
    /// The wrong number of elements, or one out of its range.
    pub fn from_fields(fields: &[Fr]) -> Result<Self, InstanceError> {
        let found = fields.len();
        let [domain, parameters, old_state, new_state, risk_root, batch, breaker] =
            <[Fr; Self::LEN]>::try_from(fields).map_err(|_| InstanceError::Length { found })?;
        let range = |name, expected, found| InstanceError::Range { name, expected, found };
        let number = fr_to_u64(&batch).filter(|number| (1..AMOUNT_BOUND).contains(number));
        let flag = fr_to_u64(&breaker).filter(|flag| *flag <= 1);
        Ok(Self {
            domain,
            parameters,
            old_state,
            new_state,
            risk_root,
            batch: number.ok_or_else(|| range("batch", "1 .. 2^63", batch))?,
            breaker: flag.ok_or_else(|| range("breaker", "0 or 1", breaker))? == 1,
        })
    }
}
