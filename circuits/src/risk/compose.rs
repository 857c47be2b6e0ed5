//! What accepted parts of statement R say together: whatever no part can check alone, on public values.
//!
//! A market is accepted for one set of contexts, a segment for one piece of the listing. Together they are the statement where the markets speak of
//! its round, each segment takes the contexts of a market, and the segments are the whole listing, in order.

use std::fmt;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::poseidon::hash4;
use witness_gen::risk::arrays::risk_root_of;
use witness_gen::risk::inputs::{MAX_SERIES, RISK_DEPTH};
use witness_gen::statement::risk::Instance;

use super::contexts::{Cursor, SegmentInstance};
use super::market::{MarketInstance, input};
use super::rows::Size;

/// A part, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Market part number i.
    Market(usize),
    /// Segment number i.
    Segment(usize),
    /// The listing as a whole.
    Listing,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Market(i) => write!(f, "market {i}"),
            Self::Segment(i) => write!(f, "segment {i}"),
            Self::Listing => f.write_str("listing"),
        }
    }
}

/// Parts that do not make up the statement, by the clause of `docs/protocol.md` that does not hold then. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A value of a part that is another one.
    #[error("{clause}: {part}, {what}: expected {expected:?}, found {found:?}")]
    Value {
        /// The clause.
        clause: &'static str,
        /// The part.
        part: Part,
        /// Name of the value.
        what: &'static str,
        /// What it has to be.
        expected: Fr,
        /// What it is.
        found: Fr,
    },
    /// A number of things that is another one.
    #[error("{clause}: {part}, {what}: expected {expected}, found {found}")]
    Count {
        /// The clause.
        clause: &'static str,
        /// The part.
        part: Part,
        /// Of what.
        what: &'static str,
        /// How many there have to be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A segment under contexts that no market proves.
    #[error("R5: segment {segment}, contexts: expected those of a market part, found {found:?}")]
    NoMarket {
        /// Number of the segment.
        segment: usize,
        /// Digest of its contexts.
        found: Fr,
    },
    /// A market whose contexts no segment takes, or that stands there twice.
    #[error("R5: market {market}: expected contexts that a segment takes and no market before proves, found {found:?}")]
    IdleMarket {
        /// Number of the market.
        market: usize,
        /// Digest of its contexts.
        found: Fr,
    },
}

/// The clause that a public input of a market belongs to.
fn clause(name: &str) -> &'static str {
    match name {
        "parameters" => "R1",
        "old_regime" | "new_regime" | "factor" => "R4",
        "contexts" => "R5",
        "domain" => "domain",
        _ => "R2",
    }
}

/// Public data of parts that have each been accepted.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The size of all of them.
    pub size: Size,
    /// Public inputs of the markets.
    pub markets: &'a [MarketInstance],
    /// Public inputs of the segments, in the order of the listing.
    pub segments: &'a [SegmentInstance],
    /// The cursors: `cursors[i]` stands before segment i, the last one after all of them.
    pub cursors: &'a [Cursor],
}

/// What segments of one listing add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Series of the listing.
    pub series: usize,
    /// Digest of the oracle's inputs: *volatility* of statement R.
    pub volatility: Fr,
    /// Root of all rows.
    pub rows_root: Fr,
}

fn same(clause: &'static str, part: Part, what: &'static str, expected: Fr, found: Fr) -> Result<(), ComposeError> {
    if expected == found {
        return Ok(());
    }
    Err(ComposeError::Value {
        clause,
        part,
        what,
        expected,
        found,
    })
}

fn count(
    clause: &'static str,
    part: Part,
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), ComposeError> {
    if expected == found {
        return Ok(());
    }
    Err(ComposeError::Count {
        clause,
        part,
        what,
        expected,
        found,
    })
}

impl Parts<'_> {
    /// That statement R holds for this instance, given that every part has been accepted with its public inputs.
    ///
    /// # Errors
    /// The first clause that does not hold.
    pub fn check(&self, instance: &Instance) -> Result<Composed, ComposeError> {
        // R1, R2, R4: the markets speak of the round.
        let fields = instance.to_fields();
        let named = |name: &str| Instance::NAMES.iter().position(|n| *n == name).map(|i| fields[i]);
        for (i, market) in self.markets.iter().enumerate() {
            for (name, found) in input::NAMES.into_iter().zip(market) {
                // The contexts are no field of the instance.
                if let Some(expected) = named(name) {
                    same(clause(name), Part::Market(i), name, expected, *found)?;
                }
            }
        }
        // R2, R8: the segments are a listing.
        let composed = compose(self.size, self.segments, self.cursors)?;
        // R5: each segment under contexts that a market proves.
        let proven: Vec<Fr> = self.markets.iter().map(|market| market[input::CONTEXTS]).collect();
        let underlying = Fr::from(u64::from(instance.underlying.get()));
        for (i, segment) in self.segments.iter().enumerate() {
            let found = Fr::from(u64::from(segment.underlying.get()));
            same("R2", Part::Segment(i), "underlying", underlying, found)?;
            if !proven.contains(&segment.contexts) {
                let found = segment.contexts;
                return Err(ComposeError::NoMarket { segment: i, found });
            }
        }
        for (market, found) in proven.iter().copied().enumerate() {
            let taken = self.segments.iter().any(|segment| segment.contexts == found);
            if !taken || proven[..market].contains(&found) {
                return Err(ComposeError::IdleMarket { market, found });
            }
        }
        // R3, R8: the one that the oracle attested, and its rows.
        same(
            "R3",
            Part::Listing,
            "volatility",
            instance.volatility,
            composed.volatility,
        )?;
        let root = risk_root_of(
            composed.rows_root,
            instance.parameters,
            (instance.underlying, instance.spot, instance.time),
            composed.series,
            instance.factor,
        );
        same("R8", Part::Listing, "risk root", instance.risk_root, root)?;
        Ok(composed)
    }
}

/// Segments of one listing, each accepted with its public inputs: what they say together, if their contexts are right (R5).
///
/// # Errors
/// Cursors that do not begin, meet or end as those of one listing do.
pub fn compose(size: Size, segments: &[SegmentInstance], cursors: &[Cursor]) -> Result<Composed, ComposeError> {
    let expected = segments.len() + 1;
    count("R2", Part::Listing, "cursors", expected, cursors.len())?;
    let (Some(first), Some(last), false) = (cursors.first(), cursors.last(), segments.is_empty()) else {
        let (clause, part, what) = ("R8", Part::Listing, "segments");
        return Err(ComposeError::Count {
            clause,
            part,
            what,
            expected: 1,
            found: 0,
        });
    };
    // Invariant of the next line's comparison: at most 4096 series, so the count fits any integer.
    let series = last.count.min(1 + MAX_SERIES as u64) as usize;
    let start = Cursor::start(series);
    same("R3", Part::Listing, "first cursor", start.commit(), first.commit())?;
    for (i, segment) in segments.iter().enumerate() {
        let part = Part::Segment(i);
        same("R2", part, "cursor before it", cursors[i].commit(), segment.before)?;
        same("R2", part, "cursor after it", cursors[i + 1].commit(), segment.after)?;
        // Its place in the tree is its number: the segments before it are full.
        let found = cursors[i].count.min(1 + MAX_SERIES as u64) as usize;
        count("R8", part, "series before it", i * size.series(), found)?;
    }
    let full = series.div_ceil(size.series());
    count("R8", Part::Listing, "segments", full, segments.len())?;
    // Subtrees that hold nothing are 0-leaves all the way up.
    let mut empty = Fr::ZERO;
    for _ in 0..size.levels {
        empty = hash4([empty; 4]);
    }
    let mut level: Vec<Fr> = segments.iter().map(|segment| segment.rows).collect();
    for _ in size.levels..RISK_DEPTH {
        let at = |chunk: &[Fr], i: usize| chunk.get(i).copied().unwrap_or(empty);
        let parents = level.chunks(4);
        level = parents
            .map(|c| hash4([at(c, 0), at(c, 1), at(c, 2), at(c, 3)]))
            .collect();
        empty = hash4([empty; 4]);
    }
    count("R8", Part::Listing, "roots of rows", 1, level.len())?;
    Ok(Composed {
        series,
        volatility: last.finish(),
        rows_root: level[0],
    })
}
