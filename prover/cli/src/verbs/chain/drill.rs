//! `chain drill`: the whole way on a chain of one's own, in one command.

mod book;
mod proving;
mod venue;

use std::path::PathBuf;

use chain::ChainError;
use chain::abi::breaker::CircuitBreaker;
use chain::abi::gate::{ISolvencyGate, SolvencyGate};
use chain::abi::rollup::{IEscrow, IForcedRequests, ISettlementRollup, SettlementRollup};
use chain::abi::test_token::TestToken;
use chain::abi::timelock::TimelockController;
use chain::anvil::TestNode;
use chain::guard;
use chain::primitives::aliases::{U40, U96};
use chain::primitives::{Address, B256, U256};
use chain::sender::Sender;
use chain::status::Status;
use chain::submit::LIQUIDATION;
use clap::Args;
use prover::proof_file::ProofFile;
use serde_json::{Value, json};
use witness_gen::units::Underlying;

use self::proving::Prover;
use self::venue::{TIMELOCK, Venue};
use super::options::{records_json, records_table};
use super::pause::word_of;
use super::proofs::{batch, number, round};
use crate::errors::Failure;
use crate::machine;
use crate::output::{Output, table};

/// What is paid in, in the token's unit.
const DEPOSIT: u64 = 1_000_000_000;
/// Seconds that an execution waits.
const EXECUTION_DELAY: u32 = 600;
/// Seconds to a forced request's deadline.
const FORCED_PERIOD: u32 = 14 * 24 * 3_600;

/// The drill.
#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// A real setup of at least 2^15 powers. Default: an INSECURE one-party setup made here.
    #[arg(long)]
    srs: Option<PathBuf>,
    /// The size of the settlements: xs or s.
    #[arg(long, default_value = "xs", value_parser = ["xs", "s"])]
    size: String,
    /// Keep database, proofs and deployment in this folder, which must not be there. Default: nothing is kept.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Something that had to be so.
struct Check {
    what: &'static str,
    found: String,
    good: bool,
}

impl Drill {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let program = chain::anvil::find()?;
        let temporary = tempfile::tempdir()
            .map_err(|error| Failure::environment(format!("temporary folder: expected to make one, found {error}")))?;
        let folder = match &self.keep {
            Some(folder) => {
                std::fs::create_dir(folder).map_err(|error| Failure::io(folder, "a new folder", &error))?;
                folder.clone()
            }
            None => temporary.path().to_owned(),
        };
        let mut prover = Prover::new(out, self.srs.clone(), &self.size)?;
        let codes = prover.verifiers()?;
        let mut venue = Venue::start(out, &program, &folder)?;
        let genesis = prover.genesis()?;
        venue.deploy(number(&genesis), &codes, (EXECUTION_DELAY, FORCED_PERIOD))?;
        prover.open(&folder, venue.domain()?)?;
        let mut play = Play {
            venue,
            prover,
            checks: Vec::new(),
        };
        play.settle()?;
        play.liquidate()?;
        play.solvency()?;
        play.breaker()?;
        play.deposit()?;
        play.freeze()?;
        play.end()?;
        play.report(out, &self)
    }
}

struct Play {
    venue: Venue,
    prover: Prover,
    checks: Vec<Check>,
}

impl Play {
    fn check(&mut self, what: &'static str, found: impl ToString, good: bool) {
        let found = found.to_string();
        self.checks.push(Check { what, found, good });
    }

    fn rollup(&self) -> Result<Address, Failure> {
        Ok(self.venue.deployment()?.address("SettlementRollup")?)
    }

    fn status(&self) -> Result<Status, Failure> {
        Ok(Status::read(&self.venue.client, self.venue.deployment()?)?)
    }

    /// Prices over the window, the settlement price, two batches.
    fn settle(&mut self) -> Result<(), Failure> {
        let price = self.venue.settle_price(book::FIRST, book::PRICE)?;
        self.check("settlement price", price, price == book::PRICE);
        let files = self
            .prover
            .settle(book::FIRST, price, book::FIRST_HOLDERS.div_ceil(2), None)?;
        self.check("batches of the first expiry", files.len(), files.len() == 2);
        self.submit(&files)?;
        let expiry = self.expiry_state(book::FIRST.get())?;
        self.check("the first expiry is closed", expiry.closed, expiry.closed);
        self.compare("roots after the settlement")
    }

    /// Batches of proof files, committed and proven, and executed after the delay.
    fn submit(&mut self, files: &[PathBuf]) -> Result<(), Failure> {
        let mut batches = Vec::new();
        for path in files {
            let file = ProofFile::read(path)?;
            batches.push(batch(&mut self.prover.arguments, self.venue.deployment()?, &file)?);
        }
        self.venue.submit(&batches, u64::from(EXECUTION_DELAY))
    }

    fn expiry_state(&self, expiry: u32) -> Result<IForcedRequests::Expiry, Failure> {
        let call = SettlementRollup::expiryStateCall { expiry };
        Ok(self.venue.client.view(self.rollup()?, &call)?)
    }

    fn compare(&mut self, what: &'static str) -> Result<(), Failure> {
        let (batch, root) = self.prover.state()?;
        let status = self.status()?;
        let good = status.executed == batch && status.state_root == number(&root);
        self.check(
            what,
            format!("batch {} of {batch}, {:#066x}", status.executed, status.state_root),
            good,
        );
        Ok(())
    }

    /// The price rises, the round is proven, one account is liquidated.
    fn liquidate(&mut self) -> Result<(), Failure> {
        // Beyond two spans of the breaker: a rise that is no jump.
        let time = self.venue.client.pass(3_600)?;
        let digest = self
            .prover
            .risk_round(time, self.venue.start, self.venue.risk_domain()?)?;
        self.venue.price(book::RISEN, number(&digest))?;
        let file = self.prover.prove_round()?;
        let proven = round(&mut self.prover.arguments, self.venue.deployment()?, &file)?;
        self.venue.act(Venue::operator, |sender, deployment| {
            proven.submit(sender, deployment).map(drop)
        })?;
        let accepted = self.status()?.underlyings[0].risk_root;
        let expected = number(&self.prover.risk_root()?);
        self.check(
            "risk root that the chain accepts",
            format!("{accepted:#066x}"),
            accepted == expected,
        );
        let (file, liquidations) = self.prover.liquidate()?;
        self.check("liquidations", liquidations, liquidations == 1);
        self.submit(&[file])?;
        self.compare("roots after the liquidation")
    }

    /// The taker shows a lender that it meets maintenance.
    fn solvency(&mut self) -> Result<(), Failure> {
        let gate = self.venue.deployment()?.address("SolvencyGate")?;
        let lender = self.venue.address(Venue::lender);
        let challenge = U256::from(0xc0ffee);
        let call = SolvencyGate::challengeOfCall { lender, challenge };
        let named = self.venue.client.view(gate, &call)?;
        let (threshold, answer) = self.prover.solvency(named)?;
        let claim = ISolvencyGate::Claim {
            selector: answer.which.selector(self.venue.deployment()?)?,
            requirement: 1,
            underlying: Underlying::ETH.get(),
            threshold,
            challenge,
            pseudonym: answer.pseudonym,
        };
        let call = SolvencyGate::proveSolvencyCall {
            proof: answer.proof,
            claim,
        };
        self.venue.act(Venue::lender, |sender, _| {
            let used =
                |client: &chain::client::Client| client.view(gate, &SolvencyGate::isUsedCall { lender, challenge });
            sender.call("solvency", gate, &call, &used).map(drop)
        })?;
        // The same proof for somebody else convinces nobody.
        let other = self.venue.address(Venue::operator);
        let refused = self.refused(other, gate, &call)?;
        // Another instance has another transcript, so already the inverse behind the proof is wrong.
        self.check(
            "the answer of another lender",
            &refused,
            refused.contains("InvalidInverse"),
        );
        Ok(())
    }

    /// What a contract says to a call that it refuses; empty where it does not.
    fn refused<C: chain::Call>(&self, from: Address, to: Address, call: &C) -> Result<String, Failure> {
        match self.venue.client.simulate(from, Some(to), call.abi_encode().into()) {
            Ok(_) => Ok(String::new()),
            Err(ChainError::Rejected(reason)) => Ok(reason),
            Err(error) => Err(error.into()),
        }
    }

    /// A guardian trips the breaker; liquidations are refused; governance ends it.
    fn breaker(&mut self) -> Result<(), Failure> {
        let reason = word_of("drill")?;
        self.venue.act(Venue::guardian, |sender, deployment| {
            guard::trip(sender, deployment, reason).map(drop)
        })?;
        let status = self.status()?;
        self.check("the breaker is on", status.breaker_tripped, status.breaker_tripped);
        let call = SettlementRollup::commitBatchCall {
            batch: ISettlementRollup::Batch {
                statement: LIQUIDATION,
                number: status.committed + 1,
                expiry: 0,
                close: false,
                underlyings: vec![Underlying::ETH.get()],
                oldState: status.committed_root,
                newState: U256::ONE,
            },
        };
        let refused = self.refused(self.venue.address(Venue::operator), self.rollup()?, &call)?;
        self.check(
            "a liquidation while it is on",
            &refused,
            refused.contains("BreakerTripped"),
        );
        let breaker = self.venue.deployment()?.address("CircuitBreaker")?;
        let reset = chain::Call::abi_encode(&CircuitBreaker::resetCall {});
        let schedule = TimelockController::scheduleCall {
            target: breaker,
            value: U256::ZERO,
            data: reset.clone().into(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
            delay: U256::from(TIMELOCK),
        };
        self.venue.govern("govern/schedule", &schedule)?;
        self.venue.client.pass(TIMELOCK)?;
        let execute = TimelockController::executeCall {
            target: breaker,
            value: U256::ZERO,
            payload: reset.into(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
        };
        self.venue.govern("govern/execute", &execute)?;
        let status = self.status()?;
        self.check(
            "the breaker after its end",
            status.breaker_tripped,
            !status.breaker_tripped,
        );
        Ok(())
    }

    /// A user pays in; the deposit waits.
    fn deposit(&mut self) -> Result<(), Failure> {
        let token = self.venue.deployment()?.token()?;
        let (rollup, user) = (self.rollup()?, self.venue.address(Venue::user));
        let owner = number(&self.prover.owner(book::TAKER)?);
        let amount = U256::from(DEPOSIT);
        self.venue.act(Venue::deployer, |sender, _| {
            let call = TestToken::mintCall { to: user, amount };
            sender.call("mint", token, &call, &|_| Ok(false)).map(drop)
        })?;
        self.venue.act(Venue::user, |sender, _| {
            let approve = TestToken::approveCall {
                spender: rollup,
                value: amount,
            };
            sender.call("approve", token, &approve, &|_| Ok(false))?;
            let deposit = SettlementRollup::depositCall { amount, owner };
            sender.call("deposit", rollup, &deposit, &|_| Ok(false)).map(drop)
        })?;
        let status = self.status()?;
        let waiting = status.deposits.tail - status.deposits.head;
        self.check("deposits that wait", waiting, waiting == 1 && status.owed == amount);
        Ok(())
    }

    /// The second expiry is settled in part; a request to close it is missed; the rollup freezes, and the deposit goes back.
    fn freeze(&mut self) -> Result<(), Failure> {
        let (rollup, user) = (self.rollup()?, self.venue.address(Venue::user));
        let price = self.venue.settle_price(book::SECOND, book::RISEN)?;
        let files = self.prover.settle(book::SECOND, price, 2, Some(1))?;
        self.submit(&files)?;
        self.compare("roots after a part of the second expiry")?;
        let expiry = book::SECOND.get();
        self.venue.act(Venue::user, |sender, _| {
            let call = SettlementRollup::requestCloseCall { expiry };
            sender.call("request", rollup, &call, &|_| Ok(false)).map(drop)
        })?;
        let requested = self.venue.client.latest()?.time;
        let entry = IForcedRequests::Request {
            requester: user,
            expiry,
            deadline: U40::from(requested + u64::from(FORCED_PERIOD)),
        };
        let call = SettlementRollup::freezeCall { entry };
        let refused = self.refused(user, rollup, &call)?;
        self.check(
            "a freeze before the deadline",
            &refused,
            refused.contains("DeadlineNotPassed"),
        );
        self.venue.client.pass(u64::from(FORCED_PERIOD) + 1)?;
        let deposit = self.venue.deposited()?;
        self.venue.act(Venue::user, |sender, _| {
            sender.call("freeze", rollup, &call, &|_| Ok(false))?;
            take_back(sender, rollup, &deposit)
        })?;
        let token = self.venue.deployment()?.token()?;
        let back = self
            .venue
            .client
            .view(token, &TestToken::balanceOfCall { account: user })?;
        self.check("the deposit came back", back, back == U256::from(DEPOSIT));
        Ok(())
    }

    /// What the chain says at the end, against the database.
    fn end(&mut self) -> Result<(), Failure> {
        let status = self.status()?;
        self.check("frozen", status.frozen, status.frozen);
        self.check("the escrow owes", status.owed, status.owed.is_zero());
        self.check(
            "contracts with other code",
            status.changed_contracts.len(),
            status.changed_contracts.is_empty(),
        );
        let parameters = number(&self.prover.parameters()?);
        self.check(
            "parameters digest",
            format!("{:#066x}", status.parameters),
            status.parameters == parameters,
        );
        self.compare("final root, the database's too")
    }

    fn report(mut self, out: Output, options: &Drill) -> Result<(), Failure> {
        let mut records = std::mem::take(&mut self.venue.records);
        // Steps of an earlier call are found again by the next one.
        records.retain(|record| record.sent);
        records.sort_by_key(|record| record.block);
        let gas: u64 = records.iter().map(|record| record.gas).sum();
        let status = self.status()?;
        let problem = self.checks.iter().find(|check| !check.good);
        let checks: Vec<Value> = self
            .checks
            .iter()
            .map(|check| json!({ "what": check.what, "found": check.found, "ok": check.good }))
            .collect();
        let value = json!({
            "transactions": records_json(&records),
            "gas": gas,
            "checks": checks,
            "status": status,
            "deployment": self.venue.deployment()?.contracts,
            "verifiers": self.venue.deployment()?.verifiers,
            "kept": options.keep,
            "size": options.size,
            "setup_insecure": self.prover.insecure(),
            "peak_memory_bytes": machine::peak_memory(),
            "ok": problem.is_none(),
        });
        let rows: Vec<Vec<String>> = self
            .checks
            .iter()
            .map(|check| {
                let verdict = if check.good { "ok" } else { "WRONG" };
                vec![
                    check.what.to_owned(),
                    verdict.to_owned(),
                    check.found.chars().take(90).collect(),
                ]
            })
            .collect();
        let text = format!(
            "{}\n\n{}\n\n{} transactions, {gas} gas",
            records_table(&records),
            table(&["check", "verdict", "found"], &rows),
            records.len()
        );
        match problem {
            None => out.result(&value, &text),
            Some(problem) => {
                if !out.json {
                    out.result(&value, &text)?;
                }
                Err(Failure::rejected(format!(
                    "drill, {}: expected otherwise, found {}",
                    problem.what, problem.found
                )))
            }
        }
    }
}

/// Refunds the deposit and fetches it.
fn take_back(sender: &mut Sender<'_>, rollup: Address, deposit: &IEscrow::Deposit) -> Result<(), ChainError> {
    let call = SettlementRollup::refundDepositsCall {
        entries: vec![deposit.clone()],
    };
    sender.call("refund", rollup, &call, &|_| Ok(false))?;
    let call = SettlementRollup::claimCall {
        account: deposit.depositor,
    };
    sender.call("claim", rollup, &call, &|_| Ok(false)).map(drop)
}

/// An amount as a deposit has it.
fn amount(value: u128) -> U96 {
    U96::saturating_from(value)
}
