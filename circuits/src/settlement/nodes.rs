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
use crate::settlement::Gate;

const PREV: i32 = -(STEP as i32);

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let mut polys = node(env);
    polys.extend(chain(env));
    polys
}

fn node<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env);
    let is = env.adv(F, dynamic::PRODUCT) - env.adv(F, dynamic::LEAF);
    let id = env.adv(G, dynamic::PRODUCT);
    let number = (1..4).fold(limb(env, 0, 0), |acc, i| {
        acc + env.pow2(LIMB_BITS * i as u64) * limb(env, 0, i)
    });
    let mut polys = vec![(
        "node: S1 heap number below 2^36".to_string(),
        d.clone() * is.clone() * (id.clone() - number),
    )];
    for (j, r) in dynamic::CHILD.into_iter().enumerate() {
        let m = env.adv(F, r);
        let (old, new) = (env.adv(HASH[j + 1], 0), env.adv(HASH[j + 1], NEW));
        let named: Vec<(&str, E::V)> = vec![
            ("S8 touched is 0, or 1 in a node", m.clone() * (is.clone() + m.clone())),
            (
                "heap number",
                is.clone() * (env.adv(G, r) - env.n(4) * id.clone() - env.n(j as u64)),
            ),
            ("old value", is.clone() * (env.adv(F, r + 1) - old.clone())),
            ("new value", is.clone() * (env.adv(G, r + 1) - new.clone())),
            ("S1 S7 untouched stays", is.clone() * (env.one() + m) * (old - new)),
        ];
        polys.extend(
            named
                .into_iter()
                .map(|(n, e)| (format!("node: child {j}: {n}"), d.clone() * e)),
        );
    }
    polys
}

fn chain<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env);
    let (f, g) = (|r: i32| env.adv(F, r), |r: i32| env.adv(G, r));
    let here = f(dynamic::CHUNK);
    let absent = env.not(here.clone());
    let live = f(dynamic::LIVE);
    let inside = g(dynamic::LIVE);
    let live_before = f(PREV + dynamic::LIVE);
    let inside_before = g(PREV + dynamic::LIVE);
    let word = g(dynamic::SERIES_LONG);
    let word_before = g(PREV + dynamic::SERIES_LONG);
    let rank = f(dynamic::SERIES_LONG + 1);
    let rank_before = f(PREV + dynamic::SERIES_LONG + 1);
    let [a, b, c] = dynamic::GAP;
    let gap = g(a) + env.pow2(63) * g(b) + env.pow2(126) * g(c);
    let sentinel = -f(dynamic::SENTINEL);
    let kind = g(dynamic::SENTINEL);
    let (long, short, settled) = (f(dynamic::SERIES_LONG), f(dynamic::SERIES_SHORT), f(dynamic::RANK));
    let mark = inside.clone() + sentinel.clone();
    let mut polys: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(here.clone())),
        ("absent: no long message", absent.clone() * long.clone()),
        ("absent: no short message", absent.clone() * short.clone()),
        ("goes on until the last sentinel", live_before.clone() * absent),
        (
            "live until the last sentinel",
            live - here.clone() + sentinel.clone() * env.not(kind.clone() * kind.clone()),
        ),
        (
            "sentinel is 0 or present",
            sentinel.clone() * (here.clone() - sentinel.clone()),
        ),
        (
            "sentinel word",
            sentinel.clone() * (f(dynamic::SENTINEL + 1) - word.clone()),
        ),
        (
            "inside is 0 or present",
            inside.clone() * (here.clone() - inside.clone()),
        ),
        ("S3 only a carried series is offered, long", long * mark.clone()),
        ("S3 only a carried series is offered, short", short * mark),
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
        ("S4 a carried series pays nothing, long", g(dynamic::SERIES_LONG + 1)),
        ("short message: word", g(dynamic::SERIES_SHORT) - word.clone()),
        ("short message: rank", f(dynamic::SERIES_SHORT + 1) - rank.clone()),
        ("S4 a carried series pays nothing, short", g(dynamic::SERIES_SHORT + 1)),
        ("rank message: word", g(dynamic::RANK) - word),
        ("rank message: rank", f(dynamic::RANK + 1) - rank),
        (
            "rank message: ordinal",
            g(dynamic::RANK + 1) - live_before * (g(PREV + dynamic::RANK + 1) + f(PREV + dynamic::RANK)),
        ),
    ];
    polys.extend(present.into_iter().map(|(n, e)| (n, here.clone() * e)));
    polys
        .into_iter()
        .map(|(n, e)| (format!("chain: {n}"), d.clone() * e))
        .collect()
}
