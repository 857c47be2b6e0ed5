//! Accounts: position rows, chunks of three positions (S2, S3, S5, S6), leaves (S1, S5, S6).
//!
//! An account is a run of chunk steps and then its leaf. The old permutation of a chunk absorbs three words of the whole list;
//! the new one absorbs three words of the remaining list, aligned to the *end* of the run. A remaining word is matched with
//! its old one by a running count on the bus (`T_CARRY`), so the remaining list is the old one without the settled positions, in order.
//!
//! A position, from its row `r` (four rows of F, G; limbs of the same rows):
//! ```text
//! r     h  long             p  word
//! r+1   e  present          y  carried
//! r+2   v  net per lot      R  2·rank
//! r+3   D  carried so far   A  cash so far          limbs 0..6: |lots| - 1, limb 7 (+ one limb below): rank gap
//! ```
//! |lots| is in 1..=2^63 by its limbs; `T_SERIES` pins series word, rank, settled or not, and v, as often as it has lots (S3, S4, S9).

use crate::chips::bus::{Position, dynamic_step, group_is, group_value, limb};
use crate::env::Env;
use crate::rows::*;
use crate::settlement::{Gate, Step};

/// 2^64 · "pos": a positions digest begins with this plus the count.
pub const POSITIONS_SEED: u64 = 0x0070_6f73;

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
    let here = Position::read(env);
    let before = |(col, row): Place| env.adv(col, row - position::ROWS);
    let e = here.present;
    let raw = group_value(env, 0);
    let lots = e.clone() + raw.clone();
    let gap = limb(env, 0, 7) + env.n(LIMBS as u64) * env.adv(LA, dynamic::GAP_HIGH);
    let absent = env.not(e.clone());
    let named: Vec<(&str, E::V)> = vec![
        ("present is a bit", env.boolean(e.clone())),
        ("long is a bit", env.boolean(here.long)),
        (
            "carried is 0 or present",
            here.carried.clone() * (e.clone() - here.carried.clone()),
        ),
        ("S2 absent: no lots", absent.clone() * raw),
        ("S2 absent: word 0", absent * here.word),
        (
            "S2 ranks strictly increase",
            e * (here.rank - before(position::RANK) - env.n(2) - env.n(2) * gap),
        ),
        (
            "S3 carried positions are counted",
            here.count - before(position::COUNT) - here.carried,
        ),
        ("S5 cash so far", here.cash - before(position::CASH) - lots * here.net),
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
    /// The step before is a chunk: its account goes on here.
    goes_on: V,
    leaf_before: V,
}

fn read_flags<E: Env>(env: &E) -> Flags<E::V> {
    let step = Step::at(env, A);
    let leaf = step.cell(dynamic::LEAF);
    Flags {
        chunk: step.cell(dynamic::CHUNK),
        node: step.cell(dynamic::PRODUCES) - leaf.clone(),
        leaf,
        goes_on: step.before(dynamic::CHUNK),
        leaf_before: step.before(dynamic::LEAF),
    }
}

fn flags<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let kind = f.chunk.clone() + f.leaf.clone() + f.node.clone();
    let account = f.chunk.clone() + f.leaf.clone();
    let on = f.goes_on;
    let before = f.leaf_before;
    let named: Vec<(&str, E::V)> = vec![
        ("S8 chunk is a bit", env.boolean(f.chunk)),
        ("S8 leaf is a bit", env.boolean(f.leaf)),
        ("S8 node is a bit", env.boolean(f.node)),
        ("S8 one kind at most", env.boolean(kind)),
        ("S8 nothing goes on after a leaf", on.clone() * before.clone()),
        ("S8 only chunk or leaf goes on", on.clone() * env.not(account.clone())),
        // Where nothing goes on, an account begins; 2 stands before the first step.
        (
            "S8 an account begins after a leaf",
            (account.clone() - on) * env.not(before.clone()) * (env.n(2) - before.clone()),
        ),
        (
            "S8 the first step is an account's",
            before.clone() * (before - env.one()) * env.not(account),
        ),
    ];
    on_dynamic(env, "step", named.into_iter().map(|(n, e)| (n.into(), e)))
}

fn on_dynamic<E: Env>(env: &E, of: &str, named: impl IntoIterator<Item = (String, E::V)>) -> Vec<Gate<E::V>> {
    let d = dynamic_step(env, A);
    named
        .into_iter()
        .map(|(n, e)| (format!("{of}: {n}"), d.clone() * e))
        .collect()
}

/// A cell of the j-th position of a chunk.
fn of_position(j: usize, (col, row): Place) -> Place {
    (col, dynamic::POSITIONS[j] + row)
}

/// The three flags "the chunk lists a j-th new word".
fn listed<E: Env>(step: &Step<'_, E>) -> [E::V; 3] {
    [0, 1, 2].map(|j| -step.cell((F, dynamic::CHILD[j])))
}

/// The same of the step before.
fn listed_before<E: Env>(step: &Step<'_, E>) -> [E::V; 3] {
    [0, 1, 2].map(|j| -step.before((F, dynamic::CHILD[j])))
}

fn sum<V: Clone + std::ops::Add<Output = V>>(of: &[V; 3]) -> V {
    of[0].clone() + of[1].clone() + of[2].clone()
}

fn seed<E: Env>(env: &E) -> E::V {
    env.n(POSITIONS_SEED) * env.pow2(64)
}

fn chunk_old<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let step = Step::at(env, A);
    let c = f.chunk;
    let on = f.goes_on;
    let present = [0, 1, 2].map(|j| step.cell(of_position(j, position::PRESENT)));
    let here = sum(&present);
    let left = step.cell(dynamic::LEFT);
    let input = env.adv(HASH[1], 0);
    let mut polys: Vec<(String, E::V)> = Vec::new();
    for (j, e) in present.iter().enumerate() {
        let word = step.cell(of_position(j, position::WORD));
        polys.push((
            format!("S2 word {j} is absorbed"),
            c.clone() * (env.adv(HASH[j + 2], 0) - word),
        ));
        polys.push((
            format!("S8 position {j} only in a chunk"),
            env.not(c.clone()) * e.clone(),
        ));
    }
    polys.push(("a chunk has a position".into(), c.clone() * env.not(present[0].clone())));
    for j in 0..2 {
        polys.push((
            format!("S2 position {} only after {j}", j + 1),
            present[j + 1].clone() * env.not(present[j].clone()),
        ));
    }
    let last = |place: Place| step.before(of_position(2, place));
    polys.push((
        "S2 only the last chunk is padded".into(),
        c.clone() * env.not(present[2].clone()) * left.clone(),
    ));
    polys.push((
        "S2 digest begins with the count or goes on".into(),
        c.clone()
            * (input
                - on.clone() * step.before((F, OUT_NEW))
                - env.not(on.clone()) * (seed(env) + left.clone() + here.clone())),
    ));
    polys.push((
        "S2 positions left".into(),
        c.clone() * on.clone() * (step.before(dynamic::LEFT) - left - here),
    ));
    // What stood before the first position of this chunk: the end of the previous chunk, or a fresh account.
    polys.push((
        "S2 rank before".into(),
        c.clone() * (step.cell(dynamic::BEFORE_RANK) - on.clone() * (last(position::RANK) + env.n(2)) + env.n(2)),
    ));
    polys.push((
        "S3 carried before".into(),
        c.clone()
            * (step.cell(dynamic::BEFORE_COUNT)
                - on.clone() * last(position::COUNT)
                - env.not(on.clone()) * (step.cell(dynamic::LISTED) - env.one())),
    ));
    polys.push((
        "S5 cash before".into(),
        c * (step.cell(dynamic::BEFORE_CASH) - on * last(position::CASH)),
    ));
    on_dynamic(env, "chunk", polys)
}

fn chunk_new<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let step = Step::at(env, A);
    let c = f.chunk;
    let account = c.clone() + f.leaf;
    let on = f.goes_on;
    let new = listed(&step);
    let before = listed_before(&step);
    let here = sum(&new);
    let continues = step.cell(dynamic::CONTINUES);
    let begins = new[0].clone() - continues.clone();
    let left = step.cell(dynamic::NEW_LEFT);
    let number = step.cell(dynamic::LISTED);
    let input = env.adv(HASH[1], NEW);
    let mut polys: Vec<(String, E::V)> = Vec::new();
    for j in 0..2 {
        polys.push((
            format!("S6 new {} only after {j}", j + 1),
            c.clone() * new[j + 1].clone() * env.not(new[j].clone()),
        ));
        polys.push((
            format!("S6 padding after the last new word ({})", j + 1),
            c.clone() * (new[0].clone() - new[j + 1].clone()) * env.adv(HASH[j + 3], NEW),
        ));
    }
    for j in 0..3 {
        polys.push((
            format!("S6 new word {j} is absorbed"),
            c.clone() * (step.cell((F, dynamic::CHILD[j] + 1)) - env.adv(HASH[j + 2], NEW)),
        ));
    }
    polys.push((
        "S6 the new list of the chunk before goes on".into(),
        account.clone() * (continues.clone() - on * before[0].clone()),
    ));
    polys.push((
        "S6 the new list, once begun, goes on to the end".into(),
        c.clone() * continues.clone() * env.not(new[0].clone()),
    ));
    polys.push((
        "S6 only the last new chunk is padded".into(),
        c.clone() * continues.clone() * env.not(before[2].clone()),
    ));
    polys.push((
        "S6 new digest begins with the count".into(),
        c.clone() * begins * (input.clone() - seed(env) - left.clone() - here.clone()),
    ));
    polys.push((
        "S6 new digest goes on".into(),
        c.clone() * continues.clone() * (input - step.before((G, OUT_NEW))),
    ));
    polys.push((
        "S6 new positions left".into(),
        c * continues * (step.before(dynamic::NEW_LEFT) - left - here),
    ));
    polys.push((
        "S6 new positions are counted on".into(),
        account * (number - step.before(dynamic::LISTED) - sum(&before)),
    ));
    on_dynamic(env, "chunk", polys)
}

/// Old inputs (owner, balance word, digest, blinding), new ones 21 rows below.
///
/// Limbs: rows 0..3 hold nonce' (four limbs; the top one below 2^5 because 16 times it is a limb) and the account index (three; the
/// top one below 2^6 likewise, by a group's eighth limb). Groups 22, 26 and two bits hold cash': 63 + 63 + 2 bits.
///
/// Cash before the batch needs no range check: it is cash' - A with |A| < 2^146, so `2^32·(cash' - A) + nonce' - 1` is an integer far from
/// wrapping r, and a balance word of 160 bits equals it for one cash and one nonce only.
fn leaf<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = read_flags(env);
    let step = Step::at(env, A);
    let l = f.leaf;
    let on = f.goes_on;
    let continues = step.cell(dynamic::CONTINUES);
    let last = |place: Place| step.before(of_position(2, place));
    let limb0 = |i: usize| limb(env, 0, i);
    let scaled = |i: usize, bits: u64| env.pow2(bits) * limb0(i);
    let nonce = limb0(0) + scaled(1, 9) + scaled(2, 18) + scaled(3, 27);
    let index = limb0(5) + scaled(6, 9) + scaled(7, 18);
    let [low, high] = dynamic::CASH;
    let top = dynamic::CASH_TOP.map(|place| step.cell(place));
    let cash_new = step.group(low)
        + env.pow2(63) * step.group(high)
        + env.pow2(126) * top[0].clone()
        + env.pow2(127) * top[1].clone();
    let cash_old = cash_new.clone() - on.clone() * last(position::CASH);
    let old = |j: usize| env.adv(HASH[j], 0);
    let new = |j: usize| env.adv(HASH[j], NEW);
    let [first_bit, second_bit] = top.map(|bit| env.boolean(bit));
    let polys: Vec<(&str, E::V)> = vec![
        ("S6 same owner", new(1) - old(1)),
        (
            "S2 old digest",
            old(3) - seed(env) - on.clone() * (step.before((F, OUT_NEW)) - seed(env)),
        ),
        (
            "S6 new digest",
            new(3) - seed(env) - continues.clone() * (step.before((G, OUT_NEW)) - seed(env)),
        ),
        ("S2 whole list absorbed", on.clone() * step.before(dynamic::LEFT)),
        ("S6 whole new list absorbed", continues * step.before(dynamic::NEW_LEFT)),
        (
            "S3 all that is carried is listed",
            on * (last(position::COUNT) - step.cell(dynamic::LISTED) + env.one()),
        ),
        ("S5 nonce top limb", limb0(4) - env.n(16) * limb0(3)),
        ("S1 index top limb", step.extra(low) - env.n(8) * limb0(7)),
        ("S5 cash' bit 126", first_bit),
        ("S5 cash' bit 127", second_bit),
        ("S5 new balance word", new(2) - env.pow2(32) * cash_new - nonce.clone()),
        (
            "S5 old balance word",
            old(2) - env.pow2(32) * cash_old - nonce.clone() + env.one(),
        ),
        (
            "S5 nonce' is not 0",
            nonce * step.cell(dynamic::NONCE_INVERSE) - env.one(),
        ),
        (
            "S1 stands in the account tree",
            step.cell(dynamic::ID) - env.pow2(28) - index,
        ),
    ];
    let polys = polys.into_iter().map(|(n, e)| (n.into(), l.clone() * e));
    on_dynamic(env, "leaf", polys)
}
