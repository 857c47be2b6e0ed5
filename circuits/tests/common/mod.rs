//! What the circuit's tests share: a small book, a forger of batches, and a sheet whose hashes follow an edit.
#![allow(dead_code, unreachable_pub, missing_docs)]

#[path = "../../../witness-gen/tests/support/mod.rs"]
pub mod support;

pub mod local;
pub mod sheet;

use std::collections::BTreeMap;

use circuits::cell::Grid;
use circuits::check::{Failure, check};
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::fixed_cells;
use circuits::size::Size;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{SeedableRng, rngs::StdRng};
use sheet::Sheet;
use support::*;
use witness_gen::account::Account;
use witness_gen::open_interest::oi_digest;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms, SeriesWord};
use witness_gen::state::{Pools, StateHeader, inputs_digest, next_history};
use witness_gen::statement::settlement::{
    Instance, Outcome, PRICE_SLOTS, PriceSlot, STATEMENT_ID, SettledSeries, Witness, execute,
};
use witness_gen::tree::{ACCOUNT_DEPTH, LeafChange, multi_opening, root_from_path};
use witness_gen::units::{Cash, ExpiryMinutes, PerLot, Underlying};

/// A third underlying, listed but not priced unless a test does so.
pub const SOL: Underlying = Underlying(3);
/// Accounts of the small book: many positions, some, none, one, and the counterparty.
pub const MANY: u32 = 5;
pub const SOME: u32 = 6;
pub const NONE: u32 = 7;
pub const ONE: u32 = (1 << 24) - 1;
pub const OTHER: u32 = 8;

pub fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

pub fn terms(underlying: Underlying, expiry: ExpiryMinutes, kind: Kind, strike: u64, cap: u64) -> SeriesTerms {
    SeriesTerms::new(underlying, expiry, kind, price(strike), price(cap)).expect("a cap only where the kind has one")
}

/// Eight series of the expiry (seven of them priced, seven kinds) and four of a later one.
pub fn small_board() -> (Vec<SeriesTerms>, Vec<SeriesTerms>) {
    let (btc, eth) = (Underlying::BTC, Underlying::ETH);
    let (b, e) = (97_000_000_000, 3_000_000_000);
    let now = vec![
        terms(btc, EXPIRY, Kind::Call, b, 0),
        terms(btc, EXPIRY, Kind::CappedCall, b - 5_000_000_000, b),
        terms(btc, EXPIRY, Kind::DigitalCall, b, 1_000_000_000),
        terms(btc, EXPIRY, Kind::InverseCall, b - 1, 0),
        terms(eth, EXPIRY, Kind::Put, 2 * e, 0),
        terms(eth, EXPIRY, Kind::CappedPut, 2 * e, e + 500_000_000),
        terms(eth, EXPIRY, Kind::InversePut, 2 * e, 0),
        terms(SOL, EXPIRY, Kind::DigitalPut, 200_000_000, 7_000_000),
    ];
    let later = vec![
        terms(btc, LATER, Kind::Call, b, 0),
        terms(btc, LATER, Kind::Put, b, 0),
        terms(eth, LATER, Kind::Call, e, 0),
        terms(eth, LATER, Kind::Put, e, 0),
    ];
    (now, later)
}

/// The small book's accounts; every series nets to 0 over them.
pub fn small_accounts() -> BTreeMap<u32, Account> {
    let mut rng = StdRng::seed_from_u64(11);
    let (now, later) = small_board();
    let book = |held: &[(SeriesTerms, i64)]| {
        let mut positions: Vec<Position> = held
            .iter()
            .map(|(series, q)| Position {
                series: *series,
                lots: lots(*q),
            })
            .collect();
        positions.sort_by_key(|p| p.series);
        positions
    };
    let many = book(&[
        (now[0], 3_000_001),
        (now[1], -2_500_000),
        (now[2], 1_000_000),
        (now[4], -4_000_000),
        (now[7], 900_000),
        (later[0], 5),
        (later[1], -7),
        (later[2], 11),
    ]);
    let some = book(&[
        (now[3], 2_000_000),
        (now[5], 1_500_000),
        (later[0], -5),
        (later[1], 7),
        (later[3], 1),
    ]);
    let one = book(&[(now[6], -1)]);
    let mut net: BTreeMap<SeriesWord, i64> = BTreeMap::new();
    for p in many.iter().chain(&some).chain(&one) {
        *net.entry(p.series.word()).or_default() -= p.lots.get();
    }
    let other: Vec<(SeriesTerms, i64)> = net
        .into_iter()
        .filter(|(_, q)| *q != 0)
        .map(|(w, q)| (SeriesTerms::from_word(w).expect("a word of the board"), q))
        .collect();
    let other = book(&other);
    [(MANY, many), (SOME, some), (NONE, vec![]), (ONE, one), (OTHER, other)]
        .into_iter()
        .map(|(index, positions)| {
            let account = Account {
                owner: Fr::random(&mut rng),
                cash: Cash(i128::from(index) * 1_000_000_000_000_000 - 77),
                nonce: index,
                positions,
                blinding: Fr::random(&mut rng),
            };
            (index, account)
        })
        .collect()
}

pub fn pools() -> Pools {
    Pools {
        insurance: Cash(5_000_000_000_000),
        fees: Cash(7_000_000),
        clearing: Cash::ZERO,
        total_cash: Cash(1 << 80),
        bad_debt: Cash::ZERO,
    }
}

pub fn venue_of(accounts: BTreeMap<u32, Account>) -> Venue {
    Venue::new(accounts, pools(), StdRng::seed_from_u64(12))
}

pub fn slot_of(underlying: Underlying, value: u64) -> Option<PriceSlot> {
    Some(PriceSlot {
        underlying,
        price: price(value),
    })
}

/// All three underlyings priced: what a closing batch of the small book needs.
pub fn all_prices() -> [Option<PriceSlot>; PRICE_SLOTS] {
    let [eth, _, btc] = both_prices();
    [eth, slot_of(SOL, 150_000_000), btc]
}

/// A batch that can be bent: what `assign` reads, and ways to make the rest of it agree again.
#[derive(Clone)]
pub struct Forge {
    pub size: Size,
    pub instance: Instance,
    pub witness: Witness,
    pub outcome: Outcome,
}

/// A finished trace with its public inputs.
pub struct Built {
    pub size: Size,
    pub grid: Grid,
    pub fields: [Fr; Instance::LEN],
}

impl Forge {
    pub fn new(
        venue: &mut Venue,
        indices: &[u32],
        close: bool,
        prices: [Option<PriceSlot>; PRICE_SLOTS],
        size: Size,
    ) -> Self {
        let witness = venue.witness(indices);
        let batch = venue.header.batch + 1;
        let (instance, outcome) = execute(Fr::from(99), &witness, batch, EXPIRY, close, prices).expect("a valid batch");
        Self {
            size,
            instance,
            witness,
            outcome,
        }
    }

    /// The small book without its counterparty, at size xs.
    pub fn small() -> Self {
        Self::new(
            &mut venue_of(small_accounts()),
            &[MANY, SOME, NONE, ONE],
            false,
            both_prices(),
            size("xs"),
        )
    }

    /// The whole small book, closing the expiry.
    pub fn closing() -> Self {
        let mut venue = venue_of(small_accounts());
        let indices = venue.indices();
        Self::new(&mut venue, &indices, true, all_prices(), size("xs"))
    }

    /// Position of an account in the witness.
    pub fn at(&self, index: u32) -> usize {
        self.witness
            .accounts
            .iter()
            .position(|a| a.index == index)
            .expect("an account of the batch")
    }

    pub fn settled(&mut self, series: SeriesTerms) -> &mut SettledSeries {
        self.outcome
            .settled
            .iter_mut()
            .find(|s| s.series == series)
            .expect("a settled series")
    }

    /// Accounts, pools and open interest as the settled list says, whatever it says; sums wrap.
    pub fn follow(&mut self) {
        let settled: BTreeMap<SeriesWord, SettledSeries> =
            self.outcome.settled.iter().map(|s| (s.series.word(), *s)).collect();
        let (mut payouts, mut fees) = (0i128, 0i128);
        let mut open = self.witness.open_interest.clone();
        self.outcome.accounts.clear();
        for update in &self.witness.accounts {
            let mut after = update.account.clone();
            after.nonce = after.nonce.wrapping_add(1);
            after.blinding = update.new_blinding;
            after.positions.clear();
            for p in &update.account.positions {
                let Some(s) = settled.get(&p.series.word()) else {
                    after.positions.push(*p);
                    continue;
                };
                let pay = i128::from(p.lots.get()) * i128::from(s.payoff.get());
                let fee = i128::from(p.lots.magnitude()) * i128::from(s.fee.get());
                after.cash = Cash(after.cash.get().wrapping_add(pay).wrapping_sub(fee));
                payouts = payouts.wrapping_add(pay);
                fees = fees.wrapping_add(fee);
                if let Some(o) = open.iter_mut().find(|o| o.series == p.series) {
                    let side = if p.lots.is_long() { &mut o.long } else { &mut o.short };
                    *side = side.wrapping_sub(p.lots.magnitude());
                }
            }
            self.outcome.accounts.push(after);
        }
        self.outcome.open_interest = open;
        self.outcome.pools = Pools {
            clearing: Cash(self.witness.pools.clearing.get().wrapping_sub(payouts)),
            fees: Cash(self.witness.pools.fees.get().wrapping_add(fees)),
            ..self.witness.pools
        };
    }

    /// Leaves, nodes, slot, headers and instance from the accounts, lists and pools as they stand.
    pub fn roots(&mut self) {
        let o = &mut self.outcome;
        let w = &self.witness;
        o.old_leaves = w.accounts.iter().map(|a| a.account.leaf()).collect();
        o.new_leaves = o.accounts.iter().map(Account::leaf).collect();
        let changes: Vec<LeafChange<'_>> = w
            .accounts
            .iter()
            .enumerate()
            .map(|(i, a)| LeafChange {
                index: a.index,
                old: o.old_leaves[i],
                new: o.new_leaves[i],
                path: &a.path,
            })
            .collect();
        let opening = multi_opening(ACCOUNT_DEPTH, &changes).expect("paths of one tree");
        o.nodes = opening.nodes;
        o.old_slot = oi_digest(self.instance.expiry, &w.open_interest);
        o.new_slot = if self.instance.close {
            Fr::ZERO
        } else {
            oi_digest(self.instance.expiry, &o.open_interest)
        };
        let series_root = |slot| root_from_path(u32::from(w.slot), slot, &w.series_path);
        o.old_header = StateHeader {
            accounts_root: opening.old_root,
            series_root: series_root(o.old_slot),
            pools: w.pools,
            batch: self.instance.batch - 1,
            history: w.history,
        };
        self.instance.parameters = w.params.digest();
        self.instance.old_state = o.old_header.root();
        o.header = StateHeader {
            accounts_root: opening.new_root,
            series_root: series_root(o.new_slot),
            pools: o.pools,
            batch: self.instance.batch,
            history: Fr::ZERO,
        };
        self.history();
        self.instance.new_state = self.outcome.header.root();
    }

    /// The history of the instance as it stands.
    pub fn history(&mut self) {
        let inputs = inputs_digest(&self.instance);
        self.outcome.header.history = next_history(self.witness.history, self.instance.old_state, STATEMENT_ID, inputs);
    }

    pub fn trace(&self) -> Grid {
        let trace = assign(self.size, &self.instance, &self.witness, &self.outcome, None).expect("fits");
        trace.finish().expect("no overlap").clone()
    }

    pub fn built(&self) -> Built {
        Built {
            size: self.size,
            grid: self.trace(),
            fields: self.instance.to_fields(),
        }
    }

    /// The same without changing the instance: what the edit leads to need not be what it says.
    pub fn bent(&self, edit: impl Fn(&mut Sheet)) -> Built {
        let mut sheet = Sheet::new(self.trace(), self.size);
        edit(&mut sheet);
        sheet.relink();
        sheet.recount();
        Built {
            size: self.size,
            grid: sheet.grid,
            fields: self.instance.to_fields(),
        }
    }

    /// The trace after an edit: hashes, nodes, limb counts, roots and history follow; edited cells stay as they are.
    pub fn edited(&self, edit: impl Fn(&mut Sheet)) -> Built {
        let mut this = self.clone();
        loop {
            let mut sheet = Sheet::new(this.trace(), this.size);
            edit(&mut sheet);
            sheet.relink();
            sheet.recount();
            let [old, new] = sheet.state();
            if (old, new) == (this.instance.old_state, this.instance.new_state) {
                return Built {
                    size: this.size,
                    grid: sheet.grid,
                    fields: this.instance.to_fields(),
                };
            }
            this.instance.old_state = old;
            this.history();
            this.instance.new_state = new;
        }
    }
}

/// The small batch over accounts of which one has another list: everything that can follow follows.
pub fn with_account(index: u32, edit: impl Fn(&mut Account)) -> Forge {
    let mut forge = Forge::small();
    let mut accounts = small_accounts();
    edit(accounts.get_mut(&index).expect("an account of the book"));
    forge.witness = venue_of(accounts).witness(&[MANY, SOME, NONE, ONE]);
    forge.follow();
    forge.roots();
    forge
}

impl Built {
    pub fn failures(&self) -> Vec<Failure> {
        check(&self.size, &self.grid, &fixed_cells(&self.size), &self.fields)
    }
}

/// Names of the gates that fail, without rows or repetition; "bus" for the bus.
pub fn names(failures: &[Failure]) -> Vec<String> {
    let mut all: Vec<String> = failures
        .iter()
        .map(|f| match f {
            Failure::Gate { name, .. } => name.clone(),
            Failure::Bus => "bus".into(),
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

pub fn per_lot(value: u64) -> PerLot {
    PerLot::new(value).expect("test amounts are below 2^63")
}
