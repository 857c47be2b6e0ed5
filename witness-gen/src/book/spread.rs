//! Who holds what: integer draws from one ChaCha20 stream, and the spreading of series over accounts.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Percent of the accounts that are made to hold the target expiry.
const TARGET_PERCENT: u32 = 60;
/// One account in so many is a market maker, with many positions.
const ONE_MAKER_IN: u64 = 32;

/// The stream of draws. Own integer methods, so that a seed does not depend on a library's sampling.
pub(super) struct Draw(ChaCha20Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        let key = blake3::derive_key("zksettle 2026-11-22 generated book v1", &seed.to_le_bytes());
        Self(ChaCha20Rng::from_seed(key))
    }

    /// A number below `bound` (0 when `bound` is 0). The bias is below bound / 2^64.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        // The product is below bound * 2^64, so the upper half is below bound.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// How many positions an account aims at: mostly few (one more with chance 5/6), now and then a market maker's
    /// upper half of the range. The geometric mean is about 4 for 1..=40.
    pub(super) fn position_count(&mut self, min: u32, max: u32) -> u32 {
        if self.below(ONE_MAKER_IN) == 0 {
            let low = min.max(max / 2);
            return low + self.below(u64::from(max - low) + 1) as u32;
        }
        let mut count = min;
        while count < max && self.below(6) != 0 {
            count += 1;
        }
        count
    }

    /// Divides `lots` among the holders of a series: each side (long, short) adds up to `lots`, each holder has some.
    pub(super) fn divide(&mut self, lots: u64, holders: &[u32]) -> Vec<(u32, i64)> {
        let mut holders = holders.to_vec();
        self.shuffle(&mut holders);
        // Between 1 and all but one are long, and no side has more holders than lots.
        let most = lots.min(holders.len() as u64 - 1);
        let least = (holders.len() as u64).saturating_sub(lots).max(1);
        let longs = if most > least {
            least + self.below(most - least + 1)
        } else {
            least
        };
        let (long, short) = holders.split_at(longs as usize);
        let mut divided = Vec::with_capacity(holders.len());
        for (side, sign) in [(long, 1), (short, -1)] {
            // Lots are below 2^63, so every share fits an i64.
            let shares = self.shares(lots, side.len());
            divided.extend(
                side.iter()
                    .zip(shares)
                    .map(|(account, share)| (*account, sign * share as i64)),
            );
        }
        divided
    }

    /// `parts` positive shares of `lots`, skewed, in the coarsest decimal grain that leaves each part a grain.
    fn shares(&mut self, lots: u64, parts: usize) -> Vec<u64> {
        let fits = |grain: &u64| lots.is_multiple_of(*grain) && lots / grain >= parts as u64;
        let grain = [1_000_000, 100_000, 10_000, 1_000, 100, 10]
            .into_iter()
            .find(fits)
            .unwrap_or(1);
        let grains = lots / grain;
        let weights: Vec<u128> = (0..parts)
            .map(|_| u128::from(1 + self.below(1 << 12)) * u128::from(1 + self.below(1 << 12)))
            .collect();
        let total: u128 = weights.iter().sum();
        let spare = u128::from(grains.saturating_sub(parts as u64));
        // Each share is at most the spare, so it fits a u64.
        let mut shares: Vec<u64> = weights
            .iter()
            .map(|weight| 1 + (spare * weight / total) as u64)
            .collect();
        let given: u64 = shares.iter().sum();
        if let Some(first) = shares.first_mut() {
            *first += grains.saturating_sub(given);
        }
        shares.iter().map(|share| share * grain).collect()
    }
}

/// The holders of every kept series: the first `target_kept` are of the target expiry.
pub(super) struct Plan {
    pub(super) target_kept: usize,
    pub(super) holders: Vec<Vec<u32>>,
}

impl Plan {
    /// Spreads the target's series, then the others, over accounts that want `wanted` positions each. The lists hold the open
    /// interest of the series, largest first; what does not fit (every series needs two holders) is cut from their ends.
    pub(super) fn new(draw: &mut Draw, wanted: Vec<u32>, target: Vec<u64>, others: Vec<u64>) -> Self {
        let accounts = wanted.len();
        let slots: usize = wanted.iter().map(|count| *count as usize).sum();
        let holders = if others.is_empty() {
            accounts
        } else {
            (accounts * TARGET_PERCENT as usize).div_ceil(100).max(2)
        };
        let (target_slots, target_kept) = target_share(slots, holders, target.len(), others.len());
        let others_kept = others.len().min((slots - target_slots) / 2);

        // One slot for each chosen holder of the target, the rest of its slots among them as far as they have room.
        let mut order: Vec<u32> = (0..accounts as u32).collect();
        draw.shuffle(&mut order);
        let mut first: Vec<u32> = vec![0; accounts];
        let mut room = Vec::new();
        for (rank, account) in order.iter().enumerate() {
            let at = *account as usize;
            let spare = if rank < holders {
                first[at] = 1;
                wanted[at] - 1
            } else {
                wanted[at]
            };
            let mut spares = vec![*account; spare as usize];
            room.append(&mut spares);
            if rank + 1 == holders && room.len() + holders >= target_slots {
                break;
            }
        }
        draw.shuffle(&mut room);
        for account in room.iter().take(target_slots.saturating_sub(holders)) {
            first[*account as usize] += 1;
        }
        let second: Vec<u32> = wanted
            .iter()
            .zip(&first)
            .map(|(wanted, first)| wanted - first)
            .collect();

        let mut spread = Spread {
            load: vec![0; accounts],
            held: Vec::new(),
        };
        spread.place(draw, &target[..target_kept], &first);
        spread.settle_left_out(draw, &target[..target_kept], |account| first[account] > 0);
        spread.place(draw, &others[..others_kept], &second);
        let kept = [&target[..target_kept], &others[..others_kept]].concat();
        spread.settle_left_out(draw, &kept, |_| true);
        Self {
            target_kept,
            holders: spread.held,
        }
    }
}

/// How many of all slots go to the target expiry, and how many of its series those carry.
fn target_share(slots: usize, holders: usize, target: usize, others: usize) -> (usize, usize) {
    let share = if 2 * (target + others) <= slots {
        // Everything fits: a quarter of the slots, or what the series need.
        (slots / 4).clamp(2 * target, slots - 2 * others)
    } else {
        // Not everything fits: the target's series first, up to three quarters of the slots.
        (2 * target).min(slots * 3 / 4)
    };
    let share = if others == 0 {
        slots
    } else {
        share.max(holders).min(slots)
    };
    (share, target.min(share / 2).max(1))
}

/// The spreading under way.
struct Spread {
    /// Series held, by account.
    load: Vec<u32>,
    /// Holders, by series.
    held: Vec<Vec<u32>>,
}

impl Spread {
    /// Gives each series at least two distinct holders, more to those with more open interest, each account as often as it
    /// has tokens.
    fn place(&mut self, draw: &mut Draw, interest: &[u64], tokens: &[u32]) {
        let accounts = tokens.len();
        let mut pool: Vec<u32> = tokens
            .iter()
            .zip(0u32..)
            .flat_map(|(count, account)| std::iter::repeat_n(account, *count as usize))
            .collect();
        draw.shuffle(&mut pool);
        let total: u128 = interest.iter().map(|lots| u128::from(*lots)).sum();
        let spare = (pool.len() as u128).saturating_sub(2 * interest.len() as u128);
        // The series that last took an account, so that none takes it twice.
        let mut taken_by = vec![usize::MAX; accounts];
        for (series, &lots) in interest.iter().enumerate() {
            let extra = spare * u128::from(lots) / total.max(1);
            // One lot at least for every holder.
            let count = (2 + extra).min(accounts as u128).min(2 * u128::from(lots)) as usize;
            let mut list: Vec<u32> = Vec::with_capacity(count);
            while list.len() < count {
                // From the back: the pool is shuffled, so this is a random one that the series does not have yet.
                let at = (0..pool.len()).rev().find(|at| taken_by[pool[*at] as usize] != series);
                let account = match at {
                    Some(at) => pool.swap_remove(at),
                    None if list.len() >= 2 => break,
                    // No tokens left but of its own holder: take the account that holds least.
                    None => {
                        let start = draw.below(accounts as u64) as usize;
                        let free = (0..accounts)
                            .map(|step| (start + step) % accounts)
                            .filter(|account| taken_by[*account] != series)
                            .min_by_key(|account| self.load[*account]);
                        // There are two accounts or more, and the series has fewer than two.
                        let Some(account) = free else { break };
                        account as u32
                    }
                };
                taken_by[account as usize] = series;
                self.load[account as usize] += 1;
                list.push(account);
            }
            self.held.push(list);
        }
    }

    /// Accounts that must hold something and do not yet join a random series, where it has a lot for one more.
    fn settle_left_out(&mut self, draw: &mut Draw, interest: &[u64], must: impl Fn(usize) -> bool) {
        for account in 0..self.load.len() {
            if self.load[account] > 0 || !must(account) {
                continue;
            }
            let random = draw.below(interest.len() as u64) as usize;
            let has_room = |series: usize| self.held[series].len() as u128 + 1 < 2 * u128::from(interest[series]);
            let Some(series) = [random, 0].into_iter().find(|series| has_room(*series)) else {
                continue;
            };
            self.held[series].push(account as u32);
            self.load[account] += 1;
        }
    }
}
