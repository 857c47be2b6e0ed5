//! The store: round trips, order, damage, and kills at every step.

#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{data, eth_chain, expiry, synthetic};
use tempfile::TempDir;
use witness_gen::Fr;
use witness_gen::book::{BookSpec, GeneratedBook, Style, generate};
use witness_gen::ledger::{Ledger, SettledBatch};
use witness_gen::market::delivery::DeliveryPrices;
use witness_gen::params::RiskParameters;
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot};
use witness_gen::store::{
    BatchStatus, BlindingUse, KILL_AT, ProofFile, Recorded, STEPS, SecretOrigin, SecretSeed, Store, StoreError,
    checkpoint,
};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

const CHILD_STORE: &str = "ZKSETTLE_TEST_STORE";

fn book() -> GeneratedBook {
    let chain = synthetic(&["2026-02-06", "2026-02-07"], 12, 700_000);
    generate(&chain, &BookSpec::new(40, 9)).expect("a book")
}

fn create(folder: &Path, book: &GeneratedBook) -> (Store, Ledger, PathBuf) {
    let path = folder.join("operator.db");
    let seed = SecretSeed::from_bytes([5; 32], SecretOrigin::Drawn);
    let blinding = |index, nonce| seed.blinding(BlindingUse::Leaf, index, nonce);
    let owner = |index| {
        SecretSeed::from_bytes([3; 32], SecretOrigin::Drawn)
            .owner_key(index)
            .key_hash()
    };
    let ledger =
        Ledger::from_book(book, RiskParameters::default(), Fr::from(42), owner, blinding).expect("a book fits");
    (
        Store::create(&path, &ledger, &seed, None).expect("a new store"),
        ledger,
        path,
    )
}

fn prices(underlying: Underlying, price: u64) -> [Option<PriceSlot>; PRICE_SLOTS] {
    [
        Some(PriceSlot {
            underlying,
            price: Price::new(price).expect("small"),
        }),
        None,
        None,
    ]
}

/// Settles the next half of what is open at the synthetic book's first expiry; closes with the last.
fn next_batch(store: &Store, ledger: &Ledger) -> SettledBatch {
    let target = expiry("2026-02-06");
    let affected = ledger.affected_accounts(target, &[Underlying::BTC]);
    let close = ledger.parts().batch > 0;
    let touched = if close {
        &affected[..]
    } else {
        &affected[..affected.len() / 2]
    };
    let blinding = |index, nonce| store.blinding(index, nonce);
    ledger
        .settle(touched, target, prices(Underlying::BTC, 60_000_000), close, blinding)
        .expect("a batch")
}

fn no_proof() -> ProofFile {
    ProofFile {
        name: ProofFile::name_of(1),
        digest: [0; 32],
    }
}

/// The files of a folder; each must be its owner's alone.
fn private_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    names
}

#[test]
fn a_ledger_comes_back_as_it_went_in() {
    let folder = TempDir::new().expect("a folder");
    let (store, ledger, path) = create(folder.path(), &book());
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    assert_eq!(store.state().expect("a state"), (0, ledger.state_root()));
    assert_eq!(ledger.account(3).expect("there").blinding, store.blinding(3, 0));
    assert_eq!(private_files(folder.path()), ["operator.db", "operator.db-wal"]);
    drop(store);
    let store = Store::open(&path).expect("opens again");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    ledger.audit().expect("whole");
}

#[test]
fn a_store_knows_where_its_secret_comes_from() {
    let folder = TempDir::new().expect("a folder");
    let (store, ledger, path) = create(folder.path(), &book());
    assert_eq!((store.seed().origin(), store.book()), (SecretOrigin::Drawn, None));
    drop(store);
    assert_eq!(Store::open(&path).expect("opens").seed().origin(), SecretOrigin::Drawn);
    let spec = BookSpec::new(40, 9);
    let path = folder.path().join("simulated.db");
    let seed = SecretSeed::of_book(&spec, &book());
    let text = "made from \u{201c}quotes\u{201d}";
    drop(Store::create(&path, &ledger, &seed, Some(text)).expect("a new store"));
    let store = Store::open(&path).expect("opens");
    assert_eq!((store.seed(), store.book()), (&seed, Some(text)));
    assert_eq!(store.seed().origin(), SecretOrigin::BookSeed);
    drop(store);

    // Neither may change behind the store's back.
    for change in [
        "seed_origin = 'drawn'",
        "book = NULL",
        "book = ''",
        "book = book || ' '",
    ] {
        let changed = folder.path().join("changed.db");
        fs::copy(&path, &changed).expect("copied");
        let connection = rusqlite::Connection::open(&changed).expect("SQLite");
        let rows = connection.execute(&format!("UPDATE meta SET {change}"), []);
        assert_eq!(rows.expect("changed"), 1);
        connection.close().expect("closed");
        let refused = Store::open(&changed).expect_err(change);
        assert!(matches!(refused, StoreError::Corrupt { .. }), "{change}: {refused}");
        fs::remove_file(&changed).expect("removed");
    }
}

#[test]
fn a_book_has_one_secret_and_no_other_book_has_it() {
    let days = ["2026-02-06", "2026-02-07"];
    let spec = BookSpec::new(40, 9);
    let secret = |spec: &BookSpec, strikes, lots| {
        let book = generate(&synthetic(&days, strikes, lots), spec).expect("a book");
        SecretSeed::of_book(spec, &book).blinding(BlindingUse::Leaf, 3, 0)
    };
    let mut risk = spec.clone();
    risk.parameters.fee_rate += 1;
    let mut bounds = spec.clone();
    bounds.max_positions -= 1;
    let all = [
        secret(&spec, 12, 700_000),
        secret(&spec, 11, 700_000),
        secret(&spec, 12, 700_001),
        secret(&BookSpec::new(40, 10), 12, 700_000),
        secret(&BookSpec::new(41, 9), 12, 700_000),
        secret(&spec.clone().with_style(Style::Inverse), 12, 700_000),
        secret(&spec.clone().with_expiry(expiry(days[1])), 12, 700_000),
        secret(&risk, 12, 700_000),
        secret(&bounds, 12, 700_000),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one), "{at}");
    }
    assert_eq!(secret(&spec, 12, 700_000), all[0]);
    // Named or found, the first expiry is the same book.
    assert_eq!(secret(&spec.with_expiry(expiry(days[0])), 12, 700_000), all[0]);
}

#[test]
fn two_real_batches_are_recorded() {
    let Some(chain) = eth_chain() else { return };
    let Some(file) = data("deribit_eth_delivery_prices.csv") else {
        return;
    };
    let target: ExpiryMinutes = expiry("2026-02-06");
    let price = DeliveryPrices::read(file)
        .and_then(|prices| prices.get(Underlying::ETH, target))
        .expect("listed");
    let book = generate(&chain, &BookSpec::new(300, 7).with_expiry(target)).expect("a book");
    let folder = TempDir::new().expect("a folder");
    let (mut store, mut ledger, path) = create(folder.path(), &book);
    let affected = ledger.affected_accounts(target, &[Underlying::ETH]);
    let (first, second) = affected.split_at(128.min(affected.len() / 2));
    for (touched, close) in [(first, false), (second, true)] {
        let batch = ledger.settle(touched, target, prices(Underlying::ETH, price.get()), close, |i, n| {
            store.blinding(i, n)
        });
        let batch = batch.expect("a batch");
        let proof = ProofFile::write(folder.path(), batch.instance.batch, b"not a proof").expect("written");
        assert_eq!(store.record_batch(&batch, &proof).expect("recorded"), Recorded::Now);
        ledger.apply(&batch).expect("over this state");
        ledger.audit().expect("whole");
        assert_eq!(store.load_ledger().expect("loads"), ledger);
    }
    drop(store);
    let store = Store::open(&path).expect("opens again");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    let records = store.batches().expect("two batches");
    assert_eq!(
        records
            .iter()
            .filter_map(|record| record.instance.settlement().map(|s| s.close))
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(records[0].instance.states()[1], records[1].instance.states()[0]);
    println!(
        "store of {} accounts after {} batches of {} and {}: {} KiB, state {:?}",
        ledger.parts().accounts.len(),
        records.len(),
        first.len(),
        second.len(),
        fs::metadata(&path).expect("there").len() / 1024,
        ledger.state_root(),
    );
}

#[test]
fn batches_go_in_order_and_once() {
    let folder = TempDir::new().expect("a folder");
    let (mut store, mut ledger, _) = create(folder.path(), &book());
    let genesis = ledger.clone();
    let one = next_batch(&store, &ledger);
    ledger.apply(&one).expect("over this state");
    let two = next_batch(&store, &ledger);

    let skipped = store.record_batch(&two, &no_proof()).expect_err("not before the first");
    assert!(
        matches!(skipped, StoreError::BatchNumber { expected: 1, found: 2 }),
        "{skipped}"
    );
    let mut over_another = one.clone();
    over_another.instance.old_state += Fr::one();
    let wrong = store
        .record_batch(&over_another, &no_proof())
        .expect_err("another old root");
    assert!(
        matches!(&wrong, StoreError::OldRoot { number: 1, expected, .. } if *expected == genesis.state_root()),
        "{wrong}"
    );
    let mut leads_elsewhere = one.clone();
    leads_elsewhere.instance.new_state += Fr::one();
    let wrong = store
        .record_batch(&leads_elsewhere, &no_proof())
        .expect_err("another new root");
    assert!(matches!(wrong, StoreError::Outcome { number: 1 }), "{wrong}");
    let mut unknown_account = one.clone();
    unknown_account.witness.accounts[0].index = 9_999;
    let wrong = store
        .record_batch(&unknown_account, &no_proof())
        .expect_err("no such account");
    assert!(matches!(wrong, StoreError::Corrupt { .. }), "{wrong}");
    assert_eq!(store.load_ledger().expect("loads"), genesis, "refusals change nothing");

    let proofs = TempDir::new().expect("a folder");
    let proof = ProofFile::write(proofs.path(), 1, b"one").expect("written");
    assert_eq!(store.record_batch(&one, &proof).expect("the first"), Recorded::Now);
    assert_eq!(private_files(folder.path()), ["operator.db", "operator.db-wal"]);
    assert_eq!(
        store.record_batch(&one, &no_proof()).expect("the first again"),
        Recorded::Before
    );
    assert_eq!(
        store.record_batch(&two, &no_proof()).expect("the second"),
        Recorded::Now
    );
    assert_eq!(
        store.record_batch(&one, &no_proof()).expect("the first again"),
        Recorded::Before
    );
    let wrong = store
        .record_batch(&over_another, &no_proof())
        .expect_err("another first");
    assert!(matches!(wrong, StoreError::OtherBatch { number: 1 }), "{wrong}");
    ledger.apply(&two).expect("over this state");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    ledger.audit().expect("whole");

    store.set_status(1, BatchStatus::Submitted).expect("recorded");
    assert!(store.set_status(3, BatchStatus::Submitted).is_err());
    let records = store.batches().expect("two");
    assert_eq!(
        (records[0].status, records[1].status),
        (BatchStatus::Submitted, BatchStatus::Proven)
    );
    assert_eq!(&records[0].proof, &proof);
    assert_eq!(records[1].instance.settlement(), Some(&two.instance));
}

#[test]
fn a_store_has_one_user() {
    let folder = TempDir::new().expect("a folder");
    let (store, ledger, path) = create(folder.path(), &book());
    let second = Store::open(&path).expect_err("held");
    assert!(matches!(second, StoreError::Locked { .. }), "{second}");
    // Another process, too.
    let child = child(&path, None);
    assert!(!child.status.success());
    let report = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(report.contains("locked by another"), "{report}");
    let seed = SecretSeed::from_bytes([5; 32], SecretOrigin::Drawn);
    let again = Store::create(&path, &ledger, &seed, None).expect_err("occupied");
    assert!(matches!(again, StoreError::Exists { .. }), "{again}");
    assert_eq!(store.load_ledger().expect("loads"), ledger);
    drop(store);
    // Nor does a new store start beside the journal of an old one.
    let elsewhere = folder.path().join("other.db");
    fs::write(folder.path().join("other.db-wal"), b"").expect("written");
    let journal = Store::create(&elsewhere, &ledger, &seed, None).expect_err("occupied");
    assert!(journal.to_string().contains("other.db-wal"), "{journal}");
    assert_eq!(Store::open(&path).expect("free").load_ledger().expect("loads"), ledger);
}

#[test]
fn what_is_not_a_store_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, bytes: &[u8], mode| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
        path
    };
    let refused = |path: &Path| Store::open(path).expect_err("refused");
    assert!(matches!(
        refused(&folder.path().join("none")),
        StoreError::Missing { .. }
    ));
    assert!(matches!(refused(folder.path()), StoreError::Foreign { .. }));
    assert!(matches!(
        refused(&file("empty", b"", 0o600)),
        StoreError::Foreign { .. }
    ));
    assert!(matches!(
        refused(&file("text", &[b'x'; 5000], 0o600)),
        StoreError::Foreign { .. }
    ));
    let (store, ledger, path) = create(folder.path(), &book());
    let blinding = store.blinding(3, 0);
    drop(store);
    let whole = fs::read(&path).expect("there");
    let open = refused(&file("open", &whole, 0o644));
    assert!(
        open.to_string().contains("mode 0600") && open.to_string().contains("0644"),
        "{open}"
    );

    // The application id stands at byte 68 of the file, the version at 60 (SQLite's file format).
    let changed = |at: usize, value: u8| {
        let mut bytes = whole.clone();
        bytes[at] = value;
        file("changed", &bytes, 0o600)
    };
    assert!(matches!(refused(&changed(71, 0)), StoreError::Foreign { .. }));
    assert!(matches!(refused(&changed(63, 9)), StoreError::Version { found: 9, .. }));

    // A damaged byte anywhere: refused on opening, refused on loading, or of no consequence; never another state.
    let (mut on_open, mut on_load, mut harmless) = (0, 0, 0);
    for at in (100..whole.len()).step_by(149) {
        match Store::open(&changed(at, whole[at] ^ 0x41)) {
            Err(_) => on_open += 1,
            Ok(store) => match store.load_ledger() {
                Err(_) => on_load += 1,
                Ok(loaded) => {
                    assert_eq!(loaded, ledger, "byte {at}");
                    assert_eq!(store.blinding(3, 0), blinding, "byte {at}");
                    harmless += 1;
                }
            },
        }
    }
    println!("damaged bytes: refused on opening {on_open}, on loading {on_load}, of no consequence {harmless}");
    assert!(on_load > 0);
    let mut cut = whole.clone();
    cut.truncate(whole.len() / 2);
    let cut = file("cut", &cut, 0o600);
    assert!(Store::open(&cut).and_then(|store| store.load_ledger()).is_err());
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
    let batch = next_batch(&store, &ledger);
    checkpoint("after_witness");
    let proof = format!(
        "stands for a proof of {:?} by {}",
        batch.instance.new_state,
        std::process::id()
    );
    checkpoint("after_prove");
    let proof = ProofFile::write(
        path.parent().expect("in a folder"),
        batch.instance.batch,
        proof.as_bytes(),
    );
    checkpoint("after_proof_file");
    store.record_batch(&batch, &proof.expect("written")).expect("recorded");
}

#[test]
fn a_kill_at_any_step_leaves_the_old_or_the_new_state() {
    const SIGABRT: i32 = 6;
    let book = book();
    for step in STEPS {
        let folder = TempDir::new().expect("a folder");
        let (store, mut ledger, path) = create(folder.path(), &book);
        let batch = next_batch(&store, &ledger);
        drop(store);
        let old = ledger.clone();
        ledger.apply(&batch).expect("over this state");

        let killed = child(&path, Some(step));
        assert_eq!(killed.status.signal(), Some(SIGABRT), "{step}: {killed:?}");
        let store = Store::open(&path).expect("opens after a kill");
        let found = store.load_ledger().expect("loads after a kill");
        found.audit().expect("whole after a kill");
        let committed = step == "after_commit";
        assert_eq!(found, if committed { ledger.clone() } else { old }, "{step}");
        let proof = folder.path().join(ProofFile::name_of(1));
        assert_eq!(
            proof.exists(),
            !["before_witness", "after_witness", "after_prove"].contains(&step),
            "{step}"
        );
        drop(store);

        // The next run does what is left, to the same roots as without the kill.
        if !committed {
            let again = child(&path, None);
            assert!(again.status.success(), "{step}: {again:?}");
        }
        let store = Store::open(&path).expect("opens");
        assert_eq!(store.load_ledger().expect("loads"), ledger, "{step}");
        let record = &store.batches().expect("one")[0];
        assert_eq!(record.instance.settlement(), Some(&batch.instance));
        let bytes = fs::read(&proof).expect("the proof");
        assert_eq!(
            record.proof.digest,
            *blake3::hash(&bytes).as_bytes(),
            "{step}: the proof on disk is the recorded one"
        );
        drop(store);

        let last = child(&path, None);
        assert!(last.status.success(), "{last:?}");
        let store = Store::open(&path).expect("opens");
        let found = store.load_ledger().expect("loads");
        ledger.apply(&next_batch(&store, &ledger)).expect("over this state");
        assert_eq!(found, ledger);
        found.audit().expect("whole");
    }
    println!("killed and resumed at {} steps", STEPS.len());
}
