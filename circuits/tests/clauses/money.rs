//! S5, S6 and S7: cash, nonces, new leaves, pools.

use circuits::rows::*;
use circuits::settlement::program::input;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::units::Cash;

use crate::common::sheet::{Sheet, fr};
use crate::common::support::*;
use crate::common::*;
use crate::{named, refused, two};

/// The net of the account ONE in the small batch.
fn net_of_one() -> i128 {
    let forge = Forge::small();
    let at = forge.at(ONE);
    forge.outcome.accounts[at].cash.get() - forge.witness.accounts[at].account.cash.get()
}

#[test]
fn test_invalid_settlement__s5_cash_plus_1() {
    for (by, index) in [(1, MANY), (-1, ONE), (1, NONE)] {
        let mut forge = Forge::small();
        let at = forge.at(index);
        forge.outcome.accounts[at].cash.0 += by;
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &["leaf: S5 old balance word"]);
    }
}

#[test]
fn test_invalid_settlement__s5_negative_cash_wraps() {
    assert!(net_of_one() < 0);
    let forge = with_account(ONE, |a| a.cash = Cash(i128::MIN + 1));
    named(&forge, "S5");
    refused(&forge.built(), &["leaf: S5 old balance word"]);
    // As the field has it: below 0, which is no sum of limbs.
    let built = forge.edited(|s| {
        let leaf = s.leaf(ONE);
        let [a, b] = dynamic::CASH;
        let cash = Fr::ONE - fr(net_of_one().unsigned_abs() as u64);
        s.set_group(leaf, a, 0, false);
        s.set_group(leaf, b, 0, true);
        for place in dynamic::CASH_TOP {
            s.put(leaf, place, Fr::ZERO);
        }
        s.set(G, leaf, a, cash);
        let nonce = fr(u64::from(ONE) + 1);
        s.set(HASH[2], leaf, NEW, two(32) * cash + nonce);
    });
    refused(&built, &["group: 63-bit value"]);
}

/// cash' = 2^127 + 494 with a lowest limb of 1006, which is how a public input of 0 stands on the bus.
fn overflow(s: &mut Sheet) {
    let leaf = s.leaf(ONE);
    let [a, b] = dynamic::CASH;
    s.set_group(leaf, a, u64::MAX >> 1, false);
    s.set_group(leaf, b, u64::MAX >> 1, true);
    s.set(LA, leaf, a, fr(1006));
    s.set(G, leaf, a, two(63) - Fr::ONE + fr(495));
    for place in dynamic::CASH_TOP {
        s.put(leaf, place, Fr::ONE);
    }
    let nonce = fr(u64::from(ONE) + 1);
    s.set(HASH[2], leaf, NEW, two(32) * (two(128) + fr(494)) + nonce);
    s.add(F, input::CLOSE, 0, Fr::ONE);
}

#[test]
fn test_invalid_settlement__s5_cash_above_its_range() {
    // ONE is long instead of short, so that it gains.
    let long = |cash: i128| {
        with_account(ONE, move |a| {
            a.positions[0].lots = lots(1);
            a.cash = Cash(cash);
        })
    };
    let sane = long(0);
    let at = sane.at(ONE);
    let gain = sane.outcome.accounts[at].cash.get();
    assert!(gain > 494);
    let forge = long(i128::MAX - gain + 495);
    named(&forge, "S5");
    refused(&forge.built(), &["leaf: S5 old balance word"]);
    refused(&forge.edited(overflow), &["bus"]);
}

#[test]
fn test_invalid_settlement__s5_nonce_reset() {
    for nonce in [0, MANY, MANY + 2] {
        let mut forge = Forge::small();
        let at = forge.at(MANY);
        forge.outcome.accounts[at].nonce = nonce;
        forge.roots();
        named(&forge, "S6");
        let mut by = vec!["leaf: S5 old balance word"];
        if nonce == 0 {
            by.insert(0, "leaf: S5 nonce' is not 0");
        }
        refused(&forge.built(), &by);
    }
}

#[test]
fn test_invalid_settlement__s5_nonce_used_up() {
    let forge = with_account(ONE, |a| a.nonce = u32::MAX);
    named(&forge, "S5");
    refused(
        &forge.built(),
        &["leaf: S5 nonce' is not 0", "leaf: S5 old balance word"],
    );
    // 2^32 as four limbs: 16 times the top one is no limb.
    let built = forge.edited(|s| {
        let leaf = s.leaf(ONE);
        s.set(LB, leaf, 1, fr(32));
        s.set(LA, leaf, 2, fr(512));
        s.put(leaf, dynamic::NONCE_INVERSE, two(32).invert().unwrap_or(Fr::ZERO));
        s.add(HASH[2], leaf, NEW, two(32));
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s6_other_owner() {
    let mut forge = Forge::small();
    let at = forge.at(SOME);
    forge.outcome.accounts[at].owner += Fr::ONE;
    forge.roots();
    named(&forge, "S6");
    refused(&forge.built(), &["leaf: S6 same owner"]);
}

#[test]
fn test_invalid_settlement__s6_other_public_inputs() {
    // Each alone: it is bound by the history, the roots or the price messages.
    for at in 0..13 {
        let forge = Forge::small();
        let mut built = forge.built();
        built.fields[at] += Fr::ONE;
        refused(&built, &["bus"]);
        let changed = witness_gen::statement::settlement::Instance::from_fields(&built.fields);
        // An unused slot that is filled, and an underlying twice: not even instances.
        assert_eq!(changed.is_err(), [9, 10, 11].contains(&at), "{at}");
        if let Ok(changed) = changed {
            let refusal = witness_gen::statement::settlement::check(&changed, &forge.witness);
            assert!(refusal.is_err(), "{at}");
        }
    }
}

#[test]
fn test_invalid_settlement__s6_old_list_in_the_new_leaf() {
    let built = Forge::small().edited(|s| {
        let leaf = s.leaf(MANY);
        let old = s.get(F, leaf, -1);
        s.set(HASH[3], leaf, NEW, old);
    });
    refused(&built, &["leaf: S6 new digest"]);
}

#[test]
fn test_invalid_settlement__s6_new_leaves_swapped() {
    // MANY is child 1 of its parent, SOME child 2: new values change places.
    let built = Forge::small().edited(|s| {
        let parent = s.node((1 << 26) + u64::from(MANY / 4));
        let (a, b) = (s.get(HASH[2], parent, NEW), s.get(HASH[3], parent, NEW));
        s.set(HASH[2], parent, NEW, b);
        s.set(HASH[3], parent, NEW, a);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s6_update_dropped() {
    let built = Forge::small().edited(|s| {
        let parent = s.node((1 << 26) + u64::from(MANY / 4));
        let old = s.get(HASH[2], parent, 0);
        s.set(HASH[2], parent, NEW, old);
        s.set(F, parent, dynamic::CHILD[1], Fr::ZERO);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s6_new_list_of_another_length() {
    // MANY keeps four positions, in the last two of its three chunks.
    let second = |s: &Sheet| s.leaf(MANY) - 2 * STEP;
    let built = Forge::small().edited(|s| s.add(HASH[1], second(s), NEW, Fr::ONE));
    refused(&built, &["chunk: S6 new digest begins with the count"]);
    let built = Forge::small().edited(|s| {
        let row = second(s);
        s.add(HASH[1], row, NEW, Fr::ONE);
        s.raise(row, dynamic::NEW_LEFT, Fr::ONE);
        s.raise(row + STEP, dynamic::NEW_LEFT, Fr::ONE);
    });
    refused(&built, &["leaf: S6 whole new list absorbed"]);
    let built = Forge::small().edited(|s| {
        let row = second(s) + STEP;
        s.set(HASH[4], row, NEW, Fr::ONE);
    });
    refused(&built, &["chunk: S6 padding after the last new word (2)"]);
}

#[test]
fn test_invalid_settlement__s7_pools_plus_1() {
    for by in [1, -1] {
        let mut forge = Forge::small();
        forge.outcome.pools.fees.0 += by;
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &["bus"]);
        let mut forge = Forge::small();
        forge.outcome.pools.clearing.0 += by;
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &["bus"]);
    }
}

/// The totals of the last series, moved with the pool.
fn totals(s: &mut Sheet, fees: bool) {
    let last = s
        .interest_rows()
        .find(|r| s.get(F, *r, interest::TOTALS) == Fr::ONE)
        .expect("a last series");
    s.add(if fees { G } else { F }, last, interest::TOTALS + 1, Fr::ONE);
}

#[test]
fn test_invalid_settlement__s7_totals_plus_1() {
    let mut forge = Forge::small();
    forge.outcome.pools.fees.0 += 1;
    forge.roots();
    refused(&forge.edited(|s| totals(s, true)), &["interest: S7 fees so far"]);
    let mut forge = Forge::small();
    forge.outcome.pools.clearing.0 -= 1;
    forge.roots();
    refused(&forge.edited(|s| totals(s, false)), &["interest: S7 payouts so far"]);
}

#[test]
fn test_invalid_settlement__s7_another_pool_moves() {
    for (i, gate) in [(0, "node: child 2"), (1, "node: child 1"), (2, "node: child 2")] {
        let mut forge = Forge::small();
        let pools = &mut forge.outcome.pools;
        let pool = [&mut pools.insurance, &mut pools.total_cash, &mut pools.bad_debt];
        pool[i].0 += 1;
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &[&format!("{gate}: S1 S7 untouched stays")]);
    }
}
