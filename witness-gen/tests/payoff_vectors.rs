//! All rows of the payoff vectors: directly where a kind exists, by exact static replication where not.
#![allow(missing_docs)]

mod support;

use support::price;
use witness_gen::params::RiskParameters;
use witness_gen::payoff::{fee_per_lot, payoff_per_lot};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{ExpiryMinutes, PerLot, Underlying};

/// Prices are given in cents; ours are 10^-6.
const PER_CENT: u64 = 10_000;

struct Case {
    settle: u64,
    params: RiskParameters,
}

impl Case {
    fn pay(&self, kind: Kind, strike: u64, cap: u64) -> PerLot {
        let terms = SeriesTerms::new(Underlying::BTC, ExpiryMinutes(1), kind, price(strike), price(cap));
        let terms = terms.expect("a cap only where the kind has one");
        payoff_per_lot(&terms, price(self.settle), &self.params).expect("payoffs of the vectors are small")
    }

    fn linear(&self, kind: Kind, strike: u64, cap: u64) -> i128 {
        self.pay(kind, strike, cap).get().into()
    }

    fn fee(&self, kind: Kind, strike: u64, payoff: PerLot) -> u64 {
        let terms = SeriesTerms::new(Underlying::BTC, ExpiryMinutes(1), kind, price(strike), price(0));
        let terms = terms.expect("no cap");
        fee_per_lot(&terms, price(self.settle), payoff, &self.params)
            .expect("fees of the vectors are small")
            .get()
    }
}

#[test]
fn all_rows_of_the_payoff_vectors() {
    let Some(rows) = support::reference_rows("payoff_vectors.csv") else {
        return;
    };
    let (mut direct, mut replicated, mut fees) = (0, 0, 0);
    for row in &rows {
        let cents = |column: usize| row[column].parse::<u64>().map(|v| v * PER_CENT).unwrap_or(0);
        let number = |column: usize| row[column].parse::<i128>().expect("an integer column");
        let (strike, second, barrier, settle) = (cents(3), cents(4), cents(5), cents(6));
        let quantity = number(7);
        let scale = u64::try_from(quantity.unsigned_abs()).expect("quantities are small");
        let params = RiskParameters::new(15, 12_500, scale).expect("a quantity is a scale");
        let case = Case { settle, params };
        let call = &row[2] == "C";
        let vanilla = |linear, inverse| (case.linear(linear, strike, 0), Some(inverse));
        let (payoff, inverse_kind) = match (&row[1], call) {
            ("vanilla" | "asian_arith", true) => vanilla(Kind::Call, Kind::InverseCall),
            ("vanilla" | "asian_arith", false) => vanilla(Kind::Put, Kind::InversePut),
            ("call_spread", _) => (case.linear(Kind::CappedCall, strike, second), None),
            ("put_spread", _) => (case.linear(Kind::CappedPut, strike, second), None),
            ("digital_cash", true) => (case.linear(Kind::DigitalCall, strike, 1_000_000), None),
            ("digital_cash", false) => (case.linear(Kind::DigitalPut, strike, 1_000_000), None),
            // (S-K)+ where S < B: the call capped at B, less B-K where S > B-1 unit.
            ("up_out_call", _) => {
                let rebate = case.linear(Kind::DigitalCall, barrier - 1, barrier.saturating_sub(strike));
                (case.linear(Kind::CappedCall, strike, barrier) - rebate, None)
            }
            // (K-S)+ where S <= B: the put less the put capped at B, and K-B where S < B+1 unit.
            ("down_in_put", _) => {
                let step = case.linear(Kind::DigitalPut, barrier + 1, strike.saturating_sub(barrier));
                (
                    case.linear(Kind::Put, strike, 0) - case.linear(Kind::CappedPut, strike, barrier) + step,
                    None,
                )
            }
            (product, _) => panic!("a product without a rule: {product}"),
        };
        assert_eq!(payoff * quantity, number(8) * i128::from(PER_CENT), "linear: {row:?}");

        // In coin: by the inverse kind itself; else by the inverse put that pays the same quote amount.
        let (kind, coin_strike) = match inverse_kind {
            Some(kind) => (kind, strike),
            None => (
                Kind::InversePut,
                settle + u64::try_from(payoff).expect("payoffs are not negative"),
            ),
        };
        let in_coin = case.pay(kind, coin_strike, 0);
        assert_eq!(
            i128::from(in_coin.get()) * quantity.signum(),
            number(9),
            "inverse: {row:?}"
        );

        if &row[1] == "vanilla" {
            assert_eq!(i128::from(case.fee(kind, strike, in_coin)), number(10), "fee: {row:?}");
            fees += 1;
        } else {
            assert_eq!(number(10), 0);
        }
        if barrier == 0 { direct += 1 } else { replicated += 1 }
    }
    println!(
        "payoffs: {} rows, {direct} direct, {replicated} replicated, {fees} fees",
        rows.len()
    );
}
