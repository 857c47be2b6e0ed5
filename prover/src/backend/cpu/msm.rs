//! Multi-scalar multiplication over bases that never change.
//!
//! A [`Table`] holds the multiples 2^(c·w)·P of every base for every window w of c bits, so the digits of all windows fall into **one** set of
//! 2^(c-1) buckets (Brickell, Gordon, McCurley, Wilson 1992; signed digits halve it): a scalar costs as many additions as it has non-zero digits,
//! which is what makes bits, bytes and 64-bit values cheap, and the buckets are summed up once and not once a window.
//!
//! Entries are sorted by bucket and cut into pieces of equal work. A piece copies its points side by side and adds them in pairs, then the
//! pairs in pairs and so on; each round shares one field inversion (Montgomery's trick), six multiplications an addition. Equal and opposite
//! points are told apart in every round, so no input is special. Pieces are independent: the work spreads over any number of cores.
//!
//! With a vector unit the table holds [`lines`](vector::points), and pairs are added eight at a time. Two points of one x, which only
//! contrived bases and scalars bring together, are left to the scalar code, and so is a table with infinity in it.

use ff::{Field, PrimeField};
use halo2_proofs::arithmetic::best_multiexp;
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1, G1Affine};
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::halo2curves::group::{Curve, Group};
use halo2_proofs::halo2curves::serde::SerdeObject;
use rayon::prelude::*;
use vector::Unit;
use vector::points::Line;

mod packed;

use super::secret::Secret;

/// Entries that a piece works on: 256 KiB of points, in the second-level cache.
const PIECE: usize = 4096;
/// Bits that digits have to cover: a scalar's, and one for the last carry.
const BITS: usize = Fr::NUM_BITS as usize + 1;
/// Points whose doublings share an inversion when a table is made.
const BATCH: usize = 1024;

/// A finite point, or (0, 0), which is not on the curve, for infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    x: Fq,
    y: Fq,
}

impl Point {
    const INFINITY: Self = Self {
        x: Fq::ZERO,
        y: Fq::ZERO,
    };

    fn is_infinity(&self) -> bool {
        *self == Self::INFINITY
    }

    fn of(point: &G1Affine) -> Self {
        if point.is_identity().into() {
            return Self::INFINITY;
        }
        Self { x: point.x, y: point.y }
    }

    fn affine(&self) -> G1Affine {
        if self.is_infinity() {
            return G1Affine::identity();
        }
        G1Affine { x: self.x, y: self.y }
    }
}

/// The denominator of the slope through two points; 1 where there is no slope to compute.
fn denominator(a: &Point, b: &Point) -> Fq {
    if a.is_infinity() || b.is_infinity() {
        return Fq::ONE;
    }
    if a.x != b.x {
        return b.x - a.x;
    }
    // Equal: the tangent. Opposite: the sum is infinity. No point of odd order has y = 0.
    if a.y == b.y { a.y.double() } else { Fq::ONE }
}

/// a + b, with the inverse of their [`denominator`].
fn sum(a: &Point, b: &Point, inverse: &Fq) -> Point {
    if a.is_infinity() {
        return *b;
    }
    if b.is_infinity() {
        return *a;
    }
    let slope = if a.x != b.x {
        (b.y - a.y) * inverse
    } else if a.y == b.y {
        let square = a.x.square();
        (square.double() + square) * inverse
    } else {
        return Point::INFINITY;
    };
    let x = slope.square() - a.x - b.x;
    Point {
        x,
        y: slope * (a.x - x) - a.y,
    }
}

/// Inverts all of `values`, none of which is 0, with one inversion.
fn invert_all(values: &mut [Fq], scratch: &mut Vec<Fq>) {
    scratch.clear();
    let mut product = Fq::ONE;
    for value in values.iter() {
        scratch.push(product);
        product *= value;
    }
    let mut inverse = product.invert().unwrap_or(Fq::ZERO);
    for (value, before) in values.iter_mut().zip(scratch.iter()).rev() {
        let next = inverse * *value;
        *value = inverse * before;
        inverse = next;
    }
}

/// Multiples of a list of bases.
#[derive(Debug)]
pub(crate) struct Table {
    /// Bits of a window.
    window: usize,
    bases: usize,
    /// Window by window.
    points: Points,
}

#[derive(Debug)]
enum Points {
    Plain(Vec<Point>),
    /// For a vector unit, and two points that are added where there is no pair left.
    Lines {
        unit: Unit,
        lines: Vec<Line>,
        spare: [Line; 2],
    },
}

impl Points {
    fn new(unit: Unit, points: Vec<Point>) -> Self {
        if points.iter().any(Point::is_infinity) {
            return Self::Plain(points);
        }
        let plain: Vec<[Fq; 2]> = points.iter().map(|p| [p.x, p.y]).collect();
        let generator = G1Affine::generator();
        let double = (generator + generator).to_affine();
        match (
            unit.lines(&plain),
            unit.lines(&[[generator.x, generator.y], [double.x, double.y]])
                .as_deref(),
        ) {
            (Some(lines), Some([a, b])) => Self::Lines {
                unit,
                lines,
                spare: [*a, *b],
            },
            _ => Self::Plain(points),
        }
    }
}

/// The window that makes the cheapest full-width product of n terms: n·ceil(255/c) additions of some 130 ns and 2^(c-1) buckets of some 700 ns.
fn window_for(bases: usize) -> usize {
    let cost = |c: &usize| bases * BITS.div_ceil(*c) * 130 + (700 << (c - 1));
    (4..=16).min_by_key(cost).unwrap_or(8)
}

impl Table {
    /// Bytes of the table of so many bases.
    pub(crate) fn bytes(bases: usize) -> usize {
        bases * BITS.div_ceil(window_for(bases)) * size_of::<Point>()
    }

    /// Bytes of this table.
    pub(crate) fn own_bytes(&self) -> usize {
        match &self.points {
            Points::Plain(points) => size_of_val(&points[..]),
            Points::Lines { lines, .. } => size_of_val(&lines[..]),
        }
    }

    /// Doubles every base some 254 times.
    pub(crate) fn new(bases: &[G1Affine]) -> Self {
        Self::with_unit(Unit::detect(), bases)
    }

    fn with_unit(unit: Unit, bases: &[G1Affine]) -> Self {
        let window = window_for(bases.len());
        let mut row: Vec<Point> = bases.iter().map(Point::of).collect();
        let mut points = Vec::with_capacity(bases.len() * BITS.div_ceil(window));
        for w in 0..BITS.div_ceil(window) {
            if w > 0 {
                row.par_chunks_mut(BATCH).for_each(|row| {
                    let (mut inverses, mut scratch) = (Vec::new(), Vec::new());
                    for _ in 0..window {
                        inverses.clear();
                        inverses.extend(row.iter().map(|p| denominator(p, p)));
                        invert_all(&mut inverses, &mut scratch);
                        for (point, inverse) in row.iter_mut().zip(&inverses) {
                            *point = sum(point, point, inverse);
                        }
                    }
                });
            }
            points.extend_from_slice(&row);
        }
        Self {
            window,
            bases: bases.len(),
            points: Points::new(unit, points),
        }
    }

    /// The points in Montgomery form.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let bytes = |[x, y]: [Fq; 2]| [x.to_raw_bytes(), y.to_raw_bytes()].concat();
        match &self.points {
            Points::Plain(points) => points.iter().flat_map(|p| bytes([p.x, p.y])).collect(),
            Points::Lines { unit, lines, .. } => unit.points(lines).into_iter().flat_map(bytes).collect(),
        }
    }

    /// Whether a prover that computes with `unit` can use the table.
    fn serves(&self, unit: Unit) -> bool {
        match &self.points {
            Points::Plain(_) => true,
            Points::Lines { unit: own, .. } => *own == unit,
        }
    }

    /// What [`to_bytes`](Self::to_bytes) wrote of these bases; `None` for another length or other first multiples.
    pub(crate) fn from_bytes(bytes: &[u8], bases: &[G1Affine]) -> Option<Self> {
        if bytes.len() != Self::bytes(bases.len()) {
            return None;
        }
        let word = Fq::from_raw_bytes_unchecked;
        let points: Vec<Point> = bytes
            .par_chunks_exact(64)
            .map(|point| Point {
                x: word(&point[..32]),
                y: word(&point[32..]),
            })
            .collect();
        let own = bases.iter().map(Point::of).eq(points[..bases.len()].iter().copied());
        own.then(|| Self {
            window: window_for(bases.len()),
            bases: bases.len(),
            points: Points::new(Unit::detect(), points),
        })
    }

    /// Sum of scalar · base over the first bases, and how many points were added into buckets.
    pub(crate) fn product(&self, scalars: &[Fr]) -> (G1, usize) {
        assert!(
            scalars.len() <= self.bases,
            "expected at most {} scalars, found {}",
            self.bases,
            scalars.len()
        );
        let entries = Entries::sort(self, scalars);
        let count = entries.sorted.0.len();
        let sum = match &self.points {
            Points::Plain(points) => (0..count.div_ceil(PIECE))
                .into_par_iter()
                .map(|i| plain(points, &entries, i * PIECE..((i + 1) * PIECE).min(count)))
                .reduce(G1::identity, |a, b| a + b),
            Points::Lines { unit, lines, spare } => {
                let bases = packed::Bases {
                    unit: *unit,
                    lines,
                    spare: *spare,
                    window: self.window,
                };
                packed::product(&bases, &entries)
            }
        };
        (sum, count)
    }
}

/// Sum of digit · point over some sorted entries.
fn plain(table: &[Point], entries: &Entries, range: std::ops::Range<usize>) -> G1 {
    let take = |entry: &u32| {
        let point = table[(entry >> 1) as usize];
        if entry & 1 == 1 {
            Point {
                x: point.x,
                y: -point.y,
            }
        } else {
            point
        }
    };
    let mut points: Vec<Point> = entries.sorted.0[range.clone()].iter().map(take).collect();
    let mut runs = entries.runs(range);
    add_runs(&mut points, &mut runs);
    weighted(&points, &runs)
}

/// Neighbouring points of one bucket.
struct Run {
    bucket: usize,
    start: usize,
    len: usize,
}

/// Adds up every run into its first place.
fn add_runs(points: &mut [Point], runs: &mut [Run]) {
    let (mut inverses, mut scratch) = (Vec::new(), Vec::new());
    while runs.iter().any(|run| run.len > 1) {
        inverses.clear();
        for run in runs.iter() {
            let pairs = points[run.start..run.start + run.len].chunks_exact(2);
            inverses.extend(pairs.map(|pair| denominator(&pair[0], &pair[1])));
        }
        invert_all(&mut inverses, &mut scratch);
        let mut inverse = inverses.iter();
        for run in runs.iter_mut() {
            let of_run = &mut points[run.start..run.start + run.len];
            let pairs = run.len / 2;
            for (i, inverse) in (0..pairs).zip(&mut inverse) {
                of_run[i] = sum(&of_run[2 * i], &of_run[2 * i + 1], inverse);
            }
            if run.len % 2 == 1 {
                of_run[pairs] = of_run[run.len - 1];
            }
            run.len = run.len.div_ceil(2);
        }
    }
}

/// Sum of (bucket + 1) · point: from the highest bucket down, what was met so far is added once for every bucket passed.
fn weighted(points: &[Point], runs: &[Run]) -> G1 {
    let (mut met, mut total) = (G1::identity(), G1::identity());
    for (i, run) in runs.iter().enumerate().rev() {
        met += points[run.start].affine();
        let below = if i == 0 { 0 } else { runs[i - 1].bucket + 1 };
        total += times(&met, run.bucket + 1 - below);
    }
    total
}

fn times(point: &G1, count: usize) -> G1 {
    // The most frequent one by far.
    if count == 1 {
        return *point;
    }
    let mut out = G1::identity();
    for bit in (0..usize::BITS - count.leading_zeros()).rev() {
        out = out.double();
        if count >> bit & 1 == 1 {
            out += point;
        }
    }
    out
}

/// Non-zero digits, by bucket: a digit d of window w of scalar i stands in bucket |d| - 1 as (w·bases + i)·2 + sign.
struct Entries {
    /// Where each bucket starts, and the end.
    starts: Secret<Vec<u32>>,
    sorted: Secret<Vec<u32>>,
}

impl Entries {
    fn sort(table: &Table, scalars: &[Fr]) -> Self {
        let windows = BITS.div_ceil(table.window);
        let mut digits = Secret(vec![0i32; scalars.len() * windows]);
        digits
            .0
            .par_chunks_mut(windows * BATCH)
            .zip(scalars.par_chunks(BATCH))
            .for_each(|(digits, scalars)| {
                for (digits, scalar) in digits.chunks_exact_mut(windows).zip(scalars) {
                    signed_digits(scalar, table.window, digits);
                }
            });
        let buckets = 1usize << (table.window - 1);
        let mut starts = Secret(vec![0u32; buckets + 1]);
        for digit in digits.0.iter().filter(|digit| **digit != 0) {
            starts.0[digit.unsigned_abs() as usize] += 1;
        }
        for bucket in 0..buckets {
            starts.0[bucket + 1] += starts.0[bucket];
        }
        let mut next = Secret(starts.0.clone());
        let mut sorted = Secret(vec![0u32; starts.0[buckets] as usize]);
        for (i, digits) in digits.0.chunks_exact(windows).enumerate() {
            for (w, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
                let slot = &mut next.0[digit.unsigned_abs() as usize - 1];
                sorted.0[*slot as usize] = ((w * table.bases + i) as u32) << 1 | u32::from(*digit < 0);
                *slot += 1;
            }
        }
        Self { starts, sorted }
    }

    /// The runs of equal buckets in a range of entries, from its start.
    fn runs(&self, range: std::ops::Range<usize>) -> Vec<Run> {
        let first = self.starts.0.partition_point(|start| *start as usize <= range.start) - 1;
        let mut runs = Vec::new();
        let mut bucket = first;
        let mut at = range.start;
        while at < range.end {
            let end = (self.starts.0[bucket + 1] as usize).min(range.end);
            if end > at {
                runs.push(Run {
                    bucket,
                    start: at - range.start,
                    len: end - at,
                });
            }
            at = end.max(at);
            bucket += 1;
        }
        runs
    }
}

/// Digits in -2^(c-1) .. 2^(c-1) with sum digit_w · 2^(c·w) = scalar.
fn signed_digits(scalar: &Fr, window: usize, digits: &mut [i32]) {
    let bytes = scalar.to_repr();
    let mut wide = [0u8; 40];
    wide[..32].copy_from_slice(bytes.as_ref());
    let (half, full) = (1i32 << (window - 1), 1i32 << window);
    let mut carry = 0;
    for (w, out) in digits.iter_mut().enumerate() {
        let (byte, shift) = (w * window / 8, w * window % 8);
        let word = u32::from_le_bytes([wide[byte], wide[byte + 1], wide[byte + 2], wide[byte + 3]]);
        let mut digit = (word >> shift) as i32 & (full - 1);
        digit += carry;
        carry = i32::from(digit > half);
        *out = digit - carry * full;
    }
}

/// Sums of scalar · base for several lists of scalars, over the table of the bases where there is one for the unit, and the additions into
/// buckets. A list with one scalar more than there are bases goes on with `next`.
pub(super) fn commit(
    unit: Unit,
    lists: &[&[Fr]],
    (table, bases): (Option<&Table>, &[G1Affine]),
    next: Option<&G1Affine>,
) -> (Vec<G1Affine>, usize) {
    let table = table.filter(|table| table.serves(unit));
    let product = |scalars: &&[Fr]| {
        let (scalars, further) = scalars.split_at(scalars.len().min(bases.len()));
        let (sum, count) = match table {
            Some(table) => table.product(scalars),
            None => (best_multiexp(scalars, &bases[..scalars.len()]), 0),
        };
        match (further, next) {
            ([], _) => (sum, count),
            ([scalar], Some(next)) => (sum + *next * scalar, count),
            _ => unreachable!("expected at most {} scalars, found {} more", bases.len(), further.len()),
        }
    };
    let (sums, counts): (Vec<G1>, Vec<usize>) = lists.par_iter().map(product).unzip();
    let mut affine = vec![G1Affine::identity(); sums.len()];
    G1::batch_normalize(&sums, &mut affine);
    (affine, counts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;

    fn bases(count: usize, rng: &mut ChaCha20Rng) -> Vec<G1Affine> {
        (0..count).map(|_| G1::random(&mut *rng).to_affine()).collect()
    }

    fn same(bases: &[G1Affine], scalars: &[Fr]) {
        let expected = best_multiexp(scalars, &bases[..scalars.len()]);
        for unit in [Unit::plain(), Unit::detect()] {
            let table = Table::with_unit(unit, bases);
            assert_eq!(table.product(scalars).0, expected, "{unit:?}");
            let read = Table::from_bytes(&table.to_bytes(), bases).expect("what was written");
            assert_eq!(read.product(scalars).0, expected, "{unit:?}");
        }
    }

    #[test]
    fn products_of_every_width_are_the_librarys() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for count in [1, 2, 3, 33, 600] {
            let bases = bases(count, &mut rng);
            for bits in [0u32, 1, 8, 16, 64, 253] {
                let two = Fr::from(2).pow_vartime([u64::from(bits)]);
                let scalar = |rng: &mut ChaCha20Rng| match bits {
                    253 => Fr::random(rng),
                    64.. => Fr::from(rng.r#gen::<u64>()),
                    _ => Fr::from(rng.gen_range(0..=(1u64 << bits) - 1)),
                };
                let mut scalars: Vec<Fr> = (0..count).map(|_| scalar(&mut rng)).collect();
                same(&bases, &scalars);
                scalars[0] = -Fr::ONE;
                scalars[count / 2] = two - Fr::ONE;
                scalars.truncate(count - count / 3);
                same(&bases, &scalars);
            }
        }
    }

    /// Scalars that bring equal and opposite points together in one bucket, in the first round and in later ones.
    #[test]
    fn equal_and_opposite_points_collide_and_nothing_happens() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let p = bases(1, &mut rng)[0];
        let minus = -p;
        let five = Fr::from(5);
        for pattern in [
            vec![p; 64],
            [p, minus].repeat(32),
            [vec![p; 32], vec![minus; 32]].concat(),
            [vec![p; 7], vec![minus; 6]].concat(),
        ] {
            same(&pattern, &vec![five; pattern.len()]);
            same(&pattern, &vec![-five; pattern.len()]);
            let mixed: Vec<Fr> = (0..pattern.len())
                .map(|i| if i % 3 == 0 { five } else { -five })
                .collect();
            same(&pattern, &mixed);
        }
        // A base and its multiple by a window's power meet where the digits say so.
        let window = window_for(2);
        let shifted = (p * Fr::from(1 << window)).to_affine();
        same(&[p, shifted], &[Fr::from(1 << window), Fr::ONE]);
        same(&[p, shifted], &[Fr::from(1 << window), -Fr::ONE]);
        same(&[G1Affine::identity(), p], &[five, five]);
    }

    #[test]
    fn digits_add_up_to_the_scalar() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        for window in 4..=16 {
            for scalar in [
                Fr::ZERO,
                Fr::ONE,
                -Fr::ONE,
                Fr::random(&mut rng),
                Fr::from(1 << (window - 1)),
            ] {
                let mut digits = vec![0; BITS.div_ceil(window)];
                signed_digits(&scalar, window, &mut digits);
                let base = Fr::from(1 << window);
                let value = digits.iter().rev().fold(Fr::ZERO, |sum, digit| {
                    let size = Fr::from(u64::from(digit.unsigned_abs()));
                    sum * base + if *digit < 0 { -size } else { size }
                });
                assert_eq!(value, scalar, "window {window}");
                assert!(digits.iter().all(|digit| digit.unsigned_abs() <= 1 << (window - 1)));
            }
        }
    }
}
