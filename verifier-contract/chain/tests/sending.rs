//! What is sent happens once: over drops, replacements, reorganisations and restarts, on an anvil of the test's own.
//!
//! The step is a token made for an account: whoever pays for it twice makes two.

mod support;

use std::path::Path;
use std::time::Duration;

use support::{Bench, TO, config, hasty, patient};
use zksettle_chain::ChainError;
use zksettle_chain::abi::{self, test_token::TestToken};
use zksettle_chain::anvil::TestNode;
use zksettle_chain::config::Config;
use zksettle_chain::deploy::deploy;
use zksettle_chain::deployment::Deployment;
use zksettle_chain::journal::Journal;
use zksettle_chain::primitives::{Address, U256};
use zksettle_chain::sender::{Outcome, Policy, Sender};
use zksettle_chain::signer::{HashSigner, LocalKey};

fn waits(result: Result<Outcome, ChainError>) {
    match result {
        Err(ChainError::Environment(text)) => assert!(text.contains("run again"), "{text}"),
        other => panic!("expected it to wait, found {other:?}"),
    }
}

fn mined(result: Result<Outcome, ChainError>) {
    assert!(matches!(result, Ok(Outcome::Mined(_))), "{result:?}");
}

#[test]
fn a_dropped_transaction_is_sent_again_and_paid_once() {
    let Some(bench) = Bench::new() else { return };
    bench.client.automine(false).expect("automine");
    waits(bench.run("j", hasty(), TO).0);
    let first = bench.last_attempt("j");
    bench.client.drop_transaction(first.hash).expect("dropped");
    bench.client.mine(1).expect("a block");
    assert_eq!(bench.made(TO), U256::ZERO);
    bench.client.automine(true).expect("automine");
    let (result, attempts) = bench.run("j", patient(), TO);
    mined(result);
    assert_eq!(attempts, [1], "the very same transaction");
    assert_eq!(bench.last_attempt("j").hash, first.hash);
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
}

#[test]
fn a_transaction_that_pays_more_has_the_same_nonce() {
    let Some(bench) = Bench::new() else { return };
    bench.client.automine(false).expect("automine");
    waits(bench.run("j", hasty(), TO).0);
    let first = bench.last_attempt("j");
    let bump = Policy {
        bump_after: Duration::ZERO,
        ..hasty()
    };
    waits(bench.run("j", bump, TO).0);
    let second = bench.last_attempt("j");
    assert!(
        second.hash != first.hash && second.most_fee > first.most_fee,
        "{first:?} {second:?}"
    );
    bench.client.mine(1).expect("a block");
    let (result, attempts) = bench.run("j", patient(), TO);
    mined(result);
    assert!(attempts[0] >= 2, "{attempts:?}");
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
}

#[test]
fn a_nonce_that_somebody_else_used_is_given_up() {
    let Some(bench) = Bench::new() else { return };
    bench.client.automine(false).expect("automine");
    waits(bench.run("j", hasty(), TO).0);
    // The same account from elsewhere, under the same nonce, for more.
    let other = Address::repeat_byte(0x55);
    let bump = Policy {
        bump_after: Duration::ZERO,
        ..hasty()
    };
    waits(bench.run("elsewhere", bump, other).0);
    waits(bench.run("elsewhere", bump, other).0);
    bench.client.mine(1).expect("a block");
    assert_eq!((bench.made(other), bench.made(TO)), (U256::ONE, U256::ZERO), "replaced");
    bench.client.automine(true).expect("automine");
    mined(bench.run("j", patient(), TO).0);
    mined(bench.run("j", patient(), TO).0);
    assert_eq!(
        (bench.made(other), bench.made(TO), bench.paid()),
        (U256::ONE, U256::ONE, 2)
    );
}

#[test]
fn a_reorganisation_is_repaired_under_the_same_nonce() {
    let Some(bench) = Bench::new() else { return };
    let before = bench
        .client
        .raw("evm_snapshot", serde_json::json!([]))
        .expect("a snapshot");
    mined(bench.run("j", patient(), TO).0);
    let first = bench.last_attempt("j");
    assert_eq!(first.raw, None, "final");
    let gone = bench
        .client
        .raw("evm_revert", serde_json::json!([before]))
        .expect("reverted");
    assert_eq!(gone, true);
    assert_eq!((bench.made(TO), bench.paid()), (U256::ZERO, 0));
    mined(bench.run("j", patient(), TO).0);
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
    // And a run more changes nothing.
    mined(bench.run("j", patient(), TO).0);
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
}

/// Of three steps the first stands, the second was final and the third had just been mined when both went away.
#[test]
fn a_reorganisation_over_several_steps_repeats_each_of_them_once() {
    let Some(bench) = Bench::new() else { return };
    let to = |step: u8| Address::repeat_byte(0x70 + step);
    let perform = |step: u8, policy| {
        let call = TestToken::mintCall {
            to: to(step),
            amount: U256::ONE,
        };
        // As the rollup has it: the third step is refused before the second.
        let before = bench.made(to(step.saturating_sub(1)));
        assert!(step == 0 || before == U256::ONE, "step {step} too early");
        bench
            .sender("j", policy)
            .call(&format!("mint/{step}"), bench.token, &call, &|_| Ok(false))
    };
    mined(perform(0, patient()));
    let before = bench
        .client
        .raw("evm_snapshot", serde_json::json!([]))
        .expect("a snapshot");
    mined(perform(1, patient()));
    waits(perform(
        2,
        Policy {
            confirmations: 2,
            ..hasty()
        },
    ));
    assert_eq!(bench.paid(), 3);
    bench
        .client
        .raw("evm_revert", serde_json::json!([before]))
        .expect("reverted");
    assert_eq!(bench.paid(), 1);
    for step in 0..3 {
        mined(perform(step, patient()));
    }
    assert_eq!(bench.paid(), 3);
    assert!((0..3).all(|step| bench.made(to(step)) == U256::ONE));
}

#[test]
fn what_was_mined_while_nobody_looked_is_found() {
    let Some(bench) = Bench::new() else { return };
    bench.client.automine(false).expect("automine");
    waits(bench.run("j", hasty(), TO).0);
    bench.client.mine(1).expect("a block");
    let mut sender = bench.sender("j", hasty());
    let call = TestToken::mintCall {
        to: TO,
        amount: U256::ONE,
    };
    mined(sender.call("mint", bench.token, &call, &|_| Ok(false)));
    assert!(!sender.records[0].sent, "found, not sent");
    for _ in 0..5 {
        mined(sender.call("mint", bench.token, &call, &|_| Ok(false)));
    }
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
}

#[test]
fn confirmations_are_blocks_on_top() {
    let Some(bench) = Bench::new() else { return };
    let deep = Policy {
        confirmations: 3,
        ..hasty()
    };
    waits(bench.run("j", deep, TO).0);
    bench.client.mine(1).expect("a block");
    waits(bench.run("j", deep, TO).0);
    bench.client.mine(1).expect("a block");
    mined(bench.run("j", deep, TO).0);
    assert_eq!((bench.made(TO), bench.paid()), (U256::ONE, 1));
}

#[test]
fn what_a_contract_refuses_is_not_sent() {
    let Some(bench) = Bench::new() else { return };
    let stranger = LocalKey::random();
    bench.client.fund(stranger.address(), 1).expect("money");
    let path = bench.folder.path().join("stranger");
    let journal = Journal::open(&path, bench.client.chain_id(), stranger.address()).expect("a journal");
    let mut sender = Sender::new(&bench.client, &stranger, journal, patient());
    let call = TestToken::mintCall {
        to: TO,
        amount: U256::ONE,
    };
    match sender.call("mint", bench.token, &call, &|_| Ok(false)) {
        Err(ChainError::Rejected(text)) => assert!(text.contains("NotMinter"), "{text}"),
        other => panic!("expected a refusal, found {other:?}"),
    }
    assert_eq!(sender.journal().intents(), []);
    // Without money: a resource, not a refusal.
    let poor = LocalKey::random();
    let journal = Journal::open(
        &bench.folder.path().join("poor"),
        bench.client.chain_id(),
        poor.address(),
    );
    let mut sender = Sender::new(&bench.client, &poor, journal.expect("a journal"), patient());
    let approve = TestToken::approveCall {
        spender: TO,
        value: U256::ONE,
    };
    let result = sender.call("approve", bench.token, &approve, &|_| Ok(false));
    assert!(matches!(result, Err(ChainError::Resource(_))), "{result:?}");
}

#[test]
fn an_interrupted_deployment_goes_on_and_deploys_nothing_twice() {
    let Some(bench) = Bench::new() else { return };
    let governance = LocalKey::random().address();
    let config = config(governance);
    let path = bench.folder.path().join("deployment.json");
    let run = |path: &Path, policy: Policy, config: &Config| {
        let mut sender = bench.sender("deploy", policy);
        let result = deploy(&mut sender, path, config, &[], "test");
        (result, sender.journal().intents().len() as u64)
    };
    // Each run ends as soon as it has sent one transaction; blocks are made in between.
    bench.client.automine(false).expect("automine");
    let mut runs = 0;
    let (done, steps) = loop {
        runs += 1;
        assert!(runs < 60, "it comes to an end");
        match run(&path, hasty(), &config) {
            (Ok(done), steps) => break (done, steps),
            (Err(ChainError::Environment(text)), _) => assert!(text.contains("run again"), "{text}"),
            (Err(error), _) => panic!("{error}"),
        }
        bench.client.mine(1).expect("a block");
    };
    assert!(done.complete && runs > 15, "{runs} runs");
    assert_eq!(bench.paid(), steps, "one transaction a step");
    assert_eq!(Deployment::open(&path, &bench.client).expect("a deployment"), done);
    // Once more: nothing is sent, and nothing changes.
    bench.client.automine(true).expect("automine");
    let (again, _) = run(&path, patient(), &config);
    assert_eq!((again.expect("there"), bench.paid()), (done.clone(), steps));
    // Another configuration is not mixed into it.
    let mut other = config.clone();
    other.rollup.execution_delay = 601;
    assert!(matches!(run(&path, patient(), &other).0, Err(ChainError::Usage(_))));
    // The deployer gave up what it held; governance holds it.
    let manager = done.address("AccessManager").expect("a manager");
    let holds = |account: Address, role: u64| {
        let call = abi::access_manager::AccessManager::hasRoleCall { roleId: role, account };
        bench.client.view(manager, &call).expect("an answer").isMember
    };
    let deployer = bench.key.address();
    assert_eq!((holds(deployer, 0), holds(deployer, 1)), (false, false));
    assert_eq!((holds(governance, 0), holds(governance, 1)), (true, true));
}
