//! What liquidations leave for the next round: who waits, who takes, and how far a round has come.
//!
//! No state root covers this. It is under a digest of its own, and moves in the transaction of the batch that changes it.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::rows::{integer, unsigned};
use super::{StoreError, corrupt};
use crate::liquidation::{Queue, Waiting};

/// The queue, and the newest round of prices that it was worked by.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct QueueState {
    /// Who waits, and how far the round has come.
    pub queue: Queue,
    /// Time of that round, Unix seconds; 0 before the first.
    pub time: u64,
}

/// Digest of the queue and the takers.
pub(super) fn digest(state: &QueueState, takers: &[u32]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("zksettle 2026-11-22 store queue v4");
    hasher.update(&state.queue.done.to_le_bytes());
    hasher.update(&state.time.to_le_bytes());
    hasher.update(&(state.queue.waiting.len() as u64).to_le_bytes());
    for Waiting { index, rounds } in &state.queue.waiting {
        hasher.update(&index.to_le_bytes());
        hasher.update(&rounds.to_le_bytes());
    }
    for taker in takers {
        hasher.update(&taker.to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Queue and takers, checked against their digest.
pub(super) fn read(from: &Connection) -> Result<(QueueState, Vec<u32>), StoreError> {
    let row = from
        .query_row(
            "SELECT round_done, round_time, queue_digest FROM meta WHERE id = 1",
            [],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?, row.get::<_, [u8; 32]>(2)?)),
        )
        .optional()?;
    let (done, time, expected) = row.ok_or_else(|| corrupt("meta", "one row", "none"))?;
    let mut select = from.prepare("SELECT leaf, rounds FROM queue ORDER BY place")?;
    let waiting = select.query_map([], |row| {
        let (index, rounds) = (row.get(0)?, row.get(1)?);
        Ok(Waiting { index, rounds })
    })?;
    let waiting = waiting.collect::<Result<_, _>>()?;
    let mut select = from.prepare("SELECT leaf FROM takers ORDER BY place")?;
    let takers: Vec<u32> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let state = QueueState {
        queue: Queue { waiting, done },
        time: unsigned(time, "meta", "round_time")?,
    };
    if digest(&state, &takers) != expected {
        return Err(corrupt("queue", "accounts and takers as recorded", "others"));
    }
    Ok((state, takers))
}

/// Puts another queue in the place of the recorded one.
pub(super) fn write(to: &Transaction<'_>, state: &QueueState, takers: &[u32]) -> Result<(), StoreError> {
    to.execute_batch("DELETE FROM queue; DELETE FROM takers")?;
    let mut insert = to.prepare("INSERT INTO queue VALUES (?1, ?2, ?3)")?;
    for (place, Waiting { index, rounds }) in (0u32..).zip(&state.queue.waiting) {
        insert.execute(params![place, index, rounds])?;
    }
    let mut insert = to.prepare("INSERT INTO takers VALUES (?1, ?2)")?;
    for (place, leaf) in (0u32..).zip(takers) {
        insert.execute(params![place, leaf])?;
    }
    let changed = to.execute(
        "UPDATE meta SET round_done = ?1, round_time = ?2, queue_digest = ?3 WHERE id = 1",
        params![state.queue.done, integer(state.time)?, digest(state, takers)],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(corrupt("meta", "one row", "none"))
    }
}
