//! The tables, and what goes in and out of them.

use std::collections::BTreeMap;

use ff::PrimeField;
use halo2curves::bn256::Fr;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::queue;
use super::{ProofFile, SecretOrigin, SecretSeed, StoreError, corrupt, field_bytes};
use crate::account::Account;
use crate::ledger::{ExpirySlot, Ledger, LedgerParts, LiquidatedBatch, SettledBatch};
use crate::open_interest::OpenInterest;
use crate::params::RiskParameters;
use crate::position::Position;
use crate::series::{SeriesTerms, SeriesWord};
use crate::state::{Pools, StateHeader};
use crate::statement::{liquidation, settlement};
use crate::units::{AMOUNT_BOUND, Cash, ExpiryMinutes, Lots};

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStatus {
    /// Proven and recorded here.
    Proven,
    /// Sent to the contract.
    Submitted,
    /// Accepted by the contract.
    Confirmed,
}

impl BatchStatus {
    const ALL: [Self; 3] = [Self::Proven, Self::Submitted, Self::Confirmed];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Submitted => "submitted",
            Self::Confirmed => "confirmed",
        }
    }
}

/// The public statement of a recorded batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchInstance {
    /// Statement S.
    Settlement(settlement::Instance),
    /// Statement L.
    Liquidation(liquidation::Instance),
}

impl BatchInstance {
    /// The statement's name in the store and in proof files.
    pub fn statement(&self) -> &'static str {
        match self {
            Self::Settlement(_) => "settlement",
            Self::Liquidation(_) => "liquidation",
        }
    }

    /// Number of the new state.
    pub fn number(&self) -> u64 {
        match self {
            Self::Settlement(instance) => instance.batch,
            Self::Liquidation(instance) => instance.batch,
        }
    }

    /// State roots before and after.
    pub fn states(&self) -> [Fr; 2] {
        match self {
            Self::Settlement(instance) => [instance.old_state, instance.new_state],
            Self::Liquidation(instance) => [instance.old_state, instance.new_state],
        }
    }

    /// The settlement, where it is one.
    pub fn settlement(&self) -> Option<&settlement::Instance> {
        match self {
            Self::Settlement(instance) => Some(instance),
            Self::Liquidation(_) => None,
        }
    }

    /// The liquidations, where it is such a batch.
    pub fn liquidation(&self) -> Option<&liquidation::Instance> {
        match self {
            Self::Settlement(_) => None,
            Self::Liquidation(instance) => Some(instance),
        }
    }

    fn to_json(self) -> Result<String, StoreError> {
        match &self {
            Self::Settlement(instance) => serde_json::to_string(instance),
            Self::Liquidation(instance) => serde_json::to_string(instance),
        }
        .map_err(|error| unwritable(self.number(), &error))
    }

    fn parse(number: u64, statement: &str, text: &str) -> Result<Self, StoreError> {
        let place = || format!("batch {number}");
        let wrong = |error: serde_json::Error| corrupt(place(), "the JSON form of an instance", error.to_string());
        match statement {
            "settlement" => serde_json::from_str(text).map(Self::Settlement).map_err(wrong),
            "liquidation" => serde_json::from_str(text).map(Self::Liquidation).map_err(wrong),
            _ => Err(corrupt(place(), "a known statement", "another")),
        }
    }
}

/// A recorded batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRecord {
    /// Its public statement; number and roots stand in it, and a settlement's expiry and close flag.
    pub instance: BatchInstance,
    /// Its proof.
    pub proof: ProofFile,
    /// How far it has come.
    pub status: BatchStatus,
}

/// Bytes of a packed position.
const POSITION_BYTES: usize = 31;

/// Creates the tables and fills them with a ledger.
pub(super) fn create(
    to: &Transaction<'_>,
    ledger: &Ledger,
    seed: &SecretSeed,
    book: Option<&str>,
) -> Result<(), StoreError> {
    to.execute_batch(include_str!("schema.sql"))?;
    let LedgerParts {
        domain,
        params: risk,
        accounts,
        expiries,
        pools,
        batch,
        history,
    } = ledger.parts();
    to.execute(
        "INSERT INTO meta VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
         0, 0, ?18)",
        params![
            seed.as_bytes(),
            seed.origin().as_str(),
            book,
            field_bytes(domain),
            risk.fee_rate,
            risk.fee_cap,
            integer(risk.inverse_scale)?,
            field_bytes(&risk.margin_rules),
            integer(*batch)?,
            field_bytes(history),
            field_bytes(&ledger.state_root()),
            cash_bytes(pools.insurance),
            cash_bytes(pools.fees),
            cash_bytes(pools.clearing),
            cash_bytes(pools.total_cash),
            cash_bytes(pools.bad_debt),
            fixed_digest(seed, book, domain, risk),
            queue::digest(&queue::QueueState::default(), &[]),
        ],
    )?;
    let mut insert = to.prepare("INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (leaf, account) in accounts {
        insert.execute(params![
            leaf,
            field_bytes(&account.owner),
            cash_bytes(account.cash),
            account.nonce,
            pack(&account.positions),
            field_bytes(&account.blinding),
        ])?;
    }
    for (expiry, (slot, list)) in expiries {
        to.execute("INSERT INTO expiries VALUES (?1, ?2)", params![expiry.get(), slot])?;
        insert_open_interest(to, *expiry, list)?;
    }
    Ok(())
}

fn insert_open_interest(to: &Transaction<'_>, expiry: ExpiryMinutes, list: &[OpenInterest]) -> Result<(), StoreError> {
    let mut insert = to.prepare("INSERT INTO open_interest VALUES (?1, ?2, ?3, ?4)")?;
    for entry in list {
        let series = entry.series.word().to_bytes_be();
        insert.execute(params![
            expiry.get(),
            series,
            integer(entry.long)?,
            integer(entry.short)?
        ])?;
    }
    Ok(())
}

/// Inserts the row of a batch.
pub(super) fn insert_batch(
    to: &Transaction<'_>,
    instance: &BatchInstance,
    proof: &ProofFile,
) -> Result<(), StoreError> {
    let settlement = instance.settlement();
    let [old, new] = instance.states();
    to.execute(
        "INSERT INTO batches VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            integer(instance.number())?,
            instance.statement(),
            settlement.map(|instance| instance.expiry.get()),
            field_bytes(&old),
            field_bytes(&new),
            settlement.map(|instance| instance.close),
            instance.to_json()?,
            proof.name,
            proof.digest,
            BatchStatus::Proven.as_str(),
        ],
    )?;
    Ok(())
}

/// Moves accounts, open interest, pools and header by a settlement.
pub(super) fn move_settled(to: &Transaction<'_>, batch: &SettledBatch) -> Result<(), StoreError> {
    let SettledBatch {
        instance,
        witness,
        outcome,
    } = batch;
    if witness.accounts.len() != outcome.accounts.len() {
        let number = instance.batch;
        return Err(StoreError::Outcome { number });
    }
    let indices = witness.accounts.iter().map(|update| update.index);
    move_accounts(to, indices.zip(&outcome.accounts))?;
    let expiry = instance.expiry;
    if instance.close {
        // Its open interest goes with it.
        let changed = to.execute("DELETE FROM expiries WHERE expiry = ?1", [expiry.get()])?;
        one(changed, || format!("expiry {expiry}"))?;
    } else {
        move_open_interest(to, expiry, &outcome.open_interest)?;
    }
    move_header(to, &outcome.header, &instance.new_state)
}

/// Moves accounts, open interest, pools and header by liquidations.
pub(super) fn move_liquidated(to: &Transaction<'_>, batch: &LiquidatedBatch) -> Result<(), StoreError> {
    let LiquidatedBatch { instance, outcome, .. } = batch;
    move_accounts(to, outcome.accounts.iter().map(|(index, account)| (*index, account)))?;
    for expiry in crate::ledger::touched(outcome) {
        let number = instance.batch;
        let (_, list) = outcome.expiries.get(&expiry).ok_or(StoreError::Outcome { number })?;
        move_open_interest(to, expiry, list)?;
    }
    move_header(to, &outcome.header, &instance.new_state)
}

fn one(changed: usize, what: impl Fn() -> String) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(corrupt(what(), "one row to move", changed.to_string()))
    }
}

fn move_accounts<'a>(
    to: &Transaction<'_>,
    accounts: impl Iterator<Item = (u32, &'a Account)>,
) -> Result<(), StoreError> {
    let mut update = to.prepare(
        "UPDATE accounts SET cash = ?3, nonce = ?4, positions = ?5, blinding = ?6 WHERE leaf = ?1 AND owner = ?2",
    )?;
    for (index, after) in accounts {
        let changed = update.execute(params![
            index,
            field_bytes(&after.owner),
            cash_bytes(after.cash),
            after.nonce,
            pack(&after.positions),
            field_bytes(&after.blinding),
        ])?;
        one(changed, || format!("account {index}"))?;
    }
    Ok(())
}

fn move_open_interest(to: &Transaction<'_>, expiry: ExpiryMinutes, list: &[OpenInterest]) -> Result<(), StoreError> {
    to.execute("DELETE FROM open_interest WHERE expiry = ?1", [expiry.get()])?;
    insert_open_interest(to, expiry, list)
}

fn move_header(to: &Transaction<'_>, header: &StateHeader, root: &Fr) -> Result<(), StoreError> {
    let pools = &header.pools;
    let changed = to.execute(
        "UPDATE meta SET batch = ?1, history = ?2, root = ?3, insurance = ?4, fees = ?5, clearing = ?6, total_cash = ?7,
         bad_debt = ?8 WHERE id = 1",
        params![
            integer(header.batch)?,
            field_bytes(&header.history),
            field_bytes(root),
            cash_bytes(pools.insurance),
            cash_bytes(pools.fees),
            cash_bytes(pools.clearing),
            cash_bytes(pools.total_cash),
            cash_bytes(pools.bad_debt),
        ],
    )?;
    one(changed, || "meta".into())
}

/// Digest of what never changes and no state root covers.
fn fixed_digest(seed: &SecretSeed, book: Option<&str>, domain: &Fr, risk: &RiskParameters) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("zksettle 2026-11-22 store fixed part v3");
    hasher.update(seed.as_bytes());
    for text in [Some(seed.origin().as_str()), book] {
        // The length in front, and one for none.
        hasher.update(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        hasher.update(text.unwrap_or_default().as_bytes());
    }
    hasher.update(&field_bytes(domain));
    hasher.update(&risk.fee_rate.to_le_bytes());
    hasher.update(&risk.fee_cap.to_le_bytes());
    hasher.update(&risk.inverse_scale.to_le_bytes());
    hasher.update(&field_bytes(&risk.margin_rules));
    *hasher.finalize().as_bytes()
}

/// The seed, and what the book was made from; checks them, the domain and the parameters against their digest.
pub(super) fn fixed(from: &Connection) -> Result<(SecretSeed, Option<String>), StoreError> {
    let mut select = from.prepare("SELECT * FROM meta WHERE id = 1")?;
    let mut rows = select.query([])?;
    let row = rows.next()?.ok_or_else(|| corrupt("meta", "one row", "none"))?;
    let origin: String = row.get("seed_origin")?;
    let origin = SecretOrigin::ALL.into_iter().find(|known| known.as_str() == origin);
    let origin = origin.ok_or_else(|| corrupt("meta, seed_origin", "a known origin", "another"))?;
    let seed = SecretSeed::from_bytes(row.get("seed")?, origin);
    let book: Option<String> = row.get("book")?;
    let (domain, risk) = venue(row)?;
    if fixed_digest(&seed, book.as_deref(), &domain, &risk) != row.get::<_, [u8; 32]>("fixed")? {
        return Err(corrupt(
            "meta",
            "seed, book, domain and parameters of genesis",
            "others",
        ));
    }
    Ok((seed, book))
}

/// Domain and risk parameters of the meta row.
fn venue(row: &Row<'_>) -> Result<(Fr, RiskParameters), StoreError> {
    let inverse_scale = unsigned(row.get("inverse_scale")?, "meta", "inverse_scale")?;
    let risk = RiskParameters::new(row.get("fee_rate")?, row.get("fee_cap")?, inverse_scale)
        .map_err(|error| corrupt("meta", "risk parameters in range", error.to_string()))?
        .with_margin_rules(field(row.get("margin_rules")?, "meta", "margin_rules")?);
    Ok((field(row.get("domain")?, "meta", "domain")?, risk))
}

/// The number of batches and the state root.
pub(super) fn state(from: &Connection) -> Result<(u64, Fr), StoreError> {
    let row = from
        .query_row("SELECT batch, root FROM meta WHERE id = 1", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?))
        })
        .optional()?;
    let (batch, root) = row.ok_or_else(|| corrupt("meta", "one row", "none"))?;
    Ok((unsigned(batch, "meta", "batch")?, field(root, "meta", "root")?))
}

/// The instance of a recorded batch.
pub(super) fn instance(from: &Connection, number: u64) -> Result<Option<BatchInstance>, StoreError> {
    let row: Option<(String, String)> = from
        .query_row(
            "SELECT statement, instance FROM batches WHERE number = ?1",
            [integer(number)?],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    row.map(|(statement, text)| BatchInstance::parse(number, &statement, &text))
        .transpose()
}

/// Every recorded batch; its columns must agree with its instance.
pub(super) fn batches(from: &Connection) -> Result<Vec<BatchRecord>, StoreError> {
    let mut select = from.prepare(
        "SELECT number, expiry, old_root, new_root, close, instance, proof_file, proof_digest, status, statement
         FROM batches ORDER BY number",
    )?;
    let mut rows = select.query([])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let number = unsigned(row.get(0)?, "batches", "number")?;
        let place = format!("batch {number}");
        let instance = BatchInstance::parse(number, &row.get::<_, String>(9)?, &row.get::<_, String>(5)?)?;
        let columns = (
            number,
            row.get::<_, Option<u32>>(1)?,
            [
                field(row.get(2)?, &place, "old_root")?,
                field(row.get(3)?, &place, "new_root")?,
            ],
            row.get::<_, Option<bool>>(4)?,
        );
        let settlement = instance.settlement();
        let said = (
            instance.number(),
            settlement.map(|instance| instance.expiry.get()),
            instance.states(),
            settlement.map(|instance| instance.close),
        );
        if columns != said {
            return Err(corrupt(place, "columns as its instance says", "others"));
        }
        let status: String = row.get(8)?;
        let status = BatchStatus::ALL.into_iter().find(|known| known.as_str() == status);
        let status = status.ok_or_else(|| corrupt(place, "a known status", "another"))?;
        records.push(BatchRecord {
            instance,
            proof: ProofFile {
                name: row.get(6)?,
                digest: row.get(7)?,
            },
            status,
        });
    }
    Ok(records)
}

/// Everything that a ledger is made of.
pub(super) fn parts(from: &Connection) -> Result<LedgerParts, StoreError> {
    let read = |row: &Row<'_>| -> Result<LedgerParts, StoreError> {
        let money = |name: &'static str| Ok::<_, StoreError>(cash(row.get(name)?));
        let (domain, risk) = venue(row)?;
        Ok(LedgerParts {
            domain,
            params: risk,
            accounts: BTreeMap::new(),
            expiries: BTreeMap::new(),
            pools: Pools {
                insurance: money("insurance")?,
                fees: money("fees")?,
                clearing: money("clearing")?,
                total_cash: money("total_cash")?,
                bad_debt: money("bad_debt")?,
            },
            batch: unsigned(row.get("batch")?, "meta", "batch")?,
            history: field(row.get("history")?, "meta", "history")?,
        })
    };
    let mut select = from.prepare("SELECT * FROM meta WHERE id = 1")?;
    let mut rows = select.query([])?;
    let mut parts = rows
        .next()?
        .map(read)
        .ok_or_else(|| corrupt("meta", "one row", "none"))??;

    let mut select =
        from.prepare("SELECT leaf, owner, cash, nonce, positions, blinding FROM accounts ORDER BY leaf")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let leaf: u32 = row.get(0)?;
        let place = format!("account {leaf}");
        let account = Account {
            owner: field(row.get(1)?, &place, "owner")?,
            cash: cash(row.get(2)?),
            nonce: row.get(3)?,
            positions: unpack(&place, &row.get::<_, Vec<u8>>(4)?)?,
            blinding: field(row.get(5)?, &place, "blinding")?,
        };
        parts.accounts.insert(leaf, account);
    }
    parts.expiries = expiries(from)?;
    Ok(parts)
}

fn expiries(from: &Connection) -> Result<BTreeMap<ExpiryMinutes, ExpirySlot>, StoreError> {
    let mut expiries: BTreeMap<ExpiryMinutes, ExpirySlot> = BTreeMap::new();
    let mut select = from.prepare("SELECT expiry, slot FROM expiries")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        expiries.insert(ExpiryMinutes(row.get(0)?), (row.get(1)?, Vec::new()));
    }
    // Bytes of a series word are in numeric order, so this is the order of the lists.
    let mut select = from.prepare("SELECT expiry, series, long, short FROM open_interest ORDER BY expiry, series")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let expiry = ExpiryMinutes(row.get(0)?);
        let place = format!("open interest of expiry {expiry}");
        let entry = OpenInterest {
            series: series(&place, &row.get(1)?)?,
            long: unsigned(row.get(2)?, &place, "long")?,
            short: unsigned(row.get(3)?, &place, "short")?,
        };
        let (_, list) = expiries
            .get_mut(&expiry)
            .ok_or_else(|| corrupt(place, "an expiry with a slot", "none"))?;
        list.push(entry);
    }
    Ok(expiries)
}

/// Positions as the big-endian bytes of their words.
pub(super) fn pack(positions: &[Position]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(positions.len() * POSITION_BYTES);
    for position in positions {
        packed.extend(position.lots.offset().to_be_bytes());
        packed.extend(position.series.word().to_bytes_be());
    }
    packed
}

fn unpack(place: &str, packed: &[u8]) -> Result<Vec<Position>, StoreError> {
    let (words, rest) = packed.as_chunks::<POSITION_BYTES>();
    if !rest.is_empty() {
        return Err(corrupt(place, "positions of 31 bytes each", "another length"));
    }
    words.iter().map(|word| unpack_one(place, word)).collect()
}

fn unpack_one(place: &str, word: &[u8; POSITION_BYTES]) -> Result<Position, StoreError> {
    let (mut offset, mut terms) = ([0; 8], [0; 23]);
    offset.copy_from_slice(&word[..8]);
    terms.copy_from_slice(&word[8..]);
    let lots = Lots::new((u64::from_be_bytes(offset) ^ AMOUNT_BOUND) as i64);
    Ok(Position {
        series: series(place, &terms)?,
        lots: lots.map_err(|_| corrupt(place, "a quantity in range", "none"))?,
    })
}

fn series(place: &str, bytes: &[u8; 23]) -> Result<SeriesTerms, StoreError> {
    SeriesTerms::from_word(SeriesWord::from_bytes_be(bytes))
        .map_err(|_| corrupt(place, "the word of a series", "another"))
}

fn field(bytes: [u8; 32], place: &str, name: &str) -> Result<Fr, StoreError> {
    let mut repr = <Fr as PrimeField>::Repr::default();
    repr.as_mut().copy_from_slice(&bytes);
    Option::from(Fr::from_repr(repr))
        .ok_or_else(|| corrupt(format!("{place}, {name}"), "a canonical field element", "another value"))
}

pub(super) fn cash_bytes(cash: Cash) -> [u8; 16] {
    cash.offset().to_be_bytes()
}

fn cash(bytes: [u8; 16]) -> Cash {
    Cash::from_offset(u128::from_be_bytes(bytes))
}

/// A number for SQLite, whose integers are signed.
pub(super) fn integer(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| corrupt("number", "below 2^63", "more"))
}

pub(super) fn unsigned(value: i64, place: &str, name: &str) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| corrupt(format!("{place}, {name}"), "0 or more", "a negative number"))
}

fn unwritable(number: u64, error: &serde_json::Error) -> StoreError {
    corrupt(
        format!("batch {number}"),
        "an instance with a JSON form",
        error.to_string(),
    )
}
