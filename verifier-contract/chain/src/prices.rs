//! Signed price reports: `zksettle-reports/1`, a JSON file; rounds of the oracle, and settlement prices made final.
//!
//! ```json
//! {
//!   "format": "zksettle-reports/1",
//!   "chain_id": 31337,
//!   "oracle": "0x…",
//!   "rounds": [
//!     { "underlying": 2, "volatility": "0x0",
//!       "reports": [ { "price": 3127450000, "observed_at": 1774598400, "signature": "0x…" } ] }
//!   ]
//! }
//! ```
//!
//! Prices are in 10^-6 quote, times in Unix seconds, `volatility` is the digest that statement R calls so, or 0. Signatures are EIP-712's over the
//! contract's `Report`, 65 bytes: r, s, v. The order of reports does not matter here.

use alloy::primitives::aliases::U40;
use alloy::primitives::{Address, Bytes, Signature, U256};
use alloy::sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain};
use serde::{Deserialize, Serialize};

use crate::abi::oracle::{IOracleAggregator, OracleAggregator};
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::ChainError;
use crate::sender::{Outcome, Sender, Step};
use crate::signer::HashSigner;

/// Name and version of the format.
pub const FORMAT: &str = "zksettle-reports/1";

mod typed {
    #![allow(missing_docs, unreachable_pub)]
    alloy::sol! {
        /// What is signed.
        struct Report {
            uint16 underlying;
            uint64 price;
            uint40 observedAt;
            uint256 volatility;
        }
    }
}

/// A report with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// 10^-6 quote.
    pub price: u64,
    /// Unix seconds.
    pub observed_at: u64,
    /// 65 bytes: r, s, v.
    pub signature: Bytes,
}

/// The reports of one round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Registry number.
    pub underlying: u16,
    /// Digest of forwards and volatilities, or 0.
    pub volatility: U256,
    /// Its reports.
    pub reports: Vec<Report>,
}

/// A file of rounds, in the order in which they are submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// [`FORMAT`].
    pub format: String,
    /// The chain that the signatures are for.
    pub chain_id: u64,
    /// The oracle that they are for.
    pub oracle: Address,
    /// The rounds.
    pub rounds: Vec<Round>,
}

fn domain(chain_id: u64, oracle: Address) -> Eip712Domain {
    eip712_domain! {
        name: "zksettle oracle",
        version: "1",
        chain_id: chain_id,
        verifying_contract: oracle,
    }
}

/// A round of one price, signed by each key.
///
/// # Errors
/// A signer fails.
pub fn signed_round(
    (chain_id, oracle): (u64, Address),
    (underlying, price, observed_at, volatility): (u16, u64, u64, U256),
    signers: &[&dyn HashSigner],
) -> Result<Round, ChainError> {
    let report = typed::Report {
        underlying,
        price,
        observedAt: U40::saturating_from(observed_at),
        volatility,
    };
    let hash = report.eip712_signing_hash(&domain(chain_id, oracle));
    let mut reports = Vec::new();
    for signer in signers {
        reports.push(Report {
            price,
            observed_at,
            signature: signer.sign(hash)?.as_bytes().to_vec().into(),
        });
    }
    Ok(Round {
        underlying,
        volatility,
        reports,
    })
}

impl Reports {
    /// Reads a file.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, ChainError> {
        let found: Self = serde_json::from_str(text)
            .map_err(|error| ChainError::Environment(format!("reports: expected {FORMAT}, found {error}")))?;
        if found.format != FORMAT {
            return Err(ChainError::Environment(format!(
                "reports, format: expected {FORMAT}, found {:.40}",
                found.format
            )));
        }
        Ok(found)
    }

    /// Submits all rounds that the oracle does not have yet. Gives the number of those sent now.
    ///
    /// # Errors
    /// The file is for another oracle, or a round is refused.
    pub fn submit(&self, sender: &mut Sender<'_>, deployment: &Deployment) -> Result<usize, ChainError> {
        let oracle = deployment.address("OracleAggregator")?;
        if (self.chain_id, self.oracle) != (deployment.chain_id, oracle) {
            return Err(ChainError::Usage(format!(
                "reports: expected those for oracle {oracle} on chain {}, found those for {} on {}",
                deployment.chain_id, self.oracle, self.chain_id
            )));
        }
        let mut sent = 0;
        for round in &self.rounds {
            let before = sender.records.len();
            round.submit(sender, self.chain_id, oracle)?;
            sent += sender.records[before..].iter().filter(|record| record.sent).count();
        }
        Ok(sent)
    }
}

impl Round {
    /// The round's call, with its reports in the order of their signers.
    fn call(&self, chain_id: u64, oracle: Address) -> Result<OracleAggregator::submitRoundCall, ChainError> {
        let domain = domain(chain_id, oracle);
        let mut signed = Vec::new();
        for report in &self.reports {
            let typed = typed::Report {
                underlying: self.underlying,
                price: report.price,
                observedAt: U40::saturating_from(report.observed_at),
                volatility: self.volatility,
            };
            let hash = typed.eip712_signing_hash(&domain);
            let signer = Signature::from_raw(&report.signature)
                .and_then(|signature| signature.recover_address_from_prehash(&hash))
                .map_err(|_| ChainError::Rejected("report: expected a signature of 65 bytes, found another".into()))?;
            let contract = IOracleAggregator::Report {
                underlying: typed.underlying,
                price: typed.price,
                observedAt: typed.observedAt,
                volatility: typed.volatility,
            };
            signed.push((signer, contract, report.signature.clone()));
        }
        signed.sort_by_key(|(signer, ..)| *signer);
        Ok(OracleAggregator::submitRoundCall {
            underlying: self.underlying,
            reports: signed.iter().map(|(_, report, _)| report.clone()).collect(),
            signatures: signed.into_iter().map(|(.., signature)| signature).collect(),
        })
    }

    fn submit(&self, sender: &mut Sender<'_>, chain_id: u64, oracle: Address) -> Result<Outcome, ChainError> {
        let latest = self.reports.iter().map(|report| report.observed_at).max().unwrap_or(0);
        let underlying = self.underlying;
        let done = |client: &Client| {
            let found = client.view(oracle, &OracleAggregator::latestRoundCall { underlying })?;
            Ok(found.time.to::<u64>() >= latest)
        };
        sender.perform(&Step {
            name: format!("round/{underlying}/{latest}"),
            to: Some(oracle),
            data: self.call(chain_id, oracle)?.abi_encode().into(),
            done: &done,
        })
    }
}

/// Makes the settlement price of an expiry (Unix minutes) final; the price, in 10^-6 quote.
///
/// # Errors
/// The window is open or incomplete.
pub fn finalize(
    sender: &mut Sender<'_>,
    deployment: &Deployment,
    expiry: u32,
    underlying: u16,
) -> Result<u64, ChainError> {
    let oracle = deployment.address("OracleAggregator")?;
    let price =
        move |client: &Client| client.view(oracle, &OracleAggregator::settlementPriceCall { expiry, underlying });
    let done = |client: &Client| Ok(price(client)? != 0);
    let call = OracleAggregator::finalizeCall { expiry, underlying };
    sender.perform(&Step {
        name: format!("finalize/{underlying}/{expiry}"),
        to: Some(oracle),
        data: call.abi_encode().into(),
        done: &done,
    })?;
    price(sender.client)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::LocalKey;

    #[test]
    fn reports_stand_in_the_order_of_their_signers() {
        let keys: Vec<LocalKey> = (1..=5u8)
            .map(|i| LocalKey::from_bytes(&[i; 32]).expect("a key"))
            .collect();
        let signers: Vec<&dyn HashSigner> = keys.iter().map(|key| key as &dyn HashSigner).collect();
        let oracle = Address::repeat_byte(9);
        let round = signed_round((1, oracle), (2, 3, 4, U256::ZERO), &signers).expect("signed");
        let call = round.call(1, oracle).expect("a call");
        let hash = |report: &IOracleAggregator::Report| {
            let typed = typed::Report {
                underlying: report.underlying,
                price: report.price,
                observedAt: report.observedAt,
                volatility: report.volatility,
            };
            typed.eip712_signing_hash(&domain(1, oracle))
        };
        let found: Vec<Address> = (call.reports.iter().zip(&call.signatures))
            .map(|(report, signature)| {
                let signature = Signature::from_raw(signature).expect("a signature");
                signature.recover_address_from_prehash(&hash(report)).expect("a signer")
            })
            .collect();
        let mut expected: Vec<Address> = keys.iter().map(HashSigner::address).collect();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_of_another_format_is_refused() {
        for text in [
            "",
            "{}",
            r#"{"format":"x","chain_id":1,"oracle":"0x0000000000000000000000000000000000000000","rounds":[]}"#,
        ] {
            assert!(
                matches!(Reports::parse(text), Err(ChainError::Environment(_))),
                "{text}"
            );
        }
    }
}
