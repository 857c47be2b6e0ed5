//! What the tests of statement L share: a ledger in which accounts are due, a batch over it, its cells.

use std::collections::BTreeMap;

use circuits::builder::check::{Failure, check as circuit_check};
use circuits::cell::Grid;
use circuits::liquidation::{LiquidationCircuit, Size, Statement, trace};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerParts};
use witness_gen::liquidation::{LiquidationRules, Market, Terms};
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::risk::RiskArrays;
use witness_gen::series::SeriesTerms;
use witness_gen::state::Pools;
use witness_gen::statement::liquidation::{BatchOutcome, Instance, Violation, Witness, execute};
use witness_gen::statement::solvency::MarginRules;
use witness_gen::units::Cash;

#[path = "../../../witness-gen/tests/liquidation_cases/mod.rs"]
pub mod cases;

pub mod support {
    use witness_gen::units::{Lots, Price};

    pub fn lots(value: i64) -> Lots {
        Lots::new(value).expect("not 0")
    }
    pub fn price(value: u64) -> Price {
        Price::new(value).expect("below 2^63")
    }
}

pub use cases::{QUOTE, TERMS, account, least_cash};

/// Who makes the book net to 0.
pub const COUNTERPARTY: u32 = 70;

pub fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

/// A book whose accounts are at these leaves, and one more that makes it net to 0.
#[derive(Clone)]
pub struct Book {
    pub arrays: RiskArrays,
    pub rules: LiquidationRules,
    pub accounts: BTreeMap<u32, Account>,
    pub pools: Pools,
}

impl Book {
    pub fn new(accounts: impl IntoIterator<Item = (u32, Account)>) -> Self {
        Self {
            arrays: cases::arrays(),
            rules: LiquidationRules::default(),
            accounts: accounts.into_iter().collect(),
            pools: cases::pools(50),
        }
    }
    pub fn margin_rules(&self) -> MarginRules {
        MarginRules {
            liquidation: self.rules.digest(),
            ..cases::margin_rules(self.arrays.rules.digest())
        }
    }
    pub fn market(&self) -> Market {
        Market::of(&self.arrays, self.margin_rules()).expect("rows of the grid")
    }
    /// The ledger, which is sound.
    pub fn ledger(&self) -> Ledger {
        let ledger = self.any_ledger();
        ledger.audit().expect("a sound ledger");
        ledger
    }
    /// The ledger of accounts that may be out of shape.
    pub fn any_ledger(&self) -> Ledger {
        let mut net: BTreeMap<SeriesTerms, i64> = BTreeMap::new();
        for position in self.accounts.values().flat_map(|account| &account.positions) {
            *net.entry(position.series).or_default() -= position.lots.get();
        }
        let against: Vec<(SeriesTerms, i64)> = net.into_iter().filter(|(_, lots)| *lots != 0).collect();
        let mut accounts = self.accounts.clone();
        accounts.insert(COUNTERPARTY, account(7_000, 1_000_000 * QUOTE, &against));
        let mut open: BTreeMap<SeriesTerms, [u64; 2]> = BTreeMap::new();
        for position in accounts.values().flat_map(|account| &account.positions) {
            open.entry(position.series).or_default()[usize::from(!position.lots.is_long())] +=
                position.lots.magnitude();
        }
        let mut expiries: BTreeMap<_, (u8, Vec<OpenInterest>)> = BTreeMap::new();
        for (series, [long, short]) in open {
            let slot = 3 + expiries.len() as u8;
            let entry = OpenInterest { series, long, short };
            expiries
                .entry(series.expiry)
                .or_insert((slot, Vec::new()))
                .1
                .push(entry);
        }
        let cash: i128 = accounts.values().map(|account| account.cash.get()).sum();
        let pools = &self.pools;
        let total = cash + pools.insurance.get() + pools.fees.get() + pools.clearing.get() - pools.bad_debt.get();
        let ledger = Ledger::from_parts(LedgerParts {
            domain: Fr::from(99),
            params: RiskParameters::default().with_margin_rules(self.margin_rules().digest()),
            accounts,
            expiries,
            pools: Pools {
                total_cash: Cash(total),
                ..*pools
            },
            batch: 41,
            history: Fr::from(12_345),
        });
        ledger.expect("a ledger")
    }
    pub fn run(&self, wanted: &[(u32, u32, Terms)]) -> Result<Batch, Violation> {
        let blinding = |index: u32, nonce: u32| Fr::from(u64::from(index) * 1_000 + u64::from(nonce));
        let (instance, witness, outcome) = execute(
            &self.ledger(),
            &self.arrays,
            self.margin_rules(),
            self.rules,
            wanted,
            blinding,
        )?;
        Ok(Batch {
            instance,
            witness,
            outcome,
        })
    }
}

/// A batch with what it leads to.
#[derive(Clone)]
pub struct Batch {
    pub instance: Instance,
    pub witness: Witness,
    pub outcome: BatchOutcome,
}

impl Batch {
    pub fn statement(&self) -> Statement<'_> {
        Statement {
            instance: &self.instance,
            witness: &self.witness,
        }
    }
    pub fn cells(&self, size: Size) -> Grid {
        let trace = trace(size, self.statement(), None).expect("a batch that fits");
        trace.finish().expect("no overlap").clone()
    }
    pub fn failures(&self, circuit: &LiquidationCircuit) -> Vec<Failure> {
        circuit_check(circuit.laid(), &self.cells(circuit.size()), &self.instance.to_fields())
    }
}

/// An account with less than maintenance asks for: this share of what its requirement asks beyond its liabilities, in percent.
pub fn breached(market: &Market, of: &Account, percent: i128) -> Account {
    let value = market.sums(&of.positions).expect("priced").value;
    let least = least_cash(market, &of.positions);
    Account {
        cash: Cash(-value + (least + value) * percent / 100),
        ..of.clone()
    }
}
