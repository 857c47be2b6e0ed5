//! The public side of statement M: 8 field elements in a fixed order.

use ff::PrimeField;
use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::units::{fr_to_u64, fr_to_u128};

/// What the account has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Cash and marks are worth the threshold.
    Equity,
    /// No scenario takes more than there is, less the threshold.
    Maintenance,
    /// The same with every loss counted as often as the rules say.
    Initial,
}

impl Requirement {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::Equity, Self::Maintenance, Self::Initial];

    /// 0, 1 or 2.
    pub fn number(self) -> u64 {
        self as u64
    }
}

/// Field elements that are not an instance of M.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InstanceError {
    /// The wrong number of field elements.
    #[error("instance: expected 8 field elements, found {found}")]
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

/// What the statement says in public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// Names the venue and chain; any field element.
    pub domain: Fr,
    /// Digest of the risk parameters.
    pub parameters: Fr,
    /// State root.
    pub state: Fr,
    /// Root of the tree of risk rows.
    pub risk_root: Fr,
    /// The requirement.
    pub requirement: Requirement,
    /// Money that has to be there beyond the requirement, below 2^127.
    pub threshold: u128,
    /// Chosen by whoever is to be convinced.
    pub challenge: Fr,
    /// H(TAG_PSEUDONYM, secret, challenge, domain).
    pub pseudonym: Fr,
}

impl Instance {
    /// Field elements of an instance.
    pub const LEN: usize = 8;
    /// Their names, in order.
    pub const NAMES: [&'static str; Self::LEN] = [
        "domain",
        "parameters",
        "state",
        "risk_root",
        "requirement",
        "threshold",
        "challenge",
        "pseudonym",
    ];
    /// Thresholds are below this.
    pub const THRESHOLD_BOUND: u128 = 1 << 127;

    /// The threshold as a field element.
    pub fn threshold_field(&self) -> Fr {
        Fr::from_u128(self.threshold)
    }

    /// The field elements, in order.
    pub fn to_fields(&self) -> [Fr; Self::LEN] {
        [
            self.domain,
            self.parameters,
            self.state,
            self.risk_root,
            Fr::from(self.requirement.number()),
            self.threshold_field(),
            self.challenge,
            self.pseudonym,
        ]
    }

    /// The instance of field elements: what a verifier does before it looks at the proof.
    ///
    /// # Errors
    /// The wrong number of elements, or one out of its range.
    pub fn from_fields(fields: &[Fr]) -> Result<Self, InstanceError> {
        let [
            domain,
            parameters,
            state,
            risk_root,
            requirement,
            threshold,
            challenge,
            pseudonym,
        ] = <[Fr; Self::LEN]>::try_from(fields).map_err(|_| InstanceError::Length { found: fields.len() })?;
        let range = |name, expected, found| InstanceError::Range { name, expected, found };
        let number = fr_to_u64(&requirement).and_then(|n| Requirement::ALL.get(usize::try_from(n).ok()?).copied());
        Ok(Self {
            domain,
            parameters,
            state,
            risk_root,
            requirement: number.ok_or_else(|| range("requirement", "0, 1 or 2", requirement))?,
            threshold: fr_to_u128(&threshold)
                .filter(|t| *t < Self::THRESHOLD_BOUND)
                .ok_or_else(|| range("threshold", "below 2^127", threshold))?,
            challenge,
            pseudonym,
        })
    }
}
