//! What a size costs and holds: the figures behind `zksettle circuit info`, counted on traces, not estimated.

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use serde::Serialize;
use witness_gen::account::Account;
use witness_gen::open_interest::{OpenInterest, oi_digest};
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::settlement::{AccountUpdate, Witness, execute};
use witness_gen::tree::{ACCOUNT_DEPTH, SERIES_DEPTH, SparseTree};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

use crate::rows::{ADVICE, FIXED, step_row};
use crate::settlement::assign::{assign, need};
use crate::settlement::circuit::SettlementCircuit;
use crate::settlement::fit::capacity;
use crate::size::{SIZES, Size};

/// One line of `circuit info`.
#[derive(Clone, Debug, Serialize)]
pub struct SizeInfo {
    /// Statement.
    pub statement: &'static str,
    /// Size.
    pub size: &'static str,
    /// log2 of the height.
    pub k: u32,
    /// Hash lanes.
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
    /// First-phase advice cells that one more account with one position writes, far from every other account (worst case).
    pub cells_per_account: usize,
    /// The same for an account beside its neighbours.
    pub cells_per_neighbour: usize,
    /// First-phase advice cells that one more position of an account writes (carried: worst case), of a series already in the batch.
    pub cells_per_position: usize,
    /// First-phase advice cells of one more distinct carried series.
    pub cells_per_series: usize,
    /// Neighbouring accounts of up to three positions.
    pub max_accounts: usize,
    /// Positions, in accounts of 40.
    pub max_positions: usize,
    /// Series of the settled expiry.
    pub max_series: usize,
}

const EXPIRY: u32 = 29_000_000;

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
        pools: Pools {
            insurance: Cash::ZERO,
            fees: Cash::ZERO,
            clearing: Cash::ZERO,
            total_cash: Cash::ZERO,
            bad_debt: Cash::ZERO,
        },
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

/// The figures of every size.
///
/// # Panics
/// Never: the sample batches are constants of this file, and a test runs this function.
pub fn sizes() -> Vec<SizeInfo> {
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
                cells_per_neighbour,
                cells_per_position,
                cells_per_series,
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
        for s in sizes() {
            println!("{s:?}");
            assert!(s.cells_per_account <= 3_400 && s.cells_per_position <= 90, "{s:?}");
            assert_eq!((s.degree, s.lookups, s.permutation_columns), (6, 0, 0));
            if s.size == "m" {
                assert!(s.max_accounts >= 128 && s.max_positions >= 512, "{s:?}");
            }
        }
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
