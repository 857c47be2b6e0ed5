//! What a size costs and holds: the figures behind `zksettle circuit info`, counted on traces, not estimated.

mod liquidation;

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use serde::Serialize;
use witness_gen::account::Account;
use witness_gen::open_interest::{OpenInterest, oi_digest};
use witness_gen::owner::OwnerKey;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::pricing::{Greeks, ValuePerLot};
use witness_gen::risk::RiskRow;
use witness_gen::risk::inputs::RISK_DEPTH;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::{Pools, StateHeader};
use witness_gen::statement::settlement::{AccountUpdate, Witness, execute};
use witness_gen::statement::solvency::{self as solvency_statement, MarginRules, Requirement, RootOpening, RowOpening};
use witness_gen::tree::{ACCOUNT_DEPTH, SERIES_DEPTH, SparseTree};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

use crate::builder::{Laid, System};
use crate::risk::rows::scenario;
use crate::risk::{self, Part, Risk, RiskCircuit, Unit};
use crate::rows::{ADVICE, FIXED, step_row};
use crate::settlement::assign::{assign, need};
use crate::settlement::circuit::SettlementCircuit;
use crate::settlement::fit::capacity;
use crate::size::{SIZES, Size};
use crate::solvency::{self, SolvencyCircuit, Statement};

pub use liquidation::{LiquidationInfo, liquidation_sizes};

/// One line of `circuit info`.
#[derive(Clone, Debug, Serialize)]
pub struct SizeInfo {
    /// Statement.
    pub statement: &'static str,
    /// Size.
    pub size: &'static str,
    /// log2 of the height.
    pub k: u32,
    /// Hash lanes: permutations side by side.
    pub hash_lanes: usize,
    /// Rows that carry constraints.
    pub rows: usize,
    /// Advice columns, the bus's three included.
    pub advice_columns: usize,
    /// Fixed columns.
    pub fixed_columns: usize,
    /// Degree of the constraint system.
    pub degree: usize,
    /// Lookup arguments of the proving library (range checks and joins run over the bus instead).
    pub lookups: usize,
    /// Permutation columns.
    pub permutation_columns: usize,
    /// Columns the prover commits to (advice, lookup, permutation) times 2^k.
    pub committed_cells: usize,
    /// First-phase advice cells that one more account with one position writes, far from every other account (worst case). Solvency: all but
    /// those of the positions after the first, for there is one account.
    pub cells_per_account: usize,
    /// The same for an account beside its neighbours; none for solvency.
    pub cells_per_neighbour: Option<usize>,
    /// First-phase advice cells that one more position of an account writes (settlement: carried, the worst case, of a series already in the
    /// batch; solvency: there or not, its row of the risk arrays and the row's path included).
    pub cells_per_position: usize,
    /// First-phase advice cells of one more distinct carried series; none for solvency, whose positions share nothing.
    pub cells_per_series: Option<usize>,
    /// Neighbouring accounts of up to three positions; 1 for solvency.
    pub max_accounts: usize,
    /// Positions, in accounts of 40; for solvency, of the one account.
    pub max_positions: usize,
    /// Series of the settled expiry; for solvency, series that a risk root can list.
    pub max_series: usize,
}

/// One line of `circuit info` about a part of statement R.
#[derive(Clone, Debug, Serialize)]
pub struct RiskInfo {
    /// Statement.
    pub statement: &'static str,
    /// Part: market, segment, segment in coin.
    pub part: &'static str,
    /// Size.
    pub size: &'static str,
    /// log2 of the height.
    pub k: u32,
    /// Rows that carry constraints.
    pub rows: usize,
    /// Of them, rows of arithmetic and words, from above.
    pub rows_above: usize,
    /// Rows of hashes, tuples and scenarios, from below.
    pub rows_below: usize,
    /// Rows of the fixed tables, beside all others.
    pub rows_of_tables: usize,
    /// Advice columns, the bus's two included.
    pub advice_columns: usize,
    /// Fixed columns.
    pub fixed_columns: usize,
    /// Degree of the constraint system.
    pub degree: usize,
    /// Lookup arguments of the proving library.
    pub lookups: usize,
    /// Permutation columns.
    pub permutation_columns: usize,
    /// Columns the prover commits to times 2^k.
    pub committed_cells: usize,
    /// First-phase advice cells that are written.
    pub cells: usize,
    /// Of them, those of one more series; none for a market.
    pub cells_per_series: Option<usize>,
    /// First-phase advice cells of one series' value under one scenario, by the scenario's own rows; none for a market.
    pub cells_per_scenario: Option<usize>,
    /// Series.
    pub max_series: Option<usize>,
    /// Expiries.
    pub max_expiries: usize,
}

/// The figures of every part and size of statement R.
pub fn risk_sizes() -> Vec<RiskInfo> {
    let mut cs = ConstraintSystem::<Fr>::default();
    let _ = Laid::<Risk>::configure(&mut cs);
    let lookups = cs.lookups().len();
    let permutation_columns = cs.permutation().get_columns().len();
    let products = permutation_columns.div_ceil(cs.degree() - 2);
    let parts = [
        ("market", Part::Market),
        ("segment", Part::Segment(Unit::Quote)),
        ("segment in coin", Part::Segment(Unit::Coin)),
    ];
    let mut all = Vec::new();
    for (name, part) in parts {
        let unit = match part {
            Part::Segment(unit) => Some(unit),
            Part::Market => None,
        };
        // Two sizes that differ by series alone.
        let cells_per_series = unit.map(|_| {
            let of = |levels| risk::Size {
                levels,
                expiries: 4,
                ..risk::SIZES[0]
            };
            let [few, more] = [1, 2].map(|levels| RiskCircuit::new(part, of(levels)).written_cells());
            (more - few).div_ceil(12)
        });
        for size in risk::SIZES
            .iter()
            .filter(|size| unit.is_none_or(|unit| unit.fits(size)))
        {
            let circuit = RiskCircuit::new(part, *size);
            let (rows_above, rows_below) = circuit.used();
            all.push(RiskInfo {
                statement: "risk",
                part: name,
                size: size.name,
                k: size.k,
                rows: size.end(),
                rows_above,
                rows_below,
                rows_of_tables: <Risk as System>::table().rows().len(),
                advice_columns: risk::rows::ADVICE,
                fixed_columns: risk::rows::FIXED,
                degree: cs.degree(),
                lookups,
                permutation_columns,
                committed_cells: (risk::rows::ADVICE + 3 * lookups + products) << size.k,
                cells: circuit.written_cells(),
                cells_per_series,
                cells_per_scenario: unit.map(|_| scenario::ROWS * (risk::rows::PHASE0 - 1)),
                max_series: unit.map(|_| size.series()),
                max_expiries: size.expiries,
            });
        }
    }
    all
}

const EXPIRY: u32 = 29_000_000;

const NO_POOLS: Pools = Pools {
    insurance: Cash::ZERO,
    fees: Cash::ZERO,
    clearing: Cash::ZERO,
    total_cash: Cash::ZERO,
    bad_debt: Cash::ZERO,
};

fn series(i: u64, expiry: u32) -> SeriesTerms {
    SeriesTerms {
        underlying: Underlying::ETH,
        expiry: ExpiryMinutes(expiry),
        kind: Kind::Call,
        strike: Price::new(1_000_000 * (i + 1)).unwrap_or(Price::ZERO),
        cap: Price::ZERO,
    }
}

fn account(positions: u64) -> Option<Account> {
    let positions = (0..positions)
        .map(|i| {
            Some(Position {
                series: series(i, EXPIRY + 1),
                lots: Lots::new(1 << 40).ok()?,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Account {
        owner: Fr::from(5),
        cash: Cash(1 << 100),
        nonce: 1_000_000_000,
        positions,
        blinding: Fr::from(7),
    })
}

/// Cells that the steps of accounts and nodes write for a batch of these accounts (index, positions).
fn cells(size: &Size, accounts: &[(u32, u64)]) -> Option<usize> {
    let accounts: Vec<(u32, Account)> = accounts
        .iter()
        .map(|(i, n)| Some((*i, account(*n)?)))
        .collect::<Option<_>>()?;
    let tree = SparseTree::from_leaves(ACCOUNT_DEPTH, accounts.iter().map(|(i, a)| (*i, a.leaf()))).ok()?;
    let open_interest = vec![OpenInterest {
        series: series(0, EXPIRY),
        long: 0,
        short: 0,
    }];
    let slot = (3, oi_digest(ExpiryMinutes(EXPIRY), &open_interest));
    let series_tree = SparseTree::from_leaves(SERIES_DEPTH, [slot]).ok()?;
    let witness = Witness {
        params: RiskParameters::default(),
        pools: NO_POOLS,
        history: Fr::from(1),
        accounts: accounts
            .into_iter()
            .map(|(index, account)| {
                let path = tree.path(index).try_into().ok()?;
                Some(AccountUpdate {
                    index,
                    account,
                    new_blinding: Fr::from(11),
                    path,
                })
            })
            .collect::<Option<_>>()?,
        open_interest,
        slot: 3,
        series_path: series_tree.path(3).try_into().ok()?,
    };
    let (instance, outcome) = execute(Fr::from(1), &witness, 1, ExpiryMinutes(EXPIRY), false, [None; 3]).ok()?;
    let steps = need(&witness).steps() - 1;
    let trace = assign(*size, &instance, &witness, &outcome, None).ok()?;
    let rows = step_row(0)..step_row(steps);
    let written = |c: usize| rows.clone().filter(|r| trace.is_written(c, *r)).count();
    Some((0..crate::rows::PHASE0).map(written).sum())
}

/// An account with so many positions, and their rows, at a size of statement M: any values, for the layout is the same for all.
fn solvency_sample(held: usize) -> Option<(solvency_statement::Instance, solvency_statement::Witness)> {
    let account = account(held as u64)?;
    let rows = (0u32..)
        .zip(&account.positions)
        .map(|(index, position)| {
            let value = ValuePerLot::new(1).ok()?;
            Some(RowOpening {
                row: RiskRow {
                    terms: position.series,
                    mark: value,
                    greeks: Greeks::default(),
                    values: vec![value; solvency_statement::SCENARIOS],
                },
                index,
                path: [[Fr::zero(); 3]; RISK_DEPTH],
            })
        })
        .collect::<Option<_>>()?;
    let (rules, risk) = MarginRules::builtin(Underlying::ETH).ok()?;
    let params = RiskParameters::default().with_margin_rules(rules.digest());
    let owner = OwnerKey {
        signing: [Fr::from(1), Fr::from(2)],
        secret: Fr::from(3),
    };
    let instance = solvency_statement::Instance {
        domain: Fr::from(1),
        parameters: params.digest(),
        state: Fr::from(2),
        risk_root: Fr::from(3),
        requirement: Requirement::Maintenance,
        threshold: 0,
        challenge: Fr::from(4),
        pseudonym: owner.pseudonym(Fr::from(4), Fr::from(1)),
    };
    let witness = solvency_statement::Witness {
        owner,
        account,
        index: 1,
        path: [[Fr::zero(); 3]; ACCOUNT_DEPTH],
        header: StateHeader {
            accounts_root: Fr::from(5),
            series_root: Fr::from(6),
            pools: NO_POOLS,
            batch: 1,
            history: Fr::from(7),
        },
        params,
        rules,
        risk,
        round: RootOpening {
            rows_root: Fr::from(8),
            series: held as u16,
            time: 1,
            spot: Price::new(1).ok()?,
            underlying: Underlying::ETH,
            factor: Fr::from(1 << 18),
        },
        rows,
    };
    Some((instance, witness))
}

/// First-phase cells that an account with so many positions writes at a size of statement M.
fn solvency_cells(size: solvency::Size, held: usize) -> Option<usize> {
    let (instance, witness) = solvency_sample(held)?;
    let of = Statement {
        instance: &instance,
        witness: &witness,
    };
    Some(solvency::trace(size, of, None).ok()?.written_cells())
}

/// The figures of every size of every statement.
///
/// # Panics
/// Never: the samples are constants of this file, and a test runs this function.
pub fn sizes() -> Vec<SizeInfo> {
    let mut all = settlement_sizes();
    all.extend(solvency_sizes());
    all
}

fn solvency_sizes() -> Vec<SizeInfo> {
    let mut cs = ConstraintSystem::<Fr>::default();
    let _ = SolvencyCircuit::configure(&mut cs);
    let lookups = cs.lookups().len();
    let permutation_columns = cs.permutation().get_columns().len();
    let products = permutation_columns.div_ceil(cs.degree() - 2);
    let count = |size: solvency::Size| solvency_cells(size, size.positions).expect("a constant sample account");
    // Every size has a third of a chunk of its list to spare, so that two sizes differ by positions alone.
    let [small, large] = [solvency::SIZES[0], solvency::SIZES[1]];
    let (cells, positions) = (count(large) - count(small), large.positions - small.positions);
    let line = |size: &solvency::Size| SizeInfo {
        statement: "solvency",
        size: size.name,
        k: size.k,
        hash_lanes: 1,
        rows: size.end(),
        advice_columns: solvency::rows::ADVICE,
        fixed_columns: solvency::rows::FIXED,
        degree: cs.degree(),
        lookups,
        permutation_columns,
        committed_cells: (solvency::rows::ADVICE + 3 * lookups + products) << size.k,
        cells_per_account: count(*size) - (size.positions - 1) * cells / positions,
        cells_per_neighbour: None,
        cells_per_position: cells.div_ceil(positions),
        cells_per_series: None,
        max_accounts: 1,
        max_positions: size.positions,
        max_series: 1 << (2 * RISK_DEPTH),
    };
    solvency::SIZES.iter().map(line).collect()
}

fn settlement_sizes() -> Vec<SizeInfo> {
    let mut cs = ConstraintSystem::<Fr>::default();
    let _ = SettlementCircuit::configure(&mut cs);
    let sample = SIZES[1];
    let count = |accounts: &[(u32, u64)]| cells(&sample, accounts).expect("a constant sample batch");
    let far = 1 << 23;
    // One series in all: the chain is then shorter than the nodes and adds no idle hashes of its own.
    let alone = count(&[(0, 1), (1, 1)]);
    let cells_per_account = count(&[(0, 1), (1, 1), (far, 1)]) - alone;
    let cells_per_neighbour = count(&[(0, 1), (1, 1), (2, 1)]) - alone;
    // Enough accounts that their steps and not the chain decide how many are used, so that no idle step is counted.
    let few = count(&[(0, 10), (1, 10), (2, 10), (3, 10)]);
    let series_too = count(&[(0, 40), (1, 10), (2, 10), (3, 10)]);
    let no_new_series = count(&[(0, 40), (1, 40), (2, 10), (3, 10)]);
    let cells_per_position = (no_new_series - series_too).div_ceil(30);
    let cells_per_series = ((series_too - few) - (no_new_series - series_too)).div_ceil(30);
    SIZES
        .iter()
        .map(|size| {
            let capacity = capacity(size);
            let lookups = cs.lookups().len();
            let permutation_columns = cs.permutation().get_columns().len();
            let products = permutation_columns.div_ceil(cs.degree() - 2);
            SizeInfo {
                statement: "settlement",
                size: size.name,
                k: size.k,
                hash_lanes: size.hash_lanes,
                rows: size.end(),
                advice_columns: ADVICE,
                fixed_columns: FIXED,
                degree: cs.degree(),
                lookups,
                permutation_columns,
                committed_cells: (ADVICE + 3 * lookups + products) << size.k,
                cells_per_account,
                cells_per_neighbour: Some(cells_per_neighbour),
                cells_per_position,
                cells_per_series: Some(cells_per_series),
                max_accounts: capacity.max_accounts,
                max_positions: capacity.max_positions,
                max_series: capacity.max_series,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::RESERVED_ROWS;

    #[test]
    fn the_budgets_hold() {
        for s in settlement_sizes() {
            println!("{s:?}");
            assert!(s.cells_per_account <= 3_400 && s.cells_per_position <= 90, "{s:?}");
            assert_eq!((s.degree, s.lookups, s.permutation_columns), (6, 0, 0));
            if s.size == "m" {
                assert!(s.max_accounts >= 128 && s.max_positions >= 512, "{s:?}");
            }
        }
    }

    #[test]
    fn a_position_costs_the_same_at_every_size_of_solvency_there_or_not() {
        let lines = solvency_sizes();
        for (size, line) in solvency::SIZES.into_iter().zip(&lines) {
            println!("{line:?}");
            let full = solvency_cells(size, size.positions);
            assert_eq!(solvency_cells(size, 0), full, "{}", size.name);
            assert!(solvency_cells(size, size.positions + 1).is_none(), "{}", size.name);
            assert_eq!(line.cells_per_account, lines[0].cells_per_account, "{}", size.name);
            assert_eq!((line.degree, line.lookups, line.permutation_columns), (6, 0, 2));
            // 8 advice columns and one permutation product.
            assert_eq!(line.committed_cells, 9 << size.k, "{}", size.name);
            assert!(full.is_some_and(|cells| cells < line.committed_cells), "{}", size.name);
        }
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn every_part_of_statement_r_is_listed() {
        let lines = risk_sizes();
        for line in &lines {
            println!("{line:?}");
            assert!(
                line.rows_above + line.rows_below <= line.rows && line.cells < line.committed_cells,
                "{line:?}"
            );
            assert_eq!((line.degree, line.lookups, line.permutation_columns), (6, 0, 7));
        }
        assert_eq!(lines.len(), 8);
        // A scenario of a series costs 48 cells of its own in quote, and little beside the values.
        let series = lines
            .iter()
            .find(|line| line.part == "segment")
            .and_then(|line| line.cells_per_series);
        assert!(
            series.is_some_and(|cells| (25 * 48..5_000).contains(&cells)),
            "{series:?}"
        );
    }

    #[test]
    fn blinding_rows_are_reserved_at_every_size() {
        let mut cs = ConstraintSystem::<Fr>::default();
        let _ = SettlementCircuit::configure(&mut cs);
        let blinding = cs.blinding_factors() + 1;
        println!(
            "blinding rows: {blinding}, gates: {}",
            cs.gates()[0].polynomials().len()
        );
        println!(
            "advice queries: {}, fixed queries: {}",
            cs.advice_queries().len(),
            cs.fixed_queries().len()
        );
        for s in SIZES {
            // The bus ends in row `end`, and the row of w_1.. after it is the last that a gate pins.
            assert!(
                s.end() + 6 + blinding <= s.rows(),
                "{}: {blinding} of {RESERVED_ROWS}",
                s.name
            );
        }
    }
}
