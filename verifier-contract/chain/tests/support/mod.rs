//! What the tests share: a chain with a token, an account that pays, a configuration.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::time::Duration;

use tempfile::TempDir;
use zksettle_chain::ChainError;
use zksettle_chain::abi::{self, test_token::TestToken};
use zksettle_chain::anvil::{Anvil, TestNode, find};
use zksettle_chain::client::Client;
use zksettle_chain::config::Config;
use zksettle_chain::journal::Journal;
use zksettle_chain::primitives::{Address, U256};
use zksettle_chain::sender::{Outcome, Policy, Sender, Step};
use zksettle_chain::signer::{HashSigner, LocalKey};

pub const TO: Address = Address::repeat_byte(0x77);

/// A chain, an account and a token. Nothing where anvil is absent, unless `ZKSETTLE_REQUIRE_NODE=1`.
pub struct Bench {
    _anvil: Anvil,
    pub client: Client,
    pub key: LocalKey,
    pub token: Address,
    pub folder: TempDir,
}

impl Bench {
    pub fn new() -> Option<Self> {
        let program = match find() {
            Ok(program) => program,
            Err(error) => {
                let required = std::env::var("ZKSETTLE_REQUIRE_NODE").is_ok_and(|v| v == "1");
                assert!(!required, "ZKSETTLE_REQUIRE_NODE=1, but {error}");
                println!("skipped: 1 test ({error})");
                return None;
            }
        };
        let anvil = Anvil::start(&program, 1_774_000_000, &[]).expect("anvil starts");
        let client = Client::connect(&anvil.url).expect("a node");
        let mut bench = Self {
            _anvil: anvil,
            client,
            key: LocalKey::random(),
            token: Address::ZERO,
            folder: tempfile::tempdir().expect("a folder"),
        };
        bench.client.fund(bench.key.address(), 10).expect("money");
        let name = "token.journal";
        let data = abi::creation("TestToken").expect("an artifact");
        let step = Step {
            name: "deploy".into(),
            to: None,
            data: data.into(),
            done: &|_| Ok(false),
        };
        bench.sender(name, patient()).perform(&step).expect("deployed");
        bench.token = bench.key.address().create(0);
        Some(bench)
    }

    pub fn sender(&self, journal: &str, policy: Policy) -> Sender<'_> {
        self.sender_of(&self.key, journal, policy)
    }

    /// A sender of another account.
    pub fn sender_of<'a>(&'a self, signer: &'a dyn HashSigner, journal: &str, policy: Policy) -> Sender<'a> {
        let path = self.folder.path().join(journal);
        let journal = Journal::open(&path, self.client.chain_id(), signer.address()).expect("a journal");
        Sender::new(&self.client, signer, journal, policy)
    }

    /// One more run: a fresh process over the same journal. Nothing but the journal says whether the token was made.
    pub fn run(&self, journal: &str, policy: Policy, to: Address) -> (Result<Outcome, ChainError>, Vec<usize>) {
        let mut sender = self.sender(journal, policy);
        let call = TestToken::mintCall { to, amount: U256::ONE };
        let result = sender.call("mint", self.token, &call, &|_| Ok(false));
        (result, sender.records.iter().map(|record| record.attempts).collect())
    }

    pub fn made(&self, of: Address) -> U256 {
        let call = TestToken::balanceOfCall { account: of };
        self.client.view(self.token, &call).expect("a balance")
    }

    /// Transactions of the account, but for the token's deployment.
    pub fn paid(&self) -> u64 {
        self.client.transactions_of(self.key.address(), None).expect("a count") - 1
    }

    pub fn last_attempt(&self, journal: &str) -> zksettle_chain::journal::Attempt {
        let sender = self.sender(journal, patient());
        let intent = sender.journal().get("mint").expect("an intent").clone();
        intent.attempts.last().expect("an attempt").clone()
    }
}

pub fn patient() -> Policy {
    Policy {
        poll: Duration::from_millis(20),
        give_up_after: Duration::from_secs(30),
        ..Policy::default()
    }
}

/// Looks once, and gives up.
pub fn hasty() -> Policy {
    Policy {
        give_up_after: Duration::ZERO,
        ..patient()
    }
}

/// A configuration governed by one account, with three signers.
pub fn config(governance: Address) -> Config {
    let signers: Vec<String> = (1..=3u8).map(|i| Address::repeat_byte(i).to_string()).collect();
    let text = serde_json::json!({
        "format": "zksettle-deploy/1", "genesis": "0x7", "token": null,
        "roles": { "operator": governance, "guardians": [governance], "safe": null, "timelock_delay": null,
            "governance": governance },
        "feeds": [{ "underlying": 2, "signers": signers, "regime": "0x9" }],
        "oracle": { "window": 1800, "min_rounds": 5, "max_gap": 600, "quorum": 3, "deviation": 100, "max_age": 60,
            "max_spread": 30, "recovery_delay": 259200 },
        "breaker": { "jump": 1000, "span": 900, "stale_after": 1200, "duration": 3600, "outflow": 1000,
            "outflow_period": 86400 },
        "parameters": { "exit_window": 86400, "delay": 172800,
            "numbers": [15, 12500, 1000000000, 12500, 100, 1500, 3000, 1000, 16, 100000000000000u64, 99743, 3600, 6800, 40000,
                3000, 2000, 3000, 1000, 2592000, 86400, 1000, 1000],
            "scenarios": [{ "spot": -1500, "volatility": 1, "weight": 10000, "scaled": true }] },
        "rollup": { "execution_delay": 600, "proof_timeout": 86400, "risk_max_age": 3600, "forced_period": 1209600,
            "refund_delay": 604800 },
    });
    Config::parse(&text.to_string()).expect("a configuration")
}
