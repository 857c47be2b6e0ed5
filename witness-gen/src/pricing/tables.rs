//! The fixed tables, computed once from integers alone, so that the same bits come out on every machine.
//!
//! Every entry is the mathematical value rounded to the nearest integer of its scale. The computation carries at least
//! 2^-50 where the widest entry keeps 2^-46; `tests/pricing_tables.rs` recomputes every entry with big integers, another
//! method and 200 bits, and compares.

use std::sync::OnceLock;

/// Nodes of the normal table lie at i / 2^8.
pub const NODE_BITS: u32 = 8;
/// Nodes run from -`NODE_LIMIT` to `NODE_LIMIT`: a live scenario has |d| < 11.001 (see `docs/pricing.md`).
pub const NODE_LIMIT: i64 = 2820;
/// Rows of the table of the logarithm.
pub const LN_ROWS: usize = 256;
/// Rows of the table of the exponential.
pub const EXP_ROWS: usize = 192;

/// One node x = i / 2^8 of the normal table. N is the distribution, n the density.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// N(x) @36: 0 ..= 2^36.
    pub cdf: u64,
    /// n(x) @36, for the Greeks.
    pub pdf: u64,
    /// n(x) @19, for the slope of a scenario value.
    pub slope: u64,
    /// n'(x) = -x n(x) @16, for its curvature. Signed.
    pub curvature: i64,
    /// n(x) @10, for the correction of the rounded node.
    pub weight: u64,
}

/// One row of the logarithm: the interval of mantissas around c = (513 + 2k) / 512.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LnRow {
    /// ln c @45.
    pub ln: u64,
    /// 1 / c @46.
    pub inverse: u64,
}

/// All tables.
#[derive(Debug)]
pub struct Tables {
    nodes: Vec<Node>,
    ln: Vec<LnRow>,
    exp: Vec<u64>,
    ln2: u64,
}

impl Tables {
    /// The node i / 2^8; `None` outside -[`NODE_LIMIT`] ..= [`NODE_LIMIT`].
    pub fn node(&self, index: i64) -> Option<&Node> {
        usize::try_from(index + NODE_LIMIT)
            .ok()
            .and_then(|at| self.nodes.get(at))
    }

    /// The nodes from -[`NODE_LIMIT`] on.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The [`LN_ROWS`] rows of the logarithm, by the 8 bits after the leading one.
    pub fn ln(&self) -> &[LnRow] {
        &self.ln
    }

    /// ln 2 @63.
    pub fn ln2(&self) -> u64 {
        self.ln2
    }

    /// The [`EXP_ROWS`] rows of the exponential @40: row k is e^((2k + 1) / 128 - 3/2).
    pub fn exp(&self) -> &[u64] {
        &self.exp
    }
}

/// The tables of this process.
pub fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        nodes: nodes(),
        ln: (0..LN_ROWS as u128).map(ln_row).collect(),
        exp: (0..EXP_ROWS as i128).map(exp_row).collect(),
        // ln 2 = 2 artanh(1/3).
        ln2: round(2 * artanh(1, 3), LOG - 63) as u64,
    })
}

/// Fractional bits of density and exponential while they are computed.
const UNIT: u32 = 126;
/// Fractional bits of logarithms while they are computed.
const LOG: u32 = 118;
/// 1 / sqrt(2 pi) @126, rounded down; 0.398942280401432677939946059934...
const INV_ROOT_2PI: u128 = 0x1988_4533_d436_508d_0fcb_3c50_0bab_8e2f;

/// value / 2^bits, to the nearest.
fn round(value: u128, bits: u32) -> u128 {
    (value + (1 << (bits - 1))) >> bits
}

/// floor(a b / 2^126) for a, b of at most 2^127.
fn product(a: u128, b: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let middle = a1 * b0 + ((a0 * b0) >> 64);
    let second = a0 * b1 + (middle & LOW);
    let high = a1 * b1 + (middle >> 64) + (second >> 64);
    // The product is high*2^128 + (second's low half)*2^64 + ...; 2^126 takes the two top bits of the low half along.
    (high << 2) | ((second & LOW) >> 62)
}

/// e^-(a / b) @126 for a / b <= 1 and small a, by its series. Every step rounds down: a few units in all.
fn exp_minus(a: u128, b: u128) -> u128 {
    let (mut even, mut odd) = (0, 0);
    let mut term = 1 << UNIT;
    let mut k = 0;
    while term != 0 {
        if k % 2 == 0 {
            even += term;
        } else {
            odd += term;
        }
        k += 1;
        term = term / b * a / k;
    }
    even - odd
}

fn nodes() -> Vec<Node> {
    // n((i+1)/256) / n(i/256) = e^-((2i+1) / 2^17), which itself falls by e^-(2 / 2^17) a step.
    let (mut ratio, fall) = (exp_minus(1, 1 << 17), exp_minus(2, 1 << 17));
    let mut density = INV_ROOT_2PI;
    let mut right = Vec::with_capacity(NODE_LIMIT as usize + 1);
    for i in 0..=NODE_LIMIT as u128 {
        // Above x = 7.2 the tail is below 3.1e-13 < 2^-38, which rounds to 0.
        let tail = if i > 1843 { 0 } else { tail(i, density) };
        let node = Node {
            cdf: (1 << 36) - round(tail, UNIT - 36) as u64,
            pdf: round(density, UNIT - 36) as u64,
            slope: round(density, UNIT - 19) as u64,
            // x n(x) < 1/4: i n(x) is below 2^12 / 4 of 2^126 only after the shift by 16 bits.
            curvature: -(round((density >> 16) * i, UNIT - 16 - 16 + NODE_BITS) as i64),
            weight: round(density, UNIT - 10) as u64,
        };
        right.push(node);
        density = product(density, ratio);
        ratio = product(ratio, fall);
    }
    let mirrored = right.iter().skip(1).rev().map(|node| Node {
        cdf: (1 << 36) - node.cdf,
        curvature: -node.curvature,
        ..*node
    });
    mirrored.chain(right.iter().copied()).collect()
}

/// N(-x) @126 at x = i / 256, from n(x) @126: 1/2 - n(x) (x + x^3/3 + x^5/15 + ...).
///
/// The sum is below 2^38 for x <= 7.2 and kept @64, so a term times i^2 stays below 2^124.
fn tail(i: u128, density: u128) -> u128 {
    let (mut term, mut sum, mut odd) = (i << 56, 0u128, 1);
    while term != 0 {
        sum += term;
        odd += 2;
        term = term * i * i / (odd << 16);
    }
    // n(x) sum: @126 by @64 is @190; both halves of the sum are taken apart to stay in 128 bits.
    let (high, low) = (sum >> 64, sum & u128::from(u64::MAX));
    let body = density * high + ((density >> 64) * low + (((density & u128::from(u64::MAX)) * low) >> 64));
    (1u128 << (UNIT - 1)).saturating_sub(body)
}

/// artanh(a / b) @118 for a / b <= 1/3 and a < 2^9, by its series; each step rounds down.
fn artanh(a: u128, b: u128) -> u128 {
    let (mut power, mut sum, mut odd) = ((a << LOG) / b, 0, 1);
    while power != 0 {
        sum += power / odd;
        odd += 2;
        power = power / b * a / b * a;
    }
    sum
}

fn ln_row(k: u128) -> LnRow {
    let c = 513 + 2 * k;
    // ln(c / 512) = 2 artanh((c - 512) / (c + 512)).
    LnRow {
        ln: round(2 * artanh(c - 512, c + 512), LOG - 45) as u64,
        inverse: ((2 * (512 << 46) + c) / (2 * c)) as u64,
    }
}

fn exp_row(k: i128) -> u64 {
    // e^(m / 128) with m = 2k + 1 - 192: the series of e^-(1/128), inverted where m is positive.
    let m = 2 * k + 1 - EXP_ROWS as i128;
    let step = exp_minus(1, 128);
    let mut power = 1u128 << UNIT;
    for _ in 0..m.unsigned_abs() {
        power = product(power, step);
    }
    if m < 0 {
        return round(power, UNIT - 40) as u64;
    }
    // 1 / power: 2^166 / power @40, by one division @126 and a second one of its rest.
    let (whole, rest) = ((1u128 << 127) / power, (1u128 << 127) % power);
    let mut value = whole;
    let mut rest = rest;
    for _ in 0..40 {
        // One more binary digit of 2^127 / power. The rest is below power <= 2^126.
        rest <<= 1;
        value = value << 1 | u128::from(rest >= power);
        if rest >= power {
            rest -= power;
        }
    }
    // value = floor(2^167 / power) = e^(m/128) @41.
    ((value + 1) >> 1) as u64
}
