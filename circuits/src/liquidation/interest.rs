//! L6, open interest: what a liquidator nets leaves both sides of its series. Each expiry in which that happens is rewritten from the first such
//! series on: what its digest was before that one is a value of the prover's, which the digest after it pins.

use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::open_interest::{OpenInterest, oi_digest};
use witness_gen::series::SeriesTerms;
use witness_gen::tree::{SERIES_DEPTH, Siblings, SparseTree};
use witness_gen::units::ExpiryMinutes;

use super::accounts::LOTS;
use super::layout::{Layout, Netted};
use super::rows::tag;
use crate::builder::plan::{ONE, Wire, ZERO};

/// An expiry that is rewritten.
struct Rewritten {
    slot: u32,
    path: Vec<Siblings>,
    /// The digest before the first series that is netted.
    seed: Fr,
    list: Vec<(OpenInterest, u64)>,
}

/// How many series of an expiry a batch rewrites: from the first that it nets on.
pub fn rewritten(list: &[OpenInterest], is_netted: impl Fn(&SeriesTerms) -> bool) -> usize {
    let first = list.iter().position(|entry| is_netted(&entry.series));
    first.map_or(0, |first| list.len() - first)
}

impl Layout<'_> {
    /// The root of series after the batch.
    pub(super) fn l6_interest(&mut self, netted: &Netted, root: Wire) -> Wire {
        let rewritten = self.rewritten_expiries(netted);
        (0..self.size.expiries).fold(root, |root, i| self.expiry(rewritten.get(i), root))
    }

    fn rewritten_expiries(&self, netted: &Netted) -> Vec<Rewritten> {
        let Some(of) = self.of else { return Vec::new() };
        let slots = of.witness.expiries.iter();
        let leaves = slots.map(|(expiry, (slot, list))| (u32::from(*slot), oi_digest(*expiry, list)));
        let Ok(mut tree) = SparseTree::from_leaves(SERIES_DEPTH, leaves) else {
            return Vec::new();
        };
        let mut touched: Vec<ExpiryMinutes> = netted.keys().map(|series| series.expiry).collect();
        touched.dedup();
        let mut expiries = Vec::new();
        for (expiry, (slot, list)) in of
            .witness
            .expiries
            .iter()
            .filter(|(expiry, _)| touched.contains(expiry))
        {
            let slot = u32::from(*slot);
            let rest = rewritten(list, |series| netted.contains_key(series));
            let (before, rest) = list.split_at(list.len() - rest);
            let of = |entry: &OpenInterest| netted.get(&entry.series).copied().unwrap_or(0);
            let left = |entry: &OpenInterest| OpenInterest {
                long: entry.long.saturating_sub(of(entry)),
                short: entry.short.saturating_sub(of(entry)),
                ..*entry
            };
            expiries.push(Rewritten {
                slot,
                path: tree.path(slot),
                seed: oi_digest(*expiry, before),
                list: rest.iter().map(|entry| (*entry, of(entry))).collect(),
            });
            // The slot is one of the tree's: it was built from it.
            let after: Vec<OpenInterest> = list.iter().map(left).collect();
            let _ = tree.set(slot, oi_digest(*expiry, &after));
        }
        expiries
    }

    /// One expiry: its digest before is in the tree of series, its digest after takes its place; or nothing happens.
    fn expiry(&mut self, of: Option<&Rewritten>, root: Wire) -> Wire {
        let places = self.size.interest;
        let p = &mut self.plan;
        let active = p.bit(of.is_some());
        let seed = p.hint(of.map_or(ZERO, |of| of.seed));
        let (mut before, mut after, mut present) = (seed, seed, active);
        for i in 0..places {
            let entry = of.and_then(|of| of.list.get(i));
            let next = p.bit(entry.is_some());
            p.assert(-ONE, &[(next, ONE), (present, ZERO)], ZERO);
            present = next;
            let series = p.hint(entry.map_or(ZERO, |(e, _)| e.series.word().to_field()));
            let [long, short] = entry
                .map_or([0; 2], |(e, _)| [e.long, e.short])
                .map(|v| p.hint(Fr::from(v)));
            let netted = p.hint(entry.map_or(ZERO, |(_, n)| Fr::from(*n)));
            // Nothing is netted where nothing stands.
            p.assert(-ONE, &[(netted, ONE), (present, ZERO)], ZERO);
            let [long_left, short_left] =
                [long, short].map(|side| p.bounded(ZERO, &[(side, ONE), (netted, -ONE)], ZERO, LOTS));
            let out = p.hash([before, series, long, short]);
            before = p.select(present, before, out);
            let out = p.hash([after, series, long_left, short_left]);
            after = p.select(present, after, out);
            let times = p.scale(netted, -Fr::from(2), ZERO);
            p.count(tag::INTEREST, &[series], times);
        }
        let empty = vec![[ZERO; 3]; SERIES_DEPTH];
        let (slot, path) = of.map_or((0, &empty), |of| (of.slot, &of.path));
        let [from, to] = p.replace(slot, path, before, after);
        p.equal_where(active, from, root);
        p.select(active, root, to)
    }
}
