//! What the tests of this crate share: reference data and a small seeded venue.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use ff::Field;
use halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use witness_gen::account::Account;
use witness_gen::open_interest::{OpenInterest, oi_digest};
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms, SeriesWord};
use witness_gen::state::{Pools, StateHeader};
use witness_gen::statement::settlement::{AccountUpdate, Outcome, PRICE_SLOTS, PriceSlot, Witness};
use witness_gen::tree::{ACCOUNT_DEPTH, SERIES_DEPTH, SparseTree};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

/// A reference file, or `None` (said by count) where the data is not there.
pub fn reference_file(file: &str) -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("ZKSETTLE_DATA")
        .map_or(default, PathBuf::from)
        .join(file);
    if !path.exists() {
        let required = std::env::var("ZKSETTLE_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "ZKSETTLE_REQUIRE_DATA=1, but {} is not there",
            path.display()
        );
        println!("skipped: 1 file ({file}) is not there");
        return None;
    }
    Some(path)
}

/// The rows of a reference file after its header, or `None` (said by count) where the data is not there.
pub fn reference_rows(file: &str) -> Option<Vec<csv::StringRecord>> {
    let path = reference_file(file)?;
    let mut reader = csv::Reader::from_path(&path).expect("the reference file opens");
    Some(
        reader
            .records()
            .map(|row| row.expect("the reference file is CSV"))
            .collect(),
    )
}

pub fn price(value: u64) -> Price {
    Price::new(value).expect("test prices are below 2^63")
}

pub fn lots(value: i64) -> Lots {
    Lots::new(value).expect("test quantities are not 0")
}

pub const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_500_800);
pub const LATER: ExpiryMinutes = ExpiryMinutes(29_510_880);
pub const SLOT: u8 = 77;

/// A venue in the clear: accounts, open interest of two expiries, pools, both trees.
#[derive(Clone)]
pub struct Venue {
    pub params: RiskParameters,
    pub accounts: BTreeMap<u32, Account>,
    pub open_interest: Vec<OpenInterest>,
    pub accounts_tree: SparseTree,
    pub series_tree: SparseTree,
    pub header: StateHeader,
    pub rng: StdRng,
}

pub fn both_prices() -> [Option<PriceSlot>; PRICE_SLOTS] {
    let slot = |underlying, value| {
        Some(PriceSlot {
            underlying,
            price: price(value),
        })
    };
    [
        slot(Underlying::ETH, 3_021_550_000),
        None,
        slot(Underlying::BTC, 97_345_120_000),
    ]
}

/// Three strikes of each kind on two underlyings, for one expiry.
pub fn board(expiry: ExpiryMinutes) -> Vec<SeriesTerms> {
    let mut series = Vec::new();
    for (underlying, spot) in [(Underlying::BTC, 97_000_000_000), (Underlying::ETH, 3_000_000_000u64)] {
        for kind in Kind::ALL {
            for percent in [90, 100, 110] {
                let strike = spot / 100 * percent;
                let cap = match kind {
                    Kind::CappedCall => strike + spot / 20,
                    Kind::CappedPut => strike - spot / 20,
                    Kind::DigitalCall | Kind::DigitalPut => 1_000_000_000,
                    _ => 0,
                };
                let terms = SeriesTerms::new(underlying, expiry, kind, price(strike), price(cap));
                series.push(terms.expect("a cap only where the kind has one"));
            }
        }
    }
    series.sort();
    series
}

impl Venue {
    /// `count` accounts at random leaves, `trades` random trades among them, all netted.
    pub fn seeded(seed: u64, count: usize, trades: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut holdings: BTreeMap<u32, BTreeMap<SeriesWord, i64>> = BTreeMap::new();
        while holdings.len() < count {
            holdings.insert(rng.gen_range(0..1 << (2 * ACCOUNT_DEPTH)), BTreeMap::new());
        }
        let indices: Vec<u32> = holdings.keys().copied().collect();
        let series: Vec<SeriesTerms> = [board(EXPIRY), board(LATER)].concat();
        for _ in 0..trades {
            let word = series[rng.gen_range(0..series.len())].word();
            let quantity = rng.gen_range(1..5_000_000);
            for (side, sign) in [(1, 1), (1, -1)] {
                let account = indices[rng.gen_range(0..indices.len())];
                let held = holdings
                    .get_mut(&account)
                    .expect("an account that was made")
                    .entry(word)
                    .or_default();
                *held += side * sign * quantity;
            }
        }
        let accounts: BTreeMap<u32, Account> = holdings
            .into_iter()
            .map(|(index, held)| {
                let positions = held
                    .into_iter()
                    .filter(|(_, quantity)| *quantity != 0)
                    .map(|(word, quantity)| Position {
                        series: SeriesTerms::from_word(word).expect("a word of the board"),
                        lots: lots(quantity),
                    })
                    .collect();
                let cash = Cash(rng.gen_range(-1_000_000_000_000_000_000..1_000_000_000_000_000_000));
                let owner = Fr::random(&mut rng);
                let blinding = Fr::random(&mut rng);
                (
                    index,
                    Account {
                        owner,
                        cash,
                        nonce: rng.gen_range(0..9),
                        positions,
                        blinding,
                    },
                )
            })
            .collect();
        let pools = Pools {
            insurance: Cash(5_000_000_000_000),
            fees: Cash(7_000_000),
            clearing: Cash::ZERO,
            total_cash: Cash(1 << 80),
            bad_debt: Cash::ZERO,
        };
        Self::new(accounts, pools, rng)
    }

    /// The venue of given accounts, with the open interest they imply.
    pub fn new(accounts: BTreeMap<u32, Account>, pools: Pools, rng: StdRng) -> Self {
        let mut sides: BTreeMap<SeriesTerms, (u64, u64)> = BTreeMap::new();
        for position in accounts.values().flat_map(|account| &account.positions) {
            let (long, short) = sides.entry(position.series).or_default();
            *if position.lots.is_long() { long } else { short } += position.lots.magnitude();
        }
        let open_interest: Vec<OpenInterest> = sides
            .into_iter()
            .filter(|(series, _)| series.expiry == EXPIRY)
            .map(|(series, (long, short))| OpenInterest { series, long, short })
            .collect();
        let accounts_tree = SparseTree::from_leaves(ACCOUNT_DEPTH, accounts.iter().map(|(i, a)| (*i, a.leaf())));
        let slots = [
            (u32::from(SLOT), oi_digest(EXPIRY, &open_interest)),
            (200, Fr::from(12345)),
        ];
        let series_tree = SparseTree::from_leaves(SERIES_DEPTH, slots).expect("two of 256 slots");
        let accounts_tree = accounts_tree.expect("indices below 4^12");
        let header = StateHeader {
            accounts_root: accounts_tree.root(),
            series_root: series_tree.root(),
            pools,
            batch: 41,
            history: Fr::from(4711),
        };
        let params = RiskParameters::default();
        Self {
            params,
            accounts,
            open_interest,
            accounts_tree,
            series_tree,
            header,
            rng,
        }
    }

    /// The witness of a batch over the given accounts.
    pub fn witness(&mut self, indices: &[u32]) -> Witness {
        let accounts = indices
            .iter()
            .map(|index| AccountUpdate {
                index: *index,
                account: self.accounts[index].clone(),
                new_blinding: Fr::random(&mut self.rng),
                path: self
                    .accounts_tree
                    .path(*index)
                    .try_into()
                    .expect("a path of the account tree"),
            })
            .collect();
        Witness {
            params: self.params,
            pools: self.header.pools,
            history: self.header.history,
            accounts,
            open_interest: self.open_interest.clone(),
            slot: SLOT,
            series_path: self
                .series_tree
                .path(SLOT.into())
                .try_into()
                .expect("a path of the series tree"),
        }
    }

    pub fn indices(&self) -> Vec<u32> {
        self.accounts.keys().copied().collect()
    }

    /// Takes a batch over, through the trees: an independent way to the new header.
    pub fn apply(&mut self, indices: &[u32], outcome: &Outcome) {
        for (index, account) in indices.iter().zip(&outcome.accounts) {
            self.accounts_tree
                .set(*index, account.leaf())
                .expect("an index of the venue");
            self.accounts.insert(*index, account.clone());
        }
        self.open_interest.clone_from(&outcome.open_interest);
        self.series_tree
            .set(SLOT.into(), outcome.new_slot)
            .expect("a slot of 256");
        self.header = StateHeader {
            accounts_root: self.accounts_tree.root(),
            series_root: self.series_tree.root(),
            ..outcome.header
        };
    }

    /// Sum of all cash and pools that settlement moves money between.
    pub fn money(&self) -> i128 {
        let pools = &self.header.pools;
        let held: i128 = self.accounts.values().map(|account| account.cash.get()).sum();
        held + pools.clearing.get() + pools.fees.get() + pools.insurance.get()
    }
}
