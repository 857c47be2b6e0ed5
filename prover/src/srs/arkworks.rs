//! arkworks 0.4 `UniversalParams`, uncompressed: the layout of `ark-srs` and its Aztec Ignition files.
//!
//! | bytes | content |
//! |---|---|
//! | 8 | number of powers, u64 little-endian |
//! | 64 each | x, y: integers, little-endian; the top two bits of y are flags |
//! | 8 | 0: no further G1 powers |
//! | 128 | h: x.c0, x.c1, y.c0, y.c1, the same flags on the last byte |
//! | 128 | tau h |
//! | 8 | 0: no further G2 powers |

use std::io::Read;

use super::points::{Coding, G1_BYTES, G2_BYTES, Source, g1_list, g2_ends};
use super::{Raw, SrsError};
use crate::error::PointList;

/// Everything but the powers.
const FRAME: u64 = 8 + 8 + 2 * G2_BYTES as u64 + 8;

/// Bytes of a file with `count` powers.
pub(super) fn file_length(count: u64) -> Option<u64> {
    count.checked_mul(G1_BYTES as u64)?.checked_add(FRAME)
}

pub(super) fn read<R: Read>(source: &mut Source<R>, k: u32) -> Result<Raw, SrsError> {
    let count = u64::from_le_bytes(source.array("number of powers")?);
    let (expected, found) = (file_length(count), source.length());
    match expected {
        Some(expected) if expected == found => {}
        Some(expected) if expected < found => return Err(SrsError::TooLong { expected, found }),
        _ => {
            return Err(SrsError::Truncated {
                part: "powers",
                expected: expected.unwrap_or(u64::MAX),
                found,
            });
        }
    }
    let wanted = 1u64 << k;
    if wanted > count {
        let k_max = count.checked_ilog2().unwrap_or_default();
        return Err(SrsError::Size { k, k_max });
    }
    let taken = count.min(wanted + 1);
    let bytes = source.take(taken * G1_BYTES as u64, "powers")?;
    let g = g1_list(&bytes, Coding::Flagged, PointList::Powers)?;
    source.skip((count - taken) * G1_BYTES as u64, "powers")?;
    zero(source, "end of the powers")?;
    let (h, tau_h) = g2_ends(source, Coding::Flagged)?;
    zero(source, "end of the G2 points")?;
    Ok(Raw {
        powers: count,
        g,
        lagrange: None,
        h,
        tau_h,
    })
}

fn zero<R: Read>(source: &mut Source<R>, part: &'static str) -> Result<(), SrsError> {
    match u64::from_le_bytes(source.array(part)?) {
        0 => Ok(()),
        found => Err(SrsError::malformed(part, 0, found)),
    }
}
