//! Memory that held a witness is overwritten before it is given back.
//!
//! Everything here that is made of witness values stands in a [`Secret`] from the moment it is complete, so it is overwritten however its owner
//! ends: returned, failed or unwinding from a panic. A transform's room wipes itself ([`vector::fft::Scratch`]). That is best effort in safe
//! Rust: what the compiler keeps in registers and on the stack, and the copies of the setup's points that a multiplication sorts by its
//! digits, with their sums, are not reached.

use std::collections::BTreeMap;
use std::fmt;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use vector::Pack;

/// What can be overwritten.
pub(super) trait Wipe {
    fn wipe(&mut self);
}

/// What lists are made of.
pub(super) trait Cell: Copy {
    /// What it is overwritten with.
    const BLANK: Self;
    /// The values in it.
    #[cfg(test)]
    const VALUES: usize = 1;
}

impl Cell for Fr {
    const BLANK: Self = Self::ZERO;
}

impl Cell for Pack<Fr> {
    const BLANK: Self = Self::ZERO;
    #[cfg(test)]
    const VALUES: usize = vector::LANES;
}

impl Cell for u32 {
    const BLANK: Self = 0;
}

impl Cell for i32 {
    const BLANK: Self = 0;
}

/// A list in one piece of memory, with whatever stands behind its end.
impl<T: Cell> Wipe for Vec<T> {
    fn wipe(&mut self) {
        self.clear();
        // As far as the memory goes: no new one is taken.
        self.resize(self.capacity(), T::BLANK);
        // Keeps the compiler from dropping the stores to memory that is about to be freed.
        std::hint::black_box(&mut self[..]);
        #[cfg(test)]
        wiped::add(T::VALUES, self.len());
    }
}

impl<T: Cell> Wipe for Vec<Vec<T>> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(Wipe::wipe);
    }
}

impl<K> Wipe for BTreeMap<K, Fr> {
    fn wipe(&mut self) {
        self.values_mut().for_each(|value| *value = Fr::ZERO);
        std::hint::black_box(self.values_mut().next());
    }
}

/// Overwritten when it is dropped, and never printed.
#[derive(Default)]
pub(super) struct Secret<T: Wipe>(pub(super) T);

/// Values over the rows, or coefficients.
pub(super) type Column = Secret<Vec<Fr>>;
/// Several of them.
pub(super) type Columns = Secret<Vec<Vec<Fr>>>;
/// Values or coefficients, in packs.
pub(super) type Packs = Secret<Vec<Pack<Fr>>>;
/// Several of them.
pub(super) type PackColumns = Secret<Vec<Vec<Pack<Fr>>>>;

impl<T: Wipe> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Counts what this thread overwrote.
#[cfg(test)]
pub(super) mod wiped {
    use std::cell::Cell;

    /// Cells: of everything, and of packs.
    #[derive(Clone, Copy, Debug, Default)]
    pub(in super::super) struct Count {
        pub(in super::super) all: usize,
        pub(in super::super) packed: usize,
    }

    thread_local! {
        static CELLS: Cell<Count> = const { Cell::new(Count { all: 0, packed: 0 }) };
    }

    /// Adds a list with so many values in each of its places.
    pub(super) fn add(values: usize, places: usize) {
        let mut count = CELLS.get();
        count.all += values * places;
        if values > 1 {
            count.packed += values * places;
        }
        CELLS.set(count);
    }

    /// Cells overwritten while `work` ran, a panic in it included.
    pub(in super::super) fn during<T>(work: impl FnOnce() -> T) -> (Option<T>, Count) {
        let before = CELLS.get();
        let result = crate::caught(work);
        let after = CELLS.get();
        let count = Count {
            all: after.all - before.all,
            packed: after.packed - before.packed,
        };
        (result, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_reaches_every_cell_and_the_spare_ones() {
        let mut lists = vec![vec![Fr::from(7); 5], Vec::with_capacity(9)];
        lists[1].extend([Fr::from(8); 9]);
        lists[1].truncate(2);
        lists.wipe();
        assert!(lists.iter().flatten().all(|value| *value == Fr::ZERO));
        assert!(lists[0].len() >= 5 && lists[1].len() >= 9);
        let unit = vector::Unit::detect();
        let mut packs = vec![unit.packed(&[Fr::from(7); 16])];
        let (_, cells) = wiped::during(|| packs.wipe());
        assert!(packs[0].len() >= 2 && cells.packed >= 16);
        assert!(unit.unpacked(&packs[0]).iter().all(|value| *value == Fr::ZERO));
        let mut digits = vec![3i32, -4];
        digits.wipe();
        assert!(digits.iter().all(|digit| *digit == 0));
        let mut map = BTreeMap::from([(1, Fr::from(9))]);
        map.wipe();
        assert_eq!(map[&1], Fr::ZERO);
    }

    #[test]
    fn a_secret_is_overwritten_on_every_way_out_and_not_printed() {
        let secret = || Secret(vec![Fr::from(0x5ec2e7); 100]);
        let (text, cells) = wiped::during(|| format!("{:?}", secret()));
        assert!(text.is_some_and(|text| !text.contains("5ec2e7")) && cells.all >= 100);
        let (nothing, cells) = wiped::during(|| {
            let _held = secret();
            assert!(std::hint::black_box(false), "on purpose");
        });
        assert!(nothing.is_none() && cells.all >= 100);
    }
}
