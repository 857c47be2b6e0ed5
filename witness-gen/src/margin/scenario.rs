//! Requirements from a grid of scenarios.

use super::portfolio::ExpirySums;
use super::{MarginError, Portfolio, scaled};
use crate::pricing::Discount;
use crate::risk::VolatilityMove;
use crate::units::Cash;

/// 10^-4.
const BP: i128 = 10_000;

/// Parameters of Derive's portfolio margin beside its grid, all in 10^-4.
///
/// A stable coin at par, full confidence in every feed and a rate of 0 are understood: the factors for a lost peg and the contingency
/// for low confidence are those of an oracle's trouble, not of a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PmrmRules {
    /// What a positive value under a scenario counts for, before time: 95 %.
    pub discount_bp: u32,
    /// And how fast it falls with time, continuous, a year: 12 %.
    pub discount_rate_bp: i32,
    /// The move of the forward that the basis contingency asks about: 5 %.
    pub basis_move_bp: i32,
    /// How fast the basis contingency grows with time, a year: 120 %.
    pub basis_rate_bp: u32,
    /// Charge for a naked short lot, of the spot: 2 %.
    pub option_bp: u32,
    /// How many times initial margin counts the loss: 1.25.
    pub initial_bp: u32,
}

impl PmrmRules {
    /// The published ones: `scripts/config-mainnet.sol` of v2-core, which also configures tests; live values may differ.
    pub const PUBLISHED: Self = Self {
        discount_bp: 9_500,
        discount_rate_bp: 1_200,
        basis_move_bp: 500,
        basis_rate_bp: 12_000,
        option_bp: 200,
        initial_bp: 12_500,
    };

    /// Initial and maintenance requirement from the greatest loss and the charge for naked shorts, rounded up.
    pub(super) fn requirements(&self, scan: Cash, option_charge: Cash) -> Result<[Cash; 2], MarginError> {
        // Both below 2^126: they are quotients of checked products, or sums of values below 2^122.
        let maintenance = scan.get() + option_charge.get();
        let initial = charged("initial margin", maintenance, self.initial_bp.into(), BP)?;
        Ok([Cash(initial), Cash(maintenance)])
    }
}

/// Which formula turns values under scenarios into a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioRule {
    /// Derive's PMRM.
    Pmrm(PmrmRules),
    /// Paradex: the larger of the greatest weighted loss and 2 % of net and 1 % of hedged delta; maintenance is half of it. Without
    /// the provision for fees.
    Paradex,
    /// SPAN: the greatest weighted loss. The charges between months and for short options are set by each clearing house; none here.
    Span,
}

impl ScenarioRule {
    /// The rule that belongs to a grid of the program; `None` for other grids.
    pub fn of_grid(name: &str) -> Option<Self> {
        match name {
            "derive-pmrm-23" => Some(Self::Pmrm(PmrmRules::PUBLISHED)),
            "paradex-24" => Some(Self::Paradex),
            "span-16" => Some(Self::Span),
            _ => None,
        }
    }
}

/// What a requirement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worst {
    /// Nothing: no scenario loses.
    None,
    /// The scenario at this place of the grid.
    Scenario(usize),
    /// The basis contingency.
    Basis,
    /// The charge for net and hedged delta.
    MinimumDelta,
}

/// Requirements of a portfolio. Money in 10^-12 quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// What the positions are worth.
    pub mark: Cash,
    /// Change of value under each scenario as the rule counts it: discounted or weighted, negative for a loss.
    pub counted: Vec<Cash>,
    /// Change of value under each scenario, as it is.
    pub plain: Vec<Cash>,
    /// The basis contingency, not positive; 0 where the rule has none.
    pub basis: Cash,
    /// The charge for naked shorts; 0 where the rule has none.
    pub option_charge: Cash,
    /// The charge for net and hedged delta; 0 where the rule has none.
    pub minimum_delta: Cash,
    /// The greatest loss over scenarios, and over the basis contingency where the rule has one; not negative.
    pub scan: Cash,
    /// Where it stands.
    pub scan_worst: Worst,
    /// What the requirement rests on.
    pub worst: Worst,
    /// Maintenance requirement: not negative; compare with cash + mark.
    pub maintenance: Cash,
    /// Initial requirement: at least the maintenance requirement.
    pub initial: Cash,
}

impl Assessment {
    /// Cash + value of the positions - initial requirement.
    pub fn net_initial(&self, cash: Cash) -> Result<Cash, MarginError> {
        self.net(cash, self.initial)
    }

    /// Cash + value of the positions - maintenance requirement.
    pub fn net_maintenance(&self, cash: Cash) -> Result<Cash, MarginError> {
        self.net(cash, self.maintenance)
    }

    fn net(&self, cash: Cash, requirement: Cash) -> Result<Cash, MarginError> {
        let net = cash.checked_add(self.mark).and_then(|sum| sum.checked_sub(requirement));
        net.map_err(|_| MarginError::TooLarge { what: "net margin" })
    }
}

/// ceil(a b / c) for c > 0.
fn charged(what: &'static str, a: i128, b: i128, c: i128) -> Result<i128, MarginError> {
    let negative = a.checked_neg().ok_or(MarginError::TooLarge { what })?;
    Ok(-scaled(what, negative, b, c)?)
}

impl Portfolio {
    /// The requirements of this portfolio.
    ///
    /// # Errors
    /// A grid without the scenarios that the rule asks about, or a sum beyond 127 bits.
    pub fn assess(&self, rule: ScenarioRule) -> Result<Assessment, MarginError> {
        match rule {
            ScenarioRule::Pmrm(rules) => self.pmrm(&rules),
            ScenarioRule::Paradex => {
                let mut found = self.scan()?;
                found.minimum_delta = self.minimum_delta()?;
                if found.minimum_delta > found.scan {
                    found.worst = Worst::MinimumDelta;
                }
                found.initial = found.scan.max(found.minimum_delta);
                // Rounded up.
                found.maintenance = Cash((found.initial.get() + 1).div_euclid(2));
                Ok(found)
            }
            ScenarioRule::Span => {
                let mut found = self.scan()?;
                (found.initial, found.maintenance) = (found.scan, found.scan);
                Ok(found)
            }
        }
    }

    /// The greatest weighted loss; requirements are left at 0.
    fn scan(&self) -> Result<Assessment, MarginError> {
        let plain = self.changes(|expiry, at| Ok(expiry.values[at]))?;
        let weighted = |(change, scenario): (&Cash, &crate::risk::Scenario)| {
            scaled("weighted loss", change.get(), scenario.weight_bp.into(), BP).map(Cash)
        };
        let scenarios = plain.iter().zip(&self.grid().scenarios);
        let counted: Vec<Cash> = scenarios.map(weighted).collect::<Result<_, _>>()?;
        self.assessment(plain, counted, Cash::ZERO)
    }

    fn pmrm(&self, rules: &PmrmRules) -> Result<Assessment, MarginError> {
        let grid = self.grid();
        let place = |spot_bp| {
            let wanted = |s: &crate::risk::Scenario| s.spot_bp == spot_bp && s.volatility == VolatilityMove::None;
            grid.scenarios.iter().position(wanted).ok_or_else(|| MarginError::Grid {
                rule: "derive-pmrm-23",
                expected: "the moves of the basis contingency, volatility none",
                found: grid.name.clone(),
            })
        };
        let (up, down) = (place(rules.basis_move_bp)?, place(-rules.basis_move_bp)?);
        let mut basis = 0i128;
        let mut discounts = Vec::with_capacity(self.expiries().len());
        for sums in self.expiries() {
            let loss = (sums.values[up] - sums.mark).min(sums.values[down] - sums.mark).min(0);
            basis += sums.grown(loss, rules.basis_rate_bp)?;
            discounts.push(static_discount(sums, rules)?);
        }
        let discounted = |expiry: &ExpirySums, at: usize| {
            let value = expiry.values[at];
            // Entries stand in the order of the expiries, which ascend.
            match self.expiries().binary_search_by_key(&expiry.expiry, |e| e.expiry) {
                Ok(place) if value > 0 => scaled("discounted value", value, discounts[place], 1 << 36),
                _ => Ok(value),
            }
        };
        let plain = self.changes(|expiry, at| Ok(expiry.values[at]))?;
        let counted = self.changes(discounted)?;
        let mut found = self.assessment(plain, counted, Cash(basis))?;
        let per_lot = i128::from(rules.option_bp) * i128::from(self.spot().get());
        found.option_charge = Cash(charged("option contingency", self.naked_shorts(), per_lot, BP)?);
        [found.initial, found.maintenance] = rules.requirements(found.scan, found.option_charge)?;
        Ok(found)
    }

    /// sum over expiries of (value - mark), a scenario each.
    fn changes(
        &self,
        value: impl Fn(&ExpirySums, usize) -> Result<i128, MarginError>,
    ) -> Result<Vec<Cash>, MarginError> {
        let what = "change of value";
        let change = |at| {
            self.expiries().iter().try_fold(Cash::ZERO, |sum, expiry| {
                let change = value(expiry, at)? - expiry.mark;
                sum.checked_add(Cash(change))
                    .map_err(|_| MarginError::TooLarge { what })
            })
        };
        (0..self.grid().scenarios.len()).map(change).collect()
    }

    fn assessment(&self, plain: Vec<Cash>, counted: Vec<Cash>, basis: Cash) -> Result<Assessment, MarginError> {
        let mut worst = (Cash::ZERO, Worst::None);
        let scenarios = counted
            .iter()
            .enumerate()
            .map(|(at, change)| (*change, Worst::Scenario(at)));
        // The first of equals: strictly less is worse.
        for (change, place) in scenarios.chain([(basis, Worst::Basis)]) {
            if change < worst.0 {
                worst = (change, place);
            }
        }
        Ok(Assessment {
            mark: self.mark()?,
            counted,
            plain,
            basis,
            option_charge: Cash::ZERO,
            minimum_delta: Cash::ZERO,
            scan: Cash(-worst.0.get()),
            scan_worst: worst.1,
            worst: worst.1,
            maintenance: Cash::ZERO,
            initial: Cash::ZERO,
        })
    }

    /// ceil((2 % |net delta| + 1 % hedged delta) spot), hedged = (gross - |net|) / 2: in halves, 3 |net| + gross.
    fn minimum_delta(&self) -> Result<Cash, MarginError> {
        let greeks = self.greeks();
        // 10^-6 coin @36 in half percents of the spot.
        let halves = 3 * greeks.delta.abs() + greeks.gross_delta;
        let what = "minimum delta";
        // The spot goes last, after the 2^36: 10^-6 coin in 10^-12 would lose nothing that counts.
        let coin = charged(what, halves, 1_000_000, 1 << 36)?;
        charged(what, coin, self.spot().get().into(), 200 * 1_000_000).map(Cash)
    }
}

/// What a positive value of an expiry counts for, @36: 0.95 e^(-0.12 t).
pub(super) fn static_discount(sums: &ExpirySums, rules: &PmrmRules) -> Result<i128, MarginError> {
    let expiry = sums.expiry;
    let discount =
        Discount::new(rules.discount_rate_bp, sums.time).map_err(|source| MarginError::Time { expiry, source })?;
    scaled("static discount", discount.get().into(), rules.discount_bp.into(), BP)
}
