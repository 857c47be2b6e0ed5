//! Runs the binary in folders of its own, with one key cache for all tests.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The day that the small chain's options expire.
pub(crate) const EXPIRY: &str = "2026-03-27";

/// The binary, with a cache below the target folder.
pub(crate) fn zksettle(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zksettle"));
    command.args(arguments);
    command.env(
        "ZKSETTLE_CACHE",
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("zksettle-cache"),
    );
    command.env_remove("ZKSETTLE_KILL_AT");
    command
}

/// Runs to the end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    zksettle(arguments).output().expect("the binary starts")
}

/// The exit code.
pub(crate) fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// stdout as the one JSON object that it has to be.
pub(crate) fn json(output: &Output) -> Value {
    let value = serde_json::from_slice(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    value.unwrap_or_else(|error| panic!("stdout is not one JSON object ({error}); stderr: {stderr}"))
}

/// A folder with a chain of six series, its delivery price, a one-party setup of size xs, and a database of eight accounts.
pub(crate) struct Small {
    pub(crate) folder: tempfile::TempDir,
}

impl Small {
    pub(crate) fn new() -> Self {
        let small = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        // 2026-03-27T08:00:00Z in minutes.
        let expiry = 29_576_640u32;
        let quotes: Vec<String> = [2_800u64, 3_000, 3_200]
            .iter()
            .flat_map(|strike| {
                ["C", "P"].map(|right| {
                    format!(
                        r#"{{"instrument":"TEST-{strike}-{right}","expiry":{expiry},"strike":{strike}000000,"right":"{right}",
                        "index":3000000000,"forward":null,"volatility":null,"mark":null,"bid":null,"ask":null,
                        "open_interest":{}}}"#,
                        strike * 40_000
                    )
                })
            })
            .collect();
        let chain = format!(
            r#"{{"format":"zksettle-chain/1","currency":"ETH","snapshot_utc":"2026-03-20T08:00:00Z","style":"linear",
            "quotes":[{}]}}"#,
            quotes.join(",")
        );
        fs::write(small.path("chain.json"), chain).expect("written");
        let delivery = "currency,index,expiry_utc,delivery_price_usd\nETH,eth_usd,2026-03-27T08:00:00Z,3127.45\n";
        fs::write(small.path("delivery.csv"), delivery).expect("written");
        let srs = small.text("k12.INSECURE-dev.srs");
        let made = run(&["srs", "dev", "--k", "12", "--out", &srs, "--json"]);
        assert_eq!(code(&made), Some(0), "{made:?}");
        assert_eq!(json(&made)["insecure"], true);
        small
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    /// A database of a fresh book of seed 5; what `book generate` says.
    pub(crate) fn book(&self, db: &str) -> Value {
        self.book_of(db, Some("5"))
    }

    /// A database of a fresh book; without a seed, a random one.
    pub(crate) fn book_of(&self, db: &str, seed: Option<&str>) -> Value {
        let mut command = zksettle(&["book", "generate", "--json", "--db", &self.text(db)]);
        self.book_options(&mut command, seed);
        let made = command.output().expect("the binary starts");
        assert_eq!(code(&made), Some(0), "{made:?}");
        json(&made)
    }

    /// `settle` of the book of seed 5 into a folder, which need not be there.
    pub(crate) fn settle(&self, out: &str) -> Command {
        self.settle_of(out, Some("5"))
    }

    /// `settle` into a folder; without a seed, of a random book or of the one that is there.
    pub(crate) fn settle_of(&self, out: &str, seed: Option<&str>) -> Command {
        let mut command = zksettle(&[
            "settle",
            "--delivery",
            &self.text("delivery.csv"),
            "--srs",
            &self.text("k12.INSECURE-dev.srs"),
            "--out",
            &self.text(out),
            "--max-accounts-per-batch",
            "4",
            "--json",
        ]);
        self.book_options(&mut command, seed);
        command
    }

    fn book_options(&self, command: &mut Command, seed: Option<&str>) {
        command.args(["--chain", &self.text("chain.json"), "--currency", "ETH"]);
        command.args(["--expiry", EXPIRY, "--accounts", "8"]);
        if let Some(seed) = seed {
            command.args(["--seed", seed]);
        }
    }

    /// The proof files of a folder, in order.
    pub(crate) fn proofs(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let proofs = paths.filter(|path| path.to_string_lossy().ends_with(".proof.json"));
        let mut proofs: Vec<String> = proofs.map(|path| path.to_str().expect("UTF-8").to_owned()).collect();
        proofs.sort();
        proofs
    }
}
