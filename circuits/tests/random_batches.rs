//! Random venues: the circuit accepts the batch that plain Rust derives, and refuses it after any one change of its outcome.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;

use circuits::settlement::assign::need;
use circuits::size::Size;
use common::local::{Local, Verdict};
use common::support::*;
use common::{Forge, names, per_lot};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use witness_gen::statement::settlement::{Outcome, check as native};

const VENUES: usize = 24;
const RAW: usize = 5;
const CONSISTENT: usize = 2;

/// A random batch that fits size s or m; `None` where the venue has nothing open.
fn random_forge(seed: u64, rng: &mut StdRng) -> Option<Forge> {
    let (accounts, trades) = (rng.gen_range(1..=6), rng.gen_range(1..24));
    let mut venue = Venue::seeded(seed, accounts, trades);
    if venue.open_interest.is_empty() {
        return None;
    }
    let close = accounts > 1 && rng.gen_bool(0.25);
    let mut indices = venue.indices();
    let mut prices = both_prices();
    if !close {
        indices.shuffle(rng);
        indices.truncate(rng.gen_range(1..=accounts));
        match rng.gen_range(0..4) {
            0 => prices[0] = None,
            1 => prices[2] = None,
            _ => {}
        }
    }
    prices.rotate_left(rng.gen_range(0..3));
    let need = need(&venue.witness(&indices));
    let size = ["s", "m"]
        .into_iter()
        .filter_map(Size::by_name)
        .find(|s| need.fits(s))
        .expect("fits m");
    Some(Forge::new(&mut venue, &indices, close, prices, size))
}

/// Changes one field of the outcome; says which.
fn tamper(o: &mut Outcome, rng: &mut StdRng, consistent: bool) -> &'static str {
    let a = rng.gen_range(0..o.accounts.len());
    let i = rng.gen_range(0..o.open_interest.len());
    let choice = rng.gen_range(0..if consistent { 9 } else { 19 });
    let settled = o.settled.choose_mut(rng);
    match (choice, settled) {
        (0, _) => {
            o.accounts[a].cash.0 ^= 1 << rng.gen_range(0..100);
            "cash"
        }
        (1, _) => {
            o.accounts[a].nonce ^= 1 << rng.gen_range(0..31);
            "nonce"
        }
        (2, _) => {
            o.accounts[a].owner += Fr::random(rng);
            "owner"
        }
        (3, _) if !o.accounts[a].positions.is_empty() => {
            let at = rng.gen_range(0..o.accounts[a].positions.len());
            o.accounts[a].positions.remove(at);
            "carried position"
        }
        (4, Some(s)) => {
            s.payoff = per_lot(s.payoff.get() ^ 1 << rng.gen_range(0..40));
            "payoff"
        }
        (5, Some(s)) => {
            s.fee = per_lot(s.fee.get() ^ 1 << rng.gen_range(0..30));
            "fee"
        }
        (6, Some(s)) => {
            s.price = price(s.price.get() ^ 1 << rng.gen_range(0..30));
            "price"
        }
        (7, _) => {
            let side = if rng.gen_bool(0.5) {
                &mut o.open_interest[i].long
            } else {
                &mut o.open_interest[i].short
            };
            *side ^= 1 << rng.gen_range(0..62);
            "open interest"
        }
        (8, Some(_)) => {
            let at = rng.gen_range(0..o.settled.len());
            o.settled.remove(at);
            "settled series"
        }
        (9, _) => {
            o.accounts[a].blinding += Fr::ONE;
            "blinding"
        }
        (10, _) => {
            o.pools.clearing.0 += 1;
            "clearing of the steps"
        }
        (11, _) => {
            o.header.pools.clearing.0 += 1;
            "clearing"
        }
        (12, _) => {
            o.header.pools.fees.0 -= 1;
            "fees"
        }
        (13, _) => {
            o.header.history += Fr::ONE;
            "history"
        }
        (14, _) => {
            o.header.pools.insurance.0 += 1;
            "insurance"
        }
        (15, _) => {
            o.old_header.batch += 1;
            "batch before"
        }
        (16, _) => {
            o.old_header.pools.bad_debt.0 += 1;
            "bad debt before"
        }
        (17, _) => {
            let at = rng.gen_range(0..o.nodes.len());
            let j = rng.gen_range(0..4);
            o.nodes[at].new[j] += Fr::ONE;
            "node"
        }
        (18, _) => {
            let at = rng.gen_range(0..o.nodes.len());
            let j = rng.gen_range(0..4);
            o.nodes[at].touched[j] ^= true;
            "touched"
        }
        _ => {
            o.accounts[a].cash.0 += 1;
            "cash"
        }
    }
}

#[test]
fn random_batches_and_their_neighbours() {
    let mut rng = StdRng::seed_from_u64(2026);
    let (mut done, mut seed) = (0, 0);
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut closed, mut accounts, mut positions, mut unchanged) = (0, 0, 0, 0);
    while done < VENUES {
        seed += 1;
        let Some(forge) = random_forge(seed, &mut rng) else {
            continue;
        };
        done += 1;
        assert!(native(&forge.instance, &forge.witness).is_ok());
        let honest = forge.built();
        assert_eq!(names(&honest.failures()), Vec::<String>::new(), "seed {seed}");
        *sizes.entry(forge.size.name).or_default() += 1;
        closed += usize::from(forge.instance.close);
        accounts += forge.witness.accounts.len();
        positions += forge
            .witness
            .accounts
            .iter()
            .map(|a| a.account.positions.len())
            .sum::<usize>();
        let local = Local::new(&honest);
        for _ in 0..RAW {
            let mut other = forge.clone();
            let what = tamper(&mut other.outcome, &mut rng, false);
            match local.verdict_of(&other.trace()) {
                (_, 0) => unchanged += 1,
                (Verdict::Accepted, _) => panic!("seed {seed}: accepted after a change of {what}"),
                _ => *refused.entry(what).or_default() += 1,
            }
        }
        for _ in 0..CONSISTENT {
            let mut other = forge.clone();
            let what = tamper(&mut other.outcome, &mut rng, true);
            other.roots();
            let built = other.built();
            if built.grid.col(0) == honest.grid.col(0) && local.changed(&built.grid).is_empty() {
                unchanged += 1;
                continue;
            }
            assert!(
                !built.failures().is_empty(),
                "seed {seed}: accepted after {what} with its roots"
            );
            *refused.entry(what).or_default() += 1;
        }
    }
    println!(
        "random batches: {done} accepted (sizes {sizes:?}, {closed} closing, {accounts} accounts, {positions} positions); \
         {} changed outcomes refused, {unchanged} changed no cell: {refused:?}",
        refused.values().sum::<usize>()
    );
}
