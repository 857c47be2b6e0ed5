//! Regression: a whole attack. 127 nodes below an account's blinding the heap numbers come round modulo r, so a copy of the fee pool hidden
//! there could stand for the real one: accounts pay fees, the pool does not move (S7). Refused since a node's heap number is a 36-bit integer.

#![allow(non_snake_case)]

use circuits::cell::Grid;
use circuits::check::{Failure, check};
use circuits::chips::poseidon::{ROW_LAST, constants};
use circuits::rows::*;
use circuits::settlement::assign::{assign, need};
use circuits::settlement::circuit::fixed_cells;
use circuits::size::Size;
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use std::collections::BTreeMap;
use witness_gen::account::{Account, balance_word};
use witness_gen::ledger::{Ledger, LedgerParts};
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::poseidon::hash4;
use witness_gen::position::{Position, positions_digest};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::settlement::PriceSlot;
use witness_gen::units::*;

const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_500_800);

fn hash_rows(g: &mut Grid, row: usize, input: [Fr; 4]) -> Fr {
    let c = constants();
    let mut cells = [Fr::ZERO, input[0], input[1], input[2], input[3]];
    for (j, col) in HASH.into_iter().enumerate() {
        g.set(col, row, cells[j]);
    }
    for r in 0..ROW_LAST {
        cells = c.next_row(r, &cells);
        for (j, col) in HASH.into_iter().enumerate() {
            g.set(col, row + r + 1, cells[j]);
        }
    }
    let out = c.output(&cells);
    g.set(G, row + ROW_LAST, out);
    out
}

/// Writes a whole node step.
fn node(g: &mut Grid, row: usize, id: Fr, old: [Fr; 4], new: [Fr; 4], touched: [bool; 4]) -> [Fr; 2] {
    let a = hash_rows(g, row, old);
    let b = hash_rows(g, row + 21, new);
    g.set(F, row + 41, a);
    for (j, r) in dynamic::CHILD.into_iter().enumerate() {
        let r = row + r as usize;
        g.set(F, r, if touched[j] { -Fr::ONE } else { Fr::ZERO });
        g.set(G, r, id * Fr::from(4) + Fr::from(j as u64));
        g.set(F, r + 1, old[j]);
        g.set(G, r + 1, new[j]);
    }
    for ((col, r), v) in [
        (dynamic::PRODUCES, Fr::ONE),
        (dynamic::ID, id),
        ((F, dynamic::PRODUCT), Fr::ONE),
        ((G, dynamic::PRODUCT), id),
    ] {
        g.set(col, row + r as usize, v);
    }
    for r in dynamic::POSITIONS {
        g.set(F, row + r as usize + 3, old[3]);
        g.set(G, row + r as usize + 3, new[3]);
    }
    [a, b]
}

fn digits(t: Fr) -> Vec<usize> {
    // 127 base-4 digits, most significant first.
    let repr = t.to_repr();
    let bytes: &[u8] = repr.as_ref();
    let mut d: Vec<usize> = (0..127).map(|i| (bytes[i / 4] >> (2 * (i % 4)) & 3) as usize).collect();
    assert!(bytes[31] >> 6 == 0);
    d.reverse();
    d
}

/// The fake tree below an account's blinding: root first; (id, children) with `leaf` at the place whose heap number is 19 modulo r.
fn fake(leaf: Fr) -> Vec<(Fr, [Fr; 4], usize)> {
    let p = Fr::from(4 * ((1u64 << 28) + 3) + 3);
    let t = Fr::from(4) - p * Fr::from(4).pow([127]);
    let path = digits(t);
    let mut ids = vec![p];
    for d in &path {
        let last = *ids.last().unwrap();
        ids.push(last * Fr::from(4) + Fr::from(*d as u64));
    }
    assert_eq!(*ids.last().unwrap(), Fr::from(4));
    let mut below = leaf;
    let mut place = 3;
    let mut nodes = Vec::new();
    for (i, id) in ids.iter().enumerate().rev() {
        let mut children = [Fr::ZERO; 4];
        children[place] = below;
        nodes.push((*id, children, place));
        below = hash4(children);
        if i > 0 {
            place = path[i - 1];
        }
    }
    nodes.reverse();
    nodes
}

#[test]
fn test_invalid_settlement__s7_fees_vanish_in_a_tree_below_an_account() {
    let series = SeriesTerms::new(
        Underlying::ETH,
        EXPIRY,
        Kind::Call,
        Price::new(2_000_000_000).unwrap(),
        Price::ZERO,
    )
    .unwrap();
    let offset = Fr::from(2).pow([127]); // fees 0
    let old_fake = fake(offset);
    let old_blinding = hash4(old_fake[0].1);
    let account = |seed: u64, lots: Option<i64>, blinding: Fr| Account {
        owner: Fr::from(seed),
        cash: Cash(1 << 80),
        nonce: 1,
        positions: lots
            .map(|l| Position {
                series,
                lots: Lots::new(l).unwrap(),
            })
            .into_iter()
            .collect(),
        blinding,
    };
    let accounts = BTreeMap::from([
        (0, account(1, Some(5_000_000), Fr::from(3))),
        (1, account(2, Some(-5_000_000), Fr::from(4))),
        (3, account(9, None, old_blinding)),
    ]);
    let attacker = accounts[&3].clone();
    let parts = LedgerParts {
        domain: Fr::from(1),
        params: RiskParameters::default(),
        accounts,
        expiries: BTreeMap::from([(
            EXPIRY,
            (
                0,
                vec![OpenInterest {
                    series,
                    long: 5_000_000,
                    short: 5_000_000,
                }],
            ),
        )]),
        pools: Pools::default(),
        batch: 0,
        history: Fr::ZERO,
    };
    let price = PriceSlot {
        underlying: Underlying::ETH,
        price: Price::new(3_000_000_000).unwrap(),
    };
    let b = Ledger::from_parts(parts)
        .unwrap()
        .settle(&[0, 1], EXPIRY, [Some(price), None, None], true, |i, n| {
            Fr::from(u64::from(i) + 1000 * u64::from(n))
        })
        .unwrap();
    let size = Size::by_name("m").unwrap();
    let t = assign(size, &b.instance, &b.witness, &b.outcome, None).unwrap();
    let mut g = t.finish().unwrap().clone();
    let fixed = fixed_cells(&size);
    let mut inst = b.instance.to_fields();
    assert!(check(&size, &g, &fixed, &inst).is_empty());

    let fees_after = b.outcome.header.pools.fees.to_field();
    assert_ne!(fees_after, offset);
    let mut free = need(&b.witness).steps() + 2;
    // The fake nodes, bottom up.
    let new_fake = fake(fees_after);
    for ((id, old, place), (_, new, _)) in old_fake.iter().zip(&new_fake) {
        let mut touched = [false; 4];
        touched[*place] = true;
        node(&mut g, step_row(free), *id, *old, *new, touched);
        free += 1;
    }
    // The attacker's leaf, opened as a node.
    let leaf = |blinding| {
        [
            attacker.owner,
            balance_word(attacker.cash, attacker.nonce),
            positions_digest(&attacker.positions),
            blinding,
        ]
    };
    let (old, new) = (leaf(old_blinding), leaf(hash4(new_fake[0].1)));
    let [_, mut below] = node(
        &mut g,
        step_row(free),
        Fr::from((1 << 28) + 3),
        old,
        new,
        [false, false, false, true],
    );
    assert!(free < size.dynamic_steps);
    // Its ancestors, whose steps are there already; node 4 no longer touches the fees.
    let mut child = (1u64 << 28) + 3;
    while child > 1 {
        let (id, j) = (child / 4, (child % 4) as usize);
        let row = (0..size.dynamic_steps)
            .map(step_row)
            .find(|r| {
                let at = |(col, row): Place| g.at(col, *r, row);
                at(dynamic::PRODUCES) == Fr::ONE && at(dynamic::LEAF) == Fr::ZERO && at(dynamic::ID) == Fr::from(id)
            })
            .unwrap();
        let side = |at: usize| -> [Fr; 4] { std::array::from_fn(|c| g.at(HASH[c + 1], at, 0)) };
        let (old, mut new) = (side(row), side(row + 21));
        let mut touched: [bool; 4] = std::array::from_fn(|c| g.at(F, row + dynamic::CHILD[c] as usize, 0) != Fr::ZERO);
        touched[j] = true;
        new[j] = below;
        if id == 4 {
            touched[3] = false;
            new[3] = old[3];
        }
        [_, below] = node(&mut g, row, Fr::from(id), old, new, touched);
        child = id;
    }
    let before = inst[3];
    inst[3] = below;
    for row in PROGRAM_ROW..STATIC_ROWS {
        for col in [F, G] {
            if g.at(col, row, 0) == before {
                g.set(col, row, below);
            }
        }
    }
    let f = check(&size, &g, &fixed, &inst);
    let bounded = |f: &Failure| matches!(f, Failure::Gate { name, .. } if name.contains("heap number below 2^36"));
    assert!(f.iter().any(bounded), "{} other failures", f.len());
    let other = f.iter().filter(|f| !bounded(f)).count();
    println!(
        "refused by the bound in {} nodes; the rest of the attack fails {other} constraints",
        f.len() - other
    );
}
