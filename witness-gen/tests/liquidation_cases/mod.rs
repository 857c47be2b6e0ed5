//! What the tests of liquidations share: a real round, an account in breach, and someone who takes its positions.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::BTreeMap;

use halo2curves::bn256::Fr;
use num_bigint::BigInt;
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerParts};
use witness_gen::liquidation::{Level, LiquidationRules, Market, Outcome, Party, Terms, Transfer, check, liquidate};
use witness_gen::market::Volatility;
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::risk::{ExpiryInput, MarketInputs, RegimeFactor, RiskArrays, RiskGrid, RiskRules, SeriesInput};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::liquidation::Violation;
use witness_gen::statement::solvency::MarginRules;
use witness_gen::units::{Cash, ExpiryMinutes, Price, Underlying};

use super::support::{lots, price};

pub const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_510_880);
pub const SCENARIOS: usize = 24;
pub const QUOTE: i128 = 1_000_000_000_000;
pub const TERMS: Terms = Terms {
    discount: 500,
    penalty: 1_000,
};

pub fn terms(kind: Kind, strike: u64) -> SeriesTerms {
    SeriesTerms::new(Underlying::ETH, EXPIRY, kind, price(strike), Price::ZERO).expect("no cap")
}

pub fn grid() -> RiskGrid {
    RiskGrid::builtin("paradex-24").expect("a grid of the program")
}

pub fn margin_rules(risk: Fr) -> MarginRules {
    MarginRules {
        risk,
        initial_factor: 12_500,
        short_charge: 100,
        liquidation: LiquidationRules::default().digest(),
    }
}

pub fn account(owner: u64, cash: i128, positions: &[(SeriesTerms, i64)]) -> Account {
    Account {
        owner: Fr::from(owner),
        cash: Cash(cash),
        nonce: 3,
        positions: positions
            .iter()
            .map(|(series, quantity)| Position {
                series: *series,
                lots: lots(*quantity),
            })
            .collect(),
        blinding: Fr::from(owner + 1_000),
    }
}

/// A real round: ETH at 2,000, four strikes, calls and puts, 20 days to expiry.
pub fn arrays() -> RiskArrays {
    let rules = RiskRules::builtin("paradex-24", Underlying::ETH).expect("built in");
    let mut series: Vec<SeriesInput> = [Kind::Call, Kind::Put]
        .into_iter()
        .flat_map(|kind| [1_600u64, 1_800, 2_000, 2_400].map(|strike| terms(kind, strike * 1_000_000)))
        .map(|terms| SeriesInput {
            terms,
            volatility: Volatility(8_000),
        })
        .collect();
    series.sort_by_key(|series| series.terms);
    let inputs = MarketInputs {
        underlying: Underlying::ETH,
        time: u64::from(EXPIRY.get()) * 60 - 20 * 86_400,
        spot: price(2_000_000_000),
        expiries: vec![ExpiryInput {
            expiry: EXPIRY,
            forward: price(2_000_000_000),
        }],
        series,
    };
    RiskArrays::build(&rules, &inputs, RegimeFactor::ONE).expect("inputs in the domain")
}

pub fn real_market() -> Market {
    let arrays = arrays();
    Market::of(&arrays, margin_rules(arrays.rules.digest())).expect("rows of the grid")
}

/// Short 10 puts at 1,800 and 5 calls at 2,400, long 2 puts at 1,600, with this much cash in quote.
pub fn victim(quote: i128) -> Account {
    account(
        7,
        quote * QUOTE,
        &[
            (terms(Kind::Call, 2_400_000_000), -5_000_000),
            (terms(Kind::Put, 1_600_000_000), 2_000_001),
            (terms(Kind::Put, 1_800_000_000), -10_000_000),
        ],
    )
}

/// Well funded, long some of what the victim is short of.
pub fn taker() -> Account {
    account(8, 100_000 * QUOTE, &[(terms(Kind::Put, 1_800_000_000), 3_000_000)])
}

/// The least cash, in money units, with which the positions meet maintenance.
pub fn least_cash(market: &Market, positions: &[Position]) -> i128 {
    let margin = market
        .margin(Level::Maintenance, Cash::ZERO, positions)
        .expect("priced");
    // ceil(-worst / 10^8) of either sign: division rounds towards zero.
    let (missing, unit) = (-margin.worst(), BigInt::from(100_000_000));
    let quotient = &missing / &unit;
    let least = if &quotient * &unit < missing {
        quotient + 1
    } else {
        quotient
    };
    i128::try_from(least).expect("small")
}

pub fn pools(insurance: i128) -> Pools {
    Pools {
        insurance: Cash(insurance * QUOTE),
        fees: Cash(17),
        ..Pools::default()
    }
}

pub struct Case {
    pub market: Market,
    pub rules: LiquidationRules,
    pub pools: Pools,
    pub victim: Account,
    pub taker: Account,
}

impl Case {
    /// A solvent account in breach: half of what its requirement asks beyond its liabilities.
    pub fn solvent() -> Self {
        let market = real_market();
        let positions = victim(0).positions;
        let value = market.sums(&positions).expect("priced").value;
        let least = least_cash(&market, &positions);
        Self {
            rules: LiquidationRules::default(),
            pools: pools(50),
            victim: Account {
                cash: Cash((least - value) / 2),
                ..victim(0)
            },
            taker: taker(),
            market,
        }
    }

    /// An account that owes `quote` more than it has.
    pub fn insolvent(quote: i128) -> Self {
        let mut case = Self::solvent();
        let value = case.market.sums(&case.victim.positions).expect("priced").value;
        case.victim.cash = Cash(-value - quote * QUOTE);
        case
    }

    pub fn run(&self) -> Result<(Transfer, Outcome), Violation> {
        liquidate(
            &self.market,
            &self.rules,
            &self.pools,
            Party {
                index: 5,
                account: &self.victim,
            },
            Party {
                index: 9,
                account: &self.taker,
            },
            TERMS,
        )
    }

    pub fn check(&self, transfer: &Transfer, outcome: &Outcome) -> Result<(), Violation> {
        check(
            &self.market,
            &self.rules,
            &self.pools,
            Party {
                index: 5,
                account: &self.victim,
            },
            Party {
                index: 9,
                account: &self.taker,
            },
            transfer,
            outcome,
        )
    }

    pub fn sum(&self) -> i128 {
        self.victim.cash.get() + self.taker.cash.get() + self.pools.insurance.get() - self.pools.bad_debt.get()
    }
}

/// A ledger of two victims (leaves 5 and 6), two takers (9, 66) and a counterparty (70) that makes the book net to 0. The taker at 9 is long
/// some of what the victims are short of; the one at 66 holds nothing.
pub fn ledger_of(victim: &Account, taker: Account, insurance: i128) -> Ledger {
    let put = terms(Kind::Put, 1_800_000_000);
    let call = terms(Kind::Call, 2_400_000_000);
    let other = account(
        11,
        90_000 * QUOTE,
        &[
            (call, 10_000_000),
            (terms(Kind::Put, 1_600_000_000), -4_000_002),
            (put, 17_000_000),
        ],
    );
    let second = Account {
        owner: Fr::from(12),
        ..victim.clone()
    };
    let plain = account(13, 50_000 * QUOTE, &[]);
    let accounts: BTreeMap<u32, Account> =
        [(5, victim.clone()), (6, second), (9, taker), (66, plain), (70, other)].into();
    let entry = |series: SeriesTerms, open: u64| OpenInterest {
        series,
        long: open,
        short: open,
    };
    let list = vec![
        entry(call, 10_000_000),
        entry(terms(Kind::Put, 1_600_000_000), 4_000_002),
        entry(put, 20_000_000),
    ];
    let total: i128 = accounts.values().map(|account| account.cash.get()).sum::<i128>() + insurance;
    let ledger = Ledger::from_parts(LedgerParts {
        domain: Fr::from(99),
        params: RiskParameters::default().with_margin_rules(rules().0.digest()),
        accounts,
        expiries: [(EXPIRY, (3, list))].into(),
        pools: Pools {
            insurance: Cash(insurance),
            total_cash: Cash(total),
            ..Pools::default()
        },
        batch: 41,
        history: Fr::from(12_345),
    })
    .expect("a ledger");
    ledger.audit().expect("a sound ledger");
    ledger
}

/// That ledger with solvent victims.
pub fn committed() -> Ledger {
    let case = Case::solvent();
    ledger_of(&case.victim, case.taker, 50 * QUOTE)
}

pub fn rules() -> (MarginRules, LiquidationRules) {
    (margin_rules(arrays().rules.digest()), LiquidationRules::default())
}

pub fn blinding(index: u32, nonce: u32) -> Fr {
    Fr::from(u64::from(index * 100 + nonce))
}

pub fn sum_after(outcome: &Outcome) -> i128 {
    outcome.liquidated.cash.get() + outcome.liquidator.cash.get() + outcome.pools.insurance.get()
        - outcome.pools.bad_debt.get()
}

pub fn clause<T: std::fmt::Debug>(result: Result<T, Violation>, clause: &str) -> Violation {
    let found = result.expect_err("a broken clause");
    assert_eq!(found.clause(), clause, "{found}");
    assert!(found.to_string().starts_with(&format!("{clause}: ")), "{found}");
    found
}
