//! The input that every peer gets: N accounts of one position each, in a committed book of 2^20 accounts.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use ark_ff::PrimeField;
use circuits::settlement::fit::Need;
use circuits::size::{SIZES, Size};
use clap::ValueEnum;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use witness_gen::tree::{ACCOUNT_DEPTH, SparseTree};

use crate::error::Failure;
use crate::field::{self, signed, to_ark, to_halo2};
use crate::ours;
use crate::poseidon::{F, Hash};

/// log2 of the accounts of the book.
pub(crate) const DEPTH: usize = 20;
/// Settlement price, 10^-6 quote.
const PRICE: u64 = 3_021_550_000;
/// Strikes of the board, each as a call and a put.
const STRIKES: u64 = 8;
/// Where the accounts' cash is counted from in a leaf, so that it is never negative.
pub(crate) const CASH_BIAS: u32 = 127;

/// Where the settled accounts stand in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layout {
    /// At random numbers: hardly any two share a path.
    Scattered,
    /// One after the other: an expiry that most of the book holds looks like that to a prover that shares paths.
    Neighbours,
}

/// An account and its one position.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Number of its leaf.
    pub(crate) index: u32,
    /// A put, not a call.
    pub(crate) put: bool,
    /// The short side, not the long one.
    pub(crate) short: bool,
    /// 10^-6 quote.
    pub(crate) strike: u64,
    /// 10^-6 contract.
    pub(crate) lots: u64,
    /// Cash before, 10^-12 quote.
    pub(crate) cash: i64,
    /// Hash of the owner's key.
    #[serde(with = "field::text")]
    pub(crate) owner: F,
    /// Blinding of the leaf before.
    #[serde(with = "field::text")]
    pub(crate) blinding: F,
    /// Blinding of the leaf after.
    #[serde(with = "field::text")]
    pub(crate) new_blinding: F,
}

impl Account {
    /// Payoff of one lot, 10^-6 quote.
    pub(crate) fn payoff(&self, price: u64) -> u64 {
        if self.put {
            self.strike.saturating_sub(price)
        } else {
            price.saturating_sub(self.strike)
        }
    }

    /// What the account gets, 10^-12 quote.
    pub(crate) fn value(&self, price: u64) -> i128 {
        let value = i128::from(self.lots) * i128::from(self.payoff(price));
        if self.short { -value } else { value }
    }

    /// Kind and side in one field of the leaf.
    pub(crate) fn terms(&self) -> u64 {
        u64::from(self.put) + 2 * u64::from(self.short)
    }

    /// The leaf before: owner, cash + 2^127, terms, strike, lots, blinding.
    pub(crate) fn fields(&self) -> [F; 6] {
        let cash = self.biased(0);
        [
            self.owner,
            cash,
            self.terms().into(),
            self.strike.into(),
            self.lots.into(),
            self.blinding,
        ]
    }

    /// The leaf after: the cash has moved, the position is gone.
    pub(crate) fn new_fields(&self, price: u64) -> [F; 6] {
        let zero = F::from(0);
        [
            self.owner,
            self.biased(self.value(price)),
            zero,
            zero,
            zero,
            self.new_blinding,
        ]
    }

    fn biased(&self, value: i128) -> F {
        F::from(1u128 << CASH_BIAS) + signed(i128::from(self.cash) + value)
    }
}

/// The book under one hash, as a binary tree of depth 20.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Book {
    /// Its root.
    #[serde(with = "field::text")]
    pub(crate) root: F,
    /// Siblings of every account under that root, from the leaf upward.
    #[serde(with = "field::texts")]
    pub(crate) paths: Vec<Vec<F>>,
    /// d = H(d, leaf) over the accounts' leaves, from 0.
    #[serde(with = "field::text")]
    pub(crate) digest: F,
    /// The root when all accounts are settled.
    #[serde(with = "field::text")]
    pub(crate) new_root: F,
    /// Siblings of every account at the moment when it is settled: the accounts before it are settled already.
    #[serde(with = "field::texts")]
    pub(crate) updates: Vec<Vec<F>>,
}

/// The input.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Where the accounts stand.
    pub(crate) layout: Layout,
    /// Settlement price, 10^-6 quote.
    pub(crate) price: u64,
    /// Sum of what all accounts get, 10^-12 quote.
    pub(crate) total: i64,
    /// The accounts.
    pub(crate) accounts: Vec<Account>,
    /// The book with circomlib's Poseidon. Only where the accounts are scattered: a path costs the peers the same everywhere.
    pub(crate) circomlib: Option<Book>,
    /// The book with Poseidon2, likewise.
    pub(crate) poseidon2: Option<Book>,
    /// Siblings in our account tree: 12 times three, from the leaf upward, in one list.
    #[serde(with = "field::texts")]
    pub(crate) ours: Vec<Vec<F>>,
}

impl Job {
    /// Makes the job of `n` accounts, trees included: minutes of hashing on a slow machine.
    pub(crate) fn make(n: usize, seed: u64, layout: Layout) -> Result<Self, Failure> {
        let accounts = accounts(n, seed, layout);
        let total: i128 = accounts.iter().map(|account| account.value(PRICE)).sum();
        let total = i64::try_from(total).map_err(|_| Failure::new("the sum of the payouts: expected 64 bits"))?;
        let scattered = layout == Layout::Scattered;
        let book = |hash| scattered.then(|| Book::make(hash, seed, &accounts));
        Ok(Self {
            layout,
            price: PRICE,
            total,
            circomlib: book(Hash::Circomlib),
            poseidon2: book(Hash::Poseidon2),
            ours: our_paths(seed, &accounts)?,
            accounts,
        })
    }

    /// Reads a job.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::about(path, &error))?;
        serde_json::from_reader(BufReader::new(file)).map_err(|error| Failure::about(path, &error))
    }

    /// Writes it.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        let file = File::create(path).map_err(|error| Failure::about(path, &error))?;
        serde_json::to_writer(BufWriter::new(file), self).map_err(|error| Failure::about(path, &error))
    }

    /// The book of a hash.
    pub(crate) fn book(&self, hash: Hash) -> Result<&Book, Failure> {
        let book = match hash {
            Hash::Circomlib => &self.circomlib,
            Hash::Poseidon2 => &self.poseidon2,
        };
        book.as_ref()
            .ok_or_else(|| Failure::new("this job has no binary book: expected the scattered one"))
    }
}

/// The first `n` accounts of a seed. Positions do not depend on the layout.
fn accounts(n: usize, seed: u64, layout: Layout) -> Vec<Account> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut numbers = numbers(seed);
    (0..n)
        .map(|i| Account {
            put: rng.r#gen(),
            short: rng.r#gen(),
            strike: PRICE / 100 * (92 + 2 * rng.gen_range(0..STRIKES)),
            lots: 1_000_000 + u64::from(rng.gen_range(0..100_000_000u32)),
            cash: i64::from(rng.r#gen::<i32>()) << 24,
            owner: element(&mut rng),
            blinding: element(&mut rng),
            new_blinding: element(&mut rng),
            index: match layout {
                Layout::Scattered => numbers.next().expect("an endless iterator"),
                Layout::Neighbours => i as u32,
            },
        })
        .collect()
}

/// Distinct numbers of accounts at random.
fn numbers(seed: u64) -> impl Iterator<Item = u32> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0x6e75_6d62_6572);
    let mut seen = BTreeSet::new();
    std::iter::from_fn(move || Some(rng.gen_range(0..1u32 << DEPTH))).filter(move |number| seen.insert(*number))
}

/// Uniform up to 2^-2 of the field's size: enough for what has to be distinct and hidden.
fn element(rng: &mut impl RngCore) -> F {
    let mut bytes = [0; 31];
    rng.fill_bytes(&mut bytes);
    F::from_le_bytes_mod_order(&bytes)
}

/// The leaf of an account that is not settled: as good as random to everybody.
fn filler(seed: u64, index: usize) -> F {
    let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0x6669_6c6c);
    rng.set_stream(index as u64);
    element(&mut rng)
}

impl Book {
    fn make(hash: Hash, seed: u64, accounts: &[Account]) -> Self {
        let mut leaves: Vec<F> = (0..1usize << DEPTH).into_par_iter().map(|i| filler(seed, i)).collect();
        for account in accounts {
            leaves[account.index as usize] = hash.leaf(&account.fields());
        }
        let mut tree = Tree::new(hash, leaves);
        let root = tree.root();
        let paths = accounts
            .iter()
            .map(|account| tree.path(account.index as usize))
            .collect();
        let digest = accounts.iter().fold(F::from(0), |digest, account| {
            hash.pair(digest, hash.leaf(&account.fields()))
        });
        let mut updates = Vec::new();
        for account in accounts {
            updates.push(tree.path(account.index as usize));
            tree.set(account.index as usize, hash.leaf(&account.new_fields(PRICE)));
        }
        Self {
            root,
            paths,
            digest,
            new_root: tree.root(),
            updates,
        }
    }
}

/// A full binary tree.
struct Tree {
    hash: Hash,
    levels: Vec<Vec<F>>,
}

impl Tree {
    fn new(hash: Hash, leaves: Vec<F>) -> Self {
        let mut levels = vec![leaves];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            levels.push(
                below
                    .par_chunks_exact(2)
                    .map(|pair| hash.pair(pair[0], pair[1]))
                    .collect(),
            );
        }
        Self { hash, levels }
    }

    fn root(&self) -> F {
        self.levels[DEPTH][0]
    }

    fn path(&self, index: usize) -> Vec<F> {
        (0..DEPTH)
            .map(|height| self.levels[height][(index >> height) ^ 1])
            .collect()
    }

    fn set(&mut self, index: usize, leaf: F) {
        self.levels[0][index] = leaf;
        for height in 1..=DEPTH {
            let place = index >> height;
            let below = &self.levels[height - 1];
            self.levels[height][place] = self.hash.pair(below[2 * place], below[2 * place + 1]);
        }
    }
}

/// Paths of the accounts in our tree over the same number of leaves.
fn our_paths(seed: u64, accounts: &[Account]) -> Result<Vec<Vec<F>>, Failure> {
    let mut leaves: Vec<_> = (0..1u32 << DEPTH)
        .into_par_iter()
        .map(|i| (i, to_halo2(&filler(seed, i as usize))))
        .collect();
    for account in accounts {
        leaves[account.index as usize].1 = ours::account(account)?.leaf();
    }
    let tree = SparseTree::from_leaves(ACCOUNT_DEPTH, leaves)?;
    let path = |account: &Account| tree.path(account.index).iter().flatten().map(to_ark).collect();
    Ok(accounts.iter().map(path).collect())
}

/// The smallest size of our circuit that takes the job.
pub(crate) fn size_of(job: &Job) -> Result<Size, Failure> {
    let need = need(&job.accounts)?;
    let fitting = SIZES.into_iter().find(|size| need.fits(size));
    fitting.ok_or_else(|| Failure::new("more accounts than the largest size of our circuit takes"))
}

fn need(accounts: &[Account]) -> Result<Need, Failure> {
    let series: BTreeSet<(bool, u64)> = accounts.iter().map(|account| (account.put, account.strike)).collect();
    let mut need = Need::new(series.len());
    for account in accounts {
        need.add(account.index, &ours::account(account)?.positions);
    }
    Ok(need)
}

/// How many scattered accounts fill a size.
pub(crate) fn capacity(size: &Size, seed: u64) -> Result<usize, Failure> {
    let all = accounts(size.dynamic_steps, seed, Layout::Scattered);
    let (mut low, mut high) = (0, all.len());
    while low + 1 < high {
        let middle = (low + high) / 2;
        *(if need(&all[..middle])?.fits(size) {
            &mut low
        } else {
            &mut high
        }) = middle;
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recomputes roots from paths the way the circuits do, for both hashes, membership and update.
    #[test]
    fn paths_lead_to_the_roots() {
        let job = Job::make(5, 3, Layout::Scattered).expect("a small job");
        let up = |hash: Hash, index: u32, leaf: F, path: &[F]| {
            path.iter()
                .enumerate()
                .fold(leaf, |node, (height, sibling)| match index >> height & 1 {
                    0 => hash.pair(node, *sibling),
                    _ => hash.pair(*sibling, node),
                })
        };
        for hash in [Hash::Circomlib, Hash::Poseidon2] {
            let book = job.book(hash).expect("scattered");
            let (mut root, mut digest) = (book.root, F::from(0));
            for ((account, path), update) in job.accounts.iter().zip(&book.paths).zip(&book.updates) {
                let leaf = hash.leaf(&account.fields());
                assert_eq!(up(hash, account.index, leaf, path), book.root);
                assert_eq!(up(hash, account.index, leaf, update), root);
                root = up(hash, account.index, hash.leaf(&account.new_fields(job.price)), update);
                digest = hash.pair(digest, leaf);
            }
            assert_eq!((root, digest), (book.new_root, book.digest));
            assert_ne!(book.root, book.new_root);
        }
        let again: Job =
            serde_json::from_str(&serde_json::to_string(&job).expect("plain data")).expect("what was written");
        assert_eq!(
            again.book(Hash::Circomlib).expect("scattered").root,
            job.book(Hash::Circomlib).expect("scattered").root
        );
    }

    /// Our own rules settle the same accounts to the same sum.
    #[test]
    fn ours_pays_the_same() {
        let job = Job::make(9, 4, Layout::Neighbours).expect("a small job");
        let batch = ours::Batch::of(&job).expect("a valid batch");
        let paid = batch.outcome.total_payout.finish().expect("a small sum");
        assert_eq!(paid.0, i128::from(job.total));
        assert_ne!(job.total, 0);
    }
}
