//! Statement R natively: valid rounds, one invalid one (or more) a clause, the risk file, and a real chain.
#![allow(missing_docs, non_snake_case)]

mod support;

use halo2curves::bn256::Fr;
use support::{EXPIRY, LATER, board, price};
use witness_gen::market::Volatility;
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::pricing::{PricingError, ValuePerLot};
use witness_gen::risk::file::RiskRound;
use witness_gen::risk::inputs::MAX_SERIES;
use witness_gen::risk::{
    ExpiryInput, GridError, InputError, MarketInputs, RegimeFactor, RegimeState, RiskArrays, RiskError, RiskGrid,
    RiskRules, SeriesInput, VolatilityMove,
};
use witness_gen::series::Kind;
use witness_gen::statement::risk::{Instance, RegimeError, RowError, Violation, Witness, check, execute};
use witness_gen::tree::root_from_path;
use witness_gen::units::{Price, Underlying};

/// Ten days before the first expiry of the board.
const TIME: u64 = 29_500_800 * 60 - 864_000;

fn rules() -> RiskRules {
    RiskRules::builtin("paradex-24", Underlying::ETH).expect("a grid of the program")
}

/// All eight kinds, three strikes, two expiries.
fn inputs() -> MarketInputs {
    let terms = [board(EXPIRY), board(LATER)].concat();
    let mut series: Vec<SeriesInput> = (0u32..)
        .zip(terms.into_iter().filter(|terms| terms.underlying == Underlying::ETH))
        .map(|(at, terms)| SeriesInput {
            terms,
            volatility: Volatility(6_000 + 37 * at),
        })
        .collect();
    series.sort_by_key(|series| series.terms.word());
    let expiry = |expiry, forward| ExpiryInput {
        expiry,
        forward: price(forward),
    };
    MarketInputs {
        underlying: Underlying::ETH,
        time: TIME,
        spot: price(3_000_000_000),
        expiries: vec![expiry(EXPIRY, 3_010_000_000), expiry(LATER, 3_025_000_000)],
        series,
    }
}

/// A regime one hour old, at a price that has fallen since.
fn regime() -> RegimeState {
    RegimeState {
        price: price(3_400_000_000),
        ..RegimeState::start(&rules().regime, Underlying::ETH, TIME - 3_600, price(1))
    }
}

fn valid() -> (Instance, Witness) {
    let (instance, witness, _) = execute(Fr::from(99), &rules(), &inputs(), regime()).expect("a valid round");
    (instance, witness)
}

/// The violation of a round that differs from a valid one.
fn violation(edit: impl FnOnce(&mut Instance, &mut Witness)) -> Violation {
    let (mut instance, mut witness) = valid();
    edit(&mut instance, &mut witness);
    check(&instance, &witness).expect_err("the edit breaks a clause")
}

/// The violation of inputs whose digest the instance has.
fn input_violation(edit: impl FnOnce(&mut MarketInputs)) -> Violation {
    violation(|instance, witness| {
        edit(&mut witness.inputs);
        instance.volatility = witness.inputs.digest();
        instance.spot = witness.inputs.spot;
        instance.time = witness.inputs.time;
    })
}

/// The violation of rules whose digest the instance has.
fn rule_violation(edit: impl FnOnce(&mut RiskRules)) -> Violation {
    violation(|instance, witness| {
        edit(&mut witness.rules);
        instance.parameters = witness.rules.digest();
    })
}

fn assert_clause(found: Violation, clause: &str) -> Violation {
    assert_eq!(found.clause(), clause, "{found}");
    assert!(found.to_string().starts_with(&format!("{clause}: ")), "{found}");
    found
}

fn value(v: u64) -> ValuePerLot {
    ValuePerLot::new(v).expect("a test value is below 2^45")
}

#[test]
fn a_valid_round_has_a_row_for_every_series() {
    let (instance, witness) = valid();
    let arrays = check(&instance, &witness).expect("a valid round");
    assert_eq!(arrays.root(), instance.risk_root);
    assert_eq!(Instance::from_fields(&instance.to_fields()), Ok(instance));
    assert_eq!(arrays.rows.len(), 48);
    // A fall of an eighth in an hour widens the grid.
    assert!(instance.factor > RegimeFactor::ONE);
    for row in &arrays.rows {
        let (at, found) = arrays.find(row.terms.word()).expect("listed");
        assert_eq!(found, row);
        assert_eq!(root_from_path(at, row.digest(), &arrays.path(at)), arrays.rows_root());
        assert_eq!(row.values.len(), 24);
    }
}

#[test]
fn scenarios_move_values_the_right_way() {
    let arrays = RiskArrays::build(&rules(), &inputs(), RegimeFactor::ONE).expect("a valid round");
    let tails = |row: &witness_gen::risk::RiskRow| (row.values[16].get(), row.mark.get(), row.values[23].get());
    for row in &arrays.rows {
        let (down, mark, up) = tails(row);
        match row.terms.kind {
            Kind::Call | Kind::InverseCall => assert!(down < mark && mark < up, "{}", row.terms),
            Kind::Put | Kind::InversePut => assert!(down > mark && mark > up, "{}", row.terms),
            // Volatility is up in both tails: capped and digital kinds only have to keep their bounds.
            Kind::CappedCall | Kind::CappedPut => {
                let width = row.terms.strike.get().abs_diff(row.terms.cap.get());
                assert!(row.values.iter().all(|value| value.get() <= width));
            }
            Kind::DigitalCall | Kind::DigitalPut => {
                assert!(row.values.iter().all(|value| value.get() <= row.terms.cap.get()));
            }
        }
    }
    // The same strike as call and put: values differ by the shocked forward less the strike, in every scenario.
    let of = |kind| {
        arrays
            .rows
            .iter()
            .find(move |row| row.terms.kind == kind)
            .expect("on the board")
    };
    let (call, put) = (of(Kind::Call), of(Kind::Put));
    assert_eq!(call.terms.strike, put.terms.strike);
    assert_eq!(call.greeks.delta > 0, put.greeks.delta < 0);
}

#[test]
fn R1_rules_out_of_range() {
    let found = assert_clause(rule_violation(|rules| rules.grid.scenarios[2].weight_bp = 0), "R1");
    assert!(matches!(
        found,
        Violation::R1(GridError::Range { what: "weight_bp", .. })
    ));
    assert_clause(rule_violation(|rules| rules.regime.cap_bp = 1), "R1");
    assert_clause(rule_violation(|rules| rules.inverse_scale = 0), "R1");
}

#[test]
fn R1_other_rules_than_the_instance() {
    let found = violation(|_, witness| witness.rules.grid.scenarios[2].weight_bp -= 1);
    assert!(matches!(assert_clause(found, "R1"), Violation::R1Parameters(_)));
}

#[test]
fn R2_inputs_without_order_forward_or_range() {
    assert_clause(input_violation(|inputs| inputs.series.swap(3, 4)), "R2");
    assert_clause(input_violation(|inputs| inputs.expiries.swap(0, 1)), "R2");
    let twice = input_violation(|inputs| inputs.series[4] = inputs.series[3]);
    assert!(matches!(
        assert_clause(twice, "R2"),
        Violation::R2(InputError::Order { position: 4, .. })
    ));
    let bare = input_violation(|inputs| inputs.expiries.truncate(1));
    assert!(matches!(
        assert_clause(bare, "R2"),
        Violation::R2(InputError::NoForward { .. })
    ));
    let idle = input_violation(|inputs| inputs.series.retain(|series| series.terms.expiry == EXPIRY));
    assert!(matches!(
        assert_clause(idle, "R2"),
        Violation::R2(InputError::NoSeries { .. })
    ));
    let other = input_violation(|inputs| inputs.series.last_mut().expect("48").terms.underlying = Underlying(7));
    assert!(matches!(
        assert_clause(other, "R2"),
        Violation::R2(InputError::Underlying { .. })
    ));
    assert_clause(input_violation(|inputs| inputs.spot = Price::ZERO), "R2");
    let none = input_violation(|inputs| inputs.series.clear());
    assert!(matches!(
        assert_clause(none, "R2"),
        Violation::R2(InputError::Count {
            bound: MAX_SERIES,
            found: 0
        })
    ));
    let cap = input_violation(|inputs| {
        let call = inputs.series.iter_mut().find(|series| series.terms.kind == Kind::Call);
        call.expect("on the board").terms.cap = price(1);
    });
    assert!(matches!(assert_clause(cap, "R2"), Violation::R2(InputError::Terms(_))));
}

#[test]
fn R2_other_spot_time_or_underlying_than_the_instance() {
    for edit in [
        |instance: &mut Instance| instance.spot = price(3_000_000_001),
        |instance: &mut Instance| instance.time += 1,
        |instance: &mut Instance| instance.underlying = Underlying::BTC,
    ] {
        let found = violation(|instance, _| edit(instance));
        assert!(matches!(assert_clause(found, "R2"), Violation::R2Mismatch(_)));
    }
}

#[test]
fn R3_other_volatilities_or_forwards_than_attested() {
    let volatility = violation(|_, witness| witness.inputs.series[7].volatility.0 += 1);
    assert_clause(volatility, "R3");
    let forward = violation(|_, witness| witness.inputs.expiries[1].forward = price(3_025_000_001));
    assert_clause(forward, "R3");
    let unlisted = violation(|_, witness| witness.inputs.series.truncate(47));
    assert_clause(unlisted, "R3");
}

#[test]
fn R4_a_regime_that_does_not_go_on() {
    let calmer = violation(|_, witness| witness.regime.variance -= 1);
    assert!(matches!(
        assert_clause(calmer, "R4"),
        Violation::R4(RegimeError::Old(_))
    ));
    let other = violation(|instance, witness| {
        witness.regime.underlying = Underlying::BTC;
        instance.old_regime = witness.regime.digest();
    });
    assert!(matches!(
        assert_clause(other, "R4"),
        Violation::R4(RegimeError::Underlying { .. })
    ));
    let later = violation(|instance, witness| {
        witness.regime.time = TIME + 1;
        instance.old_regime = witness.regime.digest();
    });
    assert!(matches!(
        assert_clause(later, "R4"),
        Violation::R4(RegimeError::Update(_))
    ));
    let kept = violation(|instance, _| instance.new_regime = instance.old_regime);
    assert!(matches!(assert_clause(kept, "R4"), Violation::R4(RegimeError::New(_))));
    let narrow = violation(|instance, _| instance.factor = RegimeFactor::ONE);
    assert!(matches!(
        assert_clause(narrow, "R4"),
        Violation::R4(RegimeError::Factor(_))
    ));
}

#[test]
fn R5_a_scenario_or_expiry_out_of_range() {
    let expired = input_violation(|inputs| inputs.time = u64::from(EXPIRY.get()) * 60);
    // The regime follows the time, so its digest after is checked first: give the instance that one.
    assert_clause(expired, "R4");
    let late = violation(|instance, witness| {
        witness.inputs.time = u64::from(EXPIRY.get()) * 60;
        instance.time = witness.inputs.time;
        let after = witness.regime.next(&witness.rules.regime, instance.time, instance.spot);
        instance.new_regime = after.expect("a later tick").digest();
    });
    let late = assert_clause(late, "R5");
    assert!(matches!(
        late,
        Violation::R5(RiskError::Expiry {
            expiry: EXPIRY,
            source: PricingError::Time { found: 0 }
        })
    ));
    let small = input_violation(|inputs| inputs.expiries[0].forward = price(1 << 23));
    assert!(matches!(
        assert_clause(small, "R5"),
        Violation::R5(RiskError::Expiry {
            source: PricingError::Price { .. },
            ..
        })
    ));
    // 30^1 is outside the exponential's table.
    let steep = rule_violation(|rules| {
        rules.grid.volatility.power_short_bp = 10_000;
        rules.grid.volatility.pivot_seconds = (1 << 27) - 1;
    });
    assert_clause(steep, "R5");
}

#[test]
fn R6_a_mark_or_greek_that_is_not_black_76() {
    let mark = violation(|_, witness| witness.rows[5].mark = value(witness.rows[5].mark.get() + 1));
    assert!(matches!(
        assert_clause(mark, "R6"),
        Violation::R6(RowError::Mark { .. })
    ));
    for edit in [
        |witness: &mut Witness| witness.rows[5].greeks.delta += 1,
        |witness: &mut Witness| witness.rows[5].greeks.gamma_forward -= 1,
        |witness: &mut Witness| witness.rows[5].greeks.vega += 1,
    ] {
        let greek = violation(|_, witness| edit(witness));
        assert!(matches!(
            assert_clause(greek, "R6"),
            Violation::R6(RowError::Greeks { .. })
        ));
    }
    let wild = input_violation(|inputs| inputs.series[0].volatility.0 = 0);
    assert!(matches!(
        assert_clause(wild, "R6"),
        Violation::R6(RowError::Domain { .. })
    ));
    let far = violation(|instance, witness| {
        witness.inputs.series[0].terms.strike = price(1 << 20);
        witness.rows[0].terms = witness.inputs.series[0].terms;
        instance.volatility = witness.inputs.digest();
    });
    assert!(matches!(
        assert_clause(far, "R6"),
        Violation::R6(RowError::Domain {
            source: PricingError::Ratio { .. },
            ..
        })
    ));
    let unlisted = input_violation(|inputs| inputs.series[0].terms.strike = price(1 << 20));
    assert!(matches!(
        assert_clause(unlisted, "R8"),
        Violation::R8(RowError::Series { .. })
    ));
}

/// The circuit knows the three moves of the volatility and not which of them some scenario makes.
#[test]
fn R6_a_move_that_no_scenario_makes_is_in_the_domain_too() {
    let mut rules = rules();
    for scenario in &mut rules.grid.scenarios {
        if scenario.volatility == VolatilityMove::Down {
            scenario.volatility = VolatilityMove::Up;
        }
    }
    assert!(RiskArrays::build(&rules, &inputs(), RegimeFactor::ONE).is_ok());
    rules.grid.volatility.down_bp = -10_000;
    rules.grid.volatility.multiplier_floor_bp = 1;
    let refused = RiskArrays::build(&rules, &inputs(), RegimeFactor::ONE);
    assert!(matches!(refused, Err(RiskError::Mark { .. })), "{refused:?}");
}

#[test]
fn R7_a_scenario_value_that_is_not_black_76() {
    for scenario in [0, 11, 23] {
        let found = violation(|_, witness| {
            let values = &mut witness.rows[20].values;
            values[scenario] = value(values[scenario].get() + 1);
        });
        let found = assert_clause(found, "R7");
        assert!(matches!(found, Violation::R7(RowError::Value { scenario: at, .. }) if at == scenario));
    }
    let short = violation(|_, witness| witness.rows[20].values.truncate(23));
    assert!(matches!(
        assert_clause(short, "R7"),
        Violation::R7(RowError::Scenarios { .. })
    ));
}

#[test]
fn R8_rows_that_are_not_one_for_each_series_in_order() {
    assert_clause(violation(|_, witness| witness.rows.swap(1, 2)), "R8");
    let fewer = violation(|_, witness| witness.rows.truncate(47));
    assert!(matches!(
        assert_clause(fewer, "R8"),
        Violation::R8(RowError::Count { .. })
    ));
    let root = violation(|instance, _| instance.risk_root += Fr::one());
    assert!(matches!(assert_clause(root, "R8"), Violation::R8Root(_)));
}

#[test]
fn a_risk_file_is_believed_in_nothing() {
    let round = RiskRound::build(&rules(), &inputs(), regime()).expect("a valid round");
    let text = round.to_json();
    assert_eq!(text.lines().count(), 2 + 48 - 1);
    let read = RiskRound::from_json(&text).expect("its own text");
    assert_eq!(read.arrays.root(), round.arrays.root());
    assert_eq!(read.arrays.rows, round.arrays.rows);
    let mark = format!("\"mark\":{}", round.arrays.rows[9].mark.get());
    for (from, to) in [
        (mark.as_str(), "\"mark\":1"),
        ("\"spot\":3000000000", "\"spot\":3000000001"),
        ("\"forward\":3010000000", "\"forward\":3010000001"),
        ("\"variance\":", "\"variance\":1"),
        ("\"weight_bp\":2400", "\"weight_bp\":2401"),
        ("\"format\":\"zksettle-risk/1\"", "\"format\":\"zksettle-risk/2\""),
        ("\"risk_root\":\"0x", "\"risk_root\":\"0x1"),
        ("{\"format\"", "{\"more\":1,\"format\""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let refused = RiskRound::from_json(&changed).expect_err(to);
        assert!(refused.to_string().contains("expected"), "{refused}");
    }
}

#[test]
fn a_real_chain_gets_a_row_for_every_quote() {
    let Some(path) = support::reference_file("deribit_chain_20260205T1551Z.csv") else {
        return;
    };
    for (underlying, least) in [(Underlying::ETH, 700), (Underlying::BTC, 700)] {
        let file = std::fs::File::open(&path).expect("the reference file opens");
        let chain = read_chain(file, underlying, SnapshotChoice::Latest).expect("a chain");
        let (inputs, skipped) = MarketInputs::from_chain(&chain).expect("inputs");
        assert_eq!(
            inputs.series.len() + skipped.expired + skipped.unpriced,
            chain.quotes.len()
        );
        assert!(inputs.series.len() > least);
        for grid in RiskGrid::names() {
            let rules = RiskRules::builtin(grid, underlying).expect("a grid of the program");
            let factor = RegimeFactor::new(4 << 18).expect("the cap");
            let arrays = RiskArrays::build(&rules, &inputs, factor).expect("every quote lies in the domain");
            // The venue's own marks, 10^-8 coin against 10^-9: polling skew and a rounded volatility lie between.
            let mut off: Vec<f64> = chain
                .quotes
                .iter()
                .filter_map(|quote| {
                    let (_, row) = arrays.find(quote.terms(underlying, chain.style).word())?;
                    Some((row.mark.get() as f64 - 10.0 * quote.mark?.0 as f64).abs() / 1e9)
                })
                .collect();
            off.sort_by(f64::total_cmp);
            assert!(
                off[off.len() / 2] < 1e-4 && off[off.len() - 1] < 2e-2,
                "{:?}",
                off.last()
            );
        }
    }
}
