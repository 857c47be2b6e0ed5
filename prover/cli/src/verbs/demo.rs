//! `demo`: the whole way from a book to a contract, and then the attempts to cheat.

use std::path::PathBuf;

use clap::Args;
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::Cpu;
use prover::keys::Keys;
use prover::proof_file::ProofFile;
use prover::sequencer::{BatchReport, Job};
use prover::srs::Setup;
use prover::verify::verify;
use serde_json::{Value, json};
use witness_gen::book::{BookSpec, generate};
use witness_gen::statement::settlement::{Instance, PRICE_SLOTS, PriceSlot};
use witness_gen::units::{Price, Underlying};

use crate::book::{create_store, genesis, secret_seed};
use crate::errors::Failure;
use crate::evm::{self, Answer, Chain, Hinter};
use crate::machine;
use crate::output::{Output, batch_json, field_hex, seconds, table};
use crate::setups;
use crate::synthetic;

/// The demo.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Accounts of the book.
    #[arg(long, default_value_t = 40)]
    accounts: u32,
    /// Seed of the book.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The size of the circuit.
    #[arg(long, default_value = "s")]
    size: String,
    /// A real setup. Default: an INSECURE one-party setup made here.
    #[arg(long)]
    srs: Option<PathBuf>,
}

/// An attempt to cheat.
struct Attempt {
    batch: u64,
    what: &'static str,
    refused: bool,
    reason: String,
}

/// A batch and what the chain said.
struct Settled {
    report: BatchReport,
    answer: Answer,
}

impl Demo {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let size = setups::size_named(&self.size)?;
        let setup = match &self.srs {
            Some(path) => setups::load_for(out, path, Some(size.name))?.0,
            None => setups::dev(out, size.k, setups::DEV_SEED)?,
        };
        setups::warn_if_insecure(out, &setup);
        let (circuit, cached) = setups::keys(out, &setup, size)?;
        let keys = &cached.keys;

        let (quotes, expiry, price) = synthetic::chain()?;
        let spec = BookSpec {
            max_positions: 8,
            ..BookSpec::new(self.accounts, self.seed).with_expiry(expiry)
        };
        let book = generate(&quotes, &spec)?;
        let seed = secret_seed()?;
        // The root does not depend on the domain; the domain is the rollup's address, which depends on the root.
        let first = genesis(&book, Fr::ZERO, &seed)?;
        let spinner = out.spinner("deploying the contracts");
        let runtime = evm::runtime(keys, &setup, &size)?;
        let parameters = first.parts().params.digest();
        let mut chain = Chain::deploy(
            &runtime,
            Hinter::new(keys, &size),
            evm::digest(keys, &setup, &size)?,
            &parameters,
            &first.state_root(),
        )?;
        let domain = chain.domain()?;
        let posted = chain.post_price(expiry.get(), Underlying::ETH.get(), price.get())?;
        drop(spinner);
        must(
            posted.accepted,
            "oracle: expected the price to be posted",
            &posted.reason,
        )?;

        let folder = tempfile::tempdir()
            .map_err(|error| Failure::environment(format!("temporary folder: expected to make one, found {error}")))?;
        let mut store = create_store(&folder.path().join("state.sqlite"), &book, domain, &seed, None)?;
        let mut prices = [None; PRICE_SLOTS];
        prices[0] = Some(PriceSlot {
            underlying: Underlying::ETH,
            price,
        });
        let waiting = first.affected_accounts(expiry, &[Underlying::ETH]).len();
        let mut job = Job {
            store: &mut store,
            setup: &setup,
            keys,
            circuit: &circuit,
            expiry,
            prices,
            folder: folder.path(),
            max_accounts: Some(waiting.div_ceil(2)),
            max_batches: None,
        };
        let report = job.run(&Cpu::default(), &mut out.batches())?;

        let (mut settled, mut attempts) = (Vec::new(), Vec::new());
        for batch in report.batches {
            let file = ProofFile::read(&batch.path)?;
            let mut cheat = Cheat {
                chain: &mut chain,
                setup: &setup,
                keys,
                batch: &batch.instance,
                file: &file,
            };
            cheat.before(&mut attempts)?;
            let answer = cheat.chain.settle(&batch.instance, &file.proof)?;
            cheat.after(price, &mut attempts)?;
            settled.push(Settled { report: batch, answer });
        }
        let on_chain = chain.state_root()?;
        let problems = problems(&settled, &attempts, report.closed, report.final_root == on_chain);
        let value = json!({
            "batches": settled.iter().map(Settled::json).collect::<Vec<_>>(),
            "tampered": attempts.iter().map(Attempt::json).collect::<Vec<_>>(),
            "closed": report.closed,
            "final_root": field_hex(&report.final_root),
            "contract_root": field_hex(&on_chain),
            "contract_bytes": chain.code_bytes,
            "deploy_gas": chain.deploy_gas,
            "accounts": book.accounts.len(),
            "positions": book.summary.positions,
            "size": size.name,
            "setup": setup.provenance(),
            "setup_insecure": setup.insecure(),
            "peak_memory_bytes": machine::peak_memory(),
            "ok": problems.is_empty(),
        });
        match problems.first() {
            None => out.result(&value, &text(&settled, &attempts, &chain, &setup, &report.final_root)),
            Some(problem) => {
                if !out.json {
                    out.result(&value, &text(&settled, &attempts, &chain, &setup, &report.final_root))?;
                }
                Err(Failure::rejected(problem.clone()))
            }
        }
    }
}

fn must(good: bool, wanted: &str, found: &str) -> Result<(), Failure> {
    if good {
        Ok(())
    } else {
        Err(Failure::rejected(format!("{wanted}, found {found}")))
    }
}

/// Everything that is not as it has to be.
fn problems(settled: &[Settled], attempts: &[Attempt], closed: bool, same_root: bool) -> Vec<String> {
    let mut problems = Vec::new();
    for one in settled.iter().filter(|one| !one.answer.accepted) {
        let number = one.report.instance.batch;
        problems.push(format!(
            "batch {number}: expected the contract to accept it, found {}",
            one.answer.reason
        ));
    }
    for attempt in attempts.iter().filter(|attempt| !attempt.refused) {
        problems.push(format!(
            "batch {}: expected {} to be refused, found it accepted",
            attempt.batch, attempt.what
        ));
    }
    if settled.len() < 2 {
        problems.push(format!("expected at least 2 batches, found {}", settled.len()));
    }
    if !closed {
        problems.push("expected the expiry to be closed, found it open".into());
    }
    if !same_root {
        problems.push("expected the contract to stand at the ledger's state root, found another".into());
    }
    problems
}

/// One batch, its proof, and everybody who could be fooled by a changed one.
struct Cheat<'a> {
    chain: &'a mut Chain,
    setup: &'a Setup,
    keys: &'a Keys,
    batch: &'a Instance,
    file: &'a ProofFile,
}

impl Cheat<'_> {
    /// Attempts while the rollup waits for exactly this batch, so that nothing but the change can be why they are refused.
    fn before(&mut self, attempts: &mut Vec<Attempt>) -> Result<(), Failure> {
        let words: Vec<[u8; 32]> = self.file.values().iter().map(evm::word).collect();
        let honest = self.chain.verify(&self.file.proof, &words)?;
        must(
            honest.accepted,
            "verifier: expected the untouched proof to be accepted",
            &honest.reason,
        )?;

        let mut price = *self.batch;
        for slot in price.prices.iter_mut().flatten() {
            slot.price = Price::new(slot.price.get() + 1).map_err(|error| Failure::internal(error.to_string()))?;
        }
        self.changed("changed price", &price, attempts)?;

        let root = Instance {
            new_state: self.batch.new_state + Fr::ONE,
            ..*self.batch
        };
        self.changed("changed root", &root, attempts)?;
        let answer = self.chain.settle(&root, &self.file.proof)?;
        attempts.push(self.attempt("changed root, sent to the rollup", &answer, true));

        let length = self.file.proof.len();
        for (what, place) in [
            ("flipped proof byte (commitment)", 31),
            ("flipped proof byte (evaluation)", length / 2),
            ("flipped proof byte (opening)", length - 1),
        ] {
            let mut proof = self.file.proof.clone();
            proof[place] ^= 1;
            let natively = verify(self.setup, self.keys.verifier_key(), &self.file.values(), &proof).is_err();
            let answer = self.chain.settle(self.batch, &proof)?;
            attempts.push(self.attempt(what, &answer, natively));
        }

        // The same field element in another spelling. Rust has no such value; its proof file refuses the spelling.
        let mut wide = words;
        add_order(&mut wide[3]);
        let spelled = self.file.to_json().replace(
            &field_hex(&self.batch.new_state),
            &format!("0x{}", hex::encode(wide[3])),
        );
        let natively = ProofFile::parse(spelled.as_bytes()).is_err();
        let answer = self.chain.verify(&self.file.proof, &wide)?;
        attempts.push(self.attempt("instance plus r", &answer, natively));
        Ok(())
    }

    /// Attempts after the batch was accepted.
    fn after(&mut self, price: Price, attempts: &mut Vec<Attempt>) -> Result<(), Failure> {
        let answer = self.chain.settle(self.batch, &self.file.proof)?;
        attempts.push(self.attempt("replayed batch", &answer, true));
        let other = price.get() + 1;
        let answer = self
            .chain
            .post_price(self.batch.expiry.get(), Underlying::ETH.get(), other)?;
        attempts.push(self.attempt("second price for the expiry", &answer, true));
        Ok(())
    }

    /// The proof with another instance: the contract and the Rust verifier have to refuse it.
    fn changed(&mut self, what: &'static str, instance: &Instance, attempts: &mut Vec<Attempt>) -> Result<(), Failure> {
        let values = instance.to_fields();
        let natively = verify(self.setup, self.keys.verifier_key(), &values, &self.file.proof).is_err();
        let words: Vec<[u8; 32]> = values.iter().map(evm::word).collect();
        let answer = self.chain.verify(&self.file.proof, &words)?;
        attempts.push(self.attempt(what, &answer, natively));
        Ok(())
    }

    fn attempt(&self, what: &'static str, answer: &Answer, natively_refused: bool) -> Attempt {
        let reason = if natively_refused {
            answer.reason.clone()
        } else {
            "accepted by the Rust verifier".to_owned()
        };
        Attempt {
            batch: self.batch.batch,
            what,
            refused: !answer.accepted && natively_refused,
            reason,
        }
    }
}

/// Adds r to a big-endian word below r. No overflow: 2r is below 2^256.
fn add_order(word: &mut [u8; 32]) {
    let mut order = (-Fr::ONE).to_repr();
    order.as_mut().reverse();
    let mut carry = 1u16;
    for (byte, more) in word.iter_mut().zip(order).rev() {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
}

impl Attempt {
    fn json(&self) -> Value {
        json!({ "batch": self.batch, "what": self.what, "refused": self.refused, "reason": self.reason })
    }
}

impl Settled {
    fn json(&self) -> Value {
        let mut value = batch_json(&self.report);
        if let Value::Object(value) = &mut value {
            // The folder is gone when the demo ends.
            value.remove("proof_file");
            value.insert("accepted".into(), json!(self.answer.accepted));
            value.insert("gas".into(), json!(self.answer.gas));
            value.insert("evm_seconds".into(), json!(seconds(self.answer.time)));
        }
        value
    }
}

fn text(settled: &[Settled], attempts: &[Attempt], chain: &Chain, setup: &Setup, root: &Fr) -> String {
    let header = [
        "batch",
        "accounts",
        "positions",
        "witness s",
        "prove s",
        "verify s",
        "evm s",
        "proof bytes",
        "gas",
        "contract",
    ];
    let row = |one: &Settled| {
        let Settled { report, answer } = one;
        let time = |time| format!("{:.3}", seconds(time));
        vec![
            report.instance.batch.to_string(),
            report.accounts.to_string(),
            report.positions.to_string(),
            time(report.witness_time),
            time(report.prove_time),
            time(report.verify_time),
            time(answer.time),
            report.proof_bytes.to_string(),
            answer.gas.to_string(),
            if answer.accepted {
                "accepted".into()
            } else {
                "REFUSED".into()
            },
        ]
    };
    let rows: Vec<Vec<String>> = settled.iter().map(row).collect();
    let tries: Vec<Vec<String>> = attempts
        .iter()
        .map(|one| {
            let verdict = if one.refused { "refused" } else { "ACCEPTED" };
            vec![
                one.what.to_owned(),
                one.batch.to_string(),
                verdict.to_owned(),
                one.reason.chars().take(60).collect(),
            ]
        })
        .collect();
    format!(
        "{}\n\n{}\n\nstate root {}, the contract's too\nverifier: {} bytes of code, {} gas to deploy\nsetup: {}",
        table(&header, &rows),
        table(&["attempt", "batch", "answer", "reason"], &tries),
        field_hex(root),
        chain.code_bytes,
        chain.deploy_gas,
        setup.provenance(),
    )
}
