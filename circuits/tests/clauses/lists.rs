//! S1 and S2: openings and lists.

use circuits::rows::*;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::position::positions_digest;

use crate::common::sheet::{Sheet, fr, low};
use crate::common::*;
use crate::{later, named, now, refused, two};

#[test]
fn test_invalid_settlement__s1_account_not_under_old_root() {
    let mut forge = Forge::small();
    let at = forge.at(ONE);
    forge.witness.accounts[at].account.cash.0 += 1;
    named(&forge, "S1");
    // One unit more, before and after: the leaf holds in itself, the root does not.
    let built = Forge::small().bent(|s| {
        let leaf = s.leaf(ONE);
        let [low_half, _] = dynamic::CASH;
        s.add(HASH[2], leaf, 0, two(32));
        s.add(HASH[2], leaf, NEW, two(32));
        let cash = low(s.get(G, leaf, low_half)) + 1;
        s.set_group(leaf, low_half, cash, true);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s1_account_twice() {
    let mut forge = Forge::small();
    let at = forge.at(NONE);
    forge.witness.accounts.push(forge.witness.accounts[at].clone());
    forge.outcome.accounts.push(forge.outcome.accounts[at].clone());
    named(&forge, "S1");
    refused(&forge.built(), &["bus"]);
}

#[test]
fn test_invalid_settlement__s1_index_plus_4_to_the_12() {
    let mut forge = Forge::small();
    let at = forge.at(ONE);
    forge.witness.accounts[at].index += 1 << 24;
    named(&forge, "S1");
    // The alias as the leaf's number: 8 times its top limb is no limb, and no node takes the leaf.
    let built = Forge::small().bent(|s| {
        let leaf = s.leaf(ONE);
        s.add(LB, leaf, 3, fr(64));
        let [top, _] = dynamic::CASH;
        s.add(LB, leaf, top + 3, fr(512));
        s.add(F, leaf, top, fr(512));
        s.raise(leaf, dynamic::ID, two(24));
        s.add(G, leaf, dynamic::PRODUCT, two(24));
    });
    refused(&built, &["bus"]);
    // The alias in the limbs alone.
    let built = Forge::small().bent(|s| {
        let leaf = s.leaf(ONE);
        s.add(LB, leaf, 3, fr(64));
    });
    refused(
        &built,
        &["leaf: S1 index top limb", "leaf: S1 stands in the account tree"],
    );
}

#[test]
fn test_invalid_settlement__s1_untouched_account_changes() {
    let built = Forge::small().edited(|s| {
        let parent = s.node((1 << 26) + u64::from(ONE / 4));
        s.add(HASH[1], parent, NEW, Fr::ONE);
    });
    refused(&built, &["node: child 0: S1 S7 untouched stays"]);
}

#[test]
fn test_invalid_settlement__s1_node_at_two_places() {
    // The parent of NONE and MANY claims another heap number: nobody takes it, and its children stand elsewhere.
    let built = Forge::small().bent(|s| {
        let parent = s.node((1 << 26) + u64::from(MANY / 4));
        s.raise(parent, dynamic::ID, Fr::ONE);
        s.add(G, parent, dynamic::PRODUCT, Fr::ONE);
        s.add(LA, parent, 0, Fr::ONE);
        for r in dynamic::CHILD {
            s.add(G, parent, r, fr(4));
        }
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s2_unsorted_list() {
    let forge = with_account(MANY, |a| a.positions.swap(0, 1));
    named(&forge, "S2");
    refused(&forge.built(), &["bus", "position: S2 ranks strictly increase"]);
}

/// The gaps of the first three positions as the gate wants them: the upper half, or the lower one, takes what the field says.
fn gaps(s: &mut Sheet, upper: bool) {
    let half = |v: Fr, by: u64| v * fr(by).invert().unwrap_or(Fr::ZERO);
    for r in s.positions(MANY).into_iter().take(3) {
        let gap = half(s.of(r, position::RANK) - s.of(r - 4, position::RANK) - fr(2), 2);
        let (low, high) = if upper {
            (Fr::ZERO, half(gap, 512))
        } else {
            (gap, Fr::ZERO)
        };
        let old = s.get(LA, r, dynamic::GAP_HIGH);
        s.set(LB, r, 3, low);
        s.set(LA, r, dynamic::GAP_HIGH, high);
        // Where the upper half borrows a limb of a group, the group follows.
        let chunk = r - (r - STATIC_ROWS) % STEP;
        let row = (r - chunk) as i32 + dynamic::GAP_HIGH;
        if let Some(group) = dynamic::CASH.into_iter().find(|g| (*g..*g + 4).contains(&row)) {
            s.add(G, chunk, group, (high - old) * two(18 * (row - group) as u64));
        }
    }
}

#[test]
fn test_invalid_settlement__s2_unsorted_list_with_a_negative_gap() {
    let forge = with_account(MANY, |a| a.positions.swap(0, 1));
    for upper in [false, true] {
        refused(&forge.edited(|s| gaps(s, upper)), &["bus"]);
    }
}

#[test]
fn test_invalid_settlement__s2_unsorted_list_with_sorted_ranks() {
    let forge = with_account(MANY, |a| a.positions.swap(0, 1));
    let built = forge.edited(|s| {
        let r = s.positions(MANY);
        let (a, b) = (s.of(r[0], position::RANK), s.of(r[1], position::RANK));
        s.put(r[0], position::RANK, b);
        s.put(r[1], position::RANK, a);
        gaps(s, false);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s2_rank_of_odd_parity() {
    // A settled position as a carried one: its rank one higher would need half a gap.
    let built = Forge::small().edited(|s| {
        let r = s.positions(MANY)[0];
        s.raise(r, position::RANK, Fr::ONE);
        s.put(r, position::CARRIED, Fr::ONE);
        gaps(s, false);
    });
    refused(&built, &["bus", "position: S3 carried positions are counted"]);
}

#[test]
fn test_invalid_settlement__s2_series_twice() {
    let forge = with_account(MANY, |a| a.positions.insert(1, a.positions[0]));
    named(&forge, "S2");
    refused(&forge.built(), &["bus", "position: S2 ranks strictly increase"]);
}

#[test]
fn test_invalid_settlement__s2_dropped_position() {
    // The account without one of its positions, under the digest of the whole list.
    let honest = small_accounts();
    let digest = positions_digest(&honest[&MANY].positions);
    let forge = with_account(MANY, |a| a.positions.retain(|p| p.series != later(2)));
    let mut claim = forge.clone();
    claim.instance.old_state = Forge::small().instance.old_state;
    named(&claim, "S1");
    let built = forge.edited(|s| {
        let leaf = s.leaf(MANY);
        s.set(HASH[3], leaf, 0, digest);
    });
    assert_eq!(built.fields[2], Forge::small().instance.old_state);
    refused(&built, &["leaf: S2 old digest"]);
}

#[test]
fn test_invalid_settlement__s2_count_above_what_is_absorbed() {
    let built = Forge::small().edited(|s| {
        let leaf = s.leaf(MANY);
        let first = s.first_chunk(leaf);
        s.add(HASH[1], first, 0, Fr::ONE);
        for row in (first..leaf).step_by(STEP) {
            s.raise(row, dynamic::LEFT, Fr::ONE);
            s.add(G, row, dynamic::PRODUCT, Fr::ONE);
        }
    });
    refused(
        &built,
        &[
            "chunk: S2 only the last chunk is padded",
            "leaf: S2 whole list absorbed",
        ],
    );
    let built = Forge::small().edited(|s| {
        let first = s.first_chunk(s.leaf(MANY));
        s.add(HASH[1], first, 0, Fr::ONE);
    });
    refused(&built, &["chunk: S2 digest begins with the count or goes on"]);
}

#[test]
fn test_invalid_settlement__s2_zero_quantity() {
    // As an absent position that is absorbed.
    let built = Forge::small().edited(|s| {
        let r = s.positions(MANY)[8];
        let word = later(3).word().to_field() + two(247);
        s.set(G, r, 0, word);
        s.set(HASH[4], r - dynamic::POSITIONS[2] as usize, 0, word);
    });
    refused(&built, &["position: S2 absent: word 0"]);
    // As a present one, carried: the least lots of a present one are 1.
    let built = Forge::small().edited(|s| {
        let r = s.positions(MANY)[7];
        let chunk = r - dynamic::POSITIONS[1] as usize;
        let word = now(7).word().to_field() + two(247);
        assert_eq!(s.get(HASH[2], chunk, NEW), s.get(G, r, 0));
        s.set(G, r, 0, word);
        s.set(HASH[3], chunk, 0, word);
        s.set(HASH[2], chunk, NEW, word);
        s.set_group(r, 0, 0, false);
    });
    refused(&built, &["bus"]);
}

#[test]
fn test_invalid_settlement__s2_padded_chunk_in_the_middle() {
    // The second chunk of three without its last position: the count is kept, the list goes on.
    let built = Forge::small().edited(|s| {
        let leaf = s.leaf(MANY);
        let chunk = leaf - 2 * STEP;
        let r = chunk + dynamic::POSITIONS[2] as usize;
        for place in [position::WORD, position::PRESENT, position::CARRIED] {
            s.put(r, place, Fr::ZERO);
        }
        s.set_group(r, 0, 0, false);
        s.set(HASH[4], chunk, 0, Fr::ZERO);
    });
    refused(
        &built,
        &[
            "bus",
            "chunk: S2 only the last chunk is padded",
            "chunk: S2 positions left",
            "position: S5 cash so far",
        ],
    );
}
