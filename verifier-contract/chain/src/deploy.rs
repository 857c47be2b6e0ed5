//! Deploys everything, once: contracts, roles, feeds, verifiers; then the deployer gives up what it held.
//!
//! Every step is one transaction with a name, so an interrupted run goes on where it stopped: the deployment file says what stands where, the
//! journal what was sent, the chain what became of it.

mod safe;

use std::path::Path;

use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256};
use alloy::sol_types::{SolCall, SolValue};
use verifier_contract::artifact::init_code;

use crate::abi::access_manager::AccessManager;
use crate::abi::{self, breaker, gate, oracle, parameters, rollup, rounds, router, timelock};
use crate::client::Client;
use crate::config::{self, Config, numbers};
use crate::deployment::{self, Contract, Deployment, Verifier, Versions};
use crate::error::ChainError;
use crate::sender::{Outcome, Sender, Step};

/// Manages roles.
pub const ADMIN: u64 = 0;
/// Commits batches.
pub const OPERATOR: u64 = 1;
/// Trips the breaker, stops verifiers, cancels proposals.
pub const GUARDIAN: u64 = 2;
/// Changes feeds, rules, parameters and verifiers.
pub const GOVERNANCE: u64 = 3;
/// Tells the breaker of prices: the aggregator.
pub const ORACLE: u64 = 4;
/// Tells the breaker of outflows: the rollup.
pub const ROLLUP: u64 = 5;

/// A verifier to deploy.
#[derive(Clone, Debug)]
pub struct VerifierCode {
    /// Number of the statement.
    pub statement: u8,
    /// The contract's name.
    pub name: String,
    /// Digest of key and setup.
    pub key_digest: B256,
    /// The code, with the key in it.
    pub runtime: Vec<u8>,
}

/// A deployment under way.
struct Work<'a, 'b> {
    sender: &'a mut Sender<'b>,
    path: &'a Path,
    state: Deployment,
}

/// Deploys, or goes on with what an earlier run left, and writes the deployment file after every step.
///
/// # Errors
/// Another configuration than the file's, or whatever the chain refuses. Nothing is lost: the next run goes on.
pub fn deploy(
    sender: &mut Sender<'_>,
    path: &Path,
    config: &Config,
    verifiers: &[VerifierCode],
    program: &str,
) -> Result<Deployment, ChainError> {
    let state = match path.symlink_metadata() {
        Ok(_) => Deployment::read(path)?,
        Err(_) => begin(sender, config, program)?,
    };
    state.check_chain(path, sender.client)?;
    if state.config.digest() != config.digest() {
        return Err(ChainError::Usage(format!(
            "{}: expected the configuration that it was begun with, found another",
            path.display()
        )));
    }
    if state.deployer != sender.address() {
        let (path, expected, found) = (path.display(), state.deployer, sender.address());
        return Err(ChainError::Usage(format!(
            "{path}: expected deployer {expected}, found {found}"
        )));
    }
    let mut work = Work { sender, path, state };
    work.run(verifiers)?;
    Ok(work.state)
}

fn begin(sender: &Sender<'_>, config: &Config, program: &str) -> Result<Deployment, ChainError> {
    Ok(Deployment {
        format: deployment::FORMAT.to_owned(),
        chain_id: sender.client.chain_id(),
        from_block: sender.client.latest()?.number,
        deployer: sender.address(),
        config: config.clone(),
        contracts: Default::default(),
        verifiers: Vec::new(),
        complete: false,
        versions: Versions {
            program: program.to_owned(),
            solc: verifier_contract::Artifact::committed("SettlementRollup")?.solc,
            packages: abi::sources()?,
        },
    })
}

impl Work<'_, '_> {
    fn run(&mut self, verifiers: &[VerifierCode]) -> Result<(), ChainError> {
        self.contracts()?;
        let mut known = Vec::new();
        for verifier in verifiers {
            known.push(self.verifier(verifier)?);
        }
        if self.state.complete {
            // Deployed in full before: all of it is still there, or the contracts above would have been refused.
            return Ok(());
        }
        self.roles()?;
        self.wiring()?;
        for verifier in &known {
            self.register(verifier)?;
        }
        self.state.verifiers = known;
        self.hand_over()?;
        self.state.complete = true;
        self.state.write(self.path)
    }

    fn contracts(&mut self) -> Result<(), ChainError> {
        let config = self.state.config.clone();
        self.existing_safe(&config)?;
        let manager = self.contract("AccessManager", (self.state.deployer,).abi_encode_params())?;
        self.governance(&config)?;
        let rules = config.oracle;
        let windows = oracle::IOracleAggregator::WindowRules {
            window: rules.window,
            minRounds: rules.min_rounds,
            maxGap: rules.max_gap,
        };
        let of_rounds = oracle::IOracleAggregator::RoundRules {
            quorum: rules.quorum,
            deviation: rules.deviation,
            maxAge: rules.max_age,
            maxSpread: rules.max_spread,
        };
        let arguments = (manager, windows, of_rounds, rules.recovery_delay).abi_encode_params();
        let aggregator = self.contract("OracleAggregator", arguments)?;
        let rules = breaker::ICircuitBreaker::Rules {
            jump: config.breaker.jump,
            span: config.breaker.span,
            staleAfter: config.breaker.stale_after,
            duration: config.breaker.duration,
        };
        let breaker = self.contract("CircuitBreaker", (manager, rules).abi_encode_params())?;
        let constants = self.contract("PoseidonConstants", Vec::new())?;
        let parameters = self.parameters(manager, constants, &config)?;
        let router = self.contract("VerifierRouter", (manager,).abi_encode_params())?;
        let arguments = (manager, router, aggregator, parameters, constants).abi_encode_params();
        let rounds = self.contract("RiskRounds", arguments)?;
        let token = match config.token {
            Some(token) => token,
            None => self.contract("TestToken", Vec::new())?,
        };
        let rules = config.rollup;
        let arguments = rollup::SettlementRollup::Config {
            authority: manager,
            router,
            oracle: aggregator,
            riskRounds: rounds,
            parameters,
            breaker,
            token,
            genesis: config.genesis,
            executionDelay: uint40(rules.execution_delay),
            proofTimeout: uint40(rules.proof_timeout),
            riskMaxAge: uint40(rules.risk_max_age),
            forcedPeriod: uint40(rules.forced_period),
            refundDelay: uint40(rules.refund_delay),
        };
        let rollup = self.contract("SettlementRollup", (arguments,).abi_encode_params())?;
        self.contract("SolvencyGate", (rollup, uint40(rules.risk_max_age)).abi_encode_params())?;
        Ok(())
    }

    fn parameters(&mut self, manager: Address, constants: Address, config: &Config) -> Result<Address, ChainError> {
        let scenarios: Vec<parameters::IRiskParameters::Scenario> = (config.parameters.scenarios.iter())
            .map(|scenario| parameters::IRiskParameters::Scenario {
                spot: scenario.spot,
                r#move: scenario.volatility,
                weight: scenario.weight,
                scaled: scenario.scaled,
            })
            .collect();
        let arguments = (
            manager,
            constants,
            config.parameters.exit_window,
            config.parameters.delay,
            numbers(&config::LOWEST)?,
            numbers(&config::HIGHEST)?,
            numbers(&config.parameters.numbers)?,
            scenarios,
        );
        self.contract("RiskParameters", arguments.abi_encode_params())
    }

    /// Safe and timelock, where asked for.
    fn governance(&mut self, config: &Config) -> Result<(), ChainError> {
        if let Some(rules) = &config.roles.safe
            && rules.address.is_none()
        {
            let singleton = self.present_or_new("Safe", rules.singleton)?;
            let factory = self.present_or_new("SafeProxyFactory", rules.factory)?;
            self.safe(singleton, factory, rules)?;
        }
        if let Some(delay) = config.roles.timelock_delay {
            let proposer = self.proposer()?;
            let arguments = (U256::from(delay), vec![proposer], vec![proposer], Address::ZERO);
            self.contract("TimelockController", arguments.abi_encode_params())?;
        }
        Ok(())
    }

    /// The account that asks for changes: the Safe, or whoever was named.
    fn proposer(&self) -> Result<Address, ChainError> {
        match (&self.state.config.roles.safe, self.state.config.roles.governance) {
            (Some(_), _) => self.state.address("SafeProxy"),
            (None, Some(governance)) => Ok(governance),
            (None, None) => Err(ChainError::Usage(
                "roles: expected a Safe or governance, found neither".into(),
            )),
        }
    }

    /// The account that contracts obey: the timelock, or who asks.
    fn governor(&self) -> Result<Address, ChainError> {
        match self.state.config.roles.timelock_delay {
            Some(_) => self.state.address("TimelockController"),
            None => self.proposer(),
        }
    }

    /// A contract of the deployment: there, or deployed now.
    fn contract(&mut self, name: &str, arguments: Vec<u8>) -> Result<Address, ChainError> {
        let code = [abi::creation(name)?, arguments].concat();
        self.create(name, code.into(), None).map(|contract| contract.address)
    }

    fn create(&mut self, name: &str, code: Bytes, expected: Option<B256>) -> Result<Contract, ChainError> {
        if let Some(known) = self.state.contracts.get(name) {
            match self.sender.client.code_hash(known.address)? {
                Some(hash) if hash == known.code_hash => return Ok(*known),
                Some(found) => {
                    let expected = known.code_hash;
                    return Err(ChainError::Rejected(format!(
                        "{name} {}: expected code of hash {expected}, found {found}",
                        known.address
                    )));
                }
                // Reorganised away: the journal knows the transaction.
                None => {}
            }
        }
        let step_name = format!("deploy/{name}");
        let deployer = self.state.deployer;
        let nonce = self.sender.nonce_of(&step_name)?;
        let done = |client: &Client| Ok(client.code_hash(deployer.create(nonce))?.is_some());
        let step = Step {
            name: step_name.clone(),
            to: None,
            data: code,
            done: &done,
        };
        let outcome = self.sender.perform(&step)?;
        // An intent that was given up leaves the contract where the earlier look found it.
        let nonce = self
            .sender
            .journal()
            .get(&step_name)
            .map_or(nonce, |intent| intent.nonce);
        let address = deployer.create(nonce);
        let code_hash = self.code_hash(name, address)?;
        if let Some(expected) = expected.filter(|expected| *expected != code_hash) {
            return Err(ChainError::Rejected(format!(
                "{name} {address}: expected code of hash {expected}, found {code_hash}"
            )));
        }
        self.remember(name, address, code_hash, Some(outcome))?;
        Ok(self.state.contracts[name])
    }

    fn code_hash(&self, name: &str, at: Address) -> Result<B256, ChainError> {
        let found = self.sender.client.code_hash(at)?;
        found.ok_or_else(|| ChainError::Environment(format!("{name} {at}: expected code there, found none")))
    }

    fn remember(
        &mut self,
        name: &str,
        address: Address,
        code_hash: B256,
        outcome: Option<Outcome>,
    ) -> Result<(), ChainError> {
        let mined = match outcome {
            Some(Outcome::Mined(mined)) => Some(mined),
            _ => None,
        };
        let contract = Contract {
            address,
            code_hash,
            transaction: mined.map(|mined| mined.transaction),
            block: mined.map(|mined| mined.block),
        };
        self.state.contracts.insert(name.to_owned(), contract);
        self.state.write(self.path)
    }

    fn verifier(&mut self, code: &VerifierCode) -> Result<Verifier, ChainError> {
        let creation = init_code(&code.runtime)?;
        let contract = self.create(&code.name, creation.into(), Some(keccak256(&code.runtime)))?;
        Ok(Verifier {
            statement: code.statement,
            name: code.name.clone(),
            selector: FixedBytes::from_slice(&code.key_digest[..4]),
            key_digest: code.key_digest,
            contract,
        })
    }

    /// Who may call what, in one transaction.
    fn roles(&mut self) -> Result<(), ChainError> {
        let manager = self.state.address("AccessManager")?;
        let at = |name: &str| self.state.address(name);
        let (aggregator, breaker_at, rollup_at) =
            (at("OracleAggregator")?, at("CircuitBreaker")?, at("SettlementRollup")?);
        let (router_at, rounds_at, parameters_at) = (at("VerifierRouter")?, at("RiskRounds")?, at("RiskParameters")?);
        use breaker::CircuitBreaker as B;
        use oracle::OracleAggregator as O;
        use rollup::SettlementRollup as S;
        use router::VerifierRouter as V;
        let o_governed = [
            O::setFeedCall::SELECTOR,
            O::setRulesCall::SELECTOR,
            O::setBreakerCall::SELECTOR,
            O::proposePriceCall::SELECTOR,
        ];
        let b_governed = [
            B::resetCall::SELECTOR,
            B::setRulesCall::SELECTOR,
            B::setOutflowLimitCall::SELECTOR,
            B::forgetCall::SELECTOR,
        ];
        let v_governed = [V::addVerifierCall::SELECTOR, V::removeVerifierCall::SELECTOR];
        let propose = [parameters::RiskParameters::proposeCall::SELECTOR];
        let cancel = [parameters::RiskParameters::cancelCall::SELECTOR];
        let start = [rounds::RiskRounds::startUnderlyingCall::SELECTOR];
        let operated = [S::commitBatchCall::SELECTOR, S::withdrawBatchesCall::SELECTOR];
        let targets: [(Address, &[[u8; 4]], u64); 11] = [
            (aggregator, &o_governed, GOVERNANCE),
            (aggregator, &[O::cancelPriceCall::SELECTOR], GUARDIAN),
            (breaker_at, &b_governed, GOVERNANCE),
            (breaker_at, &[B::tripCall::SELECTOR], GUARDIAN),
            (breaker_at, &[B::onPriceCall::SELECTOR], ORACLE),
            (breaker_at, &[B::onOutflowCall::SELECTOR], ROLLUP),
            (parameters_at, &propose, GOVERNANCE),
            (parameters_at, &cancel, GUARDIAN),
            (router_at, &v_governed, GOVERNANCE),
            (router_at, &[V::stopVerifierCall::SELECTOR], GUARDIAN),
            (rounds_at, &start, GOVERNANCE),
        ];
        let mut calls: Vec<Bytes> = targets
            .iter()
            .map(|(at, list, role)| target_role(*at, list, *role))
            .collect();
        calls.push(target_role(rollup_at, &operated, OPERATOR));
        let roles = self.state.config.roles.clone();
        // The deployer governs until it hands over.
        let governor = self.governor()?;
        let mut granted = vec![
            (GOVERNANCE, self.state.deployer),
            (GOVERNANCE, governor),
            (ORACLE, aggregator),
            (ROLLUP, rollup_at),
            (OPERATOR, roles.operator),
        ];
        granted.extend(roles.guardians.iter().map(|guardian| (GUARDIAN, *guardian)));
        if roles.safe.is_some() {
            granted.push((GUARDIAN, self.state.address("SafeProxy")?));
        }
        calls.extend(granted.iter().map(|(role, account)| grant(*role, *account)));
        let done = |client: &Client| {
            let role = AccessManager::getTargetFunctionRoleCall {
                target: rollup_at,
                selector: S::commitBatchCall::SELECTOR.into(),
            };
            Ok(client.view(manager, &role)? == OPERATOR)
        };
        self.sender.call(
            "wire/roles",
            manager,
            &AccessManager::multicallCall { data: calls },
            &done,
        )?;
        Ok(())
    }

    /// The oracle's breaker and signers, the breaker's limit, the regimes.
    fn wiring(&mut self) -> Result<(), ChainError> {
        let at = |name: &str| self.state.address(name);
        let (aggregator, breaker_at, rounds_at) = (at("OracleAggregator")?, at("CircuitBreaker")?, at("RiskRounds")?);
        let config = self.state.config.clone();
        use oracle::OracleAggregator as O;
        let call = O::setBreakerCall { newBreaker: breaker_at };
        let done = |client: &Client| Ok(client.view(aggregator, &O::breakerCall {})? == breaker_at);
        self.sender.call("wire/breaker", aggregator, &call, &done)?;
        let token = self.state.token()?;
        let call = breaker::CircuitBreaker::setOutflowLimitCall {
            token,
            capacity: U256::from(config.breaker.outflow).to(),
            period: U256::from(config.breaker.outflow_period).to(),
        };
        let done = |client: &Client| {
            let available = client.view(breaker_at, &breaker::CircuitBreaker::availableCall { token })?;
            Ok(!available.is_zero() || config.breaker.outflow == 0)
        };
        self.sender.call("wire/outflow", breaker_at, &call, &done)?;
        for feed in &config.feeds {
            for signer in &feed.signers {
                let call = O::setFeedCall {
                    underlying: feed.underlying,
                    feed: *signer,
                    kind: 1,
                };
                let done = |client: &Client| {
                    let (underlying, feed) = (feed.underlying, *signer);
                    Ok(client.view(aggregator, &O::feedKindCall { underlying, feed })? == 1)
                };
                self.sender.call(
                    &format!("wire/feed/{}/{signer:#x}", feed.underlying),
                    aggregator,
                    &call,
                    &done,
                )?;
            }
            let (underlying, regime) = (feed.underlying, feed.regime);
            let call = rounds::RiskRounds::startUnderlyingCall { underlying, regime };
            let done = |client: &Client| {
                let found = client.view(rounds_at, &rounds::RiskRounds::acceptedCall { underlying })?;
                Ok(!found.regime.is_zero())
            };
            self.sender
                .call(&format!("wire/underlying/{underlying}"), rounds_at, &call, &done)?;
        }
        Ok(())
    }

    fn register(&mut self, verifier: &Verifier) -> Result<(), ChainError> {
        let router_at = self.state.address("VerifierRouter")?;
        let call = router::VerifierRouter::addVerifierCall {
            statement: verifier.statement,
            verifier: verifier.contract.address,
            codeHash: verifier.contract.code_hash,
            keyDigest: verifier.key_digest,
        };
        let (statement, selector) = (verifier.statement, verifier.selector);
        let done = |client: &Client| {
            let call = router::VerifierRouter::entryCall { statement, selector };
            Ok(client.view(router_at, &call)?.verifier == verifier.contract.address)
        };
        self.sender
            .call(&format!("wire/verifier/{}", verifier.name), router_at, &call, &done)?;
        Ok(())
    }

    /// Governance gets the manager; the deployer gives up all that it has.
    fn hand_over(&mut self) -> Result<(), ChainError> {
        let manager = self.state.address("AccessManager")?;
        let (governor, deployer) = (self.governor()?, self.state.deployer);
        if governor == deployer {
            return Ok(());
        }
        let calls = vec![
            grant(ADMIN, governor),
            Bytes::from(
                AccessManager::revokeRoleCall {
                    roleId: GOVERNANCE,
                    account: deployer,
                }
                .abi_encode(),
            ),
            Bytes::from(
                AccessManager::renounceRoleCall {
                    roleId: ADMIN,
                    callerConfirmation: deployer,
                }
                .abi_encode(),
            ),
        ];
        let done = |client: &Client| {
            let call = AccessManager::hasRoleCall {
                roleId: ADMIN,
                account: deployer,
            };
            Ok(!client.view(manager, &call)?.isMember)
        };
        self.sender.call(
            "wire/hand-over",
            manager,
            &AccessManager::multicallCall { data: calls },
            &done,
        )?;
        Ok(())
    }
}

fn uint40(seconds: u32) -> alloy::primitives::aliases::U40 {
    U256::from(seconds).to()
}

fn grant(role: u64, account: Address) -> Bytes {
    let call = AccessManager::grantRoleCall {
        roleId: role,
        account,
        executionDelay: 0,
    };
    call.abi_encode().into()
}

fn target_role(target: Address, selectors: &[[u8; 4]], role: u64) -> Bytes {
    let call = AccessManager::setTargetFunctionRoleCall {
        target,
        selectors: selectors.iter().map(|selector| (*selector).into()).collect(),
        roleId: role,
    };
    call.abi_encode().into()
}

/// The interfaces of the gate and the timelock, used by drills and tests.
pub use gate::SolvencyGate;
pub use timelock::TimelockController;
