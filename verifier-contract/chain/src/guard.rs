//! What a guardian can stop, at once.

use alloy::primitives::B256;
use alloy::sol_types::SolCall;

use crate::abi::breaker::CircuitBreaker;
use crate::abi::router::VerifierRouter;
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::ChainError;
use crate::sender::{Outcome, Sender, Step};

/// Trips the breaker; until when it is on, Unix seconds. A breaker that is on stays so without a transaction.
///
/// # Errors
/// The account is no guardian, or has tripped it too recently.
pub fn trip(sender: &mut Sender<'_>, deployment: &Deployment, reason: B256) -> Result<u64, ChainError> {
    let breaker = deployment.address("CircuitBreaker")?;
    let client = sender.client;
    // A guardian trips many times, a step happens once: each trip has the time of the one before in its name.
    let before = client.view(breaker, &CircuitBreaker::guardianFromCall {})?;
    let done = |client: &Client| client.view(breaker, &CircuitBreaker::isTrippedCall {});
    sender.perform(&Step {
        name: format!("trip/{before}"),
        to: Some(breaker),
        data: CircuitBreaker::tripCall { reason }.abi_encode().into(),
        done: &done,
    })?;
    Ok(client.view(breaker, &CircuitBreaker::untilCall {})?.to())
}

/// Stops a verifier of the deployment, by its name, for ever.
///
/// # Errors
/// There is none of that name, or the account is no guardian.
pub fn stop_verifier(sender: &mut Sender<'_>, deployment: &Deployment, name: &str) -> Result<Outcome, ChainError> {
    let router = deployment.address("VerifierRouter")?;
    let found = deployment.verifiers.iter().find(|verifier| verifier.name == name);
    let found = found.ok_or_else(|| {
        let known: Vec<&str> = deployment
            .verifiers
            .iter()
            .map(|verifier| verifier.name.as_str())
            .collect();
        ChainError::Usage(format!(
            "verifier: expected one of {}, found {name:.60}",
            known.join(", ")
        ))
    })?;
    let (statement, selector) = (found.statement, found.selector);
    let done = |client: &Client| Ok(!client.view(router, &VerifierRouter::isActiveCall { statement, selector })?);
    sender.perform(&Step {
        name: format!("stop/{name}"),
        to: Some(router),
        data: VerifierRouter::stopVerifierCall { statement, selector }
            .abi_encode()
            .into(),
        done: &done,
    })
}
