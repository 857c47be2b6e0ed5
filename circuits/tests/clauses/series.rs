//! S3 and S4: which series are settled, and what a lot of them pays.

use circuits::rows::*;
use circuits::settlement::program::input;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::payoff::fee_per_lot;
use witness_gen::statement::settlement::{Instance, SettledSeries};

use crate::common::sheet::{Sheet, fr};
use crate::common::support::*;
use crate::common::*;
use crate::{later, named, now, refused, two};

const WORD: &str = "interest: S4 word = underlying, expiry | kind | strike | cap";

#[test]
fn test_invalid_settlement__s3_underlying_priced_twice() {
    let mut forge = Forge::small();
    forge.instance.prices[1] = forge.instance.prices[0];
    named(&forge, "S3");
    forge.roots();
    refused(&forge.built(), &["bus", "chain: S2 words strictly increase"]);
}

/// A link of the chain as if it stood outside, or inside, of every priced interval; what follows it is counted on.
fn link_is(s: &mut Sheet, link: usize, inside: bool) {
    let (flag, by) = if inside {
        (Fr::ONE, Fr::ONE)
    } else {
        (Fr::ZERO, -Fr::ONE)
    };
    s.put(link, dynamic::INSIDE, flag);
    s.set(F, link, dynamic::RANK, flag);
    for r in [dynamic::SERIES, dynamic::RANK] {
        s.add(F, link, r + 1, by);
    }
    for next in s.chain().into_iter().filter(|r| *r > link) {
        s.add(G, next, dynamic::RANK + 1, by);
    }
}

#[test]
fn test_invalid_settlement__s3_carried_position_of_a_settled_series() {
    let mut forge = Forge::small();
    forge.outcome.settled.retain(|s| s.series != now(0));
    forge.follow();
    forge.roots();
    named(&forge, "S6");
    refused(&forge.built(), &["bus"]);
    // The chain says that the series is carried, and offers it.
    let held = now(0);
    let lots = forge.witness.accounts[forge.at(MANY)].account.positions[0].lots;
    let built = forge.edited(|s| {
        let link = s.series_link(held);
        link_is(s, link, false);
        s.set(
            F,
            link,
            dynamic::SERIES,
            fr(lots.magnitude()) * fr(4).invert().unwrap_or(Fr::ZERO),
        );
    });
    refused(&built, &["chain: S3 inside between sentinels"]);
    // Inside, and offered all the same.
    let built = forge.edited(|s| {
        let link = s.series_link(held);
        s.set(
            F,
            link,
            dynamic::SERIES,
            fr(lots.magnitude()) * fr(4).invert().unwrap_or(Fr::ZERO),
        );
    });
    refused(&built, &["bus", "chain: S3 only a carried series is offered"]);
}

#[test]
fn test_invalid_settlement__s3_settled_position_of_another_expiry() {
    let mut forge = Forge::small();
    let series = later(0);
    let settled = SettledSeries {
        series,
        payoff: per_lot(7),
        fee: per_lot(0),
        ..forge.outcome.settled[0]
    };
    forge.outcome.settled.push(settled);
    forge.outcome.settled.sort_by_key(|s| s.series);
    // Its open interest takes the place of an unpriced series'.
    let entry = forge.witness.open_interest.last_mut().expect("eight series");
    (entry.series, entry.long, entry.short) = (series, 5, 5);
    forge.witness.open_interest.sort_by_key(|o| o.series);
    forge.follow();
    forge.roots();
    named(&forge, "S9");
    refused(&forge.built(), &["bus", "interest: S4 payoff per lot"]);
    // The chain says that the series is settled, and the batch's price is taken for it.
    let key = two(32) + fr(u64::from(EXPIRY.get()));
    let built = forge.edited(|s| {
        let link = s.series_link(series);
        link_is(s, link, true);
        s.set(F, link, dynamic::SERIES, Fr::ZERO);
        let step = s.interest(series);
        s.set(F, step, interest::PRICE + 1, key);
    });
    refused(
        &built,
        &[
            "chain: S3 inside between sentinels",
            "interest: S4 payoff per lot",
            WORD,
        ],
    );
}

#[test]
fn test_invalid_settlement__s3_new_list_permuted() {
    let mut forge = Forge::small();
    let at = forge.at(MANY);
    forge.outcome.accounts[at].positions.swap(0, 1);
    forge.roots();
    named(&forge, "S6");
    refused(&forge.built(), &["bus"]);
}

#[test]
fn test_invalid_settlement__s3_new_lists_of_two_accounts_swapped() {
    // One position each, then the whole lists (four positions against three).
    let mut forge = Forge::small();
    let (a, b) = (forge.at(MANY), forge.at(SOME));
    let last = forge.outcome.accounts[a].positions[0];
    forge.outcome.accounts[a].positions[0] = forge.outcome.accounts[b].positions[0];
    forge.outcome.accounts[b].positions[0] = last;
    forge.roots();
    named(&forge, "S6");
    refused(&forge.built(), &["bus"]);
    let mut forge = Forge::small();
    let list = std::mem::take(&mut forge.outcome.accounts[a].positions);
    forge.outcome.accounts[a].positions = std::mem::replace(&mut forge.outcome.accounts[b].positions, list);
    forge.roots();
    refused(&forge.built(), &["bus", "leaf: S3 all that is carried is listed"]);
}

#[test]
fn test_invalid_settlement__s3_carried_position_dropped_or_doubled() {
    for double in [false, true] {
        let mut forge = Forge::small();
        let at = forge.at(MANY);
        let positions = &mut forge.outcome.accounts[at].positions;
        let last = positions.pop().expect("a carried position");
        if double {
            positions.extend([last, last]);
        }
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &["bus", "leaf: S3 all that is carried is listed"]);
    }
    // Not even counted as carried.
    let mut forge = Forge::small();
    let at = forge.at(MANY);
    forge.outcome.accounts[at].positions.pop();
    forge.roots();
    let built = forge.edited(|s| {
        let r = s.positions(MANY)[7];
        s.put(r, position::CARRIED, Fr::ZERO);
        let rows: Vec<usize> = s.dynamic_rows().filter(|row| row + 15 >= r).collect();
        for row in rows {
            for at in dynamic::POSITIONS.map(|at| row + at as usize) {
                if at >= r && s.of(at, position::COUNT) != Fr::ZERO && !s.is_node(row) {
                    s.raise(at, position::COUNT, -Fr::ONE);
                }
            }
        }
    });
    refused(
        &built,
        &[
            "bus",
            "chunk: S3 carried before",
            "leaf: S3 all that is carried is listed",
            "position: S3 carried positions are counted",
        ],
    );
}

/// The batch with another payoff of a series and the fee that goes with it; everything else follows.
fn with_payoff(i: usize, by: i64) -> Forge {
    let mut forge = Forge::small();
    let params = forge.witness.params;
    let entry = forge.settled(now(i));
    entry.payoff = per_lot(entry.payoff.get().checked_add_signed(by).expect("a payoff"));
    entry.fee = fee_per_lot(&entry.series, entry.price, entry.payoff, &params).expect("a fee");
    forge.follow();
    forge.roots();
    named(&forge, "S6");
    forge
}

const INVERSE: &str = "interest: S4 inverse: scale·intrinsic = payoff·price + remainder";

#[test]
fn test_invalid_settlement__s4_payoff_plus_or_minus_1() {
    for by in [1, -1] {
        for i in [0, 1, 2, 4, 5] {
            refused(&with_payoff(i, by).built(), &["interest: S4 payoff per lot"]);
        }
        for i in [3, 6] {
            refused(&with_payoff(i, by).built(), &[INVERSE]);
        }
    }
}

#[test]
fn test_invalid_settlement__s4_quotient_with_another_remainder() {
    for i in [3, 6] {
        let forge = with_payoff(i, -1);
        let price = forge
            .outcome
            .settled
            .iter()
            .find(|s| s.series == now(i))
            .expect("settled")
            .price
            .get();
        let (rest, room) = (interest::FIRST_REST, interest::SECOND_REST);
        // One less, and the remainder the price too large.
        let larger = |s: &mut Sheet| {
            let step = s.interest(now(i));
            let remainder = crate::common::sheet::low(s.get(G, step, rest)) + price;
            s.set_group(step, rest, remainder, true);
            (step, remainder)
        };
        refused(
            &forge.edited(|s| _ = larger(s)),
            &["interest: S4 inverse: remainder below the price"],
        );
        let below = forge.edited(|s| {
            let (step, remainder) = larger(s);
            s.set(G, step, room, fr(price) - Fr::ONE - fr(remainder));
        });
        refused(&below, &["group: 63-bit value"]);
        // The remainder 0 and the quotient that the field then has.
        let wrapped = Forge::small().edited(|s| {
            let step = s.interest(now(i));
            let scale = s.get(F, step, interest::SCALE + 1);
            let whole = scale * s.of(step, interest::INTRINSIC);
            let quotient = whole * fr(price).invert().unwrap_or(Fr::ZERO);
            s.set_group(step, rest, 0, true);
            s.set_group(step, room, price - 1, true);
            s.set(G, step, interest::CAP, quotient);
        });
        refused(&wrapped, &["group: 63-bit value", "interest: S4 payoff per lot"]);
    }
}

#[test]
fn test_invalid_settlement__s4_fee_plus_or_minus_1() {
    for by in [1, -1] {
        for i in [0, 1, 2, 3, 4, 5, 6] {
            let mut forge = Forge::small();
            let entry = forge.settled(now(i));
            entry.fee = per_lot(entry.fee.get().checked_add_signed(by).expect("a fee"));
            forge.follow();
            forge.roots();
            named(&forge, "S6");
            refused(&forge.built(), &["interest: S4 fee is a floor"]);
            // The rest of the floor as large, or as negative, as it must be.
            let built = forge.edited(|s| {
                let step = s.interest(now(i));
                let moved = fr(100_000) * if by > 0 { Fr::ONE } else { -Fr::ONE };
                s.add(F, step, interest::LONG_AFTER, -moved);
                s.add(F, step, interest::FEE, moved);
                s.raise(step, interest::CHARGED, -moved);
            });
            refused(&built, &["group: 9-bit value"]);
        }
    }
}

#[test]
fn test_invalid_settlement__s4_the_larger_of_the_two_fees() {
    let mut forge = Forge::small();
    let params = forge.witness.params;
    let entry = forge.settled(now(4));
    let by_rate = u128::from(params.fee_rate) * u128::from(entry.price.get()) / 100_000;
    let by_cap = u128::from(params.fee_cap) * u128::from(entry.payoff.get()) / 100_000;
    assert_eq!(u128::from(entry.fee.get()), by_rate.min(by_cap));
    entry.fee = per_lot(by_rate.max(by_cap) as u64);
    forge.follow();
    forge.roots();
    named(&forge, "S6");
    let built = forge.edited(|s| {
        let step = s.interest(now(4));
        let old = s.of(step, interest::BY_RATE);
        s.put(step, interest::BY_RATE, Fr::ONE - old);
    });
    refused(
        &built,
        &["interest: S4 fee is a floor", "interest: S4 fee is the smaller one"],
    );
}

/// A word with a strike of 2^63 and more: in the list, the chain and the open interest, with a payoff of 0.
fn wide_strike(s: &mut Sheet, limbs: bool) {
    let series = now(0);
    let (link, step) = (s.series_link(series), s.interest(series));
    let wide = two(127);
    let r = s.positions(MANY)[0];
    s.raise(r, position::WORD, wide);
    s.add(HASH[2], r - dynamic::POSITIONS[0] as usize, 0, wide);
    for at in [dynamic::SERIES, dynamic::RANK] {
        s.add(G, link, at, wide);
    }
    for row in [link, link + STEP] {
        let before = s.get(G, row, dynamic::RANK - STEP as i32);
        let gap = s.get(G, row, dynamic::RANK) - before - Fr::ONE;
        s.set_gap(row, gap);
    }
    for at in [interest::SERIES_LONG, interest::SERIES_SHORT, interest::RANK] {
        s.add(G, step, at, wide);
    }
    s.add(HASH[2], step, 0, wide);
    s.add(HASH[2], step, NEW, wide);
    // Far below the strike.
    let strike = series.strike.get();
    let distance = (1 << 63) + strike - 97_345_120_000;
    s.add(G, step, interest::STRIKE, two(63));
    if limbs {
        s.add(LA, step, interest::STRIKE + 3, fr(512));
    }
    s.set_group(step, interest::DISTANCE, distance, true);
    s.put(step, interest::IN_THE_MONEY, Fr::ZERO);
    s.set(LB, step, interest::SECOND_REST + 3, Fr::ZERO);
    s.put(step, interest::INTRINSIC, Fr::ZERO);
}

#[test]
fn test_invalid_settlement__s4_strike_of_2_to_the_63() {
    let mut forge = Forge::small();
    let entry = forge.settled(now(0));
    (entry.payoff, entry.fee) = (per_lot(0), per_lot(0));
    forge.follow();
    forge.roots();
    refused(&forge.edited(|s| wide_strike(s, false)), &["group: 63-bit value"]);
    refused(&forge.edited(|s| wide_strike(s, true)), &["bus"]);
}

#[test]
fn test_invalid_settlement__s4_limb_of_512() {
    // Free limbs of a leaf: 512 is none, nor are the ids of public inputs that are 0.
    for limb in [512, 1006, 1007, 1010, 1 << 9 | 1 << 20] {
        let built = Forge::small().edited(|s| {
            let leaf = s.leaf(NONE);
            s.set(LA, leaf, 4, fr(limb));
            for i in 0..input::LEN {
                if limb == 1000 + i as u64 {
                    s.add(F, i, 0, Fr::ONE);
                }
            }
        });
        refused(&built, &["bus"]);
    }
}

#[test]
fn test_invalid_settlement__s4_other_parameters() {
    let mut forge = Forge::small();
    forge.witness.params.fee_rate += 1;
    let params = forge.witness.params;
    for s in &mut forge.outcome.settled {
        s.fee = fee_per_lot(&s.series, s.price, s.payoff, &params).expect("a fee");
    }
    let claimed = forge.instance.parameters;
    forge.follow();
    named(&forge, "S4");
    forge.roots();
    refused(&forge.built(), &[]);
    let mut built = forge.built();
    built.fields[input::PARAMETERS] = claimed;
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s4_wrong_price_or_expiry() {
    let edits: [fn(&mut Instance); 3] = [
        |i| i.prices[0] = slot_of(witness_gen::units::Underlying::ETH, 3_021_550_001),
        |i| i.expiry.0 += 1,
        |i| i.prices.swap(0, 2),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let mut forge = Forge::small();
        edit(&mut forge.instance);
        named(&forge, if n == 1 { "S9" } else { "S6" });
        // With the history of the instance, but settled as before: slots in another order are a batch of their own.
        forge.roots();
        refused(&forge.built(), if n == 2 { &[] } else { &["bus"] });
        // The instance alone.
        let mut built = Forge::small().built();
        built.fields = forge.instance.to_fields();
        refused(&built, &["bus"]);
    }
}
