//! snarkjs powers of tau (`.ptau`), read front to back.
//!
//! | bytes | content |
//! |---|---|
//! | 4 | `ptau` |
//! | 4 | version 1, u32 little-endian as every number here |
//! | 4 | number of sections |
//! | 4 + 8 + … each | section: type, u64 length, content |
//!
//! | section | content |
//! |---|---|
//! | 1 | n8 = 32; the prime p, n8 bytes; power; power of the whole ceremony |
//! | 2 | 2^(power+1) - 1 points `tau^i G`: x, y in Montgomery form |
//! | 3 | 2^power points `tau^i h`: x.c0, x.c1, y.c0, y.c1 |
//! | others | skipped: they serve Groth16 |

use std::io::Read;

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::{Fq, G1Affine, G2Affine};

use super::points::{Coding, G1_BYTES, G2_BYTES, Source, g1_list, g2_ends};
use super::{Raw, SrsError};
use crate::error::PointList;

/// The first bytes of a file.
pub(super) const MAGIC: &[u8] = b"ptau";
const VERSION: u32 = 1;
/// Length of the header section.
const HEADER_BYTES: u64 = 4 + 32 + 4 + 4;
/// A power above the largest ceremony's, and small enough to shift by.
const POWER_LIMIT: u32 = 32;

/// What was found so far.
#[derive(Default)]
struct Sections {
    power: Option<u32>,
    g: Option<Vec<G1Affine>>,
    ends: Option<(G2Affine, G2Affine)>,
}

pub(super) fn read<R: Read>(source: &mut Source<R>, k: u32) -> Result<Raw, SrsError> {
    let magic: [u8; 4] = source.array("magic")?;
    if magic != *MAGIC {
        let (expected, found) = (hex::encode(MAGIC), hex::encode(magic));
        return Err(SrsError::malformed("magic", expected, found));
    }
    expect(source, "version", VERSION)?;
    let count = number(source, "number of sections")?;
    let mut sections = Sections::default();
    // Each round reads 12 bytes or fails, so a false count ends with the file.
    for _ in 0..count {
        sections.read_one(source, k)?;
    }
    let power = sections.power.ok_or_else(|| missing("section 1"))?;
    let (h, tau_h) = sections.ends.ok_or_else(|| missing("section 3"))?;
    Ok(Raw {
        powers: (1 << (power + 1)) - 1,
        g: sections.g.ok_or_else(|| missing("section 2"))?,
        lagrange: None,
        h,
        tau_h,
    })
}

impl Sections {
    fn read_one<R: Read>(&mut self, source: &mut Source<R>, k: u32) -> Result<(), SrsError> {
        let kind = number(source, "section type")?;
        let length = u64::from_le_bytes(source.array("section length")?);
        match kind {
            1 => self.read_header(source, length),
            2 => self.read_powers(source, length, k),
            3 => self.read_ends(source, length),
            _ => source.skip(length, "section"),
        }
    }

    fn read_header<R: Read>(&mut self, source: &mut Source<R>, length: u64) -> Result<(), SrsError> {
        once("section 1", self.power.is_some())?;
        expect_length("length of section 1", HEADER_BYTES, length)?;
        expect(source, "bytes of a coordinate", 32)?;
        let prime: [u8; 32] = source.array("prime")?;
        let mut found = prime;
        found.reverse();
        let (expected, found) = (Fq::MODULUS, format!("0x{}", hex::encode(found)));
        if expected != found {
            return Err(SrsError::malformed("prime", expected, found));
        }
        let power = number(source, "power")?;
        let ceremony = number(source, "power of the ceremony")?;
        if power == 0 || power >= POWER_LIMIT || power > ceremony {
            let expected = format!("1..={}", ceremony.min(POWER_LIMIT - 1));
            return Err(SrsError::malformed("power", expected, power));
        }
        self.power = Some(power);
        Ok(())
    }

    fn read_powers<R: Read>(&mut self, source: &mut Source<R>, length: u64, k: u32) -> Result<(), SrsError> {
        once("section 2", self.g.is_some())?;
        let power = self.power_before("section 2")?;
        let (all, wanted) = ((1u64 << (power + 1)) - 1, 1u64 << k);
        expect_length("length of section 2", all * G1_BYTES as u64, length)?;
        if wanted > all {
            return Err(SrsError::Size { k, k_max: power });
        }
        let taken = all.min(wanted + 1);
        let bytes = source.take(taken * G1_BYTES as u64, "section 2")?;
        self.g = Some(g1_list(&bytes, Coding::Montgomery, PointList::Powers)?);
        source.skip((all - taken) * G1_BYTES as u64, "section 2")
    }

    fn read_ends<R: Read>(&mut self, source: &mut Source<R>, length: u64) -> Result<(), SrsError> {
        once("section 3", self.ends.is_some())?;
        let power = self.power_before("section 3")?;
        let all = G2_BYTES as u64 * (1 << power);
        expect_length("length of section 3", all, length)?;
        self.ends = Some(g2_ends(source, Coding::Montgomery)?);
        source.skip(all - 2 * G2_BYTES as u64, "section 3")
    }

    /// snarkjs writes the header first; without it the lengths of the others mean nothing.
    fn power_before(&self, part: &'static str) -> Result<u32, SrsError> {
        let late = || SrsError::malformed(part, "section 1 before it", "it comes first");
        self.power.ok_or_else(late)
    }
}

fn number<R: Read>(source: &mut Source<R>, part: &'static str) -> Result<u32, SrsError> {
    Ok(u32::from_le_bytes(source.array(part)?))
}

fn expect<R: Read>(source: &mut Source<R>, part: &'static str, expected: u32) -> Result<(), SrsError> {
    let found = number(source, part)?;
    if expected != found {
        return Err(SrsError::malformed(part, expected, found));
    }
    Ok(())
}

fn expect_length(part: &'static str, expected: u64, found: u64) -> Result<(), SrsError> {
    if expected != found {
        return Err(SrsError::malformed(part, expected, found));
    }
    Ok(())
}

fn once(part: &'static str, again: bool) -> Result<(), SrsError> {
    if again {
        return Err(SrsError::malformed(part, "one such section", "a second one"));
    }
    Ok(())
}

fn missing(part: &'static str) -> SrsError {
    SrsError::malformed(part, "one such section", "none")
}
