//! `chain`: the drill, and batches that are killed half-way, reorganised and sent again without being paid for twice.
#![cfg(unix)]
#![allow(missing_docs)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use chain::anvil::{Anvil, TestNode, find};
use chain::client::Client;
use chain::deployment::Deployment;
use chain::signer::{HashSigner, LocalKey};
use common::{EXPIRY, Small, code, json, run, zksettle};
use serde_json::{Value, json as object};
use witness_gen::store::{BatchStatus, Store};

/// The expiry of the small chain, Unix seconds.
const END: u64 = 29_576_640 * 60;
const PRICE: &str = "3127450000";

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether anvil is there; without it the test counts as skipped, unless `ZKSETTLE_REQUIRE_NODE=1`.
fn anvil(time: u64) -> Option<Anvil> {
    match find() {
        Ok(program) => Some(Anvil::start(&program, time, &[]).expect("anvil starts")),
        Err(error) => {
            let required = std::env::var("ZKSETTLE_REQUIRE_NODE").is_ok_and(|v| v == "1");
            assert!(!required, "ZKSETTLE_REQUIRE_NODE=1, but {error}");
            println!("skipped: 1 test ({error})");
            None
        }
    }
}

#[test]
fn the_drill_goes_all_the_way() {
    if find().is_err() {
        let _ = anvil(0);
        return;
    }
    let done = run(&["chain", "drill", "--json"]);
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    let drill = json(&done);
    assert_eq!((&drill["ok"], &drill["setup_insecure"]), (&true.into(), &true.into()));
    let checks = drill["checks"].as_array().expect("checks");
    for check in checks {
        assert_eq!(check["ok"], true, "{check}");
    }
    assert!(checks.len() >= 18, "{checks:?}");
    let steps: Vec<&str> = drill["transactions"]
        .as_array()
        .expect("transactions")
        .iter()
        .map(|record| record["step"].as_str().expect("a name"))
        .collect();
    for wanted in [
        "deploy/SafeProxy",
        "deploy/TimelockController",
        "wire/hand-over",
        "commit/1",
        "prove/2",
        "execute/3",
        "solvency",
        "deposit",
        "request",
        "freeze",
        "refund",
        "claim",
    ] {
        assert!(steps.contains(&wanted), "{wanted} in {steps:?}");
    }
    let status = &drill["status"];
    assert_eq!((&status["frozen"], &status["executed"]), (&true.into(), &4.into()));
}

#[test]
fn without_anvil_the_drill_says_so() {
    let nowhere = zksettle(&["chain", "drill", "--json"])
        .env("ZKSETTLE_ANVIL", "/nowhere/anvil")
        .output()
        .expect("the binary starts");
    assert_eq!(code(&nowhere), Some(3), "{}", stderr(&nowhere));
    assert!(
        stderr(&nowhere).contains("expected anvil at /nowhere/anvil"),
        "{}",
        stderr(&nowhere)
    );
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    let key = format!("0x{}", "5a".repeat(32));
    for json in [&[][..], &["--json"]] {
        for verb in [&["pause", "--breaker"][..], &["price", "submit", "--reports", "r.json"]] {
            let all = [&["chain"], verb, &["--deployment", "d.json", "--key", &key], json].concat();
            let refused = run(&all);
            assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
            let said = format!("{}{}", stderr(&refused), String::from_utf8_lossy(&refused.stdout));
            assert!(said.contains("keystore:FILE"), "{said}");
            assert!(!said.contains("5a5a5a"), "{said}");
        }
    }
    // A key that is missing, or none, says so without its text.
    for (value, wanted) in [(None, "unset"), (Some("0x5a5a5a"), "something else")] {
        let mut command = zksettle(&[
            "chain",
            "pause",
            "--breaker",
            "--deployment",
            "d.json",
            "--key",
            "env:DRILL_KEY",
        ]);
        command.env_remove("DRILL_KEY");
        if let Some(value) = value {
            command.env("DRILL_KEY", value);
        }
        let refused = command.output().expect("the binary starts");
        assert_eq!(code(&refused), Some(3), "{}", stderr(&refused));
        assert!(stderr(&refused).contains(wanted), "{}", stderr(&refused));
        assert!(!stderr(&refused).contains("5a5a5a"), "{}", stderr(&refused));
    }
}

/// A keystore's password comes from a file or a variable and is never repeated; a program has as long as it is given.
#[test]
fn keystores_and_programs_are_opened_or_say_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    // A keystore of geth's own, whose password is foobar.
    let keystore = write(
        "key.json",
        r#"{"address":"7ef5a6135f1fd6a02593eedc869c6d41d934aef8","crypto":{"cipher":"aes-128-ctr",
        "ciphertext":"1d0839166e7a15b9c1333fc865d69858b22df26815ccf601b28219b6192974e1",
        "cipherparams":{"iv":"8df6caa7ff1b00c4e871f002cb7921ed"},"kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":8,"p":16,"r":8,"salt":"e5e6ef3f4ea695f496b643ebd3f75c0aa58ef4070e90c80c5d3fb0241bf1595c"},
        "mac":"6d16dfde774845e4585357f24bce530528bc69f4f84e1e22880d34fa45c273e5"},
        "id":"950077c7-71e3-4c44-a4a1-143919141ed4","version":3}"#,
    );
    let (right, wrong) = (write("right", "foobar\n"), write("wrong", "swordfish\n"));
    let key = format!("keystore:{keystore}");
    let missing = format!("{keystore}.gone");
    let pause = |more: &[&str], password: Option<&str>| {
        let all = [
            &[
                "chain",
                "pause",
                "--breaker",
                "--deployment",
                "d.json",
                "--rpc",
                "http://127.0.0.1:1",
            ],
            more,
        ]
        .concat();
        let mut command = zksettle(&all);
        command.env_remove("DRILL_PASSWORD");
        if let Some(password) = password {
            command.env("DRILL_PASSWORD", password);
        }
        command.output().expect("the binary starts")
    };
    let by_file = |key: &str, file: &str| pause(&["--key", key, "--password-file", file], None);
    let by_variable = |value: Option<&str>| pause(&["--key", &key, "--password-env", "DRILL_PASSWORD"], value);
    // Where the key opens, the node is what is missing.
    let cases = [
        (by_file(&key, &right), 3, "node"),
        (by_variable(Some("foobar")), 3, "node"),
        (by_file(&key, &wrong), 3, "keystore of this password"),
        (by_variable(Some("swordfish")), 3, "keystore of this password"),
        (by_variable(None), 3, "expected a password"),
        (by_file(&key, "/nowhere/password"), 3, "expected a password"),
        (
            by_file(&format!("keystore:{missing}"), &right),
            3,
            "expected a keystore",
        ),
        (
            pause(&["--key", &key], None),
            2,
            "expected a password in a file or a variable",
        ),
        (
            pause(&["--key", "command:/nowhere/signer"], None),
            3,
            "a program that signs",
        ),
        (pause(&["--key", "command:/bin/false"], None), 3, "exit code 0"),
        // It never ends its answer.
        (
            pause(&["--key", "command:/usr/bin/yes", "--signer-timeout", "1"], None),
            3,
            "an answer within 1 s",
        ),
    ];
    for (i, (output, expected, wanted)) in cases.into_iter().enumerate() {
        let said = format!("{}{}", stderr(&output), String::from_utf8_lossy(&output.stdout));
        assert_eq!(code(&output), Some(expected), "{i}: {said}");
        assert!(said.contains(wanted), "{i}: {said}");
        assert!(!said.contains("foobar") && !said.contains("swordfish"), "{i}: {said}");
    }
}

/// A deployment with a verifier of size xs, whose keys stand in variables.
struct Venue {
    small: Small,
    anvil: Anvil,
    client: Client,
    keys: Vec<(String, String)>,
}

impl Venue {
    fn new(anvil: Anvil) -> Self {
        let client = Client::connect(&anvil.url).expect("a node");
        let mut keys = Vec::new();
        for i in 0..4u8 {
            let digits = hex_of(i);
            let key = LocalKey::from_hex(&digits).expect("a key");
            client.fund(key.address(), 100).expect("money");
            keys.push((format!("KEY_{i}"), digits));
        }
        Self {
            small: Small::new(),
            anvil,
            client,
            keys,
        }
    }

    fn address(&self, key: usize) -> String {
        LocalKey::from_hex(&self.keys[key].1)
            .expect("a key")
            .address()
            .to_string()
    }

    /// A chain verb with the node, the deployment and the keys in variables.
    fn verb(&self, arguments: &[&str]) -> Command {
        let deployment = self.small.text("deployment.json");
        let mut command = zksettle(&[&["chain"], arguments, &["--deployment", &deployment, "--json"]].concat());
        command.env("ZKSETTLE_RPC", &self.anvil.url);
        command.envs(self.keys.iter().cloned());
        command
    }

    fn good(&self, arguments: &[&str]) -> Value {
        let output = self.verb(arguments).output().expect("the binary starts");
        assert_eq!(code(&output), Some(0), "{arguments:?}: {}", stderr(&output));
        json(&output)
    }

    /// Settles the small book under the deployment's domain, or under the default one.
    fn book(&self, folder: &str, domain: Option<&str>, verb: &[&str]) -> Value {
        let (chain, out) = (self.small.text("chain.json"), self.small.text(folder));
        let mut all = verb.to_vec();
        all.extend([
            "--chain",
            &chain,
            "--currency",
            "ETH",
            "--expiry",
            EXPIRY,
            "--accounts",
            "8",
            "--seed",
            "5",
            "--json",
        ]);
        all.extend(domain.iter().flat_map(|domain| ["--domain", domain]));
        let db = format!("{out}.sqlite");
        all.extend(["--db", &db]);
        let made = run(&all);
        assert_eq!(code(&made), Some(0), "{}", stderr(&made));
        json(&made)
    }

    fn deploy(&self) -> Deployment {
        self.book("first", None, &["book", "generate"]);
        let config = run(&[
            "chain",
            "config",
            "--currency",
            "ETH",
            "--db",
            &self.small.text("first.sqlite"),
            "--spot",
            PRICE,
            "--time",
            "1774000000",
            "--json",
        ]);
        assert_eq!(code(&config), Some(0), "{}", stderr(&config));
        let mut config = json(&config);
        config["token"] = Value::Null;
        config["roles"] = object!({
            "operator": self.address(0), "guardians": [self.address(0)], "safe": null, "timelock_delay": null,
            "governance": self.address(1),
        });
        config["feeds"][0]["signers"] = object!([self.address(1), self.address(2), self.address(3)]);
        let path = self.small.path("deploy.json");
        std::fs::write(&path, config.to_string()).expect("written");
        let path = path.to_str().expect("UTF-8");
        let srs = self.small.text("k12.INSECURE-dev.srs");
        let all = [
            "deploy",
            "--config",
            path,
            "--srs",
            &srs,
            "--verifier",
            "settlement:xs",
            "--key",
            "env:KEY_0",
            "--poll",
            "50",
        ];
        // Killed after a transaction was sent, and before it was written down what became of it.
        let killed = self
            .verb(&all)
            .env("ZKSETTLE_KILL_AT", "sent deploy/VerifierRouter")
            .output()
            .expect("starts");
        assert_eq!(code(&killed), None, "{}", stderr(&killed));
        let done = self.good(&all);
        assert_eq!(done["nothing_to_do"], false);
        let again = self.good(&all);
        assert_eq!(
            (&again["nothing_to_do"], &again["contracts"]),
            (&true.into(), &done["contracts"])
        );
        Deployment::read(&self.small.path("deployment.json")).expect("a deployment")
    }

    /// Rounds over the window, and the price made final.
    fn prices(&self) {
        let reports = self.small.text("reports.json");
        for step in 0..=7 {
            self.client.pass_until(END - 2_100 + 300 * step).expect("time passes");
            let time = self.client.latest().expect("a block").time.to_string();
            let sign = [
                "--currency",
                "ETH",
                "--price",
                PRICE,
                "--time",
                &time,
                "--out",
                &reports,
            ];
            let signers = [
                "--signer",
                "env:KEY_1",
                "--signer",
                "env:KEY_2",
                "--signer",
                "env:KEY_3",
            ];
            self.good(&[&["price", "sign"], &sign[..], &signers].concat());
            let sent = self.good(&[
                "price",
                "submit",
                "--reports",
                &reports,
                "--key",
                "env:KEY_0",
                "--poll",
                "50",
            ]);
            assert_eq!(sent["sent"], 1, "{sent}");
        }
        let all = [
            "price",
            "finalize",
            "--currency",
            "ETH",
            "--expiry",
            EXPIRY,
            "--key",
            "env:KEY_2",
            "--poll",
            "50",
        ];
        let price = self.good(&all);
        assert_eq!(price["price"].to_string(), PRICE);
        assert_eq!(self.good(&all)["price"].to_string(), PRICE, "once more");
    }
}

fn hex_of(i: u8) -> String {
    format!("0x{}", format!("{:02x}", 0x21 + i).repeat(32))
}

#[test]
fn batches_survive_kills_and_reorganisations_and_are_paid_once() {
    let Some(anvil) = anvil(END - 3 * 3_600) else { return };
    let venue = Venue::new(anvil);
    let deployment = venue.deploy();
    let rollup = deployment.address("SettlementRollup").expect("a rollup");
    let domain = format!("0x{:024x}{}", 31_337, &rollup.to_string().to_lowercase()[2..]);
    venue.prices();
    let (srs, delivery) = (
        venue.small.text("k12.INSECURE-dev.srs"),
        venue.small.text("delivery.csv"),
    );
    let out = venue.small.text("proofs");
    let settle = [
        "settle",
        "--delivery",
        &delivery,
        "--srs",
        &srs,
        "--out",
        &out,
        "--max-accounts-per-batch",
        "4",
    ];
    let settled = venue.book("proofs", Some(&domain), &settle);
    let batches = settled["batches"].as_array().expect("batches").len() as u64;
    assert!(batches >= 2, "{settled}");

    let operator = LocalKey::from_hex(&venue.keys[0].1).expect("a key").address();
    let paid = || venue.client.transactions_of(operator, None).expect("a count");
    let before = paid();
    let db = format!("{out}.sqlite");
    let submit = [
        "submit",
        "--proofs",
        &out,
        "--db",
        &db,
        "--key",
        "env:KEY_0",
        "--poll",
        "50",
    ];
    let noted = || {
        let batches = Store::open(Path::new(&db))
            .and_then(|store| store.batches())
            .expect("batches");
        batches
            .into_iter()
            .map(|batch| batch.status)
            .collect::<Vec<BatchStatus>>()
    };
    let all = |status| vec![status; batches as usize];
    assert_eq!(noted(), all(BatchStatus::Proven));
    let killed = |at: &str| {
        let killed = venue
            .verb(&submit)
            .env("ZKSETTLE_KILL_AT", at)
            .output()
            .expect("starts");
        assert_eq!(code(&killed), None, "{at}: {}", stderr(&killed));
    };
    // Somebody else's key may not commit.
    let refused = venue
        .verb(&["submit", "--proofs", &out, "--key", "env:KEY_3"])
        .output()
        .expect("starts");
    assert_eq!(code(&refused), Some(1), "{}", stderr(&refused));
    assert!(
        stderr(&refused).contains("AccessManagedUnauthorized"),
        "{}",
        stderr(&refused)
    );
    killed("sent commit/1");
    killed("journaled commit/2");
    let snapshot = venue.client.raw("evm_snapshot", object!([])).expect("a snapshot");
    killed("sent prove/1");
    // The node answers before it mines, and going back while it mines leaves neither the one nor the other.
    while paid() - before < batches + 1 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // The proof's transaction, and whatever came after the snapshot, is reorganised away.
    venue.client.raw("evm_revert", object!([snapshot])).expect("reverted");
    assert_eq!(paid() - before, 1);
    let waits = venue.good(&submit);
    assert!(waits["executable_from"].as_u64() > Some(0), "{waits}");
    assert_eq!(paid() - before, 2 * batches, "a commitment and a proof for each batch");
    assert_eq!(noted(), all(BatchStatus::Submitted));
    let status = ["status", "--db", &db];
    assert_eq!(venue.good(&status)["database"]["ahead_by"], batches);
    venue.client.pass(3_600).expect("time passes");
    let snapshot = venue.client.raw("evm_snapshot", object!([])).expect("a snapshot");
    let done = venue.good(&submit);
    assert_eq!(done["executed"], batches, "{done}");
    assert_eq!(
        done["database"],
        object!({ "proven": 0, "submitted": 0, "confirmed": batches })
    );
    assert_eq!(paid() - before, 3 * batches);
    assert_eq!(noted(), all(BatchStatus::Confirmed));
    // Executions that are reorganised away are not confirmed any more, even where nothing can be sent for now.
    venue.client.raw("evm_revert", object!([snapshot])).expect("reverted");
    venue.client.automine(false).expect("automine");
    let hasty = venue
        .verb(&[&submit[..], &["--give-up-after", "0"]].concat())
        .output()
        .expect("starts");
    assert_eq!(code(&hasty), Some(3), "{}", stderr(&hasty));
    assert_eq!(noted(), all(BatchStatus::Submitted));
    venue.client.automine(true).expect("automine");
    venue.client.mine(1).expect("a block");
    let done = venue.good(&submit);
    assert_eq!(done["executed"], batches, "{done}");
    assert_eq!(
        paid() - before,
        3 * batches,
        "each execution is paid once on this chain"
    );
    assert_eq!(noted(), all(BatchStatus::Confirmed));
    // Executed, and not as deep as asked for: submitted.
    let deep = [&submit[..], &["--confirmations", "40", "--give-up-after", "0"]].concat();
    let shallow = venue.verb(&deep).output().expect("starts");
    assert_eq!(code(&shallow), Some(3), "{}", stderr(&shallow));
    assert_eq!(noted(), all(BatchStatus::Submitted));
    venue.client.mine(40).expect("blocks");
    venue.good(&deep);
    assert_eq!(noted(), all(BatchStatus::Confirmed));
    let again = venue.good(&submit);
    assert_eq!((&again["nothing_to_do"], paid() - before), (&true.into(), 3 * batches));
    let found = venue.good(&status);
    assert_eq!(
        found["database"],
        object!({ "batch": batches, "ahead_by": 0, "same_history": true })
    );
    assert_eq!(found["committed"], batches);

    // A journal that is lost: the chain says that everything is done.
    let journal = Deployment::journal_path(&venue.small.path("deployment.json"), operator);
    std::fs::remove_file(journal).expect("removed");
    let again = venue.good(&submit);
    assert_eq!((&again["nothing_to_do"], paid() - before), (&true.into(), 3 * batches));

    // Another book's database is not the chain's.
    let other = run(&[
        "book",
        "generate",
        "--chain",
        &venue.small.text("chain.json"),
        "--currency",
        "ETH",
        "--expiry",
        EXPIRY,
        "--accounts",
        "8",
        "--seed",
        "6",
        "--db",
        &venue.small.text("other.sqlite"),
    ]);
    assert_eq!(code(&other), Some(0), "{}", stderr(&other));
    let differs = venue
        .verb(&["status", "--db", &venue.small.text("other.sqlite")])
        .output()
        .expect("starts");
    assert_eq!(code(&differs), Some(1), "{}", stderr(&differs));
    let foreign = [
        "submit",
        "--proofs",
        &out,
        "--db",
        &venue.small.text("other.sqlite"),
        "--key",
        "env:KEY_0",
    ];
    let refused = venue.verb(&foreign).output().expect("starts");
    assert_eq!(code(&refused), Some(1), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("first state"), "{}", stderr(&refused));

    // The guardian: once, and not again while it is on; a verifier for ever.
    let pause = ["pause", "--breaker", "--key", "env:KEY_0", "--poll", "50"];
    assert!(venue.good(&pause)["breaker_until"].as_u64() > Some(0));
    assert_eq!(venue.good(&pause)["nothing_to_do"], true);
    assert_eq!(venue.good(&status)["breaker_tripped"], true);
    venue.good(&[
        "pause",
        "--verifier",
        "SettlementXsVerifier",
        "--key",
        "env:KEY_0",
        "--poll",
        "50",
    ]);
    assert_eq!(venue.good(&status)["verifiers"][0]["status"], "stopped");
    let unknown = venue
        .verb(&["pause", "--verifier", "Nothing", "--key", "env:KEY_0"])
        .output()
        .expect("starts");
    assert_eq!(code(&unknown), Some(2), "{}", stderr(&unknown));
}
