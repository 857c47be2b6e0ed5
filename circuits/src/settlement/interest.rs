//! Open-interest steps (S4, S7, S9): one per series of the batch's expiry.
//!
//! The two permutations fold the old and the new open interest. Beside them stand the series' terms, its payoff and fee per lot at the
//! settlement price, and the messages to the positions that hold it: they can only be balanced by exactly the lots that were settled.
//!
//! A series whose underlying has no price in this batch *passes*: its row is folded unchanged and it exchanges nothing. A priced series
//! may pass too: then no position of it can be in the batch, and the expiry cannot close before its lots are gone.
//!
//! Values by limb group (each below 2^63): strike, cap (inverse kinds: payoff), |m - K|, |S - C| (inverse kinds: remainder),
//! S - 1 - remainder, long', short', fee, slack of the fee, passes. m is S, min(S, C) or max(S, C) by kind.
//! The fee is a floor: 10^5·fee + ρ is the smaller of rate·N and cap·payoff, ρ and 10^5 - 1 - ρ are 18-bit values, and the other one exceeds
//! 10^5·fee by an 81-bit slack.

use crate::chips::bus::{T_SERIES, interest_step};
use crate::env::Env;
use crate::rows::*;
use crate::settlement::Gate;

/// 2^64 · "oi" + expiry begins a digest of open interest.
pub const INTEREST_SEED: u64 = 0x6f69;
/// Fee rates are in units of 10^-5.
pub const FEE_UNIT: u64 = 100_000;

/// Data cells (rows within the step; a pair is F, G of the row).
pub(crate) mod at {
    pub(crate) const FIRST_PRESENT: i32 = 0;
    pub(crate) const LAST_CLOSE: i32 = 4;
    pub(crate) const KIND_1_2: i32 = 8;
    pub(crate) const KIND_3_4: i32 = 12;
    pub(crate) const KIND_5_6: i32 = 16;
    pub(crate) const IDLE: i32 = 20;
    pub(crate) const KIND_7_FEES: i32 = 24;
    pub(crate) const BELOW_ABOVE: i32 = 28;
    pub(crate) const INVERSE_NONZERO: i32 = 32;
    pub(crate) const MIN_M: i32 = 36;
    pub(crate) const NOTIONAL_PAYOFF: i32 = 38;
    pub(crate) const ORDINAL_PAYOUTS: i32 = 39;
    pub(crate) const INTRINSIC_DIGITAL: i32 = 40;
}

const PREV: i32 = -(STEP as i32);

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let o = interest_step(env);
    let mut polys = list(env);
    polys.extend(terms(env));
    polys.extend(payoff(env));
    polys.extend(fee(env));
    polys
        .into_iter()
        .map(|(n, e)| (format!("interest: {n}"), o.clone() * e))
        .collect()
}

fn value<E: Env>(env: &E, group: usize) -> E::V {
    env.adv(G, interest::GROUPS[group])
}

fn small<E: Env>(env: &E, group: usize) -> E::V {
    env.adv(F, interest::GROUPS[group])
}

/// 1 when the step settles its series: present and not passing.
fn settles<E: Env>(env: &E) -> E::V {
    env.adv(G, at::FIRST_PRESENT) - value(env, 9)
}

fn list<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let (f, g) = (|r: i32| env.adv(F, r), |r: i32| env.adv(G, r));
    let present = g(at::FIRST_PRESENT);
    let settles = settles(env);
    let first = f(at::FIRST_PRESENT);
    let last = f(at::LAST_CLOSE);
    let close = g(at::LAST_CLOSE);
    let later = env.not(first.clone());
    let next = g(at::FIRST_PRESENT + STEP as i32) * env.not(f(at::FIRST_PRESENT + STEP as i32));
    let word = g(interest::SERIES_LONG);
    let rank = f(interest::SERIES_LONG + 1);
    let expiry = f(interest::EXPIRY + 1);
    let (long, short) = (env.adv(HASH[3], 0), env.adv(HASH[4], 0));
    let (long_after, short_after) = (env.adv(HASH[3], NEW), env.adv(HASH[4], NEW));
    let sent_long = env.n(T_SERIES + 1) * f(interest::SERIES_LONG);
    let sent_short = env.n(T_SERIES) * f(interest::SERIES_SHORT);
    let pay = g(at::NOTIONAL_PAYOFF);
    let fee = value(env, 7);
    let seed = env.n(INTEREST_SEED) * env.pow2(64) + expiry;
    let ordinal = f(at::ORDINAL_PAYOUTS);
    let payouts = g(at::ORDINAL_PAYOUTS);
    let fees = g(at::KIND_7_FEES);
    let always: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(present.clone())),
        (
            "first is 0 or present",
            first.clone() * (present.clone() - first.clone()),
        ),
        ("last is 0 or present", last.clone() * (present.clone() - last.clone())),
        (
            "S9 the list goes on until its last series",
            present.clone() * env.not(last.clone()) * env.not(next),
        ),
        ("the step before is not busy", f(PREV + at::IDLE)),
        (
            "S9 long message: lots settled",
            sent_long.clone() - present.clone() * (long.clone() - long_after.clone()),
        ),
        (
            "S9 short message: lots settled",
            sent_short.clone() - present.clone() * (short.clone() - short_after.clone()),
        ),
        ("passes is 0 or present", value(env, 9) * settles.clone()),
        (
            "S9 a passing series keeps its long lots",
            value(env, 9) * sent_long.clone(),
        ),
        (
            "S9 a passing series keeps its short lots",
            value(env, 9) * sent_short.clone(),
        ),
        ("rank message is taken", f(interest::RANK) + settles.clone()),
        ("price message is taken", f(interest::PRICE) + settles.clone()),
        ("fees message is taken", f(interest::FEES) + present.clone()),
        ("scale message is taken", f(interest::SCALE) + present.clone()),
        (
            "expiry message is taken by the first",
            f(interest::EXPIRY) + first.clone(),
        ),
        ("slot message is sent by the last", f(interest::SLOT) - last.clone()),
        ("totals message is sent by the last", f(interest::TOTALS) - last.clone()),
        (
            "close stays",
            (present.clone() - first.clone()) * (close.clone() - g(PREV + at::LAST_CLOSE)),
        ),
        (
            "close is the public one",
            first.clone() * (close.clone() - g(interest::EXPIRY + 1)),
        ),
        ("expiry message: key", first.clone() * g(interest::EXPIRY)),
        (
            "slot message: old digest",
            last.clone() * (f(interest::SLOT + 1) - g(OUT_OLD)),
        ),
        (
            "S9 slot message: new digest, empty when closed",
            last.clone() * (g(interest::SLOT + 1) - env.not(close.clone()) * g(OUT_NEW)),
        ),
        (
            "slot message: heap number",
            last.clone() * (g(interest::SLOT) - env.n(17 * 256) - small(env, 9)),
        ),
        (
            "slot below 256",
            last.clone() * (small(env, 6) - env.n(2) * small(env, 9)),
        ),
        ("totals message: key", last.clone() * g(interest::TOTALS)),
        (
            "totals message: payouts",
            last.clone() * (f(interest::TOTALS + 1) - payouts.clone()),
        ),
        ("totals message: fees", last * (g(interest::TOTALS + 1) - fees.clone())),
    ];
    let here: Vec<(&str, E::V)> = vec![
        (
            "S9 old digest begins with the expiry or goes on",
            env.adv(HASH[1], 0) - first.clone() * seed.clone() - later.clone() * f(-1),
        ),
        (
            "S9 new digest begins with the expiry or goes on",
            env.adv(HASH[1], NEW) - first * seed - later.clone() * g(-1),
        ),
        ("old row: word", env.adv(HASH[2], 0) - word.clone()),
        ("new row: word", env.adv(HASH[2], NEW) - word.clone()),
        ("S9 long' is an amount", long_after - value(env, 5)),
        ("S9 short' is an amount", short_after - value(env, 6)),
        ("S9 closed: no long lots left", close.clone() * value(env, 5)),
        ("S9 closed: no short lots left", close.clone() * value(env, 6)),
        (
            "S9 closed: clearing' is 0",
            close * (g(interest::SCALE + 1) - env.pow2(127)),
        ),
        (
            "long message: net per lot",
            g(interest::SERIES_LONG + 1) - pay.clone() + fee.clone(),
        ),
        ("short message: word", g(interest::SERIES_SHORT) - word.clone()),
        ("short message: rank", f(interest::SERIES_SHORT + 1) - rank.clone()),
        (
            "short message: net per lot",
            g(interest::SERIES_SHORT + 1) + pay.clone() + fee.clone(),
        ),
        ("rank message: word", g(interest::RANK) - word),
        ("rank message: rank", f(interest::RANK + 1) - rank),
        (
            "rank message: ordinal",
            g(interest::RANK + 1) - ordinal.clone() + env.one(),
        ),
        ("fees message: key", g(interest::FEES) - env.one()),
        ("scale message: key", g(interest::SCALE) - env.n(2)),
        (
            "ordinals count",
            ordinal - later.clone() * f(PREV + at::ORDINAL_PAYOUTS) - settles,
        ),
        (
            "S7 payouts so far",
            payouts - later.clone() * g(PREV + at::ORDINAL_PAYOUTS) - (sent_long.clone() - sent_short.clone()) * pay,
        ),
        (
            "S7 fees so far",
            fees - later * g(PREV + at::KIND_7_FEES) - (sent_long + sent_short) * fee,
        ),
    ];
    let mut polys: Vec<Gate<E::V>> = always.into_iter().map(|(n, e)| (n.into(), e)).collect();
    polys.extend(here.into_iter().map(|(n, e)| (n.into(), present.clone() * e)));
    polys
}

struct Kinds<V> {
    all: [V; 8],
    call: V,
    inverse: V,
}

fn kinds<E: Env>(env: &E) -> Kinds<E::V> {
    let pair = |r: i32| (env.adv(F, r), env.adv(G, r));
    let (k1, k2) = pair(at::KIND_1_2);
    let (k3, k4) = pair(at::KIND_3_4);
    let (k5, k6) = pair(at::KIND_5_6);
    let k7 = env.adv(F, at::KIND_7_FEES);
    let settling = settles(env);
    let seven = [
        k1.clone(),
        k2.clone(),
        k3.clone(),
        k4.clone(),
        k5.clone(),
        k6.clone(),
        k7.clone(),
    ];
    let k8 = seven.into_iter().fold(settling, |acc, k| acc - k);
    Kinds {
        call: k1.clone() + k3.clone() + k5.clone() + k7.clone(),
        inverse: k7.clone() + k8.clone(),
        all: [k1, k2, k3, k4, k5, k6, k7, k8],
    }
}

fn terms<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let k = kinds(env);
    let settling = settles(env);
    let word = env.adv(G, interest::SERIES_LONG);
    let key = env.adv(F, interest::PRICE + 1);
    let mut polys: Vec<Gate<E::V>> = k
        .all
        .iter()
        .enumerate()
        .map(|(i, x)| (format!("kind {} is a bit", i + 1), env.boolean(x.clone())))
        .collect();
    let code = (1..8).fold(k.all[0].clone(), |acc, i| acc + env.n(i as u64 + 1) * k.all[i].clone());
    let cap = env.not(k.inverse) * value(env, 1);
    polys.push((
        "S4 word = underlying, expiry | kind | strike | cap".into(),
        settling * (word - env.pow2(136) * key - env.pow2(128) * code - env.pow2(64) * value(env, 0) - cap),
    ));
    polys.push((
        "S4 plain kinds have no cap".into(),
        (k.all[0].clone() + k.all[1].clone()) * value(env, 1),
    ));
    polys
}

fn payoff<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let k = kinds(env);
    let settling = settles(env);
    let price = env.adv(G, interest::PRICE + 1);
    let scale = env.adv(F, interest::SCALE + 1);
    let (strike, cap, distance) = (value(env, 0), value(env, 1), value(env, 2));
    let (x1, x2) = (value(env, 3), value(env, 4));
    let (cap_below, above) = (env.adv(F, at::BELOW_ABOVE), env.adv(G, at::BELOW_ABOVE));
    let (inv, nonzero) = (env.adv(F, at::INVERSE_NONZERO), env.adv(G, at::INVERSE_NONZERO));
    let m = env.adv(G, at::MIN_M);
    let (intrinsic, digital) = (env.adv(F, at::INTRINSIC_DIGITAL), env.adv(G, at::INTRINSIC_DIGITAL));
    let pay = env.adv(G, at::NOTIONAL_PAYOFF);
    let put = env.not(k.call.clone());
    let below = env.not(above.clone());
    let signed = above.clone() + above.clone() - env.one();
    let capped = k.all[2].clone() + k.all[3].clone();
    let plain = k.all[0].clone() + k.all[1].clone() + capped.clone();
    let dig = k.all[4].clone() + k.all[5].clone();
    let cap_signed = cap_below.clone() + cap_below.clone() - env.one();
    let named: Vec<(&str, E::V)> = vec![
        ("S4 price reaches the cap: a bit", env.boolean(cap_below.clone())),
        ("S4 above the strike: a bit", env.boolean(above.clone())),
        (
            "S4 distance to the cap",
            capped * (price.clone() - cap.clone() - cap_signed * x1.clone()),
        ),
        (
            "S4 capped price",
            settling.clone()
                * (m.clone() - price.clone() + k.all[2].clone() * cap_below.clone() * x1.clone()
                    - k.all[3].clone() * env.not(cap_below) * x1.clone()),
        ),
        (
            "S4 distance to the strike",
            settling.clone() * (m - strike - signed * distance.clone()),
        ),
        ("S4 not at the strike", nonzero.clone() - distance.clone() * inv),
        ("S4 at the strike or not", distance.clone() * env.not(nonzero.clone())),
        (
            "S4 intrinsic value",
            settling.clone()
                * (intrinsic.clone()
                    - k.call.clone() * above.clone() * distance.clone()
                    - put.clone() * below.clone() * distance),
        ),
        (
            "S4 digital pays",
            settling.clone() * (digital.clone() - nonzero * (k.call * above + put * below)),
        ),
        (
            "S4 payoff per lot",
            settling
                * (pay - plain * intrinsic.clone() - dig * digital * cap.clone() - k.inverse.clone() * cap.clone()),
        ),
        (
            "S4 inverse: scale·intrinsic = payoff·price + remainder",
            k.inverse.clone() * (scale * intrinsic - cap * price.clone() - x1.clone()),
        ),
        (
            "S4 inverse: remainder below the price",
            k.inverse * (price - env.one() - x1 - x2),
        ),
    ];
    named.into_iter().map(|(n, e)| (n.into(), e)).collect()
}

fn fee<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let k = kinds(env);
    let settling = settles(env);
    let price = env.adv(G, interest::PRICE + 1);
    let scale = env.adv(F, interest::SCALE + 1);
    let (rate, cap_rate) = (env.adv(F, interest::FEES + 1), env.adv(G, interest::FEES + 1));
    let notional = env.adv(F, at::NOTIONAL_PAYOFF);
    let pay = env.adv(G, at::NOTIONAL_PAYOFF);
    let by_rate = env.adv(F, at::MIN_M);
    let limbs = env.n(LIMBS as u64);
    let rest = small(env, 0) + limbs.clone() * small(env, 1);
    let complement = small(env, 2) + limbs * small(env, 3);
    let slack = value(env, 8) + env.pow2(63) * small(env, 8) + env.pow2(72) * small(env, 7);
    let charged = env.n(FEE_UNIT) * value(env, 7);
    let (n1, n2) = (rate * notional.clone(), cap_rate * pay);
    let turn = by_rate.clone() * (n1.clone() - n2.clone());
    let named: Vec<(&str, E::V)> = vec![
        ("S4 fee by rate: a bit", env.boolean(by_rate)),
        (
            "S4 notional",
            settling.clone() * (notional - price.clone() - k.inverse * (scale - price)),
        ),
        (
            "S4 fee is a floor",
            settling.clone() * (n2 + turn.clone() - charged.clone() - rest.clone()),
        ),
        (
            "S4 rest below the unit",
            settling.clone() * (rest + complement - env.n(FEE_UNIT - 1)),
        ),
        ("S4 fee is the smaller one", settling * (n1 - turn - charged - slack)),
    ];
    named.into_iter().map(|(n, e)| (n.into(), e)).collect()
}
