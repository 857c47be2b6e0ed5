//! The Safe that governs: made, or found.

use alloy::primitives::{Address, Bytes, U256, keccak256};
use alloy::sol_types::{SolCall, SolValue};

use super::Work;
use crate::abi::{safe, safe_factory};
use crate::client::Client;
use crate::config::{Config, SafeRules};
use crate::error::ChainError;

/// The version of the Safe that governs.
const VERSION: &str = "1.4.1";

impl Work<'_, '_> {
    /// A Safe that stands is the one that was meant: of that version, those owners and that threshold. Looked at before anything is sent, and
    /// once: owners may change later.
    pub(super) fn existing_safe(&mut self, config: &Config) -> Result<(), ChainError> {
        let rules = config.roles.safe.as_ref();
        let Some((rules, at)) = rules.and_then(|rules| rules.address.map(|at| (rules, at))) else {
            return Ok(());
        };
        if self.state.contracts.contains_key("SafeProxy") {
            return Ok(());
        }
        let client = self.sender.client;
        let code_hash = self.code_hash("Safe", at)?;
        let other = |what: &str, expected: String, found: String| {
            Err(ChainError::Rejected(format!(
                "Safe {at}, {what}: expected {expected}, found {found}"
            )))
        };
        let version = client
            .view(at, &safe::Safe::VERSIONCall {})
            .map_err(|error| match error {
                ChainError::Rejected(reason) => ChainError::Rejected(format!(
                    "Safe {at}, version: expected {VERSION}, found no answer ({reason})"
                )),
                other => other,
            })?;
        if version != VERSION {
            return other("version", VERSION.to_owned(), format!("{version:.40}"));
        }
        let threshold = client.view(at, &safe::Safe::getThresholdCall {})?;
        if threshold != U256::from(rules.threshold) {
            return other("threshold", rules.threshold.to_string(), threshold.to_string());
        }
        let sorted = |mut owners: Vec<Address>| {
            owners.sort();
            owners
        };
        let (expected, found) = (
            sorted(rules.owners.clone()),
            sorted(client.view(at, &safe::Safe::getOwnersCall {})?),
        );
        if found != expected {
            return other("owners", format!("{expected:?}"), format!("{found:?}"));
        }
        self.remember("SafeProxy", at, code_hash, None)
    }

    pub(super) fn present_or_new(&mut self, name: &str, at: Option<Address>) -> Result<Address, ChainError> {
        let Some(address) = at else {
            return self.contract(name, Vec::new());
        };
        let code_hash = self.sender.client.code_hash(address)?;
        let code_hash = code_hash
            .ok_or_else(|| ChainError::Environment(format!("{name} {address}: expected code there, found none")))?;
        self.remember(name, address, code_hash, None)?;
        Ok(address)
    }

    /// A proxy of the Safe, at the address that owners and deployer give.
    pub(super) fn safe(&mut self, singleton: Address, factory: Address, rules: &SafeRules) -> Result<(), ChainError> {
        let setup = safe::Safe::setupCall {
            _owners: rules.owners.clone(),
            _threshold: U256::from(rules.threshold),
            to: Address::ZERO,
            data: Bytes::new(),
            fallbackHandler: Address::ZERO,
            paymentToken: Address::ZERO,
            payment: U256::ZERO,
            paymentReceiver: Address::ZERO,
        };
        let initializer = Bytes::from(setup.abi_encode());
        let salt = U256::from_be_bytes(*keccak256(
            (self.state.deployer, self.state.config.digest()).abi_encode(),
        ));
        let client = self.sender.client;
        let code = client.view(factory, &safe_factory::SafeProxyFactory::proxyCreationCodeCall {})?;
        let init = [code.to_vec(), singleton.abi_encode()].concat();
        let full_salt = keccak256([keccak256(&initializer).to_vec(), salt.to_be_bytes_vec()].concat());
        let address = factory.create2(full_salt, keccak256(&init));
        let call = safe_factory::SafeProxyFactory::createProxyWithNonceCall {
            _singleton: singleton,
            initializer,
            saltNonce: salt,
        };
        let done = |client: &Client| Ok(client.code_hash(address)?.is_some());
        let outcome = self.sender.call("deploy/SafeProxy", factory, &call, &done)?;
        let code_hash = self.code_hash("SafeProxy", address)?;
        self.remember("SafeProxy", address, code_hash, Some(outcome))
    }
}
