//! Statement L laid out: parameters, round and state around the transfers. [`build`] runs with a witness, and without one for the keys.

use std::collections::BTreeMap;

use halo2_proofs::halo2curves::bn256::Fr;
use thiserror::Error;
use witness_gen::account::Account;
use witness_gen::liquidation::TAG_LIQUIDATION;
use witness_gen::series::SeriesTerms;
use witness_gen::statement::liquidation::{Instance, STATEMENT_ID, Step, Witness};
use witness_gen::statement::solvency::{BELOW_SPOT_BITS, SCENARIOS, SPOT_BITS, grid, weights};
use witness_gen::units::fr_pow2;

use super::accounts::Held;
use super::circuit::Liquidation;
use super::interest::rewritten;
use super::rows::Size;
use crate::builder::plan::{ONE, Plan, Wire, ZERO};
use crate::cell::{Trace, TraceError};

/// Numbers of the public inputs.
pub mod input {
    /// Domain.
    pub const DOMAIN: usize = 0;
    /// Parameters digest.
    pub const PARAMETERS: usize = 1;
    /// State root before.
    pub const OLD_STATE: usize = 2;
    /// State root after.
    pub const NEW_STATE: usize = 3;
    /// Risk root.
    pub const RISK_ROOT: usize = 4;
    /// Number of the new state.
    pub const BATCH: usize = 5;
    /// The breaker's flag.
    pub const BREAKER: usize = 6;
}

/// Why a batch could not be laid out. Never says what a witness value is.
#[derive(Debug, Error)]
pub enum AssignError {
    /// A size is for exactly so many liquidations.
    #[error("size {size}: expected {expected} liquidations, found {found}")]
    Transfers {
        /// Name of the size.
        size: &'static str,
        /// Liquidations of the size.
        expected: usize,
        /// Liquidations of the batch.
        found: usize,
    },
    /// More of something than the size takes. How many is a secret.
    #[error("size {size}: expected at most {expected} {what}, found more")]
    TooMany {
        /// Name of the size.
        size: &'static str,
        /// What.
        what: &'static str,
        /// How many fit.
        expected: usize,
    },
    /// A batch without a risk row.
    #[error("risk rows: expected at least one, found none")]
    NoRows,
    /// Rows of a grid that the circuit does not take.
    #[error("risk rows: expected 24 scenarios in each, found {found}")]
    Scenarios {
        /// Scenarios of the first such row.
        found: usize,
    },
    /// A mistake in the row map.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// A batch and its instance, as they are laid out.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// Public inputs.
    pub instance: &'a Instance,
    /// The witness.
    pub witness: &'a Witness,
}

/// Lots that a batch nets, by series.
pub(super) type Netted = BTreeMap<SeriesTerms, u64>;

/// What a liquidator holds after a step: its positions and the legs, netted.
pub(super) fn held_after(step: &Step) -> BTreeMap<SeriesTerms, i128> {
    let mut sums: BTreeMap<SeriesTerms, i128> = BTreeMap::new();
    for position in step.liquidator.account.positions.iter().chain(&step.transfer.legs) {
        *sums.entry(position.series).or_default() += i128::from(position.lots.get());
    }
    sums.retain(|_, lots| *lots != 0);
    sums
}

/// By how much both sides of each series fall, over all steps.
fn netted(witness: &Witness) -> Netted {
    let mut netted: BTreeMap<SeriesTerms, i128> = BTreeMap::new();
    for step in &witness.steps {
        for position in step.liquidator.account.positions.iter().chain(&step.transfer.legs) {
            *netted.entry(position.series).or_default() += i128::from(position.lots.magnitude());
        }
        for (series, lots) in held_after(step) {
            *netted.entry(series).or_default() -= lots.abs();
        }
    }
    let half = |lots: i128| u64::try_from(lots / 2).unwrap_or(0);
    let all = netted.into_iter().map(|(series, lots)| (series, half(lots)));
    all.filter(|(_, lots)| *lots != 0).collect()
}

impl Size {
    /// Whether a batch fits.
    ///
    /// # Errors
    /// What of it does not.
    pub fn fits(&self, witness: &Witness) -> Result<(), AssignError> {
        let (size, found) = (self.name, witness.steps.len());
        let expected = self.transfers;
        if found != expected {
            return Err(AssignError::Transfers { size, expected, found });
        }
        let most = |expected: usize, found: usize, what| {
            if found <= expected {
                return Ok(());
            }
            Err(AssignError::TooMany { size, what, expected })
        };
        for step in &witness.steps {
            most(
                self.legs,
                step.liquidated.account.positions.len(),
                "positions of a liquidated account",
            )?;
            most(
                self.held,
                step.liquidator.account.positions.len(),
                "positions of a liquidator",
            )?;
            most(self.held, held_after(step).len(), "positions of a liquidator")?;
        }
        most(self.series, witness.rows.len(), "series")?;
        let netted = netted(witness);
        let mut expiries: Vec<_> = netted.keys().map(|series| series.expiry).collect();
        expiries.dedup();
        most(self.expiries, expiries.len(), "expiries in which something is netted")?;
        for expiry in expiries {
            let list = witness.expiries.get(&expiry).map_or(&[][..], |(_, list)| list);
            let rewritten = rewritten(list, |series| netted.contains_key(series));
            most(
                self.interest,
                rewritten,
                "series of an expiry from the first on that is netted",
            )?;
        }
        if witness.rows.is_empty() {
            return Err(AssignError::NoRows);
        }
        let scenarios = witness.rows.iter().map(|opening| opening.row.values.len());
        match scenarios.into_iter().find(|n| *n != SCENARIOS) {
            Some(found) => Err(AssignError::Scenarios { found }),
            None => Ok(()),
        }
    }
}

/// Runs the plan of a size; without a statement the cells are those of zeros, and only fixed cells and copies are of use.
pub(super) fn build(size: Size, trace: Trace, of: Option<Statement<'_>>) -> Result<Plan, AssignError> {
    if let Some(s) = of {
        size.fits(s.witness)?;
    }
    // Invariant: the grid comes with the program and has 24 scenarios; a test reads it.
    let grid = grid().expect("the grid of the program");
    let mut layout = Layout {
        plan: Plan::new::<Liquidation>(size.rows(), size.end(), trace),
        size,
        of,
        weights: weights(&grid).expect("24 scenarios"),
        grid: grid.digest(),
    };
    layout.run();
    layout.plan.trace.finish()?;
    Ok(layout.plan)
}

pub(super) struct Layout<'a> {
    pub(super) plan: Plan,
    pub(super) size: Size,
    pub(super) of: Option<Statement<'a>>,
    /// Weights of the grid's scenarios.
    pub(super) weights: [u64; SCENARIOS],
    /// Its digest.
    grid: Fr,
}

/// What the parameters say, as wires.
pub(super) struct Rules {
    risk: Wire,
    digest: Wire,
    /// Factor of initial margin.
    pub(super) factor: Wire,
    charge: Wire,
    pub(super) buffer: Wire,
    pub(super) max_discount: Wire,
    pub(super) max_penalty: Wire,
    /// Equity below which an account goes whole.
    pub(super) cutoff: Wire,
}

/// What transfers move, as wires.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) accounts: Wire,
    pub(super) insurance: Wire,
    pub(super) bad_debt: Wire,
}

/// What else a state root is of.
struct Header {
    series: Wire,
    /// Fees, clearing, total cash, as the state has them.
    pools: [Wire; 3],
    batch: Wire,
    history: Wire,
}

impl<'a> Layout<'a> {
    /// A witness value, 0 without a witness.
    fn secret(&self, of: impl Fn(&Witness) -> Fr) -> Fr {
        self.of.map_or(ZERO, |s| of(s.witness))
    }

    fn hint(&mut self, of: impl Fn(&Witness) -> Fr) -> Wire {
        let value = self.secret(of);
        self.plan.hint(value)
    }

    pub(super) fn step(&self, number: usize) -> Option<&'a Step> {
        self.of.and_then(|s| s.witness.steps.get(number))
    }

    fn run(&mut self) {
        let rules = self.l1_parameters();
        let (rows_root, spot, risk_root) = self.l1_round(rules.risk);
        let charge = self.plan.mul(rules.charge, spot);
        self.l1_series(rows_root);
        let (mut state, header) = self.l1_state();
        let old = self.state_root(&state, &header);
        self.plan.is_input(old, input::OLD_STATE);
        for number in 0..self.size.transfers {
            state = self.transfer(number, &rules, charge, state);
        }
        let netted = self.of.map_or_else(Netted::new, |s| netted(s.witness));
        let series = self.l6_interest(&netted, header.series);
        let history = self.l6_history(&rules, risk_root, old, header.history);
        let batch = self.plan.scale(header.batch, ONE, ONE);
        self.plan.is_input(batch, input::BATCH);
        let header = Header {
            series,
            batch,
            history,
            ..header
        };
        let new = self.state_root(&state, &header);
        self.plan.is_input(new, input::NEW_STATE);
        self.plan.close();
    }

    /// The rules, out of the parameters digest; L2: no more liquidations than the cap.
    fn l1_parameters(&mut self) -> Rules {
        let grid = self.grid;
        let zero = self.plan.constant(ZERO);
        let grid = self.plan.constant(grid);
        let regime = self.hint(|w| w.risk.regime.digest());
        let scale = self.hint(|w| Fr::from(w.risk.inverse_scale));
        // The risk rules are of this grid: its weights are constants here.
        let risk = self.plan.hash([grid, regime, scale, zero]);
        // 18 bits each: at most 10^4, and 2^16 for the cap.
        let word = |layout: &mut Self, of: fn(&Witness) -> u32| {
            let value = layout.secret(|w| Fr::from(u64::from(of(w))));
            layout.plan.limbs(&value, 2)
        };
        let buffer = word(self, |w| w.rules.buffer);
        let max_discount = word(self, |w| w.rules.max_discount);
        let max_penalty = word(self, |w| w.rules.max_penalty);
        let cap = word(self, |w| w.rules.batch_cap);
        let cutoff = self.hint(|w| w.rules.cutoff.to_field());
        let transfers = Fr::from(self.size.transfers as u64);
        let p = &mut self.plan;
        p.bounded(ZERO, &[(cap, ONE)], -transfers, 2);
        let low = [
            (buffer, fr_pow2(32)),
            (max_discount, fr_pow2(64)),
            (max_penalty, fr_pow2(96)),
        ];
        let low = p.op(ZERO, &low, Fr::from(TAG_LIQUIDATION));
        let word = p.op(ZERO, &[(low, ONE), (cap, fr_pow2(128))], ZERO);
        let liquidation = p.hash([word, cutoff, zero, zero]);
        let cutoff = p.scale(cutoff, ONE, -fr_pow2(127));
        p.money(cutoff);
        // 36 bits each: at most 10^6 and 10^4.
        let [factor, charge] = [
            self.secret(|w| Fr::from(w.margin.initial_factor)),
            self.secret(|w| Fr::from(w.margin.short_charge)),
        ]
        .map(|value| self.plan.limbs(&value, 4));
        let margin = self.plan.hash([risk, factor, charge, liquidation]);
        let fees = [
            self.hint(|w| Fr::from(u64::from(w.params.fee_rate))),
            self.hint(|w| Fr::from(u64::from(w.params.fee_cap))),
            self.hint(|w| Fr::from(w.params.inverse_scale)),
        ];
        let digest = self.plan.hash([fees[0], fees[1], fees[2], margin]);
        self.plan.is_input(digest, input::PARAMETERS);
        Rules {
            risk,
            digest,
            factor,
            charge,
            buffer,
            max_discount,
            max_penalty,
            cutoff,
        }
    }

    /// The risk root, opened: the root of rows and the spot. The rules in it are the ones in force.
    fn l1_round(&mut self, rules: Wire) -> (Wire, Wire, Wire) {
        let round = self.of.map(|s| s.witness.round);
        let [low, spot, underlying] = round.map_or([0; 3], |r| r.market()).map(Fr::from);
        let p = &mut self.plan;
        // Series and time have 56 bits, the spot 48: so many limbs, and so many times a power of 2.
        let (low, spot) = (p.limbs(&low, 7), p.limbs(&spot, 6));
        p.bounded(ZERO, &[(low, fr_pow2(63 - BELOW_SPOT_BITS))], ZERO, 7);
        p.bounded(ZERO, &[(spot, fr_pow2(54 - SPOT_BITS))], ZERO, 6);
        let underlying = p.limbs(&underlying, 2);
        let market = [
            (low, ONE),
            (spot, fr_pow2(BELOW_SPOT_BITS)),
            (underlying, fr_pow2(BELOW_SPOT_BITS + SPOT_BITS)),
        ];
        let market = p.op(ZERO, &market, ZERO);
        let rows_root = p.hint(round.map_or(ZERO, |r| r.rows_root));
        let factor = p.hint(round.map_or(ZERO, |r| r.factor));
        let root = p.hash([rows_root, rules, market, factor]);
        p.is_input(root, input::RISK_ROOT);
        (rows_root, spot, root)
    }

    /// The state before.
    fn l1_state(&mut self) -> (State, Header) {
        let offset = fr_pow2(127);
        let state = State {
            accounts: self.hint(|w| w.header.accounts_root),
            insurance: self.hint(|w| w.header.pools.insurance.to_field() - offset),
            bad_debt: self.hint(|w| w.header.pools.bad_debt.to_field() - offset),
        };
        let header = Header {
            series: self.hint(|w| w.header.series_root),
            pools: [
                self.hint(|w| w.header.pools.fees.to_field()),
                self.hint(|w| w.header.pools.clearing.to_field()),
                self.hint(|w| w.header.pools.total_cash.to_field()),
            ],
            batch: self.hint(|w| Fr::from(w.header.batch)),
            history: self.hint(|w| w.header.history),
        };
        (state, header)
    }

    fn state_root(&mut self, state: &State, header: &Header) -> Wire {
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let [insurance, bad_debt] = [state.insurance, state.bad_debt].map(|pool| p.scale(pool, ONE, fr_pow2(127)));
        let [fees, clearing, total] = header.pools;
        let holdings = p.hash([state.accounts, header.series, insurance, fees]);
        let rest = p.hash([clearing, total, bad_debt, zero]);
        p.hash([holdings, rest, header.batch, header.history])
    }

    /// L1: the breaker is off. L6: the history goes on by this statement and its inputs.
    fn l6_history(&mut self, rules: &Rules, risk_root: Wire, old: Wire, history: Wire) -> Wire {
        let domain = self.of.map_or(ZERO, |s| s.instance.domain);
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let domain = p.hint(domain);
        p.is_input(domain, input::DOMAIN);
        p.is_input(zero, input::BREAKER);
        let terms = p.hash([domain, rules.digest, risk_root, zero]);
        let inputs = p.hash([terms, zero, zero, zero]);
        let id = p.constant(Fr::from(STATEMENT_ID));
        p.hash([history, old, id, inputs])
    }
}

/// The positions of an account.
pub(super) fn held(account: Option<&Account>) -> Vec<Held> {
    account.map_or_else(Vec::new, |account| account.positions.iter().map(Held::from).collect())
}

/// What a liquidator holds after a step, as it is listed.
pub(super) fn held_list(step: Option<&Step>) -> Vec<Held> {
    let of = |(series, lots): (SeriesTerms, i128)| Held {
        word: series.word().to_field(),
        lots,
    };
    step.map_or_else(Vec::new, |step| held_after(step).into_iter().map(of).collect())
}
