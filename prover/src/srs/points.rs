//! Bytes of setup files, and points out of bytes.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ff::PrimeField;
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Fq, Fq2, G1Affine, G2Affine};
use halo2_proofs::halo2curves::serde::SerdeObject;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Sha256Digest, SrsError};
use crate::error::{PointFault, PointList};

/// Bytes of a G1 point in every layout.
pub(super) const G1_BYTES: usize = 64;
/// Bytes of a G2 point in every layout.
pub(super) const G2_BYTES: usize = 128;

/// A file that is read once, front to back, hashed on the way, and never allocated for beyond its own length.
pub(super) struct Source<R> {
    reader: R,
    hash: Sha256,
    read: u64,
    length: u64,
}

impl<'a> Source<&'a [u8]> {
    /// Bytes in memory.
    pub(super) fn over(bytes: &'a [u8]) -> Self {
        Self::new(bytes, bytes.len() as u64)
    }
}

impl Source<Box<dyn Read>> {
    /// The file at `path`, and its first 16 bytes or fewer.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<u8>), SrsError> {
        let io = |source| SrsError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut head = Vec::with_capacity(16);
        reader.by_ref().take(16).read_to_end(&mut head).map_err(io)?;
        let whole = std::io::Cursor::new(head.clone()).chain(reader);
        Ok((Self::new(Box::new(whole), length), head))
    }
}

impl<R: Read> Source<R> {
    fn new(reader: R, length: u64) -> Self {
        Self {
            reader,
            hash: Sha256::new(),
            read: 0,
            length,
        }
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The next `count` bytes. Nothing is allocated before the file is known to have them.
    pub(super) fn take(&mut self, count: u64, part: &'static str) -> Result<Vec<u8>, SrsError> {
        let size = self.claim(count, part)?;
        let mut bytes = vec![0u8; size];
        self.fill(&mut bytes, part)?;
        Ok(bytes)
    }

    /// The next N bytes.
    pub(super) fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], SrsError> {
        self.claim(N as u64, part)?;
        let mut bytes = [0u8; N];
        self.fill(&mut bytes, part)?;
        Ok(bytes)
    }

    /// Hashes the next `count` bytes and drops them.
    pub(super) fn skip(&mut self, count: u64, part: &'static str) -> Result<(), SrsError> {
        let mut left = self.claim(count, part)?;
        let mut buffer = vec![0u8; left.min(1 << 16)];
        while left > 0 {
            let size = left.min(buffer.len());
            self.fill(&mut buffer[..size], part)?;
            left -= size;
        }
        Ok(())
    }

    /// The hash of the whole file; an error if bytes are left.
    pub(super) fn finish(self) -> Result<Sha256Digest, SrsError> {
        let (expected, found) = (self.read, self.length);
        if expected != found {
            return Err(SrsError::TooLong { expected, found });
        }
        Ok(self.hash_so_far())
    }

    /// The hash of what was read so far.
    pub(super) fn hash_so_far(&self) -> Sha256Digest {
        Sha256Digest(self.hash.clone().finalize().into())
    }

    fn claim(&self, count: u64, part: &'static str) -> Result<usize, SrsError> {
        let found = self.length - self.read;
        usize::try_from(count)
            .ok()
            .filter(|_| count <= found)
            .ok_or(SrsError::Truncated {
                part,
                expected: count,
                found,
            })
    }

    fn fill(&mut self, bytes: &mut [u8], part: &'static str) -> Result<(), SrsError> {
        self.reader
            .read_exact(bytes)
            .map_err(|error| SrsError::malformed(part, "readable bytes", error))?;
        self.hash.update(&*bytes);
        self.read += bytes.len() as u64;
        Ok(())
    }
}

/// How coordinates are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Coding {
    /// Montgomery form, little-endian: halo2 `RawBytes`, snarkjs.
    Montgomery,
    /// The integer, little-endian, with two flags in the top bits of y: arkworks.
    Flagged,
}

/// arkworks: y is the larger root (redundant in the uncompressed form).
const FLAG_LARGER: u8 = 0x80;
/// arkworks: the point at infinity.
const FLAG_INFINITY: u8 = 0x40;

fn coordinate(bytes: &[u8], coding: Coding) -> Result<Fq, PointFault> {
    let value = match coding {
        Coding::Montgomery => Fq::from_raw_bytes(bytes),
        Coding::Flagged => bytes.try_into().ok().and_then(|bytes| Fq::from_repr(bytes).into()),
    };
    value.ok_or(PointFault::NotCanonical)
}

/// Coordinates canonical, point on the curve and finite.
fn g1(bytes: &[u8], coding: Coding) -> Result<G1Affine, PointFault> {
    let mut own = [0u8; G1_BYTES];
    own.copy_from_slice(bytes);
    unflag(&mut own, coding)?;
    let (x, y) = own.split_at(32);
    let (x, y) = (coordinate(x, coding)?, coordinate(y, coding)?);
    finite(G1Affine { x, y })
}

/// Coordinates canonical, point on the twist and finite. Its order is checked elsewhere.
fn g2(bytes: &[u8; G2_BYTES], coding: Coding) -> Result<G2Affine, PointFault> {
    let mut own = *bytes;
    unflag(&mut own, coding)?;
    let part = |at: usize| coordinate(&own[32 * at..32 * at + 32], coding);
    let (x, y) = (
        Fq2 {
            c0: part(0)?,
            c1: part(1)?,
        },
        Fq2 {
            c0: part(2)?,
            c1: part(3)?,
        },
    );
    finite(G2Affine { x, y })
}

fn unflag(bytes: &mut [u8], coding: Coding) -> Result<(), PointFault> {
    if let (Coding::Flagged, Some(last)) = (coding, bytes.last_mut()) {
        if *last & FLAG_INFINITY != 0 {
            return Err(PointFault::Infinity);
        }
        *last &= !FLAG_LARGER;
    }
    Ok(())
}

/// On the curve and not (0, 0), which the library takes for infinity.
pub(super) fn finite<C: CurveAffine>(point: C) -> Result<C, PointFault> {
    if point.is_identity().into() {
        return Err(PointFault::Infinity);
    }
    if !bool::from(point.is_on_curve()) {
        return Err(PointFault::NotOnCurve);
    }
    Ok(point)
}

/// The points in `bytes`, a multiple of 64 long; the first bad one is reported.
pub(super) fn g1_list(bytes: &[u8], coding: Coding, list: PointList) -> Result<Vec<G1Affine>, SrsError> {
    let parsed: Vec<_> = bytes
        .par_chunks_exact(G1_BYTES)
        .map(|bytes| g1(bytes, coding))
        .collect();
    let numbered = (0..).zip(parsed);
    numbered
        .map(|(index, point)| point.map_err(|fault| SrsError::Point { list, index, fault }))
        .collect()
}

/// `h` and `tau h`, the next 256 bytes.
pub(super) fn g2_ends<R: Read>(source: &mut Source<R>, coding: Coding) -> Result<(G2Affine, G2Affine), SrsError> {
    let mut next = |list, part| {
        let bytes = source.array(part)?;
        let index = 0;
        g2(&bytes, coding).map_err(|fault| SrsError::Point { list, index, fault })
    };
    Ok((next(PointList::H, "h")?, next(PointList::TauH, "tau*h")?))
}

/// A G2 point as the EVM's pairing precompile takes it: `x.c1, x.c0, y.c1, y.c0`, 32 bytes each, big-endian.
pub fn evm_g2(point: &G2Affine) -> [u8; G2_BYTES] {
    let mut bytes = [0u8; G2_BYTES];
    let words = [point.x.c1, point.x.c0, point.y.c1, point.y.c0];
    for (place, word) in bytes.chunks_exact_mut(32).zip(words) {
        place.copy_from_slice(&word.to_repr());
        place.reverse();
    }
    bytes
}
