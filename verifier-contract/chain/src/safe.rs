//! A Safe that carries out a call with its owners' signatures.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;

use crate::abi::safe::Safe;
use crate::client::Client;
use crate::error::ChainError;
use crate::sender::{Outcome, Sender, Step};
use crate::signer::HashSigner;

/// Has a Safe call a contract. Any account may pay for it.
///
/// # Errors
/// The signatures are too few or not the owners', or the call fails.
pub fn execute(
    sender: &mut Sender<'_>,
    (name, safe): (&str, Address),
    (to, data): (Address, Vec<u8>),
    owners: &[&dyn HashSigner],
) -> Result<Outcome, ChainError> {
    let client = sender.client;
    let data = Bytes::from(data);
    let nonce = client.view(safe, &Safe::nonceCall {})?;
    let hash = client.view(
        safe,
        &Safe::getTransactionHashCall {
            to,
            value: U256::ZERO,
            data: data.clone(),
            operation: 0,
            safeTxGas: U256::ZERO,
            baseGas: U256::ZERO,
            gasPrice: U256::ZERO,
            gasToken: Address::ZERO,
            refundReceiver: Address::ZERO,
            _nonce: nonce,
        },
    )?;
    // The contract wants signatures in the order of the owners' addresses.
    let mut owners: Vec<&dyn HashSigner> = owners.to_vec();
    owners.sort_by_key(|owner| owner.address());
    let mut signatures = Vec::new();
    for owner in owners {
        signatures.extend_from_slice(&owner.sign(hash)?.as_bytes());
    }
    let call = Safe::execTransactionCall {
        to,
        value: U256::ZERO,
        data,
        operation: 0,
        safeTxGas: U256::ZERO,
        baseGas: U256::ZERO,
        gasPrice: U256::ZERO,
        gasToken: Address::ZERO,
        refundReceiver: Address::ZERO,
        signatures: signatures.into(),
    };
    let done = |client: &Client| Ok(client.view(safe, &Safe::nonceCall {})? > nonce);
    sender.perform(&Step {
        name: format!("{name}/{nonce}"),
        to: Some(safe),
        data: call.abi_encode().into(),
        done: &done,
    })
}
