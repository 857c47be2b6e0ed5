//! Tree nodes (S1, S6) and the chain of series (S2, S3, S4).
//!
//! **Nodes.** Every touched node of the state tree is hashed once for the whole batch: old children above, new children below. A
//! touched child is taken from the bus under its heap number, an untouched one is equal on both sides; the node itself goes to the bus.
//! The root is taken once, by the wiring program. So by induction from the root each heap number has at most one producer, and
//! nothing is produced that its parent does not take: no account twice, no update dropped. The induction needs heap numbers to be
//! integers: a node's is below 2^36 by four limbs. (Without that bound, 127 levels of nodes would lead back to number 1 modulo r, and a state
//! hidden in, say, an owner's key hash could be settled instead of the real one.)
//!
//! **Chain.** All distinct series of the batch, strictly increasing, with three kinds of sentinel between them: where the words of a
//! priced (underlying, expiry) begin (1), where they end (-1), and 2^184 (0). Words between begin and end are settled, all others carried.
//! Every difference is below 2^189 and the last sentinel is 2^184, so every word is canonical. A link stands beside
//! whatever else its step holds: the chain begins with the first step.

use crate::chips::bus::{dynamic_step, limb};
use crate::env::Env;
use crate::rows::*;
use crate::settlement::{Gate, Step};

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let mut polys = node(env);
    polys.extend(chain(env));
    polys
}

fn node<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env, A);
    let step = Step::at(env, A);
    let is = step.cell(dynamic::PRODUCES) - step.cell(dynamic::LEAF);
    let chunk = step.cell(dynamic::CHUNK);
    let id = step.cell(dynamic::ID);
    let first = step.cell(dynamic::LISTED);
    let number = (1..4).fold(limb(env, 0, 0), |acc, i| {
        acc + env.pow2(LIMB_BITS * i as u64) * limb(env, 0, i)
    });
    let mut polys = vec![
        (
            "S1 heap number below 2^36".to_string(),
            is.clone() * (id.clone() - number),
        ),
        (
            "child 0: heap number".to_string(),
            is.clone() * (first.clone() - env.n(4) * id),
        ),
    ];
    for (j, r) in dynamic::CHILD.into_iter().enumerate() {
        let [m, id, old, new] = step.message(r);
        let (old_input, new_input) = (env.adv(HASH[j + 1], 0), env.adv(HASH[j + 1], NEW));
        // The first three are a chunk's new words as well.
        let may_be = if j < 3 { is.clone() + chunk.clone() } else { is.clone() };
        let mut named: Vec<(&str, E::V)> = vec![
            (
                "S8 sent is 0, or 1 in its kind of step",
                m.clone() * (may_be.clone() + m.clone()),
            ),
            ("old value", is.clone() * (old - old_input.clone())),
            ("new value", is.clone() * (new - new_input.clone())),
            (
                "S1 S7 untouched stays",
                is.clone() * (env.one() + m) * (old_input - new_input),
            ),
        ];
        if j > 0 {
            named.push(("numbered on", may_be * (id - first.clone() - env.n(j as u64))));
        }
        polys.extend(named.into_iter().map(|(n, e)| (format!("child {j}: {n}"), e)));
    }
    let mut polys: Vec<Gate<E::V>> = polys
        .into_iter()
        .map(|(n, e)| (format!("node: {n}"), d.clone() * e))
        .collect();
    let (d, step) = (dynamic_step(env, B), Step::at(env, B));
    let [m, id, ..] = [(F, dynamic::PRODUCT), (G, dynamic::PRODUCT)].map(|place| step.cell(place));
    polys.push((
        "product: leaf or node".into(),
        d.clone() * (m - step.cell(dynamic::PRODUCES)),
    ));
    polys.push(("product: heap number".into(), d * (id - step.cell(dynamic::ID))));
    polys
}

fn chain<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env, B);
    let step = Step::at(env, B);
    let here = step.cell(dynamic::LINK);
    let absent = env.not(here.clone());
    let live = step.cell(dynamic::LIVE);
    let inside = step.cell(dynamic::INSIDE);
    let live_before = step.before(dynamic::LIVE);
    let inside_before = step.before(dynamic::INSIDE);
    let [settled, word, rank, ordinal] = step.message(dynamic::RANK);
    let [settled_before, word_before, rank_before, ordinal_before] = [
        (F, dynamic::RANK),
        (G, dynamic::RANK),
        (F, dynamic::RANK + 1),
        (G, dynamic::RANK + 1),
    ]
    .map(|place| step.before(place));
    let [a, b, c] = dynamic::GAP.map(|row| step.group(row));
    let gap = a + env.pow2(63) * b + env.pow2(126) * c;
    let [taken, kind, sentinel_word] = [
        (F, dynamic::SENTINEL),
        (G, dynamic::SENTINEL),
        (F, dynamic::SENTINEL + 1),
    ]
    .map(|place| step.cell(place));
    let sentinel = -taken;
    let [offered, offered_word, offered_rank, offered_net] = step.message(dynamic::SERIES);
    let mut polys: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(here.clone())),
        ("absent: no series message", absent.clone() * offered.clone()),
        ("goes on until the last sentinel", live_before.clone() * absent),
        (
            "live until the last sentinel",
            live.clone() - here.clone() + sentinel.clone() * env.not(kind.clone() * kind.clone()),
        ),
        (
            "S8 busy is chunk or live chain",
            step.cell(dynamic::BUSY) - step.cell(dynamic::CHUNK) - live,
        ),
        (
            "sentinel is 0 or present",
            sentinel.clone() * (here.clone() - sentinel.clone()),
        ),
        ("sentinel word", sentinel.clone() * (sentinel_word - word.clone())),
        (
            "inside is 0 or present",
            inside.clone() * (here.clone() - inside.clone()),
        ),
        (
            "S3 only a carried series is offered",
            offered * (inside.clone() + sentinel.clone()),
        ),
        (
            "S3 a settled series goes to its open interest",
            settled - inside.clone() * env.not(sentinel.clone()),
        ),
    ];
    let present: Vec<(&str, E::V)> = vec![
        (
            "S2 words strictly increase",
            word.clone() - gap - live_before.clone() * (word_before + env.one()),
        ),
        (
            "ranks count",
            rank.clone() - inside.clone() - live_before.clone() * (rank_before - inside_before.clone() + env.n(2)),
        ),
        (
            "S3 inside between sentinels",
            inside - live_before.clone() * inside_before - sentinel * kind,
        ),
        ("series message: word", offered_word - word),
        ("series message: rank", offered_rank - rank),
        ("S4 a carried series pays nothing", offered_net),
        (
            "rank message: ordinal",
            ordinal - live_before * (ordinal_before + settled_before),
        ),
    ];
    polys.extend(present.into_iter().map(|(n, e)| (n, here.clone() * e)));
    polys
        .into_iter()
        .map(|(n, e)| (format!("chain: {n}"), d.clone() * e))
        .collect()
}
