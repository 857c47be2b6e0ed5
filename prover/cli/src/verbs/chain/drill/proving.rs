//! The operator's side of the drill: a database, risk arrays, and proofs of all four statements.

use std::path::{Path, PathBuf};

use chain::deploy::VerifierCode;
use chain::primitives::{Bytes, U256};
use circuits::{liquidation, risk, size, solvency};
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::Cpu;
use prover::liquidation::{Proving, Round, prepare as prepare_liquidation, prove_and_record};
use prover::proof_file::ProofFile;
use prover::risk::{RiskProof, RoundParts};
use prover::sequencer::Job;
use prover::solvency::{Question, about, prepare as prepare_solvency, prove as prove_solvency};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::risk::RegimeState;
use witness_gen::risk::file::RiskRound;
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot};
use witness_gen::statement::solvency::{MarginRules, Requirement};
use witness_gen::store::{BlindingUse, SecretSeed, Store};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

use super::book;
use crate::book::{create_store, genesis, secret_seed};
use crate::errors::Failure;
use crate::output::Output;
use crate::setups;
use crate::verbs::chain::proofs::{Arguments, field, number};
use crate::verbs::chain::verifiers::{Setups, Which};

/// What the taker has to have beyond maintenance, in money units: 1,000 quote.
const THRESHOLD: u128 = 1_000_000_000_000_000;

/// The operator.
pub(super) struct Prover {
    out: Output,
    srs: Option<PathBuf>,
    setups: Setups,
    settlement: size::Size,
    liquidation: liquidation::Size,
    solvency: solvency::Size,
    risk: risk::Size,
    seed: SecretSeed,
    folder: PathBuf,
    store: Option<Store>,
    round: Option<(RiskRound, RoundParts)>,
    /// Proofs as the contracts take them.
    pub(super) arguments: Arguments,
}

/// A proof for a lender.
pub(super) struct Answer {
    pub(super) which: Which,
    pub(super) proof: Bytes,
    pub(super) pseudonym: U256,
}

fn smallest<T>(found: Option<T>) -> Result<T, Failure> {
    found.ok_or_else(|| Failure::internal("size: expected the program's own, found none"))
}

impl Prover {
    pub(super) fn new(out: Output, srs: Option<PathBuf>, size: &str) -> Result<Self, Failure> {
        Ok(Self {
            out,
            arguments: Arguments::new(out, srs.clone()),
            srs,
            setups: Setups::default(),
            settlement: setups::size_named(size)?,
            liquidation: smallest(liquidation::Size::by_name("xs"))?,
            solvency: smallest(solvency::Size::by_name("8"))?,
            risk: smallest(risk::Size::by_name("4"))?,
            seed: secret_seed()?,
            folder: PathBuf::new(),
            store: None,
            round: None,
        })
    }

    /// The verifiers of everything that is proven here.
    pub(super) fn verifiers(&mut self) -> Result<Vec<VerifierCode>, Failure> {
        let all = [
            Which::Settlement(self.settlement),
            Which::Liquidation(self.liquidation),
            Which::Solvency(self.solvency),
            Which::Risk(risk::Part::Market, self.risk),
            Which::Risk(risk::Part::Segment(risk::Unit::Quote), self.risk),
        ];
        let mut codes = Vec::new();
        for which in all {
            let setup = self.setups.get(self.out, self.srs.as_deref(), which.k())?;
            codes.push(which.code(self.out, setup)?);
        }
        self.setups.warn(self.out);
        Ok(codes)
    }

    pub(super) fn insecure(&self) -> bool {
        self.setups.insecure()
    }

    /// Root of the first state, which does not depend on the domain.
    pub(super) fn genesis(&self) -> Result<Fr, Failure> {
        Ok(genesis(&book::book()?, Fr::zero(), &self.seed)?.state_root())
    }

    /// Makes the database, once the domain is known.
    pub(super) fn open(&mut self, folder: &Path, domain: Fr) -> Result<(), Failure> {
        self.folder = folder.to_owned();
        let db = folder.join("state.sqlite");
        self.store = Some(create_store(&db, &book::book()?, domain, &self.seed, None)?);
        Ok(())
    }

    fn store(&self) -> Result<&Store, Failure> {
        let store = self.store.as_ref();
        store.ok_or_else(|| Failure::internal("drill: expected a database, found none yet"))
    }

    /// Number and root of the last state.
    pub(super) fn state(&self) -> Result<(u64, Fr), Failure> {
        Ok(self.store()?.state()?)
    }

    /// Digest of the parameters.
    pub(super) fn parameters(&self) -> Result<Fr, Failure> {
        Ok(self.store()?.load_ledger()?.parts().params.digest())
    }

    /// Owner key hash of an account.
    pub(super) fn owner(&self, account: u32) -> Result<Fr, Failure> {
        Ok(self.store()?.seed().owner_key(account).key_hash())
    }

    /// Settles an expiry, so many accounts a batch and at most so many batches; the proof files.
    pub(super) fn settle(
        &mut self,
        expiry: ExpiryMinutes,
        price: u64,
        accounts: usize,
        most: Option<usize>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let price = Price::new(price).map_err(|error| Failure::internal(error.to_string()))?;
        let mut prices = [None; PRICE_SLOTS];
        prices[0] = Some(PriceSlot {
            underlying: Underlying::ETH,
            price,
        });
        let setup = self.setups.get(self.out, self.srs.as_deref(), self.settlement.k)?;
        let (circuit, cached) = setups::keys(self.out, setup, self.settlement)?;
        let store = self.store.as_mut();
        let mut job = Job {
            store: store.ok_or_else(|| Failure::internal("drill: expected a database, found none yet"))?,
            setup,
            keys: &cached.keys,
            circuit: &circuit,
            expiry,
            prices,
            folder: &self.folder,
            max_accounts: Some(accounts),
            max_batches: most,
        };
        let report = job.run(&Cpu::default(), &mut self.out.batches())?;
        Ok(report.batches.into_iter().map(|batch| batch.path).collect())
    }

    /// Computes the risk round of a time at the risen price; the digest that the oracle attests.
    pub(super) fn risk_round(&mut self, time: u64, started: u64, domain: Fr) -> Result<Fr, Failure> {
        let (_, rules) = MarginRules::builtin(Underlying::ETH)?;
        let first = Price::new(book::PRICE).map_err(|error| Failure::internal(error.to_string()))?;
        let before = RegimeState::start(&rules.regime, Underlying::ETH, started, first);
        let inputs = book::inputs(time, book::RISEN)?;
        let round = RiskRound::build(&rules, &inputs, before)?;
        let parts = RoundParts::new(self.risk, domain, &round)?;
        self.round = Some((round, parts));
        Ok(inputs.digest())
    }

    fn round(&self) -> Result<&(RiskRound, RoundParts), Failure> {
        let round = self.round.as_ref();
        round.ok_or_else(|| Failure::internal("drill: expected a risk round, found none yet"))
    }

    /// The risk root of the round.
    pub(super) fn risk_root(&self) -> Result<Fr, Failure> {
        Ok(self.round()?.0.arrays.root())
    }

    /// Proves the round in its parts.
    pub(super) fn prove_round(&mut self) -> Result<RiskProof, Failure> {
        let (_, parts) = self.round()?;
        let parts = parts.clone();
        let setup = self.setups.get(self.out, self.srs.as_deref(), self.risk.k)?;
        let market = setups::risk_keys(self.out, setup, risk::Part::Market, self.risk)?;
        let segment = setups::risk_keys(self.out, setup, risk::Part::Segment(risk::Unit::Quote), self.risk)?;
        let mut files = Vec::new();
        for number in parts.numbers() {
            let with = match number {
                risk::compose::Part::Segment(_) => &segment,
                _ => &market,
            };
            let _spinner = self.out.spinner(format!("proving {number}"));
            files.push(parts.prove(number, &Cpu::default(), setup, with)?);
        }
        let file = parts.file(files);
        file.verify(setup, &market, &segment)?;
        Ok(file)
    }

    /// Liquidates whoever is below maintenance, up to one batch; the proof file and the number of liquidations.
    pub(super) fn liquidate(&mut self) -> Result<(PathBuf, usize), Failure> {
        let (arrays, size) = (self.round()?.0.arrays.clone(), self.liquidation);
        let (margin, _) = MarginRules::builtin(Underlying::ETH)?;
        let round = Round {
            arrays: &arrays,
            margin,
            rules: LiquidationRules::default(),
            takers: &[book::TAKER],
            sizes: &[size],
        };
        let setup = self.setups.get(self.out, self.srs.as_deref(), size.k)?;
        let (circuit, cached) = setups::liquidation_keys(self.out, setup, size)?;
        let store = self.store.as_mut();
        let store = store.ok_or_else(|| Failure::internal("drill: expected a database, found none yet"))?;
        let mut ledger = store.load_ledger()?;
        let seed = store.seed().clone();
        let blinding = |index, nonce| seed.blinding(BlindingUse::Leaf, index, nonce);
        let prepared = prepare_liquidation(&ledger, &store.queue()?, &round, blinding)?;
        let (batch, _) = prepared
            .batch
            .as_ref()
            .ok_or_else(|| Failure::internal("drill: expected an account below maintenance, found none"))?;
        let with = Proving {
            setup,
            keys: &cached.keys,
            circuit: &circuit,
        };
        let moved = (batch, &prepared.queue);
        let mut bar = self.out.batches();
        let report = prove_and_record(
            &Cpu::default(),
            with,
            (store, &mut ledger),
            moved,
            &self.folder,
            &mut bar,
        )?;
        Ok((report.path, report.liquidations))
    }

    /// Proves that the taker meets maintenance and a threshold, for a challenge.
    pub(super) fn solvency(&mut self, challenge: U256) -> Result<(u128, Answer), Failure> {
        let challenge = field(challenge).ok_or_else(|| Failure::internal("challenge: expected a number below r"))?;
        let arrays = self.round()?.0.arrays.clone();
        let ledger = self.store()?.load_ledger()?;
        let owner = self.store()?.seed().owner_key(book::TAKER);
        let (margin, _) = MarginRules::builtin(Underlying::ETH)?;
        let question = Question {
            index: book::TAKER,
            requirement: Requirement::Maintenance,
            threshold: THRESHOLD,
            challenge,
        };
        let (instance, witness) = prepare_solvency(&ledger, &arrays, margin, owner, question)?;
        let size = self.solvency;
        let setup = self.setups.get(self.out, self.srs.as_deref(), size.k)?;
        let (circuit, cached) = setups::solvency_keys(self.out, setup, size)?;
        let _spinner = self.out.spinner("proving solvency");
        let proof = prove_solvency(&Cpu::default(), setup, &cached.keys, &circuit, &instance, &witness)?;
        let file = ProofFile::new(about(&size), &cached.keys, setup, &instance.to_fields(), proof)?;
        let which = Which::Solvency(size);
        let answer = Answer {
            which,
            proof: self.arguments.of(which, &file)?,
            pseudonym: number(&instance.pseudonym),
        };
        Ok((THRESHOLD, answer))
    }
}
