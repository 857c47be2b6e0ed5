//! A venue's day with real proofs, through its contracts: a risk round in its parts, an account that proves its solvency, a batch of
//! liquidations, the settlement of the expiry in two batches. And what must not pass, at each step.

#[path = "../../circuits/tests/liquidation/book.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod book;
mod support;

use std::time::Instant;

use alloy_sol_types::SolCall;
use alloy_sol_types::private::primitives::aliases::{U40, U80};
use alloy_sol_types::private::{FixedBytes, U256};
use book::{Book, TERMS, breached, cases};
use circuits::liquidation::LiquidationCircuit;
use circuits::risk::compose::Part as Number;
use circuits::risk::{Cursor, Part, RiskCircuit, Segment, Unit};
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::size::Size;
use circuits::solvency::SolvencyCircuit;
use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;
use prover::backend::{Backend, Cpu};
use prover::keys::{Keys, keygen};
use prover::risk::{PartKeys, RoundParts};
use prover::solvency::{Question, prepare};
use prover::srs::Setup;
use prover::srs::dev::UnsafeDevSetup;
use prover::transcript::scalar_bytes;
use support::{or_skip, print_gas};
use verifier_contract::calldata::{Revert, VerifierErrors};
use verifier_contract::evm::{Address, CallOutcome, Evm};
use verifier_contract::venue::{self, BatchProof, Settlement, Terms, Venue, VenueErrors, Word, calls, statement};
use verifier_contract::{Meta, RISK_MARKET_EMPTY, SetupG2, compile_with_node, emit_solidity, hinted, key_digest};
use witness_gen::ledger::{Ledger, LedgerParts, SettledBatch};
use witness_gen::owner::OwnerKey;
use witness_gen::risk::RegimeState;
use witness_gen::risk::file::RiskRound;
use witness_gen::series::Kind;
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot};
use witness_gen::statement::solvency::Requirement;
use witness_gen::units::Underlying;

const SEED: &str = "venue test";
const ETH: u16 = 2;
const ROUND: u64 = 1;
const DELAY: u32 = 600;
const VICTIM: u32 = 5;
const TAKER: u32 = 9;
const TRADER: u32 = 20;
const LENDER: Address = Address::repeat_byte(0x1e);
const THIEF: Address = Address::repeat_byte(0x7f);

/// Keys of a circuit, and its verifier on the chain.
struct Verifier {
    keys: Keys,
    setup: Setup,
    meta: Meta,
    selector: [u8; 4],
}

impl Verifier {
    /// None without a compiler.
    fn deploy<C: Circuit<Fr>>(
        evm: &mut Evm,
        venue: &Venue,
        number: u8,
        (name, k, inputs): (&str, u32, usize),
        circuit: &C,
    ) -> Option<Self> {
        let setup = UnsafeDevSetup::generate(k, SEED).expect("a development setup");
        let keys = keygen(&setup, circuit, inputs).expect("keys");
        let meta = Meta {
            name: name.into(),
            statement: "test".into(),
            size: "test".into(),
            k,
            instances: inputs,
            equal_columns: if number == statement::RISK_MARKET {
                RISK_MARKET_EMPTY.to_vec()
            } else {
                Vec::new()
            },
        };
        let (vk, ends) = (keys.pk.get_vk(), SetupG2::from(setup.params()));
        let source = emit_solidity(vk, &ends, &meta).expect("a verifier");
        let artifact = or_skip(compile_with_node(&source, &format!("{name}Verifier")))?;
        let runtime = artifact.patch_runtime(vk, &ends, &meta).expect("the same shape");
        let address = evm.install(&runtime);
        let digest = key_digest(vk, &ends, &meta).expect("a sound key");
        let added = venue.add_verifier(evm, number, address, digest).expect("a transaction");
        assert_eq!(added.revert, None, "{name}");
        Some(Self {
            keys,
            setup,
            meta,
            selector: venue::selector(&digest),
        })
    }

    fn prove<C: Circuit<Fr>>(&self, circuit: &C, fields: &[Fr]) -> Vec<u8> {
        let proof = Cpu::default().prove(&self.setup, &self.keys, circuit, fields);
        argument(&self.keys, &self.meta, &proof.expect("a proof that verifies"), fields)
    }
}

/// A proof as its verifier takes it: with the inverse behind it.
fn argument(keys: &Keys, meta: &Meta, proof: &[u8], fields: &[Fr]) -> Vec<u8> {
    hinted(keys.pk.get_vk(), meta, proof, &words(fields)).expect("a proof of that length")
}

fn uint(value: &Fr) -> U256 {
    U256::from_be_bytes(scalar_bytes(value))
}

fn words(fields: &[Fr]) -> Vec<Word> {
    fields.iter().map(scalar_bytes).collect()
}

fn venue_error(outcome: &CallOutcome) -> &VenueErrors {
    match &outcome.revert {
        Some(Revert::Venue(error)) => error,
        other => panic!("expected an error of the venue, found {other:?}"),
    }
}

fn not_proven(outcome: &CallOutcome) -> bool {
    matches!(
        outcome.revert,
        // The inverse belongs to the instance, too.
        Some(
            Revert::Verifier(VerifierErrors::PairingFailed(_) | VerifierErrors::InvalidInverse(_))
                | Revert::Venue(VenueErrors::ClaimsFailed(_))
        )
    )
}

/// The chain, the contracts, the ledger behind them.
struct Day {
    evm: Evm,
    venue: Venue,
    ledger: Ledger,
    book: Book,
    round: RiskRound,
    trader: OwnerKey,
}

impl Day {
    /// A ledger of four accounts, one of them in breach at the round, one with a key that proves.
    fn start() -> Self {
        let mut book = Book::new([]);
        let inputs = book.arrays.inputs.clone();
        let rules = book.arrays.rules.clone();
        let before = RegimeState::start(&rules.regime, Underlying::ETH, inputs.time - 4_000, inputs.spot);
        let round = RiskRound::build(&rules, &inputs, before).expect("inputs in the domain");
        book.arrays = round.arrays.clone();
        let trader = OwnerKey::proving_only(Fr::from(4_711));
        let mut account = cases::account(
            0,
            5_000 * cases::QUOTE,
            &[(cases::terms(Kind::Put, 1_800_000_000), 1_000_000)],
        );
        account.owner = trader.key_hash();
        let victim = breached(&book.market(), &cases::victim(0), 50);
        book.accounts = [(VICTIM, victim), (TAKER, cases::taker()), (TRADER, account)].into();
        let parts = LedgerParts {
            batch: 0,
            ..book.ledger().parts().clone()
        };
        let ledger = Ledger::from_parts(parts).expect("a ledger");

        let mut evm = Evm::new(31_337);
        evm.set_time(inputs.time + 60);
        let terms = Terms {
            genesis: scalar_bytes(&ledger.state_root()),
            parameters: scalar_bytes(&ledger.parts().params.digest()),
            risk_parameters: scalar_bytes(&rules.digest()),
            execution_delay: DELAY,
            risk_max_age: 3_600,
        };
        let venue = Venue::deploy(&mut evm, &terms).expect("a deployment");
        // The root does not depend on the domain, which the rollup's address gives.
        let domain = read(&mut evm, venue.rollup, &venue::domain());
        let parts = LedgerParts {
            domain,
            ..ledger.parts().clone()
        };
        let ledger = Ledger::from_parts(parts).expect("a ledger");
        Self {
            evm,
            venue,
            ledger,
            book,
            round,
            trader,
        }
    }

    fn accept(&mut self, what: &str, to: Address, data: &[u8]) -> CallOutcome {
        let outcome = self.evm.call(to, data).expect("a transaction");
        assert_eq!(outcome.revert, None, "{what}");
        print_gas(what, data, &outcome);
        outcome
    }

    fn send(&mut self, to: Address, data: &[u8]) -> CallOutcome {
        self.evm.call(to, data).expect("a transaction")
    }

    fn later(&mut self, seconds: u32) {
        self.evm.set_time(self.evm.time() + u64::from(seconds));
    }

    fn root(&mut self) -> Fr {
        read(&mut self.evm, self.venue.rollup, &venue::state_root())
    }
}

fn read(evm: &mut Evm, to: Address, data: &[u8]) -> Fr {
    let mut word: Word = evm.call(to, data).expect("a call").output.try_into().expect("a word");
    word.reverse();
    Fr::from_repr(word).expect("a field element")
}

#[test]
fn a_day_of_a_venue() {
    let mut day = Day::start();
    if day.risk_round().is_none() {
        return;
    }
    day.solvency();
    day.liquidation();
    day.settlement();
    assert_eq!(day.root(), day.ledger.state_root());
}

// ---- statement R ----

fn cursor(of: &Cursor) -> calls::Cursor {
    let at = |i: usize| of.pending.get(i).map_or(U256::ZERO, uint);
    calls::Cursor {
        digest: uint(&of.digest),
        pending: [at(0), at(1)],
        waiting: u8::try_from(of.pending.len()).expect("at most 2"),
        order: U256::from(of.order),
        last: U256::from(of.expiry) + (U256::from(of.forward) << 36),
        count: u16::try_from(of.count).expect("at most 4096"),
    }
}

impl Day {
    fn risk_round(&mut self) -> Option<()> {
        let size = circuits::risk::Size::by_name("4").expect("a size");
        let (evm, venue) = (&mut self.evm, self.venue);
        let market = RiskCircuit::market(size);
        let segment = RiskCircuit::new(Part::Segment(Unit::Quote), size);
        let levels = u8::try_from(size.levels).expect("at most 6");
        let described = ("RiskMarket", size.k, 9);
        let markets = Verifier::deploy(evm, &venue, statement::RISK_MARKET, described, market.laid())?;
        let described = ("RiskSegment", size.k, 5);
        let number = statement::RISK_SEGMENT + levels;
        let segments = Verifier::deploy(evm, &venue, number, described, segment.laid())?;

        let arrays = &self.round.arrays;
        let domain = read(evm, venue.rounds, &venue::domain());
        let parts = RoundParts::new(size, domain, &self.round).expect("a round that fits");
        let instance = *parts.instance();
        let (of_market, of_segment) = (
            PartKeys {
                circuit: market,
                keys: markets.keys,
            },
            PartKeys {
                circuit: segment,
                keys: segments.keys,
            },
        );
        let start = Instant::now();
        let (pieces, cursors) = Segment::split(size, arrays).expect("calls and puts");
        let mut call = calls::submitRoundCall {
            round: calls::Round {
                underlying: ETH,
                levels,
                oracleRound: U80::from(ROUND),
                factor: instance.factor.get(),
                newRegime: uint(&instance.new_regime),
                markets: Vec::new(),
                segments: Vec::new(),
            },
        };
        for number in parts.numbers() {
            let (with, setup, meta) = match number {
                Number::Market(_) => (&of_market, &markets.setup, &markets.meta),
                _ => (&of_segment, &segments.setup, &segments.meta),
            };
            let file = parts.prove(number, &Cpu::default(), setup, with).expect("a proof");
            let values = file.values();
            let proof = argument(&with.keys, meta, &file.proof, &values);
            match number {
                Number::Market(_) => call.round.markets.push(calls::Market {
                    selector: FixedBytes(markets.selector),
                    contexts: uint(&values[8]),
                    proof: proof.into(),
                }),
                Number::Segment(i) => call.round.segments.push(calls::Segment {
                    selector: FixedBytes(segments.selector),
                    market: 0,
                    rows: uint(&values[4]),
                    cursor: cursor(&cursors[i + 1]),
                    proof: proof.into(),
                }),
                Number::Listing => unreachable!("no part"),
            }
        }
        let (of_markets, of_segments) = parts.counts();
        assert_eq!((of_markets, of_segments), (1, pieces.len()));
        println!(
            "risk round: {} parts proven in {:.1} s",
            1 + of_segments,
            start.elapsed().as_secs_f64()
        );

        // Nothing before the regime has a start and the oracle a round.
        let rounds = venue.rounds;
        let refused = self.send(rounds, &call.abi_encode());
        assert!(matches!(venue_error(&refused), VenueErrors::NotStarted(_)));
        let begin = calls::startUnderlyingCall {
            underlying: ETH,
            regime: uint(&instance.old_regime),
        };
        self.accept("startUnderlying", rounds, &begin.abi_encode());
        let refused = self.send(rounds, &call.abi_encode());
        assert!(matches!(venue_error(&refused), VenueErrors::UnknownRound(_)));
        let post = calls::postRoundCall {
            underlying: ETH,
            id: U80::from(ROUND),
            price: instance.spot.get(),
            time: U40::from(instance.time),
            volatility: uint(&instance.volatility),
        };
        self.accept("postRound", venue.sole, &post.abi_encode());

        // A round that is not this one, in each of its values.
        let changes: [&dyn Fn(&mut calls::Round); 6] = [
            &|r| r.factor += 1,
            &|r| r.newRegime += U256::from(1),
            &|r| r.markets[0].contexts += U256::from(1),
            &|r| r.segments[0].rows += U256::from(1),
            &|r| r.segments[0].cursor.order += U256::from(1),
            &|r| r.segments.swap(0, 1),
        ];
        for (i, change) in changes.into_iter().enumerate() {
            let mut forged = call.clone();
            change(&mut forged.round);
            let outcome = self.send(rounds, &forged.abi_encode());
            let by_name = matches!(outcome.revert, Some(Revert::Venue(VenueErrors::WrongSeriesCount(_))));
            assert!(
                not_proven(&outcome) || (i == 5 && by_name),
                "change {i}: {:?}",
                outcome.revert
            );
        }
        let outcome = self.accept("submitRound", rounds, &call.abi_encode());
        assert_eq!(outcome.output, scalar_bytes(&instance.risk_root));
        let again = self.send(rounds, &call.abi_encode());
        assert!(matches!(venue_error(&again), VenueErrors::NotLater(_)));
        Some(())
    }

    // ---- statement M ----

    fn solvency(&mut self) {
        let size = circuits::solvency::Size::by_name("8").expect("a size");
        let circuit = SolvencyCircuit::new(size);
        let described = ("Solvency8", size.k, 8);
        let verifier = Verifier::deploy(&mut self.evm, &self.venue, statement::SOLVENCY, described, &circuit);
        let verifier = verifier.expect("a compiler");
        let number = U256::from(77);
        let asked = calls::challengeOfCall {
            lender: LENDER,
            challenge: number,
        };
        let challenge = read(&mut self.evm, self.venue.gate, &asked.abi_encode());
        let question = Question {
            index: TRADER,
            requirement: Requirement::Maintenance,
            threshold: 1_000 * cases::QUOTE.unsigned_abs(),
            challenge,
        };
        let rules = self.book.margin_rules();
        let (instance, witness) =
            prepare(&self.ledger, &self.book.arrays, rules, self.trader, question).expect("a solvent account");
        let trace = circuits::solvency::trace(
            size,
            circuits::solvency::Statement {
                instance: &instance,
                witness: &witness,
            },
            None,
        );
        let cells = trace.expect("fits").finish().expect("no overlap").clone();
        let proof = verifier.prove(&circuit.with_cells(cells), &instance.to_fields());
        let claim = calls::Claim {
            selector: FixedBytes(verifier.selector),
            requirement: 1,
            underlying: ETH,
            threshold: question.threshold,
            challenge: number,
            pseudonym: uint(&instance.pseudonym),
        };
        let call = calls::proveSolvencyCall {
            proof: proof.into(),
            claim,
        };
        let gate = self.venue.gate;
        let mut from = |sender: Address, call: &calls::proveSolvencyCall| {
            self.evm
                .call_from(sender, gate, &call.abi_encode())
                .expect("a transaction")
        };
        // The proof is the lender's: whoever sees it first cannot use it.
        assert!(not_proven(&from(THIEF, &call)));
        let changes: [&dyn Fn(&mut calls::Claim); 4] = [
            &|c| c.requirement = 2,
            &|c| c.threshold += 1,
            &|c| c.challenge += U256::from(1),
            &|c| c.pseudonym += U256::from(1),
        ];
        for (i, change) in changes.into_iter().enumerate() {
            let mut forged = call.clone();
            change(&mut forged.claim);
            assert!(not_proven(&from(LENDER, &forged)), "change {i}");
        }
        let outcome = from(LENDER, &call);
        assert_eq!(outcome.revert, None);
        print_gas("proveSolvency", &call.abi_encode(), &outcome);
        let roots = [instance.state, instance.risk_root].map(|root| scalar_bytes(&root));
        assert_eq!(outcome.output, roots.concat());
        assert!(matches!(
            venue_error(&from(LENDER, &call)),
            VenueErrors::ChallengeUsed(_)
        ));
    }

    // ---- statement L ----

    fn liquidation(&mut self) {
        let size = book::size("xs");
        let circuit = LiquidationCircuit::new(size);
        let described = ("LiquidationXs", size.k, 7);
        let verifier = Verifier::deploy(
            &mut self.evm,
            &self.venue,
            statement::LIQUIDATION,
            described,
            circuit.laid(),
        );
        let verifier = verifier.expect("a compiler");
        let batch = self.ledger.liquidate(
            &self.book.arrays,
            self.book.margin_rules(),
            self.book.rules,
            &[(VICTIM, TAKER, TERMS)],
            |index, nonce| Fr::from(u64::from(index) * 1_000 + u64::from(nonce)),
        );
        let batch = batch.expect("due");
        let instance = batch.instance.to_fields();
        let statement = circuits::liquidation::Statement {
            instance: &batch.instance,
            witness: &batch.witness,
        };
        let trace = circuits::liquidation::trace(size, statement, None).expect("a batch that fits");
        let cells = trace.finish().expect("no overlap").clone();
        let proof = verifier.prove(&circuit.with_cells(cells), &instance);
        let rollup = self.venue.rollup;
        let [old, new] = [2, 3].map(|i| scalar_bytes(&instance[i]));

        // With the breaker on there are no liquidations.
        let commit = venue::commit_liquidation(1, ETH, old, new);
        self.trip(true);
        let refused = self.send(rollup, &commit);
        assert!(matches!(venue_error(&refused), VenueErrors::BreakerTripped(_)));
        self.trip(false);
        // Nor at a round that is too old, or of another underlying.
        let now = self.evm.time();
        self.later(3_600);
        let refused = self.send(rollup, &commit);
        assert!(matches!(venue_error(&refused), VenueErrors::RiskRootStale(_)));
        self.evm.set_time(now);
        let refused = self.send(rollup, &venue::commit_liquidation(1, 1, old, new));
        assert!(matches!(venue_error(&refused), VenueErrors::RiskRootStale(_)));

        self.accept("commitBatch, liquidation", rollup, &commit);
        let words = words(&instance);
        let proving = |words: &[Word]| {
            venue::prove_batches(
                1,
                &[BatchProof {
                    selector: verifier.selector,
                    instance: words,
                    proof: &proof,
                }],
            )
        };
        for i in 0..words.len() {
            let mut forged = words.clone();
            forged[i][31] ^= 1;
            let refused = self.send(rollup, &proving(&forged));
            assert!(matches!(venue_error(&refused), VenueErrors::WrongInstance(_)), "{i}");
        }
        self.trip(true);
        let refused = self.send(rollup, &proving(&words));
        assert!(matches!(venue_error(&refused), VenueErrors::BreakerTripped(_)));
        self.trip(false);
        self.accept("proveBatches, liquidation", rollup, &proving(&words));
        self.later(DELAY);
        self.trip(true);
        let execute = venue::execute_batches(1, &[&words]);
        let refused = self.send(rollup, &execute);
        assert!(matches!(venue_error(&refused), VenueErrors::BreakerTripped(_)));
        self.trip(false);
        self.accept("executeBatches, liquidation", rollup, &execute);
        self.ledger.apply_liquidation(&batch).expect("over this state");
        assert_eq!(self.root(), self.ledger.state_root());
    }

    fn trip(&mut self, tripped: bool) {
        let call = calls::setTrippedCall { tripped };
        assert!(self.send(self.venue.sole, &call.abi_encode()).success);
    }

    // ---- statement S ----

    fn settlement(&mut self) {
        let size = Size::by_name("s").expect("a size");
        let circuit = SettlementCircuit::new(size);
        let described = ("SettlementS", size.k, 13);
        let verifier = Verifier::deploy(&mut self.evm, &self.venue, statement::SETTLEMENT, described, &circuit);
        let verifier = verifier.expect("a compiler");
        let (rollup, sole) = (self.venue.rollup, self.venue.sole);
        self.evm.set_time(u64::from(cases::EXPIRY.get()) * 60 + 1);
        let price = book::support::price(1_750_000_000);
        let post = venue::post_price(cases::EXPIRY.get(), ETH, price.get());
        self.accept("postPrice", sole, &post);
        let mut prices = [None; PRICE_SLOTS];
        prices[0] = Some(PriceSlot {
            underlying: Underlying::ETH,
            price,
        });
        // The breaker does not keep anybody from settling at a final price.
        self.trip(true);
        let waiting = self.ledger.affected_accounts(cases::EXPIRY, &[Underlying::ETH]);
        let (some, rest) = waiting.split_at(waiting.len() / 2);
        let mut proven = Vec::new();
        for (accounts, close) in [(some, false), (rest, true)] {
            let settled = self
                .ledger
                .settle(accounts, cases::EXPIRY, prices, close, |index, nonce| {
                    Fr::from(u64::from(index) * 7_000 + u64::from(nonce))
                });
            let settled = settled.expect("a valid batch");
            let proof = verifier.prove(&with_cells(&circuit, size, &settled), &settled.instance.to_fields());
            self.commit_settlement(&settled);
            self.ledger.apply(&settled).expect("over this state");
            proven.push((words(&settled.instance.to_fields()), proof));
        }
        // A proof of the first batch is none of the second.
        let of = |i: usize, j: usize| BatchProof {
            selector: verifier.selector,
            instance: &proven[i].0,
            proof: &proven[j].1,
        };
        let refused = self.send(rollup, &venue::prove_batches(2, &[of(0, 1)]));
        assert!(not_proven(&refused));
        let refused = self.send(rollup, &venue::prove_batches(2, &[of(1, 1)]));
        assert!(matches!(venue_error(&refused), VenueErrors::WrongInstance(_)));
        let refused = self.send(rollup, &venue::prove_batches(3, &[of(1, 1)]));
        assert!(matches!(venue_error(&refused), VenueErrors::WrongBatch(_)));
        let refused = self.send(rollup, &venue::prove_batches(2, &[of(0, 0), of(1, 0)]));
        assert!(not_proven(&refused));
        let both = venue::prove_batches(2, &[of(0, 0), of(1, 1)]);
        self.accept("proveBatches, two settlements", rollup, &both);
        self.later(DELAY);
        let both = venue::execute_batches(2, &[&proven[0].0, &proven[1].0]);
        self.accept("executeBatches, two settlements", rollup, &both);
    }

    fn commit_settlement(&mut self, batch: &SettledBatch) {
        let instance = &batch.instance;
        let commit = venue::commit_settlement(&Settlement {
            batch: instance.batch,
            expiry: instance.expiry.get(),
            close: instance.close,
            underlyings: &[ETH],
            old_state: scalar_bytes(&instance.old_state),
            new_state: scalar_bytes(&instance.new_state),
        });
        self.accept("commitBatch, settlement", self.venue.rollup, &commit);
    }
}

fn with_cells(circuit: &SettlementCircuit, size: Size, batch: &SettledBatch) -> SettlementCircuit {
    let trace = assign(size, &batch.instance, &batch.witness, &batch.outcome, None).expect("fits");
    circuit.with_cells(Cells {
        advice: trace.finish().expect("no overlap").clone(),
        instance: batch.instance.to_fields(),
    })
}
