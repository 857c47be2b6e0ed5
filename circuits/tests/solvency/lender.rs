//! What the tests of statement M share: a lender's view of one account among others.

use circuits::cell::Grid;
use circuits::solvency::check::{Failure, check};
use circuits::solvency::{Size, SolvencyCircuit, Statement, trace};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use witness_gen::account::Account;
use witness_gen::owner::OwnerKey;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::pricing::{Greeks, ValuePerLot};
use witness_gen::risk::inputs::RISK_DEPTH;
use witness_gen::risk::{RiskRow, RiskRules};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::{Pools, StateHeader};
use witness_gen::statement::solvency::{
    Excess, FACTOR_UNIT, GRID, Instance, MarginRules, Requirement, RootOpening, RowOpening, SCENARIOS, Sums, Witness,
    excess, excess_to_f64, is_met, weights,
};
use witness_gen::tree::{ACCOUNT_DEPTH, SparseTree};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

pub const EQUITY: Requirement = Requirement::Equity;
pub const MAINTENANCE: Requirement = Requirement::Maintenance;
pub const INITIAL: Requirement = Requirement::Initial;

/// Forty series, their rows, and an account that holds some of them.
#[derive(Clone)]
pub struct Lender {
    pub rows: Vec<RiskRow>,
    pub witness: Witness,
    pub instance: Instance,
}

pub fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

fn amount(value: u64) -> ValuePerLot {
    ValuePerLot::new(value).expect("test amounts are below 2^45")
}

fn series(i: u64) -> SeriesTerms {
    let strike = Price::new(1_000_000_000 + 50_000_000 * i).expect("a small price");
    SeriesTerms::new(
        Underlying::ETH,
        ExpiryMinutes(29_500_800),
        Kind::Call,
        strike,
        Price::ZERO,
    )
    .expect("a call")
}

impl Lender {
    /// `held` positions, seeded; the cash is what maintenance asks for exactly.
    pub fn new(seed: u64, held: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let rows: Vec<RiskRow> = (0..140u64)
            .map(|i| {
                let mark = rng.gen_range(0..2_000_000_000u64);
                RiskRow {
                    terms: series(i),
                    mark: amount(mark),
                    greeks: Greeks {
                        delta: rng.gen_range(-(1 << 30)..1 << 30),
                        gamma_forward: rng.gen_range(0..1 << 20),
                        vega: rng.gen_range(0..1 << 40),
                    },
                    values: (0..SCENARIOS)
                        .map(|_| amount(rng.gen_range(0..3_000_000_000)))
                        .collect(),
                }
            })
            .collect();
        let mut numbers: Vec<u64> = (0..140).collect();
        while numbers.len() > held {
            numbers.remove(rng.gen_range(0..numbers.len()));
        }
        let positions: Vec<Position> = numbers
            .iter()
            .map(|i| Position {
                series: series(*i),
                lots: Lots::new(if rng.gen_bool(0.5) { 1 } else { -1 } * rng.gen_range(1..50_000_000)).expect("not 0"),
            })
            .collect();
        let owner = OwnerKey {
            signing: [Fr::random(&mut rng), Fr::random(&mut rng)],
            secret: Fr::random(&mut rng),
        };
        let account = Account {
            owner: owner.key_hash(),
            cash: Cash(0),
            nonce: rng.gen_range(0..u32::MAX),
            positions,
            blinding: Fr::random(&mut rng),
        };
        let risk = RiskRules::builtin(GRID, Underlying::ETH).expect("rules of the program");
        let rules = MarginRules {
            risk: risk.digest(),
            initial_factor: 12_500,
            short_charge: 100,
            liquidation: Fr::random(&mut rng),
        };
        let params = RiskParameters::default().with_margin_rules(rules.digest());
        let instance = Instance {
            domain: Fr::from(7),
            parameters: params.digest(),
            state: Fr::ZERO,
            risk_root: Fr::ZERO,
            requirement: MAINTENANCE,
            threshold: 0,
            challenge: Fr::random(&mut rng),
            pseudonym: Fr::ZERO,
        };
        let index = rng.gen_range(0..1 << (2 * ACCOUNT_DEPTH));
        let mut this = Self {
            rows,
            instance,
            witness: Witness {
                owner,
                account,
                index,
                path: [[Fr::ZERO; 3]; ACCOUNT_DEPTH],
                header: StateHeader {
                    accounts_root: Fr::ZERO,
                    series_root: Fr::random(&mut rng),
                    pools: Pools {
                        insurance: Cash(5),
                        fees: Cash(6),
                        clearing: Cash(-7),
                        total_cash: Cash(8),
                        bad_debt: Cash(9),
                    },
                    batch: 77,
                    history: Fr::random(&mut rng),
                },
                params,
                rules,
                risk,
                round: RootOpening {
                    rows_root: Fr::ZERO,
                    series: 140,
                    time: 1_770_000_000,
                    spot: Price::new(2_500_000_000).expect("a small price"),
                    underlying: Underlying::ETH,
                    factor: Fr::from(1 << 18),
                },
                rows: Vec::new(),
            },
        };
        this.follow();
        this.cash_for(MAINTENANCE);
        this
    }

    /// Rows, paths, roots and pseudonym from account, key and rows as they stand.
    pub fn follow(&mut self) {
        let leaves = self.rows.iter().enumerate().map(|(i, r)| (i as u32, r.digest()));
        let tree = SparseTree::from_leaves(RISK_DEPTH, leaves).expect("distinct leaves");
        let w = &mut self.witness;
        w.round.rows_root = tree.root();
        self.instance.risk_root = w.round.root(w.rules.risk);
        w.rows = (w.account.positions.iter())
            .map(|p| {
                let index = (self.rows.iter().position(|r| r.terms == p.series)).expect("a listed series") as u32;
                RowOpening {
                    row: self.rows[index as usize].clone(),
                    index,
                    path: tree.path(index).try_into().expect("a path of the tree's depth"),
                }
            })
            .collect();
        let others = (1..5u32).map(|i| (w.index ^ i, Fr::from(u64::from(i))));
        let leaves = others.chain([(w.index, w.account.leaf())]);
        let tree = SparseTree::from_leaves(ACCOUNT_DEPTH, leaves).expect("distinct leaves");
        w.path = tree.path(w.index).try_into().expect("a path of the tree's depth");
        w.header.accounts_root = tree.root();
        self.instance.state = w.header.root();
        w.params.margin_rules = w.rules.digest();
        self.instance.parameters = w.params.digest();
        self.instance.pseudonym = w.owner.pseudonym(self.instance.challenge, self.instance.domain);
    }

    pub fn sums(&self) -> Sums {
        let w = &self.witness;
        Sums::of(w.account.positions.iter().zip(w.rows.iter().map(|o| &o.row)))
    }

    /// What the account has beyond its requirement.
    pub fn excess(&self) -> Excess {
        let w = &self.witness;
        let weights = weights(&w.risk.grid).expect("24 scenarios");
        excess(
            &w.account,
            &self.sums(),
            w.round.spot,
            &self.instance,
            &w.rules,
            &weights,
        )
    }

    /// Sets the cash to the least that meets a requirement.
    pub fn cash_for(&mut self, requirement: Requirement) {
        self.instance.requirement = requirement;
        self.witness.account.cash = Cash(0);
        let worst = self.excess().iter().map(excess_to_f64).fold(f64::INFINITY, f64::min);
        // A double is near enough to begin a search from.
        let mut step = 1i128 << 70;
        let mut cash = -(worst / (FACTOR_UNIT * FACTOR_UNIT) as f64) as i128 - step;
        while step > 0 {
            self.witness.account.cash = Cash(cash + step);
            if !is_met(&self.excess()) {
                cash += step;
            }
            step /= 2;
        }
        self.witness.account.cash = Cash(cash + 1);
        self.follow();
    }

    pub fn statement(&self) -> Statement<'_> {
        Statement {
            instance: &self.instance,
            witness: &self.witness,
        }
    }

    pub fn cells(&self, size: Size) -> Grid {
        let trace = trace(size, self.statement(), None).expect("fits");
        trace.finish().expect("no overlap").clone()
    }

    pub fn failures(&self, circuit: &SolvencyCircuit) -> Vec<Failure> {
        check(circuit, &self.cells(circuit.size()), &self.instance.to_fields())
    }
}

/// Names of what fails, without rows or repetition.
#[allow(dead_code)]
pub fn names(failures: &[Failure]) -> Vec<String> {
    let mut all: Vec<String> = failures
        .iter()
        .map(|f| match f {
            Failure::Gate { name, .. } => name.clone(),
            Failure::Copy { .. } => "copy".into(),
            Failure::Limbs => "limbs".into(),
        })
        .collect();
    all.sort();
    all.dedup();
    all
}
