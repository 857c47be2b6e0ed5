//! Verifiers by name: which statement, which size, with which keys.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use chain::deploy::VerifierCode;
use chain::deployment::Deployment;
use chain::primitives::{B256, FixedBytes};
use circuits::risk::{Part, Unit};
use circuits::{liquidation, risk, size, solvency};
use prover::keys::Keys;
use prover::srs::Setup;

use crate::errors::Failure;
use crate::evm::{self, Hinter, Verifiable};
use crate::output::Output;
use crate::setups;

/// Number of the statement whose segments are of 4^0 series.
const RISK_SEGMENT: u8 = 32;

/// A statement at a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Settlement(size::Size),
    Liquidation(liquidation::Size),
    Solvency(solvency::Size),
    Risk(Part, risk::Size),
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "expected settlement:SIZE, liquidation:SIZE, solvency:SIZE, risk-market:SIZE, risk-segment:SIZE or risk-segment-in-coin:SIZE, \
                 found {text:.60}"
            )
        };
        let (statement, name) = text.split_once(':').ok_or_else(wrong)?;
        Self::of(statement, name).ok_or_else(wrong)
    }
}

impl Which {
    /// A statement by the name that proof files have.
    pub(super) fn of(statement: &str, name: &str) -> Option<Self> {
        let part = match statement {
            "settlement" => return size::Size::by_name(name).map(Self::Settlement),
            "liquidation" => return liquidation::Size::by_name(name).map(Self::Liquidation),
            "solvency" => return solvency::Size::by_name(name).map(Self::Solvency),
            "risk-market" => Part::Market,
            "risk-segment" => Part::Segment(Unit::Quote),
            "risk-segment-in-coin" => Part::Segment(Unit::Coin),
            _ => return None,
        };
        let size = risk::Size::by_name(name)?;
        let fits = !matches!(part, Part::Segment(unit) if !unit.fits(&size));
        fits.then_some(Self::Risk(part, size))
    }

    /// Number of the statement on chain.
    pub(super) fn statement(&self) -> u8 {
        match self {
            Self::Settlement(_) => 1,
            Self::Risk(Part::Market, _) => 2,
            Self::Solvency(_) => 3,
            Self::Liquidation(_) => 4,
            // At most 6 levels.
            Self::Risk(Part::Segment(_), size) => RISK_SEGMENT + size.levels as u8,
        }
    }

    /// The contract's name.
    pub(super) fn contract(&self) -> String {
        let meta = match self {
            Self::Settlement(size) => size.meta(),
            Self::Liquidation(size) => size.meta(),
            Self::Solvency(size) => size.meta(),
            Self::Risk(part, size) => (*part, *size).meta(),
        };
        format!("{}Verifier", meta.name)
    }

    /// log2 of the rows.
    pub(super) fn k(&self) -> u32 {
        match self {
            Self::Settlement(size) => size.k,
            Self::Liquidation(size) => size.k,
            Self::Solvency(size) => size.k,
            Self::Risk(_, size) => size.k,
        }
    }

    /// The verifier's code with the key of a setup in it.
    pub(super) fn code(&self, out: Output, setup: &Setup) -> Result<VerifierCode, Failure> {
        match self {
            Self::Settlement(size) => self.of_keys(out, setup, &setups::keys(out, setup, *size)?.1.keys, size),
            Self::Liquidation(size) => {
                self.of_keys(out, setup, &setups::liquidation_keys(out, setup, *size)?.1.keys, size)
            }
            Self::Solvency(size) => self.of_keys(out, setup, &setups::solvency_keys(out, setup, *size)?.1.keys, size),
            Self::Risk(part, size) => {
                let keys = setups::risk_keys(out, setup, *part, *size)?.keys;
                self.of_keys(out, setup, &keys, &(*part, *size))
            }
        }
    }

    fn of_keys(
        &self,
        out: Output,
        setup: &Setup,
        keys: &Keys,
        size: &impl Verifiable,
    ) -> Result<VerifierCode, Failure> {
        let _spinner = out.spinner(format!("verifier {}", self.contract()));
        Ok(VerifierCode {
            statement: self.statement(),
            name: self.contract(),
            key_digest: B256::from(evm::digest(keys, setup, size)?),
            runtime: evm::runtime(keys, setup, size)?,
        })
    }

    /// What puts the inverse behind proofs of this statement.
    pub(super) fn hinter(&self, out: Output, setup: &Setup) -> Result<Hinter, Failure> {
        Ok(match self {
            Self::Settlement(size) => Hinter::new(&setups::keys(out, setup, *size)?.1.keys, size),
            Self::Liquidation(size) => Hinter::new(&setups::liquidation_keys(out, setup, *size)?.1.keys, size),
            Self::Solvency(size) => Hinter::new(&setups::solvency_keys(out, setup, *size)?.1.keys, size),
            Self::Risk(part, size) => Hinter::new(&setups::risk_keys(out, setup, *part, *size)?.keys, &(*part, *size)),
        })
    }

    /// The selector that a deployment knows the verifier by.
    pub(super) fn selector(&self, deployment: &Deployment) -> Result<FixedBytes<4>, Failure> {
        let name = self.contract();
        let found = deployment.verifiers.iter().find(|verifier| verifier.name == name);
        found.map(|verifier| verifier.selector).ok_or_else(|| {
            let known: Vec<&str> = deployment
                .verifiers
                .iter()
                .map(|verifier| verifier.name.as_str())
                .collect();
            Failure::rejected(format!(
                "verifier: expected {name} in the deployment, found {}",
                known.join(", ")
            ))
        })
    }
}

/// Setups of one ceremony, by k.
#[derive(Default)]
pub(super) struct Setups(BTreeMap<u32, Setup>);

impl Setups {
    /// The setup of a k: from a file, or an INSECURE one made here.
    pub(super) fn get(&mut self, out: Output, srs: Option<&Path>, k: u32) -> Result<&Setup, Failure> {
        match self.0.entry(k) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let setup = match srs {
                    Some(path) => setups::load_of(out, path, k)?,
                    None => setups::dev(out, k, setups::DEV_SEED)?,
                };
                Ok(entry.insert(setup))
            }
        }
    }

    /// Warns once if the setup means nothing.
    pub(super) fn warn(&self, out: Output) {
        if let Some(setup) = self.0.values().next() {
            setups::warn_if_insecure(out, setup);
        }
    }

    /// Whether one party made it.
    pub(super) fn insecure(&self) -> bool {
        self.0.values().any(Setup::insecure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_has_a_name_and_a_number() {
        let which = |text: &str| text.parse::<Which>().map(|which| (which.contract(), which.statement()));
        assert_eq!(which("settlement:xs"), Ok(("SettlementXsVerifier".into(), 1)));
        assert_eq!(which("risk-market:4"), Ok(("RiskMarket4Verifier".into(), 2)));
        assert_eq!(which("solvency:8"), Ok(("Solvency8Verifier".into(), 3)));
        assert_eq!(which("liquidation:s"), Ok(("LiquidationSVerifier".into(), 4)));
        assert_eq!(which("risk-segment:16"), Ok(("RiskSegment16Verifier".into(), 34)));
        for wrong in [
            "settlement",
            "settlement:huge",
            "solvency:xs",
            "other:xs",
            "risk-segment-in-coin:64",
        ] {
            assert!(which(wrong).is_err(), "{wrong}");
        }
    }
}
