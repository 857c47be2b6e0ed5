//! Products with a vector unit.
//!
//! Pieces are added up as in the scalar code, eight pairs at a time. The buckets that come out are weighted in two steps, for a scalar
//! addition costs as much as a dozen of the others: with weight = high·2^s + low, buckets of one `high` are summed up, and buckets of one
//! `low`, in pairs again; only those few hundred sums meet the scalar code.

use std::mem::{swap, take as take_out};

use halo2_proofs::halo2curves::bn256::G1;
use halo2_proofs::halo2curves::group::Group;
use rayon::prelude::*;
use vector::points::{Adder, Line, Pair, take};
use vector::{LANES, Unit};

use super::{Entries, PIECE, Point, Run, add_runs, times, weighted};

/// Buckets that are weighted one by one.
const FEW: usize = 512;

/// What a product reads.
pub(super) struct Bases<'a> {
    pub(super) unit: Unit,
    pub(super) lines: &'a [Line],
    /// Two points of different x, added where there is no pair left.
    pub(super) spare: [Line; 2],
    /// Bits of a window.
    pub(super) window: usize,
}

/// The sum of a piece.
enum Part {
    /// Buckets and what they sum up to, in order.
    Buckets(Vec<(usize, Line)>),
    /// The weighted sum, where two points had one x.
    Sum(G1),
}

/// Sum of digit · point over all entries.
pub(super) fn product(bases: &Bases<'_>, entries: &Entries) -> G1 {
    let count = entries.sorted.0.len();
    let parts: Vec<Part> = (0..count.div_ceil(PIECE))
        .into_par_iter()
        .map_init(
            || Worker::new(bases),
            |worker, i| {
                let range = i * PIECE..((i + 1) * PIECE).min(count);
                worker.lines.resize(range.len(), Line::ZERO);
                take(bases.lines, &entries.sorted.0[range.clone()], &mut worker.lines);
                worker.sums(entries.runs(range))
            },
        )
        .collect();
    let (mut buckets, mut sum) = (Vec::new(), G1::identity());
    for part in parts {
        match part {
            Part::Buckets(more) => buckets.extend(more),
            Part::Sum(more) => sum += more,
        }
    }
    if buckets.len() <= FEW {
        return sum + scalar(bases.unit, &buckets);
    }
    let low_bits = bases.window / 2;
    let weight = |bucket: usize| bucket + 1;
    let high = by_key(bases, &buckets, |bucket| weight(bucket) >> low_bits);
    let low = by_key(bases, &buckets, |bucket| weight(bucket) & ((1 << low_bits) - 1));
    sum + times(&high, 1 << low_bits) + low
}

/// Sum of (bucket + 1) · point by the scalar code.
fn scalar(unit: Unit, buckets: &[(usize, Line)]) -> G1 {
    let lines: Vec<Line> = buckets.iter().map(|(_, line)| *line).collect();
    let run = |(start, (bucket, _)): (usize, &(usize, Line))| Run {
        bucket: *bucket,
        start,
        len: 1,
    };
    let runs: Vec<Run> = buckets.iter().enumerate().map(run).collect();
    weighted(&points(unit, &lines), &runs)
}

fn points(unit: Unit, lines: &[Line]) -> Vec<Point> {
    let points = unit.points(lines);
    points.into_iter().map(|[x, y]| Point { x, y }).collect()
}

/// Sum of key(bucket) · point.
fn by_key(bases: &Bases<'_>, buckets: &[(usize, Line)], key: impl Fn(usize) -> usize) -> G1 {
    let mut sorted: Vec<(usize, usize)> = buckets
        .iter()
        .enumerate()
        .map(|(i, (bucket, _))| (key(*bucket), i))
        .filter(|(key, _)| *key > 0)
        .collect();
    sorted.sort_unstable();
    let parts: Vec<Part> = sorted
        .par_chunks(PIECE)
        .map_init(
            || Worker::new(bases),
            |worker, chunk| {
                worker.lines.clear();
                worker.lines.extend(chunk.iter().map(|(_, i)| buckets[*i].1));
                let mut runs: Vec<Run> = Vec::new();
                for (start, (key, _)) in chunk.iter().enumerate() {
                    match runs.last_mut() {
                        Some(run) if run.bucket == key - 1 => run.len += 1,
                        _ => runs.push(Run {
                            bucket: key - 1,
                            start,
                            len: 1,
                        }),
                    }
                }
                worker.sums(runs)
            },
        )
        .collect();
    parts
        .into_iter()
        .map(|part| match part {
            Part::Buckets(buckets) => scalar(bases.unit, &buckets),
            Part::Sum(sum) => sum,
        })
        .sum()
}

/// Memory of a thread, kept from piece to piece.
struct Worker {
    unit: Unit,
    adder: Adder,
    spare: [Line; 2],
    pairs: Vec<Pair>,
    /// The points of the piece.
    lines: Vec<Line>,
    next: Vec<Line>,
}

impl Worker {
    fn new(bases: &Bases<'_>) -> Self {
        Self {
            unit: bases.unit,
            adder: Adder::new(bases.unit),
            spare: bases.spare,
            pairs: Vec::new(),
            lines: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Sums up the runs of `lines`.
    fn sums(&mut self, mut runs: Vec<Run>) -> Part {
        while runs.iter().any(|run| run.len > 1) {
            if !self.round(&mut runs) {
                let mut points = points(self.unit, &self.lines);
                add_runs(&mut points, &mut runs);
                return Part::Sum(weighted(&points, &runs));
            }
        }
        let lines = take_out(&mut self.lines);
        Part::Buckets(runs.iter().map(|run| (run.bucket, lines[run.start])).collect())
    }

    /// Adds neighbours of each run, one round. `false`, and nothing is done, if two of them have one x.
    fn round(&mut self, runs: &mut [Run]) -> bool {
        let len = self.lines.len();
        self.pairs.clear();
        let mut end = 0;
        for run in runs.iter() {
            let pair = |i: usize| Pair {
                from: (run.start + 2 * i) as u32,
                to: (end + i) as u32,
            };
            self.pairs.extend((0..run.len / 2).map(pair));
            end += run.len.div_ceil(2);
        }
        // The spare points fill the last eight pairs up; their sums go behind all others.
        let spare = Pair {
            from: len as u32,
            to: end as u32,
        };
        self.pairs.resize(self.pairs.len().next_multiple_of(LANES), spare);
        self.lines.extend(self.spare);
        self.next.resize(end + 1, Line::ZERO);
        let added = self.adder.add(&self.pairs, &self.lines, &mut self.next);
        self.lines.truncate(len);
        if !added {
            return false;
        }
        let mut start = 0;
        for run in runs.iter_mut() {
            let count = run.len.div_ceil(2);
            if run.len % 2 == 1 {
                self.next[start + count - 1] = self.lines[run.start + run.len - 1];
            }
            run.start = start;
            run.len = count;
            start += count;
        }
        self.next.truncate(end);
        swap(&mut self.lines, &mut self.next);
        true
    }
}
