//! Margins against the reference portfolios, by hand, and by their properties.
#![allow(missing_docs)]

mod common;

use std::sync::OnceLock;

use common::{data, expiry};
use proptest::prelude::*;
use witness_gen::margin::compare::{Report, TOLERANCE, compare};
use witness_gen::margin::portfolio::rows_of;
use witness_gen::margin::reference::{Underlyings, read, read_underlyings};
use witness_gen::margin::simulate::{Leg, Market};
use witness_gen::margin::standard::derive_standard;
use witness_gen::margin::{Assessment, Holding, MarginError, PmrmRules, Portfolio, ScenarioRule, Worst};
use witness_gen::market::Volatility;
use witness_gen::pricing::{Greeks, ValuePerLot};
use witness_gen::risk::file::RiskRound;
use witness_gen::risk::{
    ExpiryInput, MarketInputs, RegimeFactor, RegimeState, RiskGrid, RiskRow, RiskRules, SeriesInput,
};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

/// 10^-12 quote.
const QUOTE: i128 = 1_000_000_000_000;
/// Seconds of a year.
const YEAR: u64 = 31_536_000;

fn price(quote: u64) -> Price {
    Price::new(quote * 1_000_000).expect("a small price")
}

fn lots(contracts: i64) -> Lots {
    Lots::new(contracts * 1_000_000).expect("not 0")
}

fn terms(kind: Kind, expiry: ExpiryMinutes, strike: u64) -> SeriesTerms {
    SeriesTerms::new(Underlying::ETH, expiry, kind, price(strike), Price::ZERO).expect("no cap")
}

fn reference(with_chain: bool) -> Option<Report> {
    let portfolios = read(data("margin_ref_positions.csv")?, data("margin_ref_results.csv")?).expect("well formed");
    let underlyings = if with_chain {
        read_underlyings(data("deribit_chain_2026.csv.gz")?, &portfolios).expect("well formed")
    } else {
        Underlyings::new()
    };
    Some(compare(&portfolios, &underlyings).expect("every portfolio lies in the domain"))
}

#[test]
fn every_reference_portfolio_is_met() {
    let Some(report) = reference(false) else { return };
    assert!(report.portfolios >= 200, "{}", report.portfolios);
    assert!(report.holds(false), "{:?}", report.rules);
    // What the promise leaves is four orders wide of what fixed point takes.
    assert!(report.max_relative() < 1e-8, "{}", report.max_relative());
    for rule in &report.rules {
        assert!(rule.worst().relative <= TOLERANCE, "{rule:?}");
    }
    // The reference departs from its rule on portfolios of several expiries and nowhere else.
    for erratum in &report.errata {
        assert!(erratum.expiries > 1 && erratum.to_rule > TOLERANCE, "{erratum:?}");
    }
    assert_eq!(report.holds(true), report.errata.is_empty());
}

#[test]
fn deribit_margins_are_met_with_each_contracts_own_underlying() {
    let (Some(with), Some(without)) = (reference(true), reference(false)) else {
        return;
    };
    let deribit = |report: &Report| report.rules[3].worst().relative;
    assert!(with.without_underlying < without.without_underlying);
    assert!(deribit(&with) < 1e-9 && deribit(&without) > 1e-9, "{}", deribit(&with));
}

#[test]
fn a_changed_result_breaks_the_promise() {
    let positions = "portfolio_id,snapshot_utc,currency,instrument,expiry_utc,secs_to_expiry,strike_usd,cp,qty,forward_usd,iv,mark_coin\n\
        a,2026-03-20T08:00:00Z,ETH,ETH-27MAR26-2000-C,2026-03-27T08:00:00Z,604800,2000,C,-2.5,2000.0,0.5,0.0276\n";
    let header = "portfolio_id,kind,snapshot_utc,currency,spot_usd,cash_usd,n_positions,deribit_sm_im_coin,deribit_sm_mm_coin,\
        srm_net_im_usd,srm_net_mm_usd,pmrm_net_im_usd,pmrm_net_mm_usd,pmrm_worst_idx,options_mtm_usd,scan_risk_usd,scan_worst_idx\n";
    let results = |mm: &str, count: u32| {
        format!("{header}a,x,2026-03-20T08:00:00Z,ETH,1999.9999999999998,0,{count},0,0,0,0,0,{mm},0,0,0,0\n")
    };
    let found = |text: String| {
        let portfolios = read(positions.as_bytes(), text.as_bytes())?;
        compare(&portfolios, &Underlyings::new())
    };
    let report = found(results("0", 1)).expect("well formed");
    // A short call is never worth nothing: 0 is wrong, and one expiry leaves no other sum to compare with.
    assert!(!report.holds(false) && report.errata.is_empty());
    assert!(matches!(found(results("0", 2)), Err(MarginError::Portfolio { .. })));
    assert!(matches!(found(results("x", 1)), Err(MarginError::Field { .. })));
    assert!(matches!(found(header.to_owned()), Err(MarginError::Portfolio { .. })));
    let lacking = results("0", 1).replace("scan_risk_usd", "other");
    assert!(matches!(found(lacking), Err(MarginError::Column { .. })));
}

/// A holding of a series a year from 1970, with values given in quote: all the mark but for the changes.
fn made(grid: &RiskGrid, contracts: i64, series: SeriesTerms, mark: u64, changes: &[(usize, u64)]) -> Holding {
    let value = |quote: u64| ValuePerLot::new(quote * 1_000_000).expect("small");
    let mut values = vec![value(mark); grid.scenarios.len()];
    for (at, quote) in changes {
        values[*at] = value(*quote);
    }
    Holding {
        lots: lots(contracts),
        row: RiskRow {
            terms: series,
            mark: value(mark),
            greeks: Greeks::default(),
            values,
        },
    }
}

fn in_a_year() -> ExpiryMinutes {
    ExpiryMinutes((YEAR / 60) as u32)
}

fn assess(grid: &str, holdings: impl Fn(&RiskGrid) -> Vec<Holding>) -> Assessment {
    let grid = RiskGrid::builtin(grid).expect("a grid of the program");
    let portfolio = Portfolio::new(&grid, 0, price(2_000), holdings(&grid)).expect("in range");
    let rule = ScenarioRule::of_grid(&grid.name).expect("a rule");
    portfolio.assess(rule).expect("in range")
}

#[test]
fn pmrm_by_hand() {
    // Places 8 and 14 are +5 % and -5 % with the volatility as it is; a year makes the basis 2.2 times.
    let call = terms(Kind::Call, in_a_year(), 2_000);
    let short = assess("derive-pmrm-23", |grid| {
        vec![made(grid, -1, call, 100, &[(0, 300), (8, 150), (14, 60)])]
    });
    // Worst: 100 - 300. Basis: -50 x 2.2. Naked: 2 % of 2000.
    assert_eq!((short.scan, short.worst), (Cash(200 * QUOTE), Worst::Scenario(0)));
    assert_eq!(
        (short.basis, short.option_charge),
        (Cash(-110 * QUOTE), Cash(40 * QUOTE))
    );
    assert_eq!(short.maintenance, Cash(240 * QUOTE));
    assert_eq!(short.initial, Cash(300 * QUOTE));
    assert_eq!(short.mark, Cash(-100 * QUOTE));
    assert_eq!(
        short.net_maintenance(Cash(1_000 * QUOTE)).expect("small"),
        Cash(660 * QUOTE)
    );

    // Long: what is positive counts 0.95 e^-0.12 = 0.842574415; unchanged that is a loss of 15.74, at -5 % of 49.45, but the basis asks 40 x 2.2.
    let long = assess("derive-pmrm-23", |grid| {
        vec![made(grid, 1, call, 100, &[(0, 300), (8, 150), (14, 60)])]
    });
    assert_eq!((long.worst, long.maintenance), (Worst::Basis, Cash(88 * QUOTE)));
    assert_eq!(long.initial, Cash(110 * QUOTE));
    assert!(
        (long.counted[11].get() as f64 / QUOTE as f64 + 15.742_558_5).abs() < 1e-6,
        "{:?}",
        long.counted[11]
    );
    assert!(
        (long.counted[14].get() as f64 / QUOTE as f64 + 49.445_535_1).abs() < 1e-6,
        "{:?}",
        long.counted[14]
    );
    assert_eq!(long.plain[14], Cash(-40 * QUOTE));
}

#[test]
fn the_discount_takes_each_expiry_by_itself() {
    // One expiry is worth +100, the other -100: only the first is discounted.
    let later = ExpiryMinutes(2 * in_a_year().get());
    let found = assess("derive-pmrm-23", |grid| {
        vec![
            made(grid, 1, terms(Kind::Call, in_a_year(), 2_000), 100, &[]),
            made(grid, -1, terms(Kind::Put, later, 2_000), 100, &[]),
        ]
    });
    assert!((found.counted[3].get() as f64 / QUOTE as f64 + 15.742_558_5).abs() < 1e-6);
    assert_eq!(found.plain[3], Cash::ZERO);
}

#[test]
fn naked_shorts_by_hand() {
    let grid = RiskGrid::builtin("derive-pmrm-23").expect("a grid of the program");
    let naked = |legs: &[(Kind, u64, i64)]| {
        let holding =
            |(kind, strike, n): &(Kind, u64, i64)| made(&grid, *n, terms(*kind, in_a_year(), *strike), 1, &[]);
        let portfolio = Portfolio::new(&grid, 0, price(2_000), legs.iter().map(holding).collect());
        portfolio.expect("in range").naked_shorts() / 1_000_000
    };
    use Kind::{Call, Put};
    assert_eq!(naked(&[(Call, 2_000, -3), (Put, 2_000, -2)]), 5);
    // Opposite signs at one strike cover each other.
    assert_eq!(naked(&[(Call, 2_000, -3), (Put, 2_000, 2)]), 1);
    assert_eq!(naked(&[(Call, 2_000, 3), (Put, 2_000, -2)]), 0);
    // At another strike they do not, nor does another call.
    assert_eq!(naked(&[(Call, 2_000, -3), (Put, 2_100, 2), (Call, 1_900, 9)]), 3);
}

#[test]
fn paradex_and_span_by_hand() {
    let call = terms(Kind::Call, in_a_year(), 2_000);
    // -66 %, of which 24 % counts; +16 % in full.
    let found = assess("paradex-24", |grid| {
        vec![made(grid, 1, call, 1_000, &[(16, 0), (0, 800)])]
    });
    assert_eq!((found.scan, found.worst), (Cash(240 * QUOTE), Worst::Scenario(16)));
    assert_eq!(
        (found.initial, found.maintenance),
        (Cash(240 * QUOTE), Cash(120 * QUOTE))
    );
    // The last two of SPAN count 35 %.
    let found = assess("span-16", |grid| vec![made(grid, 1, call, 1_000, &[(15, 0), (3, 900)])]);
    assert_eq!(
        (found.initial, found.maintenance),
        (Cash(350 * QUOTE), Cash(350 * QUOTE))
    );
    // The venue's example: deltas +1 and -5 x 0.3 at 70,000 have net -0.5, gross 2.5, hedged 1, and ask 1,400.
    let grid = RiskGrid::builtin("paradex-24").expect("a grid of the program");
    let with_delta = |contracts, strike, delta| {
        let mut holding = made(&grid, contracts, terms(Kind::Call, in_a_year(), strike), 1_000, &[]);
        holding.row.greeks.delta = delta;
        holding
    };
    let tenths = (1 << 36) / 10;
    let holdings = vec![with_delta(1, 60_000, 10 * tenths), with_delta(-5, 70_000, 3 * tenths)];
    let portfolio = Portfolio::new(&grid, 0, price(70_000), holdings).expect("in range");
    let found = portfolio.assess(ScenarioRule::Paradex).expect("in range");
    assert!(
        (found.minimum_delta.get() - 1_400 * QUOTE).abs() < QUOTE / 1_000,
        "{found:?}"
    );
    assert_eq!((found.worst, found.scan_worst), (Worst::MinimumDelta, Worst::None));
    assert_eq!(found.initial, found.minimum_delta);
}

#[test]
fn derive_standard_by_hand() {
    let grid = RiskGrid::builtin("span-16").expect("a grid of the program");
    let margin = |legs: &[(Kind, u64, i64, u64)]| {
        let holding = |(kind, strike, n, mark): &(Kind, u64, i64, u64)| {
            made(&grid, *n, terms(*kind, in_a_year(), *strike), *mark, &[])
        };
        let portfolio = Portfolio::new(&grid, 0, price(2_000), legs.iter().map(holding).collect()).expect("in range");
        let found = derive_standard(&portfolio, Cash::ZERO, |_| Some(price(2_010))).expect("in range");
        (found.initial.get() / QUOTE, found.maintenance.get() / QUOTE)
    };
    // A strangle: 13 % + 80 and 13 % + 70; 9 % + 80 and 9 % + 70.
    assert_eq!(
        margin(&[(Kind::Call, 2_100, -1, 80), (Kind::Put, 1_900, -1, 70)]),
        (-670, -510)
    );
    // A spread risks its width, whatever its legs ask by themselves.
    assert_eq!(
        margin(&[(Kind::Call, 2_100, -1, 80), (Kind::Call, 2_200, 1, 50)]),
        (-100, -100)
    );
    // A ratio spread: the width, and 1.2 (1.1) forwards for the call that is short on balance, against two isolated calls.
    assert_eq!(
        margin(&[(Kind::Call, 2_100, -2, 80), (Kind::Call, 2_200, 1, 50)]),
        (-680, -520)
    );
    assert_eq!(margin(&[(Kind::Call, 2_100, 3, 80)]), (0, 0));
}

/// Two expiries, five strikes, calls and puts.
fn inputs(kinds: [Kind; 2]) -> MarketInputs {
    let days = [expiry("2026-03-27"), expiry("2026-09-25")];
    let mut series = Vec::new();
    for (at, day) in days.into_iter().enumerate() {
        for strike in [2_400, 2_800, 3_000, 3_200, 3_800] {
            for kind in kinds {
                series.push(SeriesInput {
                    terms: terms(kind, day, strike),
                    volatility: Volatility(6_000 + 700 * at as u32 + (strike as u32).abs_diff(3_000) / 2),
                });
            }
        }
    }
    series.sort_by_key(|series| series.terms.word());
    MarketInputs {
        underlying: Underlying::ETH,
        time: 60 * u64::from(days[0].get()) - 7 * 86_400,
        spot: price(3_000),
        expiries: vec![
            ExpiryInput {
                expiry: days[0],
                forward: price(3_005),
            },
            ExpiryInput {
                expiry: days[1],
                forward: price(3_080),
            },
        ],
        series,
    }
}

const LINEAR: [Kind; 2] = [Kind::Call, Kind::Put];

fn rows(grid: usize) -> &'static (RiskRules, MarketInputs, Vec<RiskRow>) {
    static ROWS: OnceLock<Vec<(RiskRules, MarketInputs, Vec<RiskRow>)>> = OnceLock::new();
    let all = ROWS.get_or_init(|| {
        let of = |name: &str| {
            let rules = RiskRules::builtin(name, Underlying::ETH).expect("a grid of the program");
            let inputs = inputs(LINEAR);
            let rows = rows_of(&rules, &inputs, RegimeFactor::ONE).expect("in the domain");
            (rules, inputs, rows)
        };
        RiskGrid::names().into_iter().map(of).collect()
    });
    &all[grid]
}

fn of_quantities(grid: usize, quantities: &[i64]) -> (Portfolio, Assessment) {
    let (rules, inputs, rows) = rows(grid);
    let holdings = rows
        .iter()
        .zip(quantities)
        .filter_map(|(row, quantity)| {
            Some(Holding {
                lots: Lots::new(*quantity).ok()?,
                row: row.clone(),
            })
        })
        .collect();
    let portfolio = Portfolio::new(&rules.grid, inputs.time, inputs.spot, holdings).expect("in range");
    let rule = ScenarioRule::of_grid(&rules.grid.name).expect("a rule");
    let assessment = portfolio.assess(rule).expect("in range");
    (portfolio, assessment)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn requirements_are_ordered_and_longs_cost_their_premium(
        quantities in prop::collection::vec(prop_oneof![Just(0i64), -50_000_000i64..50_000_000], 20),
        grid in 0usize..3,
        added in 0usize..20,
        by in 1i64..50_000_000,
    ) {
        let (before, found) = of_quantities(grid, &quantities);
        prop_assert!(found.initial >= found.maintenance && found.maintenance >= Cash::ZERO);
        prop_assert!(found.scan >= Cash::ZERO);

        let mut more = quantities.clone();
        more[added] += by;
        let (_, after) = of_quantities(grid, &more);
        let (_, inputs, rows) = rows(grid);
        let premium = i128::from(by) * i128::from(rows[added].mark.get());
        let rise = after.scan.get() - found.scan.get();
        // A basis contingency counts a loss up to 1 + 1.2 t times; what is rounded down is one unit an expiry.
        let factor = if grid == 0 {
            let seconds = 60 * i128::from(rows[added].terms.expiry.get()) - i128::from(inputs.time);
            1.0 + 1.2 * seconds as f64 / YEAR as f64
        } else {
            1.0
        };
        prop_assert!(rise as f64 <= premium as f64 * factor + 4.0, "{rise} {premium}");
        prop_assert!(after.option_charge <= found.option_charge);
        prop_assert!(before.notional() >= Cash::ZERO);
    }

    #[test]
    fn a_portfolio_and_its_opposite_have_no_risk(
        quantities in prop::collection::vec(-50_000_000i64..50_000_000, 20),
        grid in 0usize..3,
    ) {
        let (rules, inputs, rows) = rows(grid);
        let holding = |(row, quantity): (&RiskRow, i64)| Some(Holding { lots: Lots::new(quantity).ok()?, row: row.clone() });
        let both = quantities.iter().copied().chain(quantities.iter().map(|q| -q));
        let holdings = rows.iter().chain(rows).zip(both).filter_map(holding).collect();
        let portfolio = Portfolio::new(&rules.grid, inputs.time, inputs.spot, holdings).expect("in range");
        prop_assert!(portfolio.holdings().is_empty());
        let found = portfolio.assess(ScenarioRule::of_grid(&rules.grid.name).expect("a rule")).expect("in range");
        prop_assert_eq!((found.initial, found.maintenance, found.mark), (Cash::ZERO, Cash::ZERO, Cash::ZERO));
        prop_assert_eq!(found.worst, Worst::None);
    }
}

#[test]
fn rows_that_do_not_belong_are_refused() {
    let grid = RiskGrid::builtin("span-16").expect("a grid of the program");
    let new = |holding: Holding, time| Portfolio::new(&grid, time, price(2_000), vec![holding]).map(|_| ());
    let call = terms(Kind::Call, in_a_year(), 2_000);
    let mut short = made(&grid, 1, call, 1, &[]);
    short.row.values.pop();
    assert!(matches!(
        new(short, 0),
        Err(MarginError::Scenarios {
            expected: 16,
            found: 15,
            ..
        })
    ));
    let inverse = made(&grid, 1, terms(Kind::InverseCall, in_a_year(), 2_000), 1, &[]);
    assert!(matches!(new(inverse, 0), Err(MarginError::Kind { .. })));
    assert!(matches!(
        new(made(&grid, 1, call, 1, &[]), YEAR),
        Err(MarginError::Time { .. })
    ));
    // SPAN's grid lacks the moves of the basis contingency without volatility.
    let portfolio = Portfolio::new(&grid, 0, price(2_000), vec![made(&grid, 1, call, 1, &[])]).expect("in range");
    let refused = portfolio.assess(ScenarioRule::Pmrm(PmrmRules::PUBLISHED));
    assert!(matches!(refused, Err(MarginError::Grid { .. })));
}

fn market(grid: &str, kinds: [Kind; 2]) -> Market {
    let rules = RiskRules::builtin(grid, Underlying::ETH).expect("a grid of the program");
    let inputs = inputs(kinds);
    let start = RegimeState::start(&rules.regime, inputs.underlying, inputs.time, inputs.spot);
    Market::new(&RiskRound::build(&rules, &inputs, start).expect("in the domain")).expect("in the domain")
}

#[test]
fn a_trade_moves_the_requirement_and_leaves_the_equity() {
    let market = market("derive-pmrm-23", LINEAR);
    let legs = market
        .read_positions("instrument,quantity\nETH-27MAR26-3200-C,-4\nETH-25SEP26-2800-P,1.5\n".as_bytes())
        .expect("listed");
    let cash = Cash(5_000 * QUOTE);
    let before = market.stand(&legs, cash).expect("in range");
    assert_eq!(before.equity.get(), cash.get() + before.assessment.mark.get());
    // The same by terms and lots.
    let day = expiry("2026-03-27");
    let text = format!(
        "expiry,kind,strike,cap,lots\n{day},1,3200000000,0,-4000000\n{},8,2800000000,0,1500000\n",
        expiry("2026-09-25")
    );
    assert_eq!(market.read_positions(text.as_bytes()).expect("listed"), legs);

    let hedge = market.trade(1, "ETH-27MAR26-3800-C:4").expect("listed");
    let after = market.after(&legs, cash, hedge).expect("in range");
    assert_eq!(after.equity, before.equity);
    assert!(after.assessment.initial < before.assessment.initial);
    let close = market.trade(2, "ETH_USDC-27MAR26-3200-C:+4").expect("listed");
    let flat = market.after(&legs[..1], cash, close).expect("in range");
    assert_eq!(
        (flat.assessment.initial, flat.portfolio.holdings().len()),
        (Cash::ZERO, 0)
    );

    for (text, refused) in [
        ("ETH-27MAR26-3200-C", "trade 7"),
        ("ETH-27MAR26-3200-C:0", "trade 7"),
        ("ETH-1JAN26-1-C:1", "ETH-1JAN26-1-C"),
    ] {
        let message = market.trade(7, text).expect_err(text).to_string();
        assert!(message.contains(refused), "{message}");
    }
    // A quantity stays out of the message.
    let message = market.read_positions("instrument,quantity\nETH-27MAR26-3200-C,4.12345678\n".as_bytes());
    let message = message.expect_err("too many digits").to_string();
    assert!(message.contains("quantity") && !message.contains("4.123"), "{message}");
}

#[test]
fn coin_settled_series_stand_as_their_twins() {
    let (linear, inverse) = (
        market("paradex-24", LINEAR),
        market("paradex-24", [Kind::InverseCall, Kind::InversePut]),
    );
    assert!(inverse.twins && !linear.twins);
    let leg = |market: &Market| Leg {
        series: market.find("ETH-27MAR26-3000-P").expect("listed"),
        lots: lots(-3),
    };
    let found = |market: &Market| market.stand(&[leg(market)], Cash::ZERO).expect("in range").assessment;
    assert_eq!(found(&linear), found(&inverse));
}

#[test]
fn a_curve_has_the_payoff_at_its_strikes_and_nothing_today() {
    let market = market("derive-pmrm-23", LINEAR);
    let leg = Leg {
        series: market.find("ETH-27MAR26-3200-C").expect("listed"),
        lots: lots(2),
    };
    let standing = market.stand(&[leg], Cash::ZERO).expect("in range");
    let curve = market.curve(&standing.portfolio).expect("in the domain");
    let mark = standing.assessment.mark.get();
    let at = |wanted: Price| {
        curve
            .expiry
            .iter()
            .find(|(price, _)| *price == wanted)
            .map(|(_, change)| change.get())
    };
    assert_eq!(at(price(3_200)), Some(-mark));
    // 3000 x 1.5, twice 1300 in the money.
    assert_eq!(at(price(4_500)), Some(2_600 * QUOTE - mark));
    assert_eq!(
        curve.expiry.first().map(|(price, change)| (*price, change.get())),
        Some((price(1_500), -mark))
    );
    let [none, up, down] = &curve.now;
    assert_eq!((none.len(), none[20]), (41, (price(3_000), Cash::ZERO)));
    assert!(up[20].1 > Cash::ZERO && down[20].1 < Cash::ZERO);
    let empty = market.stand(&[], Cash::ZERO).expect("in range");
    let curve = market.curve(&empty.portfolio).expect("in the domain");
    assert!(curve.now[1].iter().all(|(_, change)| *change == Cash::ZERO));
}
