//! Open-interest steps (S4, S7, S9): one per series of the batch's expiry.
//!
//! The two permutations fold the old and the new open interest. Beside them stand the series' terms, its payoff and fee per lot at the
//! settlement price, and the messages to the positions that hold it: they can only be balanced by exactly the lots that were settled.
//!
//! A series whose underlying has no price in this batch *passes*: its row is folded unchanged and it exchanges nothing. A priced series
//! may pass too: then no position of it can be in the batch, and the expiry cannot close before its lots are gone.
//!
//! The first half ([`A`]) holds the list and the money: who is there, which lots were settled, what they pay. The second half ([`B`]) holds the
//! price: terms, payoff, fee.
//!
//! **Payoff.** With σ = 1 for calls and -1 for puts and K the strike: the capped price m is S, or C where the cap binds; *in the money*
//! means σ·(m - K) > 0, and then σ·(m - K) = distance + 1, otherwise σ·(m - K) = -distance. Digital kinds pay their cap in the money,
//! inverse ones ⌊scale·intrinsic / S⌋.
//!
//! **Fee.** The smaller one of rate·N and cap·payoff is 10^5·fee + rest; rest and 10^5 - 1 - rest are 18-bit values, and the larger one
//! exceeds the smaller by an 81-bit slack.

use crate::chips::bus::{T_SERIES, interest_step};
use crate::env::Env;
use crate::rows::*;
use crate::settlement::{Gate, Step};

/// 2^64 · "oi" + expiry begins a digest of open interest.
pub const INTEREST_SEED: u64 = 0x6f69;
/// Fee rates are in units of 10^-5.
pub const FEE_UNIT: u64 = 100_000;

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let first = list(env).into_iter().map(|gate| (A, gate));
    let second = prices(env)
        .into_iter()
        .chain(terms(env))
        .chain(payoff(env))
        .chain(fee(env));
    first
        .chain(second.map(|gate| (B, gate)))
        .map(|(anchor, (n, e))| (format!("interest: {n}"), interest_step(env, anchor) * e))
        .collect()
}

fn list<E: Env>(env: &E) -> Vec<(&'static str, E::V)> {
    let step = Step::at(env, A);
    let present = step.cell(interest::PRESENT);
    let settles = step.cell(interest::SETTLES);
    let passes = present.clone() - settles.clone();
    let close = step.cell(interest::CLOSE);
    let [first, expiry_key, expiry, close_taken] = step.message(interest::EXPIRY);
    let first = -first;
    let later = present.clone() - first.clone();
    let [last, totals_key, payouts, fees] = step.message(interest::TOTALS);
    let [short_sent, word, rank, short_net] = step.message(interest::SERIES_SHORT);
    let [long_sent, long_word, long_rank, long_net] = step.message(interest::SERIES_LONG);
    let [taken, taken_word, taken_rank, ordinal] = step.message(interest::RANK);
    let (long, short) = (env.adv(HASH[3], 0), env.adv(HASH[4], 0));
    let (long_after, short_after) = (env.adv(HASH[3], NEW), env.adv(HASH[4], NEW));
    // A message counts its tag.
    let long_sent = env.n(T_SERIES + 1) * long_sent;
    let short_sent = env.n(T_SERIES) * short_sent;
    let pay = step.cell(interest::PAYOFF);
    let fee = step.group(interest::FEE);
    let seed = env.n(INTEREST_SEED) * env.pow2(64) + expiry;
    let limbs = env.n(LIMBS as u64);
    let rest = step.extra(interest::LONG_AFTER) + limbs.clone() * step.extra(interest::SHORT_AFTER);
    let complement = step.extra(interest::FEE) + limbs * step.extra(interest::SLACK_LOW);
    let mut polys: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(present.clone())),
        ("first is 0 or present", first.clone() * later.clone()),
        // 0 stands before the first open-interest step.
        (
            "S9 a list begins with its first series, and goes on",
            later.clone() - step.before(interest::GOES_ON),
        ),
        (
            "S9 the list goes on until its last series",
            step.cell(interest::GOES_ON) - present.clone() + last.clone(),
        ),
        ("last is 0 or present", last.clone() * (present.clone() - last.clone())),
        ("settles is 0 or present", settles.clone() * passes.clone()),
        (
            "S9 long message: lots settled",
            long_sent.clone() - present.clone() * (long - long_after.clone()),
        ),
        (
            "S9 short message: lots settled",
            short_sent.clone() - present.clone() * (short - short_after.clone()),
        ),
        (
            "S9 a passing series keeps its long lots",
            passes.clone() * long_sent.clone(),
        ),
        ("S9 a passing series keeps its short lots", passes * short_sent.clone()),
        ("rank message is taken", taken.clone() + settles.clone()),
        (
            "close stays",
            later.clone() * (close.clone() - step.before(interest::CLOSE)),
        ),
        ("close is the public one", first.clone() * (close.clone() - close_taken)),
        ("expiry message: key", first.clone() * expiry_key),
        ("totals message: key", last * totals_key),
        (
            "S4 charged: fee and rest",
            step.cell(interest::CHARGED) - env.n(FEE_UNIT) * fee.clone() - rest.clone(),
        ),
        (
            "S4 rest below the unit",
            settles * (rest + complement - env.n(FEE_UNIT - 1)),
        ),
        (
            "S4 slack of the fee, once more",
            step.cell(interest::SLACK) - step.group(interest::SLACK_LOW),
        ),
    ];
    let so_far = |(col, row): Place| later.clone() * step.before((col, row));
    let here: Vec<(&str, E::V)> = vec![
        (
            "S9 old digest begins with the expiry or goes on",
            env.adv(HASH[1], 0) - first.clone() * seed.clone() - so_far((F, OUT_NEW)),
        ),
        (
            "S9 new digest begins with the expiry or goes on",
            env.adv(HASH[1], NEW) - first * seed - so_far((G, OUT_NEW)),
        ),
        ("old row: word", env.adv(HASH[2], 0) - word.clone()),
        ("new row: word", env.adv(HASH[2], NEW) - word.clone()),
        ("S9 long' is an amount", long_after - step.group(interest::LONG_AFTER)),
        (
            "S9 short' is an amount",
            short_after - step.group(interest::SHORT_AFTER),
        ),
        (
            "S9 closed: no long lots left",
            close.clone() * step.group(interest::LONG_AFTER),
        ),
        (
            "S9 closed: no short lots left",
            close * step.group(interest::SHORT_AFTER),
        ),
        ("long message: word", long_word - word.clone()),
        ("long message: rank", long_rank - rank.clone()),
        ("long message: net per lot", long_net - pay.clone() + fee.clone()),
        ("short message: net per lot", short_net + pay.clone() + fee.clone()),
        ("rank message: word", taken_word - word),
        ("rank message: rank", taken_rank - rank),
        (
            "ordinals count",
            ordinal - later.clone() * (step.before((G, interest::RANK + 1)) - step.before((F, interest::RANK))),
        ),
        (
            "S7 payouts so far",
            payouts - so_far((F, interest::TOTALS + 1)) - (long_sent.clone() - short_sent.clone()) * pay,
        ),
        (
            "S7 fees so far",
            fees - so_far((G, interest::TOTALS + 1)) - (long_sent + short_sent) * fee,
        ),
    ];
    polys.extend(here.into_iter().map(|(n, e)| (n, present.clone() * e)));
    polys
}

/// Messages that bring price and parameters, and the one that takes the digests to the tree.
fn prices<E: Env>(env: &E) -> Vec<(&'static str, E::V)> {
    let step = Step::at(env, B);
    let present = step.cell(interest::PRESENT);
    let last = present.clone() - step.cell(interest::GOES_ON);
    let close = step.cell(interest::CLOSE);
    let [price_taken, ..] = step.message(interest::PRICE);
    let [fees_taken, fees_key, ..] = step.message(interest::FEES);
    let [scale_taken, scale_key, _, clearing] = step.message(interest::SCALE);
    let [slot_sent, slot_id, slot_old, slot_new] = step.message(interest::SLOT);
    let slot = step.extra(interest::DISTANCE);
    vec![
        ("price message is taken", price_taken + step.cell(interest::SETTLES)),
        ("fees message is taken", fees_taken + present.clone()),
        ("fees message: key", present.clone() * (fees_key - env.one())),
        ("scale message is taken", scale_taken + present.clone()),
        ("scale message: key", present.clone() * (scale_key - env.n(2))),
        (
            "S9 closed: clearing' is 0",
            present * close.clone() * (clearing - env.pow2(127)),
        ),
        ("slot message is sent by the last", slot_sent - last.clone()),
        (
            "slot message: old digest",
            last.clone() * (slot_old - step.cell((G, OUT_OLD))),
        ),
        (
            "S9 slot message: new digest, empty when closed",
            last.clone() * (slot_new - env.not(close) * step.cell((G, OUT_NEW))),
        ),
        (
            "slot message: heap number",
            last.clone() * (slot_id - env.n(17 * 256) - slot.clone()),
        ),
        (
            "slot below 256",
            last * (step.extra(interest::FIRST_REST) - env.n(2) * slot),
        ),
    ]
}

struct Kinds<V> {
    settles: V,
    call: V,
    /// Neither capped nor digital nor inverse.
    plain: V,
    capped: V,
    digital: V,
    inverse: V,
}

fn kinds<E: Env>(env: &E) -> Kinds<E::V> {
    let step = Step::at(env, B);
    let settles = step.cell(interest::SETTLES);
    let [call, capped, digital, inverse] =
        [interest::CALL, interest::CAPPED, interest::DIGITAL, interest::INVERSE].map(|place| step.cell(place));
    Kinds {
        plain: settles.clone() - capped.clone() - digital.clone() - inverse.clone(),
        settles,
        call,
        capped,
        digital,
        inverse,
    }
}

fn terms<E: Env>(env: &E) -> Vec<(&'static str, E::V)> {
    let k = kinds(env);
    let step = Step::at(env, B);
    let word = step.cell((G, interest::SERIES_SHORT));
    let key = step.cell((F, interest::PRICE + 1));
    let cap = step.group(interest::CAP);
    let code = env.n(2) - k.call.clone()
        + env.n(2) * k.capped.clone()
        + env.n(4) * k.digital.clone()
        + env.n(6) * k.inverse.clone();
    vec![
        ("call is a bit", env.boolean(k.call)),
        ("capped is a bit", env.boolean(k.capped)),
        ("digital is a bit", env.boolean(k.digital)),
        ("inverse is a bit", env.boolean(k.inverse.clone())),
        // So at most one of the three, and none where nothing is settled.
        ("plain is a bit", env.boolean(k.plain.clone())),
        (
            "S4 word = underlying, expiry | kind | strike | cap",
            k.settles
                * (word
                    - env.pow2(136) * key
                    - env.pow2(128) * code
                    - env.pow2(64) * step.group(interest::STRIKE)
                    - env.not(k.inverse) * cap.clone()),
        ),
        ("S4 plain kinds have no cap", k.plain * cap),
    ]
}

fn payoff<E: Env>(env: &E) -> Vec<(&'static str, E::V)> {
    let k = kinds(env);
    let step = Step::at(env, B);
    let price = step.cell((G, interest::PRICE + 1));
    let scale = step.cell((F, interest::SCALE + 1));
    let [strike, cap, distance] = [interest::STRIKE, interest::CAP, interest::DISTANCE].map(|row| step.group(row));
    let [x1, x2] = [interest::FIRST_REST, interest::SECOND_REST].map(|row| step.group(row));
    let binds = step.cell(interest::BINDS);
    let in_the_money = step.cell(interest::IN_THE_MONEY);
    let intrinsic = step.cell(interest::INTRINSIC);
    let m = step.cell(interest::CAPPED_PRICE);
    let pay = step.cell(interest::PAYOFF);
    let twice = |v: &E::V| v.clone() + v.clone();
    let sign = twice(&k.call) - env.one();
    let beyond = price.clone() - cap.clone();
    vec![
        ("S4 the cap binds: a bit", env.boolean(binds.clone())),
        ("S4 in the money: a bit", env.boolean(in_the_money.clone())),
        (
            "S4 distance to the cap",
            k.capped.clone() * (sign.clone() * beyond.clone() - (twice(&binds) - env.one()) * x1.clone()),
        ),
        ("S4 capped price", m.clone() - price.clone() + k.capped * binds * beyond),
        (
            "S4 distance to the strike",
            k.settles
                * (sign * (m - strike) - in_the_money.clone() * (twice(&distance) + env.one()) + distance.clone()),
        ),
        (
            "S4 intrinsic value",
            intrinsic.clone() - in_the_money.clone() * (distance + env.one()),
        ),
        (
            "S4 payoff per lot",
            pay - (step.cell(interest::SETTLES) - k.digital.clone() - k.inverse.clone()) * intrinsic.clone()
                - k.digital * in_the_money * cap.clone()
                - k.inverse.clone() * cap.clone(),
        ),
        (
            "S4 inverse: scale·intrinsic = payoff·price + remainder",
            k.inverse.clone() * (scale * intrinsic - cap * price.clone() - x1.clone()),
        ),
        (
            "S4 inverse: remainder below the price",
            k.inverse * (price - env.one() - x1 - x2),
        ),
    ]
}

fn fee<E: Env>(env: &E) -> Vec<(&'static str, E::V)> {
    let k = kinds(env);
    let step = Step::at(env, B);
    let price = step.cell((G, interest::PRICE + 1));
    let scale = step.cell((F, interest::SCALE + 1));
    let [_, _, rate, cap_rate] = step.message(interest::FEES);
    let notional = step.cell(interest::NOTIONAL);
    let by_rate = step.cell(interest::BY_RATE);
    let slack = step.cell(interest::SLACK)
        + env.pow2(63) * step.extra(interest::STRIKE)
        + env.pow2(72) * step.extra(interest::CAP);
    let (n1, n2) = (rate * notional.clone(), cap_rate * step.cell(interest::PAYOFF));
    let turn = by_rate.clone() * (n1.clone() - n2.clone());
    vec![
        ("S4 fee by rate: a bit", env.boolean(by_rate)),
        ("S4 notional", notional - price.clone() - k.inverse * (scale - price)),
        (
            "S4 fee is a floor",
            n2.clone() + turn.clone() - step.cell(interest::CHARGED),
        ),
        ("S4 fee is the smaller one", n1 - n2 - turn.clone() - turn - slack),
    ]
}
