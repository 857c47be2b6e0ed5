//! Arithmetic on whole slices of packs.

use crate::{Field, Kind, LANES, Pack, Unit, prefetch, wrapped};

impl Unit {
    /// Packs elements, eight in a pack.
    ///
    /// # Panics
    /// Unless `values` are eight times as many as `out` has packs.
    pub fn pack<F: Field>(&self, values: &[F], out: &mut [Pack<F>]) {
        assert_eq!(values.len(), LANES * out.len(), "elements of {} packs", out.len());
        match self.kind {
            Kind::Plain => {
                for (values, out) in values.chunks_exact(LANES).zip(out) {
                    for (i, value) in values.iter().enumerate() {
                        out.set_plain(i, *value);
                    }
                }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::PackAll(values, out)),
        }
    }

    /// The packs of a list whose length is a multiple of eight.
    ///
    /// # Panics
    /// For another length.
    pub fn packed<F: Field>(&self, values: &[F]) -> Vec<Pack<F>> {
        let mut out = vec![Pack::ZERO; values.len() / LANES];
        self.pack(values, &mut out);
        out
    }

    /// The elements of packs.
    ///
    /// # Panics
    /// Unless `out` has eight places for each pack.
    pub fn unpack<F: Field>(&self, packs: &[Pack<F>], out: &mut [F]) {
        assert_eq!(out.len(), LANES * packs.len(), "elements of {} packs", packs.len());
        match self.kind {
            Kind::Plain => {
                for (out, pack) in out.chunks_exact_mut(LANES).zip(packs) {
                    for (i, value) in out.iter_mut().enumerate() {
                        *value = pack.plain(i);
                    }
                }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::UnpackAll(packs, out)),
        }
    }

    /// All elements of packs, in a list.
    pub fn unpacked<F: Field>(&self, packs: &[Pack<F>]) -> Vec<F> {
        let mut out = vec![F::ZERO; LANES * packs.len()];
        self.unpack(packs, &mut out);
        out
    }

    /// values · others, one by one.
    ///
    /// # Panics
    /// For lists of different lengths.
    pub fn multiply<F: Field>(&self, values: &mut [Pack<F>], others: &[Pack<F>]) {
        assert_eq!(values.len(), others.len(), "packs to multiply");
        match self.kind {
            Kind::Plain => each(values, others, |v, o| v * o),
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::Multiply(values, others)),
        }
    }

    /// values · factor, one by one.
    pub fn scale<F: Field>(&self, values: &mut [Pack<F>], factor: F) {
        match self.kind {
            Kind::Plain => {
                for pack in values {
                    for i in 0..LANES {
                        pack.set_plain(i, pack.plain(i) * factor);
                    }
                }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::Scale(values, factor)),
        }
    }

    /// first, first·ratio, first·ratio², …: eight for each pack.
    pub fn powers<F: Field>(&self, first: F, ratio: F, packs: usize) -> Vec<Pack<F>> {
        let head: Vec<F> = std::iter::successors(Some(first), |value| Some(*value * ratio))
            .take(LANES)
            .collect();
        let mut out = self.packed(&head);
        out.reserve(packs);
        // Each round appends what is there, moved on by its own length.
        let mut step = ratio.square().square().square();
        while out.len() < packs {
            let have = out.len();
            out.extend_from_within(..have.min(packs - have));
            self.scale(&mut out[have..], step);
            step = step.square();
        }
        out.truncate(packs);
        out
    }

    /// values · factor + others, one by one.
    ///
    /// # Panics
    /// For lists of different lengths.
    pub fn scale_add<F: Field>(&self, values: &mut [Pack<F>], factor: F, others: &[Pack<F>]) {
        assert_eq!(values.len(), others.len(), "packs to add");
        match self.kind {
            Kind::Plain => each(values, others, |v, o| v * factor + o),
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::ScaleAdd(values, factor, others)),
        }
    }

    /// values + factor · others, one by one.
    ///
    /// # Panics
    /// For lists of different lengths.
    pub fn add_scaled<F: Field>(&self, values: &mut [Pack<F>], factor: F, others: &[Pack<F>]) {
        assert_eq!(values.len(), others.len(), "packs to add");
        match self.kind {
            Kind::Plain => each(values, others, |v, o| v + factor * o),
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => vector::run(t, vector::AddScaled(values, factor, others)),
        }
    }

    /// The polynomial with these coefficients, lowest first, at a point.
    pub fn evaluate<F: Field>(&self, coefficients: &[Pack<F>], point: F) -> F {
        match self.kind {
            Kind::Plain => coefficients.iter().rev().fold(F::ZERO, |value, pack| {
                (0..LANES).rev().fold(value, |value, i| value * point + pack.plain(i))
            }),
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(t) => {
                // Lane i sums up the coefficients of x^(8v+i).
                let eighth = point.square().square().square();
                let mut sums = [Pack::ZERO];
                vector::run(t, vector::Horner(coefficients, eighth, &mut sums[0]));
                let mut lanes = [F::ZERO; LANES];
                self.unpack(&sums, &mut lanes);
                lanes.iter().rev().fold(F::ZERO, |value, lane| value * point + lane)
            }
        }
    }

    /// The same of coefficients that are not packed.
    ///
    /// # Panics
    /// Unless their number is a multiple of eight.
    pub fn evaluate_plain<F: Field>(&self, coefficients: &[F], point: F) -> F {
        assert_eq!(coefficients.len() % LANES, 0, "coefficients");
        match self.kind {
            Kind::Plain => coefficients.iter().rev().fold(F::ZERO, |value, c| value * point + c),
            #[cfg(target_arch = "x86_64")]
            Kind::Vector(_) => {
                /// Packs that are made at a time.
                const CHUNK: usize = 64;
                let mut packs = [Pack::ZERO; CHUNK];
                let step = point.pow_vartime([(CHUNK * LANES) as u64]);
                coefficients.chunks(CHUNK * LANES).rev().fold(F::ZERO, |value, chunk| {
                    let packs = &mut packs[..chunk.len() / LANES];
                    self.pack(chunk, packs);
                    value * step + self.evaluate(packs, point)
                })
            }
        }
    }

    /// Copies the rows from `first` on, moved by `rotation` around the end of the column, into `out`, and asks for as many after them, since
    /// columns are read from their first block to their last.
    ///
    /// # Panics
    /// If `first` is not a multiple of eight.
    pub fn rotated<F: Field>(&self, column: &[Pack<F>], first: usize, rotation: i32, out: &mut [Pack<F>]) {
        assert_eq!(first % LANES, 0, "first row of a block");
        let rows = LANES * column.len();
        let start = wrapped(first, i64::from(rotation), rows);
        let (pack, shift) = (start / LANES, start % LANES);
        let mut at = pack;
        for next in column.iter().skip(pack + out.len()).take(out.len()) {
            prefetch(next);
        }
        if shift == 0 {
            for out in out.iter_mut() {
                *out = column[at];
                at = if at + 1 == column.len() { 0 } else { at + 1 };
            }
            return;
        }
        for out in out.iter_mut() {
            let next = if at + 1 == column.len() { 0 } else { at + 1 };
            let (low, high) = (&column[at].words, &column[next].words);
            for ((out, low), high) in out.words.iter_mut().zip(low).zip(high) {
                out[..LANES - shift].copy_from_slice(&low[shift..]);
                out[LANES - shift..].copy_from_slice(&high[..shift]);
            }
            at = next;
        }
    }
}

fn each<F: Field>(values: &mut [Pack<F>], others: &[Pack<F>], of: impl Fn(F, F) -> F) {
    for (v, o) in values.iter_mut().zip(others) {
        for i in 0..LANES {
            v.set_plain(i, of(v.plain(i), o.plain(i)));
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod vector {
    use super::*;
    use crate::field::limbs;
    use crate::ifma::{Avx512, Lanes};

    /// Work that is compiled with the vector unit's features.
    pub(crate) trait Work {
        type Output;
        /// Inlined into [`run`].
        fn work(self, t: Avx512) -> Self::Output;
    }

    /// Runs work in a function with the features enabled, so that all of it is compiled for them.
    #[inline]
    #[allow(unsafe_code)]
    pub(crate) fn run<W: Work>(t: Avx512, work: W) -> W::Output {
        #[target_feature(enable = "avx512f,avx512ifma")]
        fn inner<W: Work>(t: Avx512, work: W) -> W::Output {
            work.work(t)
        }
        // SAFETY: the token proves that the CPU has both features.
        unsafe { inner(t, work) }
    }

    pub(crate) struct PackAll<'a, F>(pub(crate) &'a [F], pub(crate) &'a mut [Pack<F>]);

    impl<F: Field> Work for PackAll<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            for (values, out) in self.0.as_chunks::<LANES>().0.iter().zip(self.1) {
                t.store(out, l.pack(values));
            }
        }
    }

    pub(crate) struct UnpackAll<'a, F>(pub(crate) &'a [Pack<F>], pub(crate) &'a mut [F]);

    impl<F: Field> Work for UnpackAll<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            let mut words = [[0; LANES]; 4];
            for (pack, out) in self.0.iter().zip(self.1.as_chunks_mut::<LANES>().0) {
                for (words, value) in words.iter_mut().zip(l.leave(t.load(pack))) {
                    t.store_words(words, value);
                }
                for (i, out) in out.iter_mut().enumerate() {
                    *out = F::from_words([words[0][i], words[1][i], words[2][i], words[3][i]]);
                }
            }
        }
    }

    pub(crate) struct Multiply<'a, F>(pub(crate) &'a mut [Pack<F>], pub(crate) &'a [Pack<F>]);

    impl<F: Field> Work for Multiply<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            for (v, o) in self.0.iter_mut().zip(self.1) {
                let product = l.mul(&t.load(v), &t.load(o));
                t.store(v, product);
            }
        }
    }

    pub(crate) struct Scale<'a, F>(pub(crate) &'a mut [Pack<F>], pub(crate) F);

    impl<F: Field> Work for Scale<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            let factor = t.splat_limbs(&limbs(&self.1));
            for v in self.0 {
                // Below 2.3p.
                let product = l.mul(&t.load(v), &factor);
                t.store(v, product);
            }
        }
    }

    pub(crate) struct ScaleAdd<'a, F>(pub(crate) &'a mut [Pack<F>], pub(crate) F, pub(crate) &'a [Pack<F>]);

    impl<F: Field> Work for ScaleAdd<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            let factor = t.splat_limbs(&limbs(&self.1));
            for (v, o) in self.0.iter_mut().zip(self.2) {
                let scaled = l.mul(&t.load(v), &factor);
                let o = t.load(o);
                // Below 2.3p + 16p before.
                t.store(v, l.weak(l.add_loose(&scaled, &o)));
            }
        }
    }

    pub(crate) struct AddScaled<'a, F>(pub(crate) &'a mut [Pack<F>], pub(crate) F, pub(crate) &'a [Pack<F>]);

    impl<F: Field> Work for AddScaled<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            let l = Lanes::of::<F>(t);
            let factor = t.splat_limbs(&limbs(&self.1));
            for (v, o) in self.0.iter_mut().zip(self.2) {
                let scaled = l.mul(&t.load(o), &factor);
                let own = t.load(v);
                t.store(v, l.weak(l.add_loose(&scaled, &own)));
            }
        }
    }

    pub(crate) struct Horner<'a, F>(pub(crate) &'a [Pack<F>], pub(crate) F, pub(crate) &'a mut Pack<F>);

    impl<F: Field> Work for Horner<'_, F> {
        type Output = ();
        #[inline(always)]
        fn work(self, t: Avx512) {
            /// Chains that do not wait for each other.
            const CHAINS: usize = 4;
            let l = Lanes::of::<F>(t);
            let (coefficients, point) = (self.0, self.1);
            let factor = t.splat_limbs(&limbs(&point.square().square()));
            let mut sums = [[t.zero(); 5]; CHAINS];
            for chunk in coefficients.chunks(CHAINS).rev() {
                for (i, sum) in sums.iter_mut().enumerate() {
                    // Below 18.3p·p / 84p + 2.01p + 16p < 18.3p.
                    let scaled = l.mul(sum, &factor);
                    *sum = match chunk.get(i) {
                        Some(pack) => l.add(&scaled, &t.load(pack)),
                        None => scaled,
                    };
                }
            }
            let factor = t.splat_limbs(&limbs(&point));
            let mut sum = sums[CHAINS - 1];
            for next in sums[..CHAINS - 1].iter().rev() {
                sum = l.add(&l.mul(&sum, &factor), next);
            }
            t.store(self.2, l.weak(sum));
        }
    }
}
