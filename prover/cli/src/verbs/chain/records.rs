//! How far the chain has come with a database's batches, noted there.

use std::path::Path;

use chain::client::Client;
use chain::deployment::Deployment;
use chain::primitives::{Bytes, FixedBytes, U256};
use chain::submit::{Batch, LIQUIDATION, SETTLEMENT, Standing, standings};
use serde::Serialize;
use witness_gen::store::{BatchInstance, BatchStatus, Store};

use super::proofs::number;
use crate::errors::Failure;

/// Batches of a database by their status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Noted {
    /// The chain has nothing of them.
    pub(super) proven: usize,
    /// The chain has them, and has not executed them deep enough.
    pub(super) submitted: usize,
    /// Executed.
    pub(super) confirmed: usize,
}

/// Brings the statuses of a database's batches to what the chain says now: forward, and back where it was reorganised.
///
/// Nothing but the chain decides, so another run comes to the same, and one that is interrupted is repaired by the next. A database of
/// another history is refused.
pub(super) fn note(db: &Path, client: &Client, deployment: &Deployment, confirmations: u64) -> Result<Noted, Failure> {
    let mut store = Store::open(db)?;
    let records = store.batches()?;
    let first = match records.first() {
        Some(record) => record.instance.states()[0],
        None => store.state()?.1,
    };
    let (expected, found) = (deployment.config.genesis, number(&first));
    if expected != found {
        return Err(Failure::rejected(format!(
            "{}: expected the deployment's first state {expected:#066x}, found {found:#066x}",
            db.display()
        )));
    }
    let mut batches = Vec::new();
    for record in &records {
        batches.push(batch(&record.instance)?);
    }
    let found =
        standings(client, deployment, &batches, confirmations).map_err(|error| Failure::from(error).about(db))?;
    let mut noted = Noted::default();
    for (record, standing) in records.iter().zip(found) {
        let (status, count) = match standing {
            Standing::Absent => (BatchStatus::Proven, &mut noted.proven),
            Standing::Submitted => (BatchStatus::Submitted, &mut noted.submitted),
            Standing::Executed => (BatchStatus::Confirmed, &mut noted.confirmed),
        };
        *count += 1;
        if record.status != status {
            store.set_status(record.instance.number(), status)?;
        }
    }
    Ok(noted)
}

/// A recorded batch as the chain knows it: by its instance. Selector and proof say nothing about which batch it is.
fn batch(instance: &BatchInstance) -> Result<Batch, Failure> {
    let (statement, values): (u8, Vec<U256>) = match instance {
        BatchInstance::Settlement(instance) => (SETTLEMENT, instance.to_fields().iter().map(number).collect()),
        BatchInstance::Liquidation(instance) => (LIQUIDATION, instance.to_fields().iter().map(number).collect()),
    };
    Ok(Batch::new(statement, FixedBytes::ZERO, values, Bytes::new())?)
}
