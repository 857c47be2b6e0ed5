//! A proof of every statement, with its keys: honest witnesses of the tests of the circuits.

use circuits::cell::Grid;
use circuits::liquidation::LiquidationCircuit;
use circuits::risk::RiskCircuit;
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit};
use circuits::solvency::SolvencyCircuit;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, Stock};
use prover::keys::{Keys, keygen};
use prover::srs::Setup;
use prover::srs::dev::UnsafeDevSetup;
use prover::transcript::scalar_bytes;
use prover::{liquidation, risk, sequencer, solvency};
use verifier_contract::{Meta, SetupG2, hinted};
use witness_gen::statement::settlement::{Instance, execute};

#[path = "../../../circuits/tests/liquidation/book.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
pub mod book;
#[path = "../../../circuits/tests/solvency/lender.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
pub mod lender;
#[path = "../../../circuits/tests/risk/listing.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
pub mod listing;
#[path = "../../../witness-gen/tests/support/mod.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
pub mod venue;

/// A proof and all that belongs to it.
pub struct Proven {
    pub setup: Setup,
    pub keys: Keys,
    pub meta: Meta,
    pub fields: Vec<Fr>,
    /// As the prover writes it.
    pub proof: Vec<u8>,
}

impl Proven {
    pub fn ends(&self) -> SetupG2 {
        SetupG2::from(self.setup.params())
    }

    pub fn words(&self) -> Vec<[u8; 32]> {
        self.fields.iter().map(scalar_bytes).collect()
    }

    /// The proof as the verifier's contract takes it.
    pub fn hinted(&self) -> Vec<u8> {
        hinted(self.keys.pk.get_vk(), &self.meta, &self.proof, &self.words()).expect("a proof of that length")
    }
}

fn meta(name: String, statement: &str, size: &str, k: u32, instances: usize) -> Meta {
    Meta {
        name,
        statement: statement.into(),
        size: size.into(),
        k,
        instances,
        equal_columns: Vec::new(),
    }
}

/// A size's name with a capital first letter.
fn capital(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

fn dev_setup(k: u32) -> Setup {
    UnsafeDevSetup::generate(k, "verifier").expect("a development setup")
}

/// A small batch of accounts settles an expiry.
pub fn settlement(name: &str) -> Proven {
    let size = circuits::size::Size::by_name(name).expect("a named size");
    let mut venue = venue::Venue::seeded(2, 4, 12);
    let indices = venue.indices();
    let witness = venue.witness(&indices);
    let prices = venue::both_prices();
    let (instance, outcome) = execute(Fr::from(99), &witness, 42, venue::EXPIRY, false, prices).expect("a valid batch");
    let trace = assign(size, &instance, &witness, &outcome, None).expect("fits");
    let fields = instance.to_fields();
    let cells = Cells {
        advice: trace.finish().expect("no overlap").clone(),
        instance: fields,
    };
    let setup = dev_setup(size.k);
    let empty = SettlementCircuit::new(size);
    let keys = keygen(&setup, &empty, Instance::LEN).expect("keys");
    let proof = Stock.prove(&setup, &keys, &empty.with_cells(cells), &fields);
    Proven {
        setup,
        keys,
        meta: meta(
            format!("Settlement{}", capital(name)),
            sequencer::STATEMENT,
            name,
            size.k,
            Instance::LEN,
        ),
        fields: fields.to_vec(),
        proof: proof.expect("a proof that verifies"),
    }
}

/// An account of five positions meets a requirement.
pub fn solvency(name: &str) -> Proven {
    let size = lender::size(name);
    let setup = dev_setup(size.k);
    let empty = SolvencyCircuit::new(size);
    let lender = lender::Lender::new(9, 5);
    let fields = lender.instance.to_fields();
    let keys = keygen(&setup, &empty, fields.len()).expect("keys");
    let proof = Stock.prove(&setup, &keys, &empty.with_cells(lender.cells(size)), &fields);
    Proven {
        setup,
        keys,
        meta: meta(
            format!("Solvency{name}"),
            solvency::STATEMENT,
            name,
            size.k,
            fields.len(),
        ),
        fields: fields.to_vec(),
        proof: proof.expect("a proof that verifies"),
    }
}

/// One account is liquidated.
pub fn liquidation() -> Proven {
    use book::{Book, TERMS, breached, cases};
    let size = book::size("xs");
    let setup = dev_setup(size.k);
    let empty = LiquidationCircuit::new(size);
    let victim = breached(&Book::new([]).market(), &cases::victim(0), 50);
    let book = Book::new([(5, victim), (9, cases::taker())]);
    let batch = book.run(&[(5, 9, TERMS)]).expect("due");
    let fields = batch.instance.to_fields();
    let keys = keygen(&setup, empty.laid(), fields.len()).expect("keys");
    let proof = Stock.prove(&setup, &keys, &empty.with_cells(batch.cells(size)), &fields);
    Proven {
        setup,
        keys,
        meta: meta(
            "LiquidationXs".into(),
            liquidation::STATEMENT,
            "xs",
            size.k,
            fields.len(),
        ),
        fields: fields.to_vec(),
        proof: proof.expect("a proof that verifies"),
    }
}

/// Risk arrays of neighbouring series.
pub fn segment(name: &str) -> Proven {
    let case = listing::Case::first(name, 5, 4, 2);
    let circuit = RiskCircuit::segment(case.size);
    let part = circuits::risk::Part::Segment(circuits::risk::Unit::Quote);
    risk_part("RiskSegment", part, &circuit, fields_of(&case), case.cells)
}

fn fields_of(case: &listing::Case) -> Vec<Fr> {
    listing::fields(&case.instance)
}

/// The contexts of risk arrays.
pub fn market(name: &str) -> Proven {
    let size = listing::size(name);
    let market = listing::market(size, &listing::arrays(&listing::inputs(5, 4, 2)));
    let fields = market.instance().expect("a later price").to_vec();
    let cells = listing::market_cells(size, &market);
    risk_part(
        "RiskMarket",
        circuits::risk::Part::Market,
        &RiskCircuit::market(size),
        fields,
        cells,
    )
}

fn risk_part(prefix: &str, part: circuits::risk::Part, empty: &RiskCircuit, fields: Vec<Fr>, cells: Grid) -> Proven {
    let size = empty.size();
    let setup = dev_setup(size.k);
    let keys = keygen(&setup, empty.laid(), fields.len()).expect("keys");
    let proof = Stock.prove(&setup, &keys, &empty.with_cells(cells), &fields);
    Proven {
        setup,
        keys,
        meta: meta(
            format!("{prefix}{}", size.name),
            risk::statement(part),
            size.name,
            size.k,
            fields.len(),
        ),
        fields,
        proof: proof.expect("a proof that verifies"),
    }
}
