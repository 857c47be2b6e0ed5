//! Anvil with everything deployed, the accounts that act on it, its clock and its prices.

use std::path::{Path, PathBuf};

use chain::ChainError;
use chain::abi::rollup::{IEscrow, SettlementRollup};
use chain::abi::rounds::RiskRounds;
use chain::abi::{event, topic};
use chain::anvil::{Anvil, TestNode};
use chain::client::Client;
use chain::config::{self, Config, Feed, Roles, RollupRules, SafeRules};
use chain::deploy::{VerifierCode, deploy};
use chain::deployment::Deployment;
use chain::prices::{FORMAT, Reports, finalize, signed_round};
use chain::primitives::{Address, U256};
use chain::safe;
use chain::sender::{Policy, Record, Sender};
use chain::signer::{HashSigner, LocalKey};
use chain::submit::{Batch, submit};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

use super::amount;
use super::book;
use crate::errors::Failure;
use crate::output::Output;
use crate::verbs::chain::options::{sender, show};
use crate::verbs::chain::proofs::field;
use crate::verbs::chain::template;

/// Seconds that the timelock waits.
pub(super) const TIMELOCK: u64 = 1_800;
/// Seconds between rounds of a window.
const STEP: u64 = 300;
/// Ether that each account begins with.
const ETHER: u64 = 1_000;
/// Seconds before the first expiry that the chain begins at.
const HEAD_START: u64 = 3 * 3_600;

const DEPLOYER: usize = 0;
const OPERATOR: usize = 1;
const GUARDIAN: usize = 2;
const USER: usize = 3;
const LENDER: usize = 4;
const ACTORS: usize = 5;
const SIGNERS: usize = 3;
const OWNERS: usize = 3;

/// Who acts.
pub(super) type Actor = fn(&Venue) -> &LocalKey;

/// The chain and who acts on it.
pub(super) struct Venue {
    out: Output,
    // Ends when dropped.
    _anvil: Anvil,
    /// The node.
    pub(super) client: Client,
    path: PathBuf,
    deployment: Option<Deployment>,
    actors: Vec<LocalKey>,
    signers: Vec<LocalKey>,
    owners: Vec<LocalKey>,
    /// When the chain began, Unix seconds.
    pub(super) start: u64,
    /// Transactions so far.
    pub(super) records: Vec<Record>,
}

fn keys(count: usize) -> Vec<LocalKey> {
    (0..count).map(|_| LocalKey::random()).collect()
}

fn window_end(expiry: ExpiryMinutes) -> u64 {
    u64::from(expiry.get()) * 60
}

impl Venue {
    /// Starts the chain and funds the accounts.
    pub(super) fn start(out: Output, program: &Path, folder: &Path) -> Result<Self, Failure> {
        let start = window_end(book::FIRST) - HEAD_START;
        let anvil = Anvil::start(program, start, &[])?;
        let client = Client::connect(&anvil.url)?;
        let venue = Self {
            out,
            path: folder.join("deployment.json"),
            deployment: None,
            actors: keys(ACTORS),
            signers: keys(SIGNERS),
            owners: keys(OWNERS),
            start,
            records: Vec::new(),
            _anvil: anvil,
            client,
        };
        for actor in &venue.actors {
            venue.client.fund(actor.address(), ETHER)?;
        }
        Ok(venue)
    }

    pub(super) fn deployer(&self) -> &LocalKey {
        &self.actors[DEPLOYER]
    }

    pub(super) fn operator(&self) -> &LocalKey {
        &self.actors[OPERATOR]
    }

    pub(super) fn guardian(&self) -> &LocalKey {
        &self.actors[GUARDIAN]
    }

    pub(super) fn user(&self) -> &LocalKey {
        &self.actors[USER]
    }

    pub(super) fn lender(&self) -> &LocalKey {
        &self.actors[LENDER]
    }

    /// An actor's account.
    pub(super) fn address(&self, who: Actor) -> Address {
        who(self).address()
    }

    pub(super) fn deployment(&self) -> Result<&Deployment, Failure> {
        let deployment = self.deployment.as_ref();
        deployment.ok_or_else(|| Failure::internal("drill: expected a deployment, found none yet"))
    }

    fn policy() -> Policy {
        Policy {
            poll: std::time::Duration::from_millis(50),
            ..Policy::default()
        }
    }

    /// Has an actor send something.
    pub(super) fn act<T>(
        &mut self,
        who: Actor,
        doing: impl FnOnce(&mut Sender<'_>, &Deployment) -> Result<T, ChainError>,
    ) -> Result<T, Failure> {
        let mut sender = sender(&self.client, who(self), &self.path, Self::policy())?;
        show(self.out, &mut sender);
        let result = doing(&mut sender, self.deployment()?);
        let records = std::mem::take(&mut sender.records);
        drop(sender);
        self.records.extend(records);
        Ok(result?)
    }

    /// Deploys everything, with a Safe behind a timelock.
    pub(super) fn deploy(
        &mut self,
        genesis: U256,
        codes: &[VerifierCode],
        (execution_delay, forced_period): (u32, u32),
    ) -> Result<(), Failure> {
        let spot = Price::new(book::PRICE).map_err(|error| Failure::internal(error.to_string()))?;
        let config = Config {
            format: config::FORMAT.to_owned(),
            genesis,
            token: None,
            roles: Roles {
                operator: self.operator().address(),
                guardians: vec![self.guardian().address()],
                safe: Some(SafeRules {
                    owners: self.owners.iter().map(HashSigner::address).collect(),
                    threshold: 2,
                    singleton: None,
                    factory: None,
                    address: None,
                }),
                timelock_delay: Some(TIMELOCK),
                governance: None,
            },
            feeds: vec![Feed {
                underlying: Underlying::ETH.get(),
                signers: self.signers.iter().map(HashSigner::address).collect(),
                regime: template::regime(Underlying::ETH, self.start, spot)?,
            }],
            oracle: template::oracle_rules(),
            breaker: template::breaker_rules(),
            parameters: template::parameters(Underlying::ETH)?,
            rollup: RollupRules {
                execution_delay,
                forced_period,
                ..template::rollup_rules()
            },
        };
        let mut sender = sender(&self.client, self.deployer(), &self.path, Self::policy())?;
        show(self.out, &mut sender);
        let program = format!("zksettle {}", env!("CARGO_PKG_VERSION"));
        let deployment = deploy(&mut sender, &self.path, &config, codes, &program)?;
        let records = std::mem::take(&mut sender.records);
        drop(sender);
        self.records.extend(records);
        self.deployment = Some(deployment);
        Ok(())
    }

    fn field_of(value: U256) -> Result<Fr, Failure> {
        field(value).ok_or_else(|| Failure::internal("domain: expected a number below r, found more"))
    }

    /// The rollup's domain.
    pub(super) fn domain(&self) -> Result<Fr, Failure> {
        let rollup = self.deployment()?.address("SettlementRollup")?;
        Self::field_of(self.client.view(rollup, &SettlementRollup::domainCall {})?)
    }

    /// The domain of risk rounds.
    pub(super) fn risk_domain(&self) -> Result<Fr, Failure> {
        let rounds = self.deployment()?.address("RiskRounds")?;
        Self::field_of(self.client.view(rounds, &RiskRounds::domainCall {})?)
    }

    /// A round of this price at the last block's time.
    pub(super) fn price(&mut self, price: u64, volatility: U256) -> Result<(), Failure> {
        let time = self.client.latest()?.time;
        let (chain_id, oracle) = (self.client.chain_id(), self.deployment()?.address("OracleAggregator")?);
        let signers: Vec<&dyn HashSigner> = self.signers.iter().map(|key| key as &dyn HashSigner).collect();
        let what = (Underlying::ETH.get(), price, time, volatility);
        let reports = Reports {
            format: FORMAT.to_owned(),
            chain_id,
            oracle,
            rounds: vec![signed_round((chain_id, oracle), what, &signers)?],
        };
        self.act(Self::operator, |sender, deployment| {
            reports.submit(sender, deployment).map(drop)
        })
    }

    /// Rounds over the window of an expiry, and its price made final.
    pub(super) fn settle_price(&mut self, expiry: ExpiryMinutes, price: u64) -> Result<u64, Failure> {
        let end = window_end(expiry);
        let window = u64::from(template::oracle_rules().window);
        let mut time = end - window - STEP;
        while time <= end {
            self.client.pass_until(time)?;
            self.price(price, U256::ZERO)?;
            time += STEP;
        }
        self.act(Self::operator, |sender, deployment| {
            finalize(sender, deployment, expiry.get(), Underlying::ETH.get())
        })
    }

    /// Batches, committed and proven, and executed after the delay.
    pub(super) fn submit(&mut self, batches: &[Batch], delay: u64) -> Result<(), Failure> {
        self.act(Self::operator, |sender, deployment| submit(sender, deployment, batches))?;
        self.client.pass(delay)?;
        self.act(Self::operator, |sender, deployment| submit(sender, deployment, batches))?;
        Ok(())
    }

    /// Has the Safe tell the timelock something.
    pub(super) fn govern<C: chain::Call>(&mut self, name: &str, call: &C) -> Result<(), Failure> {
        let (safe_at, timelock) = (
            self.deployment()?.address("SafeProxy")?,
            self.deployment()?.address("TimelockController")?,
        );
        let data = call.abi_encode();
        let mut sender = sender(&self.client, self.guardian(), &self.path, Self::policy())?;
        show(self.out, &mut sender);
        // Two of three.
        let owners: Vec<&dyn HashSigner> = self.owners[..2].iter().map(|key| key as &dyn HashSigner).collect();
        safe::execute(&mut sender, (name, safe_at), (timelock, data), &owners)?;
        let records = std::mem::take(&mut sender.records);
        drop(sender);
        self.records.extend(records);
        Ok(())
    }

    /// The entry of the one deposit, from its event.
    pub(super) fn deposited(&self) -> Result<IEscrow::Deposit, Failure> {
        let deployment = self.deployment()?;
        let rollup = deployment.address("SettlementRollup")?;
        let topic = topic::<SettlementRollup::Deposited>();
        let logs = self.client.logs(rollup, topic, deployment.from_block)?;
        let log = logs
            .last()
            .ok_or_else(|| Failure::internal("drill: expected a deposit, found none"))?;
        let found: SettlementRollup::Deposited = event(log)?;
        Ok(IEscrow::Deposit {
            depositor: found.depositor,
            amount: amount(found.amount.to()),
            time: found.time,
            owner: found.owner,
        })
    }
}
