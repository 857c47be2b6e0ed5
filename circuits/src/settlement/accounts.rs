//! Accounts: position rows, chunks of three positions (S2, S3, S5, S6), leaves (S1, S5, S6).
//!
//! An account is a run of chunk steps and then its leaf. The old permutation of a chunk absorbs three words of the whole list;
//! the new one absorbs three words of the remaining list, aligned to the *end* of the run. A remaining word is matched with
//! its old one by a running count on the bus (`T_CARRY`), so the remaining list is the old one without the settled positions, in order.
//!
//! A position, from its row `r` (four rows of F, G; limbs of the same rows):
//! ```text
//! r     h  long        p  word
//! r+1   R  2·rank      v  net per lot (payoff - fee, or -payoff - fee)
//! r+2   e  present     y  carried
//! r+3   D  carried so far   A  cash so far          limbs 0..6: |lots| - 1, limb 7 (+ one limb above): rank gap
//! ```
//! |lots| is in 1..=2^63 by its limbs; `T_SERIES` pins series word, rank, settled or not, and v, as often as it has lots (S3, S4, S9).

use crate::chips::bus::{dynamic_step, group_is, group_value, limb, new_present};
use crate::env::Env;
use crate::rows::*;
use crate::settlement::Gate;

/// 2^64 · "pos": a positions digest begins with this plus the count.
pub const POSITIONS_SEED: u64 = 0x0070_6f73;

const PREV: i32 = -(STEP as i32);

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let mut polys = position(env);
    polys.extend(flags(env));
    polys.extend(chunk_old(env));
    polys.extend(chunk_new(env));
    polys.extend(leaf(env));
    polys
}

fn position<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = group_is(env, POSITION);
    let (h, p, rank, v) = (env.adv(F, 0), env.adv(G, 0), env.adv(F, 1), env.adv(G, 1));
    let (e, y, count, cash) = (env.adv(F, 2), env.adv(G, 2), env.adv(F, 3), env.adv(G, 3));
    let raw = group_value(env, 0);
    let lots = e.clone() + raw.clone();
    let gap = limb(env, 0, 7) + env.n(LIMBS as u64) * env.adv(LA, dynamic::GAP_HIGH);
    let absent = env.not(e.clone());
    let rank_before = env.adv(F, -3);
    let (count_before, cash_before) = (env.adv(F, -1), env.adv(G, -1));
    let named: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(e.clone())),
        ("long is a bit", env.boolean(h)),
        ("carried is 0 or present", y.clone() * (e.clone() - y.clone())),
        ("S2 absent: no lots", absent.clone() * raw),
        ("S2 absent: word 0", absent * p),
        (
            "S2 ranks strictly increase",
            e * (rank - rank_before - env.n(2) - env.n(2) * gap),
        ),
        ("S3 carried positions are counted", count - count_before - y),
        ("S5 cash so far", cash - cash_before - lots * v),
    ];
    named
        .into_iter()
        .map(|(n, e)| (format!("position: {n}"), q.clone() * e))
        .collect()
}

/// Flags of a dynamic step as its gates read them.
struct Flags<V> {
    chunk: V,
    leaf: V,
    node: V,
    goes_on: V,
    chunk_before: V,
    leaf_before: V,
}

fn read_flags<E: Env>(env: &E) -> Flags<E::V> {
    let leaf = env.adv(F, dynamic::LEAF);
    Flags {
        chunk: env.adv(G, dynamic::CHUNK),
        node: env.adv(F, dynamic::PRODUCT) - leaf.clone(),
        leaf,
        goes_on: env.adv(G, dynamic::LEAF),
        chunk_before: env.adv(G, PREV + dynamic::CHUNK),
        leaf_before: env.adv(F, PREV + dynamic::LEAF),
    }
}

fn flags<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let kind = f.chunk.clone() + f.leaf.clone() + f.node.clone();
    let account = f.chunk.clone() + f.leaf.clone();
    let named: Vec<(&str, E::V)> = vec![
        ("S8 chunk is a bit", env.boolean(f.chunk.clone())),
        ("S8 leaf is a bit", env.boolean(f.leaf.clone())),
        ("S8 node is a bit", env.boolean(f.node.clone())),
        ("S8 one kind at most", env.boolean(kind)),
        (
            "S8 an account goes on exactly after a chunk",
            f.goes_on.clone() - f.chunk_before.clone(),
        ),
        (
            "S8 nothing goes on after a leaf",
            f.goes_on.clone() * f.leaf_before.clone(),
        ),
        (
            "S8 only chunk or leaf goes on",
            f.goes_on.clone() * env.not(account.clone()),
        ),
        (
            "S8 an account begins after a leaf",
            account.clone() * env.not(f.goes_on) * env.not(f.leaf_before.clone()) * (env.n(2) - f.leaf_before.clone()),
        ),
        (
            "S8 the first step is an account's",
            f.leaf_before.clone() * (f.leaf_before - env.one()) * env.not(account),
        ),
        (
            "S8 busy is chunk or live chain",
            env.adv(F, dynamic::BUSY) - f.chunk - env.adv(F, dynamic::LIVE),
        ),
    ];
    on_dynamic(env, named)
}

fn on_dynamic<E: Env>(env: &E, named: Vec<(&str, E::V)>) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env);
    named
        .into_iter()
        .map(|(n, e)| (format!("step: {n}"), d.clone() * e))
        .collect()
}

fn present<E: Env>(env: &E, j: usize) -> E::V {
    env.adv(F, dynamic::POSITIONS[j] + 2)
}

fn seed<E: Env>(env: &E) -> E::V {
    env.n(POSITIONS_SEED) * env.pow2(64)
}

fn chunk_old<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let c = f.chunk.clone();
    let on = f.goes_on.clone();
    let here = present(env, 0) + present(env, 1) + present(env, 2);
    let rest = env.adv(G, 0);
    let rest_before = env.adv(G, PREV);
    let input = env.adv(HASH[1], 0);
    let mut polys: Vec<(String, E::V)> = Vec::new();
    for j in 0..3 {
        let word = env.adv(G, dynamic::POSITIONS[j]);
        polys.push((
            format!("S2 word {j} is absorbed"),
            c.clone() * (env.adv(HASH[j + 2], 0) - word),
        ));
        polys.push((
            format!("S8 position {j} only in a chunk"),
            env.not(c.clone()) * present(env, j),
        ));
    }
    polys.push(("a chunk has a position".into(), c.clone() * env.not(present(env, 0))));
    for j in 0..2 {
        polys.push((
            format!("S2 position {} only after {j}", j + 1),
            present(env, j + 1) * env.not(present(env, j)),
        ));
    }
    let full_before = env.adv(F, PREV + dynamic::POSITIONS[2] + 2);
    polys.push((
        "S2 only the last chunk is padded".into(),
        c.clone() * on.clone() * env.not(full_before),
    ));
    polys.push((
        "S2 digest begins with the count or goes on".into(),
        c.clone()
            * (input - on.clone() * env.adv(F, -1) - env.not(on.clone()) * (seed(env) + rest.clone() + here.clone())),
    ));
    polys.push((
        "S2 positions left".into(),
        c.clone() * on.clone() * (rest_before - rest - here),
    ));
    // What stood before the first position of this chunk: the end of the previous chunk, or a fresh account.
    let last = PREV + dynamic::POSITIONS[2];
    polys.push((
        "S2 rank before".into(),
        c.clone() * (env.adv(F, dynamic::BEFORE_RANK) - on.clone() * (env.adv(F, last + 1) + env.n(2)) + env.n(2)),
    ));
    polys.push((
        "S3 carried before".into(),
        c.clone()
            * (env.adv(F, dynamic::BEFORE)
                - on.clone() * env.adv(F, last + 3)
                - env.not(on.clone()) * env.adv(G, PREV + 2)),
    ));
    polys.push((
        "S5 cash before".into(),
        c * (env.adv(G, dynamic::BEFORE) - on * env.adv(G, last + 3)),
    ));
    let d = dynamic_step(env);
    polys
        .into_iter()
        .map(|(n, e)| (format!("chunk: {n}"), d.clone() * e))
        .collect()
}

fn chunk_new<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let c = f.chunk.clone();
    let on = f.goes_on.clone();
    let new = new_present(env, 0);
    let before = new_present(env, PREV);
    let here = new[0].clone() + new[1].clone() + new[2].clone();
    let begins = env.adv(G, 1);
    let continues = new[0].clone() - begins.clone();
    let rest = env.adv(F, 1);
    let input = env.adv(HASH[1], NEW);
    let mut polys: Vec<(String, E::V)> = Vec::new();
    for (j, n) in new.iter().enumerate() {
        polys.push((
            format!("S8 new {j} is 0, or 1 in a chunk"),
            n.clone() * (c.clone() - n.clone()),
        ));
    }
    for j in 0..2 {
        polys.push((
            format!("S6 new {} only after {j}", j + 1),
            new[j + 1].clone() * env.not(new[j].clone()),
        ));
        polys.push((
            format!("S6 padding after the last new word ({})", j + 1),
            new[0].clone() * env.not(new[j + 1].clone()) * env.adv(HASH[j + 3], NEW),
        ));
    }
    polys.push(("begins is a bit".into(), c.clone() * env.boolean(begins.clone())));
    polys.push((
        "S6 the new list, once begun, goes on to the end".into(),
        c.clone() * (continues.clone() - on.clone() * before[0].clone()),
    ));
    polys.push((
        "S6 only the last new chunk is padded".into(),
        c.clone() * on * before[0].clone() * env.not(before[2].clone()),
    ));
    polys.push((
        "S6 new digest begins with the count".into(),
        c.clone() * begins * (input.clone() - seed(env) - rest.clone() - here.clone()),
    ));
    polys.push((
        "S6 new digest goes on".into(),
        c.clone() * continues.clone() * (input - env.adv(G, -1)),
    ));
    polys.push((
        "S6 new positions left".into(),
        c.clone() * continues * (env.adv(F, PREV + 1) - rest - here.clone()),
    ));
    polys.push((
        "S6 new positions are counted on".into(),
        (c + f.leaf) * (env.adv(G, 2) - env.adv(G, PREV + 2) - here),
    ));
    let d = dynamic_step(env);
    polys
        .into_iter()
        .map(|(n, e)| (format!("chunk: {n}"), d.clone() * e))
        .collect()
}

/// Old inputs (owner, balance word, digest, blinding), new ones 21 rows below.
///
/// Limbs: rows 0..3 hold nonce' (four limbs; the top one below 2^5 because 16 times it is a limb) and the account index (three; the
/// top one below 2^6 likewise). Groups 8, 38 hold cash': 63 + 63 + 2 bits, the 2 bits bounded by 128 times them.
///
/// Cash before the batch needs no range check: it is cash' - A with |A| < 2^146, so `2^32·(cash' - A) + nonce' - 1` is an integer far from
/// wrapping r, and a balance word of 160 bits equals it for one cash and one nonce only.
fn leaf<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let l = f.leaf;
    let on = f.goes_on;
    let listed_before = new_present(env, PREV)[0].clone();
    let last = PREV + dynamic::POSITIONS[2];
    let (h, g) = (|r: i32| env.adv(F, r), |r: i32| env.adv(G, r));
    let limb0 = |i: usize| limb(env, 0, i);
    let scaled = |i: usize, bits: u64| env.pow2(bits) * limb0(i);
    let nonce = limb0(0) + scaled(1, 9) + scaled(2, 18) + scaled(3, 27);
    let index = limb0(5) + scaled(6, 9) + scaled(7, 18);
    let [a, b] = dynamic::CASH;
    let cash_new = g(a) + env.pow2(63) * g(b) + env.pow2(126) * h(a);
    let cash_old = cash_new.clone() - on.clone() * env.adv(G, last + 3);
    let old = |j: usize| env.adv(HASH[j], 0);
    let new = |j: usize| env.adv(HASH[j], NEW);
    let polys: Vec<(&str, E::V)> = vec![
        ("S6 same owner", new(1) - old(1)),
        (
            "S2 old digest",
            old(3) - seed(env) - on.clone() * (env.adv(F, -1) - seed(env)),
        ),
        (
            "S6 new digest",
            new(3) - seed(env) - on.clone() * listed_before.clone() * (env.adv(G, -1) - seed(env)),
        ),
        ("S2 whole list absorbed", on.clone() * env.adv(G, PREV)),
        (
            "S6 whole new list absorbed",
            on.clone() * listed_before * env.adv(F, PREV + 1),
        ),
        (
            "S3 all that is carried is listed",
            on.clone() * (env.adv(F, last + 3) - env.adv(G, 2)),
        ),
        ("S5 nonce top limb", limb0(4) - env.n(16) * limb0(3)),
        ("S1 index top limb", h(dynamic::GAP[2]) - env.n(8) * limb0(7)),
        ("S5 cash' top bits", h(b) - env.n(128) * h(a)),
        ("S5 new balance word", new(2) - env.pow2(32) * cash_new - nonce.clone()),
        (
            "S5 old balance word",
            old(2) - env.pow2(32) * cash_old - nonce.clone() + env.one(),
        ),
        ("S5 nonce' is not 0", nonce * h(3) - env.one()),
        (
            "S1 stands in the account tree",
            g(dynamic::PRODUCT) - env.pow2(28) - index,
        ),
    ];
    let d = dynamic_step(env);
    polys
        .into_iter()
        .map(|(n, e)| (format!("leaf: {n}"), d.clone() * l.clone() * e))
        .collect()
}
