//! Statement M: a hidden account meets a requirement, clauses M1 to M4 of `docs/protocol.md`.
//!
//! [`check`] decides, [`excess`] says by how much. Both compute in the field, as the circuit does: every sum here is an integer below 2^170
//! in magnitude, so the field holds it exactly and a negative one shows itself by its size.

use halo2curves::bn256::Fr;

use crate::account::Account;
use crate::owner::OwnerKey;
use crate::params::RiskParameters;
use crate::position::Position;
use crate::risk::inputs::RISK_DEPTH;
use crate::risk::{GridError, RiskGrid, RiskRow, RiskRules};
use crate::state::StateHeader;
use crate::tree::{AccountPath, Siblings, root_from_path};
use crate::units::{Price, fr_from_i128, fr_limbs};

pub use self::instance::{Instance, InstanceError, Requirement};
pub use self::root_opening::{BELOW_SPOT_BITS, RootOpening, RoundError, SPOT_BITS};
pub use self::rules::{FACTOR_UNIT, MarginRules, RulesError};
pub use self::violation::{AccountError, MarginError, OwnerError, RowError, Violation};

mod instance;
mod root_opening;
mod rules;
mod violation;

/// Statement M's number.
pub const STATEMENT_ID: u64 = 3;
/// Bits of an excess: what is not below 2^EXCESS_BITS in the field is negative.
pub const EXCESS_BITS: u32 = 189;
/// The grid that this statement takes: its weights are constants of the circuit, and the risk rules in force have to hold its digest.
pub const GRID: &str = "paradex-24";
/// Scenarios of that grid.
pub const SCENARIOS: usize = 24;
/// Most positions of any size of the circuit.
pub const MAX_POSITIONS: usize = 128;

/// A row of the risk arrays with its place in the tree.
#[derive(Clone, Debug)]
pub struct RowOpening {
    /// The row.
    pub row: RiskRow,
    /// Its leaf number.
    pub index: u32,
    /// Siblings from the leaf upward.
    pub path: [Siblings; RISK_DEPTH],
}

/// What the prover knows.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The owner's key.
    pub owner: OwnerKey,
    /// The account.
    pub account: Account,
    /// Its leaf number.
    pub index: u32,
    /// Siblings from the leaf upward.
    pub path: AccountPath,
    /// The state that holds it.
    pub header: StateHeader,
    /// The venue's parameters.
    pub params: RiskParameters,
    /// The margin rules.
    pub rules: MarginRules,
    /// The risk rules that the margin rules hold the digest of.
    pub risk: RiskRules,
    /// The risk root, opened.
    pub round: RootOpening,
    /// The rows of the account's positions, in their order.
    pub rows: Vec<RowOpening>,
}

/// Sums over an account's positions, exact in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Σ lots · mark.
    pub value: Fr,
    /// Σ |short lots|.
    pub short: Fr,
    /// Σ lots · value, a scenario each.
    pub scenarios: [Fr; SCENARIOS],
}

impl Sums {
    /// Adds the positions up, each with its row.
    pub fn of<'a>(positions: impl IntoIterator<Item = (&'a Position, &'a RiskRow)>) -> Self {
        let mut sums = Self {
            value: Fr::zero(),
            short: Fr::zero(),
            scenarios: [Fr::zero(); SCENARIOS],
        };
        for (position, row) in positions {
            let lots = fr_from_i128(i128::from(position.lots.get()));
            sums.value += lots * Fr::from(row.mark.get());
            if !position.lots.is_long() {
                sums.short -= lots;
            }
            for (sum, v) in sums.scenarios.iter_mut().zip(&row.values) {
                *sum += lots * Fr::from(v.get());
            }
        }
        sums
    }
}

/// Weights of the grid's scenarios, in 10^-4.
///
/// # Errors
/// The grid has another number of scenarios.
pub fn weights(grid: &RiskGrid) -> Result<[u64; SCENARIOS], MarginError> {
    let weights: Vec<u64> = grid.scenarios.iter().map(|s| u64::from(s.weight_bp)).collect();
    weights.try_into().map_err(|_| MarginError::Grid)
}

/// The grid of the statement.
///
/// # Errors
/// Never: the grid comes with the program, and a test reads it.
pub fn grid() -> Result<RiskGrid, GridError> {
    RiskGrid::builtin(GRID)
}

/// What an account has beyond its requirement: unmoved first, then under each scenario.
pub type Excess = [Fr; SCENARIOS + 1];

/// M3: `10^4·(10^4·(cash + V - threshold) - charge·spot·short lots) - weight·factor·(V - V_s)` unmoved (weight 0) and for every scenario, in
/// 10^-8 of a money unit. Equity asks for no scenario and no charge, maintenance has the factor 10^4, initial margin the one of the rules.
pub fn excess(
    account: &Account,
    sums: &Sums,
    spot: Price,
    instance: &Instance,
    rules: &MarginRules,
    weights: &[u64; SCENARIOS],
) -> Excess {
    let unit = Fr::from(FACTOR_UNIT);
    let (factor, charged) = match instance.requirement {
        Requirement::Equity => (Fr::zero(), Fr::zero()),
        Requirement::Maintenance => (unit, Fr::one()),
        Requirement::Initial => (Fr::from(rules.initial_factor), Fr::one()),
    };
    let cash = fr_from_i128(account.cash.get());
    let charge = charged * Fr::from(rules.short_charge) * spot.to_field() * sums.short;
    let free = unit * (cash + sums.value - instance.threshold_field()) - charge;
    std::array::from_fn(|i| match i.checked_sub(1) {
        None => unit * free,
        Some(s) => unit * free - Fr::from(weights[s]) * factor * (sums.value - sums.scenarios[s]),
    })
}

/// True when no excess is negative.
pub fn is_met(excess: &Excess) -> bool {
    excess.iter().all(|x| !is_negative(x))
}

/// True when an excess stands for a negative number.
pub fn is_negative(excess: &Fr) -> bool {
    fr_limbs(excess)[2] >> (EXCESS_BITS - 128) != 0 || fr_limbs(excess)[3] != 0
}

/// An excess as a signed number of 10^-8 money units, as near as a double is.
pub fn excess_to_f64(excess: &Fr) -> f64 {
    let magnitude = |v: &Fr| {
        fr_limbs(v)
            .iter()
            .rev()
            .fold(0.0, |sum, limb| sum * 18_446_744_073_709_551_616.0 + *limb as f64)
    };
    if is_negative(excess) {
        -magnitude(&-excess)
    } else {
        magnitude(excess)
    }
}

/// Decides statement M, clause by clause.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(instance: &Instance, witness: &Witness) -> Result<Sums, Violation> {
    let account = &witness.account;
    let same = |found: Fr, expected: Fr| found == expected;
    // M1: the account is the owner's and stands in the state, all its positions counted by the leaf's digest.
    if !same(witness.owner.key_hash(), account.owner) {
        return Err(OwnerError::KeyHash.into());
    }
    let root = root_from_path(witness.index, account.leaf(), &witness.path);
    if witness.index >> (2 * witness.path.len()) != 0 || !same(root, witness.header.accounts_root) {
        return Err(AccountError::NotInTree.into());
    }
    if !same(witness.header.root(), instance.state) {
        return Err(AccountError::State.into());
    }
    if account.positions.len() > MAX_POSITIONS {
        let found = account.positions.len();
        return Err(AccountError::TooMany { found }.into());
    }
    // M2: a row for every position.
    if witness.rows.len() != account.positions.len() {
        let (expected, found) = (account.positions.len(), witness.rows.len());
        return Err(RowError::Count { expected, found }.into());
    }
    witness.round.validate().map_err(RowError::Round)?;
    if !same(witness.round.root(witness.rules.risk), instance.risk_root) {
        return Err(RowError::Root.into());
    }
    for (at, (position, opening)) in account.positions.iter().zip(&witness.rows).enumerate() {
        if opening.row.terms != position.series {
            return Err(RowError::Series { at }.into());
        }
        if opening.row.terms.kind.is_inverse() {
            return Err(RowError::Coin { at }.into());
        }
        if opening.row.values.len() != SCENARIOS {
            let found = opening.row.values.len();
            return Err(RowError::Scenarios { at, found }.into());
        }
        let root = root_from_path(opening.index, opening.row.digest(), &opening.path);
        if opening.index >> (2 * RISK_DEPTH) != 0 || !same(root, witness.round.rows_root) {
            return Err(RowError::NotInTree { at }.into());
        }
    }
    // M3: the requirement, under every scenario. Its number is in range by its type, the threshold is not.
    if instance.threshold >= Instance::THRESHOLD_BOUND {
        let found = instance.threshold;
        return Err(MarginError::Threshold { found }.into());
    }
    witness.rules.validate().map_err(MarginError::Rules)?;
    if !same(witness.rules.digest(), witness.params.margin_rules)
        || !same(witness.params.digest(), instance.parameters)
        || !same(witness.risk.digest(), witness.rules.risk)
    {
        return Err(MarginError::Parameters.into());
    }
    let published = grid().map_err(|_| MarginError::Grid)?;
    if !same(witness.risk.grid.digest(), published.digest()) {
        return Err(MarginError::Grid.into());
    }
    let weights = weights(&published)?;
    let sums = Sums::of(account.positions.iter().zip(witness.rows.iter().map(|o| &o.row)));
    let excess = excess(account, &sums, witness.round.spot, instance, &witness.rules, &weights);
    if let Some(number) = excess.iter().position(is_negative) {
        return Err(MarginError::NotMet { number }.into());
    }
    // M4: the challenge is used.
    if !same(
        witness.owner.pseudonym(instance.challenge, instance.domain),
        instance.pseudonym,
    ) {
        return Err(Violation::M4);
    }
    Ok(sums)
}
