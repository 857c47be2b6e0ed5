//! S8 and S9: padding, open interest, closing.

use circuits::rows::*;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{SeedableRng, rngs::StdRng};
use witness_gen::units::Cash;

use crate::common::sheet::{Sheet, fr};
use crate::common::*;
use crate::{named, now, refused, two};

#[test]
fn padding_may_hold_any_hash_inputs() {
    let mut rng = StdRng::seed_from_u64(3);
    let words: Vec<Fr> = (0..8).map(|_| Fr::random(&mut rng)).collect();
    let built = Forge::small().bent(|s| {
        let first = s.padding();
        let rows: Vec<usize> = s.dynamic_rows().filter(|r| *r >= first).collect();
        for row in rows {
            for (j, w) in words.iter().enumerate() {
                s.set(HASH[1 + j % 4], row, if j < 4 { 0 } else { NEW }, *w);
            }
        }
    });
    refused(&built, &[]);
    assert_eq!(built.fields, Forge::small().instance.to_fields());
}

#[test]
fn test_invalid_settlement__s8_nothing_but_padding() {
    let mut forge = Forge::small();
    let accounts_root = forge.outcome.old_header.accounts_root;
    forge.witness.accounts.clear();
    named(&forge, "S8");
    // Everything else follows: nothing is paid, nothing moves but batch number and history.
    forge.outcome.settled.clear();
    forge.follow();
    forge.outcome.nodes.clear();
    let series_root = forge.outcome.old_header.series_root;
    let header = &mut forge.outcome.header;
    (header.pools, header.accounts_root, header.series_root) = (forge.outcome.pools, accounts_root, series_root);
    let built = forge.edited(|s| {
        let holdings = s.node(4);
        s.set(F, holdings, dynamic::CHILD[0], Fr::ZERO);
    });
    refused(&built, &["step: S8 the first step is an account's"]);
}

#[test]
fn test_invalid_settlement__s8_padding_as_leaf() {
    let built = Forge::small().bent(|s| {
        let row = s.padding();
        s.put(row, dynamic::LEAF, Fr::ONE);
        s.put(row, dynamic::PRODUCES, Fr::ONE);
        s.set(F, row, dynamic::PRODUCT, Fr::ONE);
    });
    let found = names(&built.failures());
    assert!(
        found.contains(&"step: S8 an account begins after a leaf".into()),
        "{found:?}"
    );
    // A leaf that copies the one of another account, which it may not follow.
    let built = Forge::small().bent(|s| {
        let (row, leaf) = (s.padding(), s.leaf(NONE));
        for r in 0..STEP as i32 {
            for col in 0..PHASE0 {
                let v = s.get(col, leaf, r);
                s.set(col, row, r, v);
            }
        }
    });
    let found = names(&built.failures());
    assert!(
        found.contains(&"step: S8 an account begins after a leaf".into()),
        "{found:?}"
    );
    assert!(found.contains(&"bus".into()), "{found:?}");
}

#[test]
fn test_invalid_settlement__s8_padding_as_node() {
    let built = Forge::small().bent(|s| {
        let row = s.padding();
        s.put(row, dynamic::PRODUCES, Fr::ONE);
        s.set(F, row, dynamic::PRODUCT, Fr::ONE);
        for (j, r) in dynamic::CHILD.into_iter().enumerate() {
            s.set(G, row, r, fr(j as u64));
        }
    });
    refused(&built, &["bus"]);
    let built = Forge::small().bent(|s| {
        let row = s.padding();
        s.set(F, row, dynamic::CHILD[0], -Fr::ONE);
    });
    refused(
        &built,
        &["bus", "node: child 0: S8 sent is 0, or 1 in its kind of step"],
    );
}

#[test]
fn test_invalid_settlement__s8_padding_as_chunk() {
    let built = Forge::small().bent(|s| {
        let row = s.padding();
        s.put(row, dynamic::CHUNK, Fr::ONE);
        s.put(row, dynamic::BUSY, Fr::ONE);
    });
    let found = names(&built.failures());
    for gate in [
        "step: S8 an account begins after a leaf",
        "step: S8 only chunk or leaf goes on",
    ] {
        assert!(found.contains(&gate.into()), "{found:?}");
    }
    // Positions, new words or lots of a step that is no chunk.
    let edits: [(&str, fn(&mut Sheet, usize)); 3] = [
        ("chunk: S8 position 0 only in a chunk", |s, row| {
            let [first, ..] = dynamic::POSITIONS;
            s.put(row + first as usize, position::PRESENT, Fr::ONE)
        }),
        ("node: child 0: S8 sent is 0, or 1 in its kind of step", |s, row| {
            s.set(F, row, dynamic::CHILD[0], -Fr::ONE)
        }),
        ("position: S2 absent: no lots", |s, row| {
            s.set_group(row, dynamic::POSITIONS[0], 5, false)
        }),
    ];
    for (gate, edit) in edits {
        let found = names(&Forge::small().bent(|s| edit(s, s.padding())).failures());
        assert!(found.contains(&gate.into()), "{found:?}");
    }
}

#[test]
fn test_invalid_settlement__s8_padding_as_chain() {
    // A carried series offered once more, after the chain has ended: it would need an end of its own.
    let built = Forge::small().bent(|s| {
        let row = s.padding();
        s.put(row, dynamic::LINK, Fr::ONE);
        s.put(row, dynamic::LIVE, Fr::ONE);
        s.put(row, dynamic::BUSY, Fr::ONE);
    });
    refused(&built, &["chain: goes on until the last sentinel"]);
}

#[test]
fn test_invalid_settlement__s9_open_interest_falls_by_other_lots() {
    for (long, by) in [(true, 1), (true, -1), (false, 1)] {
        let mut forge = Forge::small();
        let entry = &mut forge.outcome.open_interest[1];
        let side = if long { &mut entry.long } else { &mut entry.short };
        *side = side.saturating_add_signed(by);
        forge.roots();
        named(&forge, "S6");
        refused(&forge.built(), &["bus"]);
    }
}

#[test]
fn test_invalid_settlement__s9_more_settled_than_open() {
    let mut forge = Forge::small();
    let at = forge
        .witness
        .open_interest
        .iter()
        .position(|o| o.series == now(0))
        .expect("listed");
    forge.witness.open_interest[at].long = 3_000_000;
    forge.follow();
    assert_eq!(forge.outcome.open_interest[at].long, u64::MAX);
    forge.roots();
    named(&forge, "S9");
    refused(&forge.built(), &["bus", "interest: S9 long' is an amount"]);
    // -1 as the field has it.
    let built = forge.edited(|s| {
        let step = s.interest(now(0));
        s.set(HASH[3], step, NEW, -Fr::ONE);
        s.set(
            F,
            step,
            interest::SERIES_LONG,
            fr(3_000_001) * fr(5).invert().unwrap_or(Fr::ZERO),
        );
        s.set(G, step, interest::LONG_AFTER, -Fr::ONE);
    });
    let found = names(&built.failures());
    assert!(found.contains(&"group: 63-bit value".into()), "{found:?}");
}

#[test]
fn test_invalid_settlement__s9_unpriced_series_falls() {
    let mut forge = Forge::small();
    let at = forge
        .witness
        .open_interest
        .iter()
        .position(|o| o.series == now(7))
        .expect("listed");
    forge.outcome.open_interest[at].long -= 1;
    forge.roots();
    named(&forge, "S6");
    refused(
        &forge.built(),
        &["bus", "interest: S9 a passing series keeps its long lots"],
    );
}

#[test]
fn test_invalid_settlement__s9_priced_series_passes() {
    // Its positions are settled, its open interest stays: nobody pays for them.
    let mut forge = Forge::small();
    let at = forge
        .witness
        .open_interest
        .iter()
        .position(|o| o.series == now(0))
        .expect("listed");
    forge.outcome.open_interest[at] = forge.witness.open_interest[at];
    forge.roots();
    named(&forge, "S6");
    let built = forge.edited(|s| {
        let step = s.interest(now(0));
        s.set(F, step, interest::SERIES_LONG, Fr::ZERO);
        s.put(step, interest::SETTLES, Fr::ZERO);
    });
    let found = names(&built.failures());
    assert!(found.contains(&"bus".into()), "{found:?}");
}

#[test]
fn test_invalid_settlement__s9_closed_with_open_lots() {
    let mut forge = Forge::small();
    forge.instance.close = true;
    forge.roots();
    named(&forge, "S9");
    assert_ne!(forge.outcome.pools.clearing, Cash::ZERO);
    let gates =
        ["clearing' is 0", "no long lots left", "no short lots left"].map(|g| format!("interest: S9 closed: {g}"));
    refused(&forge.built(), &gates.each_ref().map(String::as_str));
}

#[test]
fn test_invalid_settlement__s9_closed_with_clearing() {
    let mut forge = Forge::closing();
    forge.witness.pools.clearing = Cash(1);
    forge.follow();
    forge.roots();
    named(&forge, "S9");
    refused(&forge.built(), &["interest: S9 closed: clearing' is 0"]);
}

#[test]
fn test_invalid_settlement__s9_closed_and_kept() {
    let built = Forge::closing().edited(|s| {
        let step = last(s);
        let digest = s.get(G, step, OUT_NEW);
        s.set(G, step, interest::SLOT + 1, digest);
    });
    refused(&built, &["interest: S9 slot message: new digest, empty when closed"]);
    // And the other way: emptied without being closed.
    let built = Forge::small().edited(|s| {
        let step = last(s);
        s.set(G, step, interest::SLOT + 1, Fr::ZERO);
    });
    refused(&built, &["interest: S9 slot message: new digest, empty when closed"]);
}

fn last(s: &Sheet) -> usize {
    s.interest_rows()
        .find(|r| s.get(F, *r, interest::TOTALS) == Fr::ONE)
        .expect("a last series")
}

#[test]
fn test_invalid_settlement__s9_series_left_out() {
    // The list ends before its last series, which passes: the old digest is another one.
    let mut forge = Forge::small();
    let honest = forge.instance.old_state;
    forge.witness.open_interest.pop();
    forge.outcome.open_interest.pop();
    named(&forge, "S1");
    forge.roots();
    let mut built = forge.built();
    built.fields[2] = honest;
    refused(&built, &["bus"]);
    // The list goes on, but no last step says where it ends.
    let built = Forge::small().bent(|s| {
        let step = last(s);
        for r in [interest::SLOT, interest::TOTALS] {
            s.set(F, step, r, Fr::ZERO);
        }
        s.put(step, interest::GOES_ON, Fr::ONE);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s9_list_without_a_beginning() {
    // A series after the last one, as if the list went on, and one where no list can be before it: the first step of open interest.
    let gate = "interest: S9 a list begins with its first series, and goes on";
    let mut forge = Forge::small();
    forge.witness.open_interest.pop();
    forge.outcome.open_interest.pop();
    forge.roots();
    refused(&forge.built(), &[]);
    let built = forge.bent(|s| {
        let step = last(s) + STEP;
        s.put(step, interest::PRESENT, Fr::ONE);
        s.put(step, interest::GOES_ON, Fr::ONE);
    });
    let found = names(&built.failures());
    assert!(found.contains(&gate.into()), "{found:?}");
    let built = Forge::small().bent(|s| {
        let first = s.interest_rows().next().expect("steps of open interest");
        s.set(F, first, interest::EXPIRY, Fr::ZERO);
    });
    let found = names(&built.failures());
    assert!(found.contains(&gate.into()), "{found:?}");
    // What it would have to go on from stands in the last dynamic step, and is pinned.
    let built = Forge::small().bent(|s| {
        let first = s.interest_rows().next().expect("steps of open interest");
        s.set(F, first, interest::EXPIRY, Fr::ZERO);
        s.put(first - STEP, dynamic::BUSY, Fr::ONE);
    });
    let found = names(&built.failures());
    assert!(found.contains(&"program: first field".into()), "{found:?}");
}

#[test]
fn test_invalid_settlement__s9_slot_plus_256() {
    let built = Forge::small().bent(|s| {
        let step = last(s);
        for (group, by) in [(interest::DISTANCE, 256), (interest::FIRST_REST, 512)] {
            s.add(F, step, group, fr(by));
            s.add(LB, step, group + 3, fr(by));
        }
        s.add(G, step, interest::SLOT, two(8));
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s9_price_of_an_unused_slot() {
    // An unused slot that says a price is no instance; the price alone moves the history.
    let mut forge = Forge::small();
    let mut built = forge.built();
    built.fields[10] = fr(5);
    assert!(witness_gen::statement::settlement::Instance::from_fields(&built.fields).is_err());
    refused(&built, &["bus"]);
    forge.instance.prices[1] = slot_of(SOL, 150_000_000);
    forge.roots();
    refused(&forge.built(), &["bus"]);
}
