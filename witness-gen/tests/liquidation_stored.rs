//! Liquidations move the ledger and the store: guarantees on errors, the audit, the queue, kills at every step.
#![cfg(unix)]
#![allow(missing_docs)]

mod liquidation_cases;
mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use ff::Field;
use halo2curves::bn256::Fr;
use liquidation_cases::{Case, EXPIRY, QUOTE, TERMS, arrays, blinding, committed, ledger_of, rules, terms};
use tempfile::TempDir;
use witness_gen::ledger::{Ledger, LedgerError, LiquidatedBatch};
use witness_gen::liquidation::{Queue, Terms, Waiting};
use witness_gen::series::Kind;
use witness_gen::statement::liquidation::check;
use witness_gen::store::{
    KILL_AT, ProofFile, QueueState, Recorded, STEPS, SecretOrigin, SecretSeed, Store, StoreError, checkpoint,
};
use witness_gen::units::Cash;

const CHILD_STORE: &str = "ZKSETTLE_TEST_LIQUIDATION_STORE";

fn liquidate(ledger: &Ledger, wanted: &[(u32, u32, Terms)]) -> LiquidatedBatch {
    let (margin, rules) = rules();
    let batch = ledger.liquidate(&arrays(), margin, rules, wanted, blinding);
    let batch = batch.expect("due");
    assert_eq!(check(&batch.instance, &batch.witness).as_ref(), Ok(&batch.outcome));
    batch
}

/// Two victims who owe 400 each, insurance for one of them, a taker that nets some of both.
fn insolvent() -> Ledger {
    let case = Case::insolvent(400);
    ledger_of(&case.victim, case.taker, 600 * QUOTE)
}

#[test]
fn a_ledger_is_whole_after_deficits_netting_and_penalties() {
    let mut ledger = insolvent();
    let total = ledger.parts().pools.total_cash;
    let batch = liquidate(&ledger, &[(5, 9, TERMS), (6, 9, TERMS)]);
    let pools = batch.outcome.header.pools;
    assert!(batch.outcome.steps.iter().all(|step| step.outcome.closed));
    assert_eq!(pools.insurance, Cash::ZERO, "used up");
    assert!(pools.bad_debt > Cash::ZERO);
    let put = terms(Kind::Put, 1_800_000_000);
    assert_eq!(batch.outcome.netted[&put], 3_000_000, "all that the taker was long of");
    ledger.apply_liquidation(&batch).expect("over this state");
    assert_eq!(ledger.state_root(), batch.instance.new_state);
    ledger.audit().expect("whole");
    assert_eq!(ledger.parts().pools, pools);
    assert_eq!(ledger.parts().pools.total_cash, total);
    assert_eq!(ledger.account(9).expect("there").nonce, 5);
    let (_, list) = &ledger.parts().expiries[&EXPIRY];
    let open = list.iter().find(|entry| entry.series == put).expect("listed");
    assert_eq!((open.long, open.short), (17_000_000, 17_000_000));

    // The audit sees bad debt: without it the books would not add up.
    let mut parts = ledger.parts().clone();
    parts.pools.bad_debt = Cash::ZERO;
    let found = Ledger::from_parts(parts).expect("built").audit();
    assert_eq!(found, Err(LedgerError::Conservation));

    let mut ledger = committed();
    let batch = liquidate(&ledger, &[(6, 66, TERMS), (5, 9, TERMS)]);
    ledger.apply_liquidation(&batch).expect("over this state");
    ledger.audit().expect("whole");
    assert!(ledger.parts().pools.insurance > Cash(50 * QUOTE), "penalties");
}

#[test]
fn a_ledger_stays_as_it_was_on_an_error() {
    let mut ledger = committed();
    let before = ledger.clone();
    let batch = liquidate(&ledger, &[(5, 9, TERMS)]);
    let (mut margin, liquidation) = rules();
    margin.short_charge += 1;
    let other = ledger.liquidate(&arrays(), margin, liquidation, &[(5, 9, TERMS)], blinding);
    assert!(matches!(other, Err(LedgerError::OtherRules { .. })), "{other:?}");
    let refused = |ledger: &mut Ledger, edit: &dyn Fn(&mut LiquidatedBatch)| {
        let mut changed = batch.clone();
        edit(&mut changed);
        let error = ledger.apply_liquidation(&changed).expect_err("refused");
        assert_eq!(*ledger, before, "{error}");
        error
    };
    for edit in [
        (&|b: &mut LiquidatedBatch| b.instance.new_state += Fr::ONE) as &dyn Fn(&mut LiquidatedBatch),
        &|b| b.outcome.header.pools.insurance.0 += 1,
        &|b| b.outcome.header.accounts_root += Fr::ONE,
        &|b| b.outcome.accounts.get_mut(&5).expect("there").cash.0 += 1,
        &|b| {
            b.outcome.accounts.remove(&9);
        },
        &|b| b.outcome.expiries.get_mut(&EXPIRY).expect("there").1[2].long += 1,
        &|b| b.outcome.netted.clear(),
    ] {
        let error = refused(&mut ledger, edit);
        assert!(matches!(error, LedgerError::OtherResult { .. }), "{error}");
    }
    let unknown = refused(&mut ledger, &|b| {
        let account = b.outcome.accounts[&5].clone();
        b.outcome.accounts.insert(77, account);
    });
    assert_eq!(unknown, LedgerError::UnknownAccount { index: 77 });
    let gone = refused(&mut ledger, &|b| {
        b.outcome.expiries.clear();
    });
    assert_eq!(gone, LedgerError::UnknownExpiry { expiry: EXPIRY });
    ledger.apply_liquidation(&batch).expect("over this state");
    let again = ledger.apply_liquidation(&batch).expect_err("over another state now");
    assert!(matches!(again, LedgerError::OtherState { .. }), "{again}");
}

fn create(folder: &Path) -> (Store, Ledger, PathBuf) {
    let path = folder.join("operator.db");
    let ledger = insolvent();
    let seed = SecretSeed::from_bytes([5; 32], SecretOrigin::Drawn);
    let mut store = Store::create(&path, &ledger, &seed, None).expect("a new store");
    store.set_takers(&[9, 66]).expect("accounts");
    (store, ledger, path)
}

/// The next liquidation of the book, and the queue after it.
fn next(store: &Store, ledger: &Ledger) -> (LiquidatedBatch, QueueState) {
    let takers = store.takers().expect("remembered");
    let before = store.queue().expect("remembered");
    let index = before.queue.waiting.first().map_or(5, |waiting| waiting.index);
    let batch = liquidate(ledger, &[(index, takers[0], TERMS)]);
    let waiting = Waiting { index: 6, rounds: 2 };
    let queue = QueueState {
        queue: Queue {
            waiting: if index == 5 { vec![waiting] } else { Vec::new() },
            done: before.queue.done + 1,
        },
        time: batch.witness.round.time,
    };
    (batch, queue)
}

fn no_proof(batch: u64) -> ProofFile {
    ProofFile {
        name: ProofFile::name_of(batch),
        digest: [0; 32],
    }
}

#[test]
fn a_store_moves_with_its_queue_or_not_at_all() {
    let folder = TempDir::new().expect("a folder");
    let (mut store, mut ledger, path) = create(folder.path());
    assert_eq!(store.queue().expect("empty"), QueueState::default());
    assert_eq!(store.takers().expect("remembered"), [9, 66]);
    let (batch, queue) = next(&store, &ledger);
    let record = |store: &mut Store, batch: &LiquidatedBatch, queue: &QueueState| {
        store.record_liquidations(batch, queue, &no_proof(batch.instance.batch))
    };
    // What does not fit changes nothing: another root, an outcome that leads elsewhere, an account that is not there, a queue of nobody.
    let mut other = batch.clone();
    other.instance.old_state += Fr::ONE;
    let error = record(&mut store, &other, &queue).expect_err("another root");
    assert!(matches!(error, StoreError::OldRoot { number: 42, .. }), "{error}");
    let mut other = batch.clone();
    other.outcome.header.pools.insurance.0 += 1;
    let error = record(&mut store, &other, &queue).expect_err("leads elsewhere");
    assert!(matches!(error, StoreError::Outcome { number: 42 }), "{error}");
    let mut other = batch.clone();
    let account = other.outcome.accounts[&5].clone();
    other.outcome.accounts.insert(77, account);
    let error = record(&mut store, &other, &queue).expect_err("nobody there");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    let mut nobody = queue.clone();
    nobody.queue.waiting[0].index = 77;
    let error = record(&mut store, &batch, &nobody).expect_err("nobody waits there");
    assert!(matches!(error, StoreError::Sqlite(_)), "{error}");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    assert_eq!(store.queue().expect("empty"), QueueState::default());

    assert_eq!(record(&mut store, &batch, &queue).expect("recorded"), Recorded::Now);
    assert_eq!(record(&mut store, &batch, &queue).expect("again"), Recorded::Before);
    ledger.apply_liquidation(&batch).expect("over this state");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    assert_eq!(store.queue().expect("moved"), queue);
    let records = store.batches().expect("one");
    let instance = records[0].instance;
    assert_eq!((instance.statement(), instance.number()), ("liquidation", 42));
    assert_eq!(instance.liquidation(), Some(&batch.instance));
    assert_eq!(instance.settlement(), None);
    let ended = QueueState {
        time: queue.time + 60,
        ..QueueState::default()
    };
    store.set_queue(&ended).expect("a round without a batch");
    drop(store);
    let store = Store::open(&path).expect("opens again");
    assert_eq!(store.queue().expect("moved"), ended);
    assert_eq!(store.takers().expect("remembered"), [9, 66]);
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    drop(store);

    // The queue may not change behind the store's back.
    for change in [
        "UPDATE meta SET round_done = 1",
        "UPDATE meta SET round_time = 0",
        "INSERT INTO queue VALUES (0, 6, 1)",
        "DELETE FROM takers WHERE leaf = 66",
    ] {
        let changed = folder.path().join("changed.db");
        std::fs::copy(&path, &changed).expect("copied");
        let connection = rusqlite::Connection::open(&changed).expect("SQLite");
        assert_eq!(connection.execute(change, []).expect("changed"), 1);
        connection.close().expect("closed");
        let error = Store::open(&changed).expect("opens").queue().expect_err(change);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{change}: {error}");
        std::fs::remove_file(&changed).expect("removed");
    }
}

/// Runs `child_records_one_batch` in a process of its own.
fn child(store: &Path, kill_at: Option<&str>) -> std::process::Output {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args(["--exact", "child_records_one_batch", "--nocapture"])
        .env(CHILD_STORE, store);
    match kill_at {
        Some(step) => command.env(KILL_AT, step),
        None => command.env_remove(KILL_AT),
    };
    command.output().expect("a child")
}

/// One run of the operator, as the child of the test below; alone it does nothing.
#[test]
fn child_records_one_batch() {
    let Some(path) = std::env::var_os(CHILD_STORE).map(PathBuf::from) else {
        return;
    };
    let mut store = Store::open(&path).unwrap_or_else(|error| panic!("{error}"));
    let ledger = store.load_ledger().expect("loads");
    checkpoint("before_witness");
    let (batch, queue) = next(&store, &ledger);
    checkpoint("after_witness");
    let proof = format!("stands for a proof of {:?}", batch.instance.new_state);
    checkpoint("after_prove");
    let folder = path.parent().expect("in a folder");
    let proof = ProofFile::write(folder, batch.instance.batch, proof.as_bytes()).expect("written");
    checkpoint("after_proof_file");
    store.record_liquidations(&batch, &queue, &proof).expect("recorded");
}

#[test]
fn a_kill_at_any_step_leaves_the_old_or_the_new_state() {
    const SIGABRT: i32 = 6;
    for step in STEPS {
        let folder = TempDir::new().expect("a folder");
        let (store, mut ledger, path) = create(folder.path());
        let (batch, queue) = next(&store, &ledger);
        drop(store);
        let old = ledger.clone();
        ledger.apply_liquidation(&batch).expect("over this state");

        let killed = child(&path, Some(step));
        assert_eq!(killed.status.signal(), Some(SIGABRT), "{step}: {killed:?}");
        let store = Store::open(&path).expect("opens after a kill");
        let found = store.load_ledger().expect("loads after a kill");
        found.audit().expect("whole after a kill");
        let committed = step == "after_commit";
        assert_eq!(found, if committed { ledger.clone() } else { old }, "{step}");
        let expected = if committed {
            queue.clone()
        } else {
            QueueState::default()
        };
        assert_eq!(store.queue().expect("loads"), expected, "{step}");
        drop(store);

        // The next run does what is left, to the same roots and the same queue as without the kill.
        if !committed {
            let again = child(&path, None);
            assert!(again.status.success(), "{step}: {again:?}");
        }
        let store = Store::open(&path).expect("opens");
        assert_eq!(store.load_ledger().expect("loads"), ledger, "{step}");
        assert_eq!(store.queue().expect("loads"), queue, "{step}");
        assert_eq!(
            store.batches().expect("one")[0].instance.liquidation(),
            Some(&batch.instance)
        );
        let (second, emptied) = next(&store, &ledger);
        drop(store);
        let last = child(&path, None);
        assert!(last.status.success(), "{last:?}");
        let store = Store::open(&path).expect("opens");
        ledger.apply_liquidation(&second).expect("over this state");
        assert_eq!(store.load_ledger().expect("loads"), ledger);
        assert_eq!(store.queue().expect("loads"), emptied);
    }
    println!("killed and resumed at {} steps", STEPS.len());
}
