//! Every rule set against reference portfolios.
//!
//! A difference is an exact integer; only its ratio to the portfolio's notional, sum(|quantity|) x spot, is a float.

use std::collections::BTreeMap;

use super::portfolio::{Holding, Portfolio, rows_of};
use super::reference::{ReferencePortfolio, ReferencePosition, Underlyings};
use super::scenario::{PmrmRules, ScenarioRule, Worst, static_discount};
use super::standard::{deribit_standard, derive_standard};
use super::{MarginError, scaled};
use crate::market::{Style, Volatility};
use crate::risk::arrays::{expiry_contexts, price_series, spot_multipliers};
use crate::risk::{ExpiryInput, MarketInputs, RegimeFactor, RiskRules, SeriesInput, VolatilityMove};
use crate::series::SeriesTerms;
use crate::units::{Cash, ExpiryMinutes, Price};

/// The promise for the sets of 23 and 24 scenarios: difference over notional.
pub const TOLERANCE: f64 = 1e-5;

/// The largest difference of one figure over all portfolios.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// Over the portfolio's notional.
    pub relative: f64,
    /// In the figure's unit: 10^-12 quote, or 10^-18 coin.
    pub absolute: i128,
    /// The portfolio with the largest relative difference.
    pub portfolio: String,
}

impl Difference {
    fn see(&mut self, id: &str, absolute: i128, scale: i128) {
        // Only for stating; a notional of 0 has no positions.
        let relative = absolute as f64 / scale.max(1) as f64;
        if relative > self.relative || self.portfolio.is_empty() {
            *self = Self {
                relative,
                absolute,
                portfolio: id.to_owned(),
            };
        }
    }
}

/// One rule set.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleReport {
    /// Its name.
    pub rule: &'static str,
    /// "quote" or "coin".
    pub unit: &'static str,
    /// Whether the promise covers it.
    pub promised: bool,
    /// Its figures by name.
    pub figures: Vec<(&'static str, Difference)>,
    /// Portfolios whose worst scenario stands elsewhere than in the reference.
    pub other_worst: usize,
}

impl RuleReport {
    fn new(rule: &'static str, unit: &'static str, promised: bool, figures: &[&'static str]) -> Self {
        Self {
            rule,
            unit,
            promised,
            figures: figures.iter().map(|name| (*name, Difference::default())).collect(),
            other_worst: 0,
        }
    }

    fn see(&mut self, id: &str, pairs: &[(i128, i128)], scale: i128) {
        for ((_, figure), (found, wanted)) in self.figures.iter_mut().zip(pairs) {
            figure.see(id, found.saturating_sub(*wanted).saturating_abs(), scale);
        }
    }

    /// The figure with the largest relative difference.
    pub fn worst(&self) -> &Difference {
        let mut figures = self.figures.iter().map(|(_, figure)| figure);
        // A report has at least one figure.
        let first = figures.next().expect("a rule has figures");
        figures.fold(first, |worst, figure| {
            if figure.relative > worst.relative {
                figure
            } else {
                worst
            }
        })
    }
}

/// A portfolio on which the reference does not follow the rule it names; see "The reference's sum" in `docs/margin.md`.
#[derive(Debug, Clone, PartialEq)]
pub struct Erratum {
    /// The portfolio.
    pub portfolio: String,
    /// Its expiries, more than one.
    pub expiries: usize,
    /// Difference of the rule to the reference, over the notional.
    pub to_rule: f64,
    /// Difference of the reference's own sum to the reference, over the notional.
    pub to_sum: f64,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Portfolios compared: all of the files.
    pub portfolios: usize,
    /// By rule set.
    pub rules: Vec<RuleReport>,
    /// Portfolios of several expiries whose PMRM reference is not the rule's but its own sum's.
    pub errata: Vec<Erratum>,
    /// Short positions whose own underlying price the chain did not have: the forward of the expiry stood for it.
    pub without_underlying: usize,
}

impl Report {
    /// The largest relative difference of the promised rule sets.
    pub fn max_relative(&self) -> f64 {
        let promised = self.rules.iter().filter(|rule| rule.promised);
        promised.map(|rule| rule.worst().relative).fold(0.0, f64::max)
    }

    /// The same against the rules alone: on errata, the difference of the rule to what the file names as its result.
    pub fn max_relative_to_rule(&self) -> f64 {
        let errata = self.errata.iter().map(|erratum| erratum.to_rule);
        errata.fold(self.max_relative(), f64::max)
    }

    /// Whether the promise holds on every portfolio. `strict` also refuses errata.
    pub fn holds(&self, strict: bool) -> bool {
        self.max_relative() <= TOLERANCE && (!strict || self.errata.is_empty())
    }
}

/// Compares every portfolio. `underlyings` may be empty.
pub fn compare(portfolios: &[ReferencePortfolio], underlyings: &Underlyings) -> Result<Report, MarginError> {
    let mut report = Report {
        portfolios: portfolios.len(),
        rules: vec![
            RuleReport::new("derive-pmrm-23", "quote", true, &["net_initial", "net_maintenance"]),
            RuleReport::new("paradex-24", "quote", true, &["scan_risk"]),
            RuleReport::new("derive-standard", "quote", false, &["net_initial", "net_maintenance"]),
            RuleReport::new("deribit-standard", "coin", false, &["initial", "maintenance"]),
            RuleReport::new("mark", "quote", false, &["value"]),
        ],
        errata: Vec::new(),
        without_underlying: 0,
    };
    for portfolio in portfolios {
        compare_one(portfolio, underlyings, &mut report)?;
    }
    Ok(report)
}

fn compare_one(
    reference: &ReferencePortfolio,
    underlyings: &Underlyings,
    report: &mut Report,
) -> Result<(), MarginError> {
    let (id, inputs, cash) = (&reference.id, inputs_of(reference)?, Cash(reference.cash));
    let [pmrm, paradex, derive, deribit, mark] = &mut report.rules[..] else {
        // `compare` makes five.
        return Ok(());
    };

    let rules = RiskRules::builtin("derive-pmrm-23", reference.underlying)?;
    let portfolio = portfolio_of(&rules, reference, &inputs)?;
    let scale = portfolio.notional().get();
    let published = PmrmRules::PUBLISHED;
    let found = portfolio.assess(ScenarioRule::Pmrm(published))?;
    let net = [found.net_initial(cash)?.get(), found.net_maintenance(cash)?.get()];
    let mut place = place_of(found.scan_worst, portfolio.grid().scenarios.len());
    let over = |net: [i128; 2]| {
        let off = |at: usize| net[at].saturating_sub(reference.pmrm[at]).saturating_abs() as f64;
        off(0).max(off(1)) / scale.max(1) as f64
    };
    let mut compared = net;
    if over(net) > TOLERANCE && portfolio.expiries().len() > 1 {
        let own = reference_sum(&rules, &published, reference, &inputs, &portfolio)?;
        if over(own.net) <= TOLERANCE {
            report.errata.push(Erratum {
                portfolio: id.clone(),
                expiries: portfolio.expiries().len(),
                to_rule: over(net),
                to_sum: over(own.net),
            });
            (compared, place) = (own.net, own.worst);
        }
    }
    pmrm.see(
        id,
        &[(compared[0], reference.pmrm[0]), (compared[1], reference.pmrm[1])],
        scale,
    );
    pmrm.other_worst += usize::from(place != reference.pmrm_worst);
    mark.see(id, &[(found.mark.get(), reference.mark)], scale);

    let net = derive_standard(&portfolio, cash, |expiry| inputs.forward(expiry))?;
    let wanted = reference.derive_standard;
    derive.see(
        id,
        &[(net.initial.get(), wanted[0]), (net.maintenance.get(), wanted[1])],
        scale,
    );

    let rules = RiskRules::builtin("paradex-24", reference.underlying)?;
    let portfolio = portfolio_of(&rules, reference, &inputs)?;
    let found = portfolio.assess(ScenarioRule::Paradex)?;
    paradex.see(id, &[(found.scan.get(), reference.scan)], scale);
    let place = place_of(found.scan_worst, portfolio.grid().scenarios.len());
    paradex.other_worst += usize::from(place != reference.scan_worst);

    let (mut sums, mut lots) = ([0i128; 2], 0i128);
    for position in &reference.positions {
        let key = (reference.snapshot, position.instrument.clone());
        let underlying = underlyings.get(&key).copied();
        report.without_underlying += usize::from(underlying.is_none() && !position.lots.is_long());
        let found = deribit_standard(
            position.right,
            position.strike,
            underlying.unwrap_or(position.forward),
            position.mark,
            position.lots,
        )?;
        sums[0] += found.initial.0;
        sums[1] += found.maintenance.0;
        lots += i128::from(position.lots.magnitude());
    }
    let wanted = reference.deribit;
    // Contracts of one coin each: 10^-6 to 10^-18.
    let scale = lots.saturating_mul(1_000_000_000_000);
    deribit.see(id, &[(sums[0], wanted[0]), (sums[1], wanted[1])], scale);
    Ok(())
}

/// Where the reference counts a worst scenario: the basis contingency stands after all scenarios.
fn place_of(worst: Worst, scenarios: usize) -> usize {
    match worst {
        Worst::Scenario(at) => at,
        _ => scenarios,
    }
}

fn terms_of(reference: &ReferencePortfolio, position: &ReferencePosition) -> SeriesTerms {
    SeriesTerms {
        underlying: reference.underlying,
        expiry: position.expiry,
        kind: Style::Linear.kind(position.right),
        strike: position.strike,
        cap: Price::ZERO,
    }
}

/// The market inputs that a portfolio's own lines state.
fn inputs_of(reference: &ReferencePortfolio) -> Result<MarketInputs, MarginError> {
    let mut expiries: BTreeMap<ExpiryMinutes, Price> = BTreeMap::new();
    let mut series: BTreeMap<SeriesTerms, Volatility> = BTreeMap::new();
    for position in &reference.positions {
        expiries.insert(position.expiry, position.forward);
        let before = series.insert(terms_of(reference, position), position.volatility);
        if before.is_some_and(|before| before != position.volatility) {
            return Err(MarginError::Portfolio {
                portfolio: reference.id.clone(),
                expected: "one volatility per series".to_owned(),
                found: "two".to_owned(),
            });
        }
    }
    let inputs = MarketInputs {
        underlying: reference.underlying,
        // A negative time fails the inputs' own check of the range.
        time: u64::try_from(reference.snapshot.0).unwrap_or(u64::MAX),
        spot: reference.spot,
        expiries: expiries
            .into_iter()
            .map(|(expiry, forward)| ExpiryInput { expiry, forward })
            .collect(),
        series: series
            .into_iter()
            .map(|(terms, volatility)| SeriesInput { terms, volatility })
            .collect(),
    };
    inputs.validate()?;
    Ok(inputs)
}

fn portfolio_of(
    rules: &RiskRules,
    reference: &ReferencePortfolio,
    inputs: &MarketInputs,
) -> Result<Portfolio, MarginError> {
    let rows = rows_of(rules, inputs, RegimeFactor::ONE)?;
    let holding = |position: &ReferencePosition| {
        let terms = terms_of(reference, position);
        // The inputs were made from these positions.
        let row = rows
            .iter()
            .find(|row| row.terms == terms)
            .expect("a series of the inputs");
        Holding {
            lots: position.lots,
            row: row.clone(),
        }
    };
    let holdings = reference.positions.iter().map(holding).collect();
    Portfolio::new(&rules.grid, inputs.time, inputs.spot, holdings)
}

/// Net margins by the sum that the reference took.
struct ReferenceSum {
    net: [i128; 2],
    worst: usize,
}

/// The reference's PMRM of a portfolio of several expiries.
///
/// Its value under a scenario adds up, for every expiry, the positions of the *last* expiry (the one that its file names last) under the
/// volatility shock and the discount of each expiry in turn, where the rule has each expiry's own positions. Marks, basis contingency and
/// option contingency are the rule's. With one expiry the two agree.
fn reference_sum(
    rules: &RiskRules,
    published: &PmrmRules,
    reference: &ReferencePortfolio,
    inputs: &MarketInputs,
    portfolio: &Portfolio,
) -> Result<ReferenceSum, MarginError> {
    let contexts = expiry_contexts(rules, inputs, &spot_multipliers(rules, RegimeFactor::ONE)?)?;
    let mut seen: Vec<ExpiryMinutes> = Vec::new();
    for position in &reference.positions {
        if !seen.contains(&position.expiry) {
            seen.push(position.expiry);
        }
    }
    // The caller saw two expiries.
    let last = *seen.last().expect("a portfolio has positions");
    let (_, of_last) = contexts
        .iter()
        .find(|(expiry, _)| *expiry == last)
        .expect("an expiry of the inputs");
    let scenarios = rules.grid.scenarios.len();
    let mut sums = vec![0i128; scenarios];
    for expiry in portfolio.expiries() {
        let mut context = of_last.clone();
        for by in VolatilityMove::ALL {
            let shock = rules.grid.vol_multiplier(by, expiry.time);
            let shock = shock.map_err(|source| MarginError::Time {
                expiry: expiry.expiry,
                source,
            })?;
            context.volatility[by.number()] = context.root.scaled(shock);
        }
        let mut values = vec![0i128; scenarios];
        for holding in portfolio.holdings().iter().filter(|h| h.row.terms.expiry == last) {
            let series = inputs.series.iter().find(|series| series.terms == holding.row.terms);
            let row = price_series(rules, &context, series.expect("a series of the inputs"))?;
            for (sum, value) in values.iter_mut().zip(&row.values) {
                *sum += i128::from(holding.lots.get()) * i128::from(value.get());
            }
        }
        let discount = static_discount(expiry, published)?;
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += if value > 0 {
                scaled("discounted value", value, discount, 1 << 36)?
            } else {
                value
            };
        }
    }
    let rule = portfolio.assess(ScenarioRule::Pmrm(*published))?;
    let (mut least, mut worst) = (rule.basis.get(), scenarios);
    for (at, sum) in sums.into_iter().enumerate() {
        let change = sum - rule.mark.get();
        // On a tie the reference names the scenario.
        if change < least || (change == least && worst == scenarios) {
            (least, worst) = (change, at);
        }
    }
    let [initial, maintenance] = published.requirements(Cash(-least.min(0)), rule.option_charge)?;
    let equity = rule.mark.get() + reference.cash;
    Ok(ReferenceSum {
        net: [equity - initial.get(), equity - maintenance.get()],
        worst,
    })
}
