//! halo2 `SerdeFormat::RawBytes`.
//!
//! | bytes | content |
//! |---|---|
//! | 4 | k, u32 little-endian |
//! | 64 each | 2^k powers: x, y in Montgomery form, little-endian |
//! | 64 each | 2^k Lagrange points |
//! | 128 | h: x.c0, x.c1, y.c0, y.c1 |
//! | 128 | tau h |

use std::io::Read;

use super::points::{Coding, G1_BYTES, G2_BYTES, Source, g1_list, g2_ends};
use super::{Raw, SrsError};
use crate::error::PointList;

/// Bytes of a file of size k.
pub(super) fn file_length(k: u32) -> Option<u64> {
    let powers = 1u64.checked_shl(k)?;
    let points = powers.checked_mul(2 * G1_BYTES as u64)?;
    points.checked_add(4 + 2 * G2_BYTES as u64)
}

pub(super) fn read<R: Read>(source: &mut Source<R>, k: u32) -> Result<Raw, SrsError> {
    let k_max = u32::from_le_bytes(source.array("k")?);
    let (expected, found) = (file_length(k_max), source.length());
    if expected.is_none_or(|expected| expected > found) {
        return Err(SrsError::Truncated {
            part: "points",
            expected: expected.unwrap_or(u64::MAX),
            found,
        });
    }
    if k > k_max {
        return Err(SrsError::Size { k, k_max });
    }
    // `file_length` fits in the file, so these do.
    let all = G1_BYTES as u64 * (1 << k_max);
    let taken = all.min(G1_BYTES as u64 * ((1 << k) + 1));
    let bytes = source.take(taken, "powers")?;
    let g = g1_list(&bytes, Coding::Montgomery, PointList::Powers)?;
    source.skip(all - taken, "powers")?;
    let lagrange = if k == k_max {
        let bytes = source.take(all, "Lagrange points")?;
        Some(g1_list(&bytes, Coding::Montgomery, PointList::Lagrange)?)
    } else {
        source.skip(all, "Lagrange points")?;
        None
    };
    let (h, tau_h) = g2_ends(source, Coding::Montgomery)?;
    Ok(Raw {
        powers: 1 << k_max,
        g,
        lagrange,
        h,
        tau_h,
    })
}
