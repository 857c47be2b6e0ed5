//! Our own file of a checked setup: import once, load fast.
//!
//! | bytes | content |
//! |---|---|
//! | 16 | `zksettle-srs/2`, newline, 0 |
//! | 4 | k, u32 little-endian |
//! | 4 | length of the provenance |
//! | … | provenance, JSON |
//! | 64 each | 2^k powers, then 2^k Lagrange points, Montgomery form |
//! | 1 | 1 if the power 2^k follows, else 0; not in format 1 |
//! | 64 or 0 | that power |
//! | 128 each | h, tau h |
//! | 32 | SHA-256 of everything before |
//!
//! The hash finds damage; it does not keep out somebody who can write the file, and such a person could replace the program as
//! well. Loading checks the hash, every point, the first and the last power, the sum of the Lagrange points, and
//! `tau h` of a ceremony that is known here; [`Setup::check`] checks every power and Lagrange point.

use std::io::{Read, Write};
use std::path::Path;

use halo2_proofs::SerdeFormat;
use halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_proofs::halo2curves::serde::SerdeObject;
use halo2_proofs::poly::commitment::Params;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use sha2::{Digest, Sha256};

use super::points::{Coding, G1_BYTES, G2_BYTES, Source, g1_list, g2_ends};
use super::{INSECURE_SUFFIX, MAX_K, Provenance, Setup, Sha256Digest, SrsError, check, manifest};
use crate::error::PointList;

const MAGIC: &[u8; 16] = b"zksettle-srs/2\n\0";
/// Before the power 2^k was kept.
const MAGIC_1: &[u8; 16] = b"zksettle-srs/1\n\0";
/// More than any provenance takes.
const PROVENANCE_LIMIT: u32 = 1 << 16;
/// The library's header, which stands before its points.
const K_BYTES: usize = 4;

impl Setup {
    /// Writes the setup to `path`, atomically. An insecure setup needs a name that ends in [`INSECURE_SUFFIX`], and no other
    /// setup may have one.
    pub fn save(&self, path: &Path) -> Result<(), SrsError> {
        check_name(path, self.provenance())?;
        crate::atomic::write(path, |out| self.write(out)).map_err(|source| SrsError::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// Reads a setup that [`Setup::save`] wrote.
    pub fn load(path: &Path) -> Result<Self, SrsError> {
        let (source, _) = Source::open(path)?;
        let setup = read(source)?;
        check_name(path, setup.provenance())?;
        Ok(setup)
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut out = Hashing {
            out,
            hash: Sha256::new(),
        };
        let provenance = serde_json::to_vec(self.provenance())?;
        let length = u32::try_from(provenance.len()).map_err(std::io::Error::other)?;
        out.write_all(MAGIC)?;
        out.write_all(&self.k().to_le_bytes())?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&provenance)?;
        for point in self.powers().iter().chain(self.lagrange()) {
            point.write_raw(&mut out)?;
        }
        out.write_all(&[u8::from(self.next_power().is_some())])?;
        if let Some(point) = self.next_power() {
            point.write_raw(&mut out)?;
        }
        self.params().g2().write_raw(&mut out)?;
        self.params().s_g2().write_raw(&mut out)?;
        let hash = out.hash.finalize();
        out.out.write_all(&hash)
    }
}

/// The hash is compared before anything is parsed.
fn read<R: Read>(mut source: Source<R>) -> Result<Setup, SrsError> {
    let magic: [u8; 16] = source.array("header")?;
    if magic != *MAGIC && magic != *MAGIC_1 {
        let (expected, found) = (hex::encode(MAGIC), hex::encode(magic));
        return Err(SrsError::malformed("header", expected, found));
    }
    let k = u32::from_le_bytes(source.array("k")?);
    if k == 0 || k > MAX_K {
        return Err(SrsError::Size { k, k_max: MAX_K });
    }
    let length = u32::from_le_bytes(source.array("length of the provenance")?);
    if length > PROVENANCE_LIMIT {
        let expected = format!("at most {PROVENANCE_LIMIT}");
        return Err(SrsError::malformed("length of the provenance", expected, length));
    }
    let provenance = source.take(length.into(), "provenance")?;
    let mut powers = source.take((G1_BYTES as u64) << k, "powers")?;
    let lagrange = source.take((G1_BYTES as u64) << k, "Lagrange points")?;
    let mut further = 0;
    if magic == *MAGIC {
        [further] = source.array("number of further powers")?;
    }
    if further > 0 {
        powers.extend(source.array::<G1_BYTES>("power 2^k")?);
    }
    let ends: [u8; 2 * G2_BYTES] = source.array("G2 points")?;
    let found = source.hash_so_far();
    let expected = Sha256Digest(source.array("hash")?);
    source.finish()?;
    if expected != found {
        return Err(SrsError::Corrupt { expected, found });
    }
    if further > 1 {
        return Err(SrsError::malformed("number of further powers", "0 or 1", further));
    }
    parse(k, &provenance, &powers, &lagrange, &ends)
}

fn parse(k: u32, provenance: &[u8], powers: &[u8], lagrange: &[u8], ends: &[u8]) -> Result<Setup, SrsError> {
    let provenance: Provenance =
        serde_json::from_slice(provenance).map_err(|error| SrsError::malformed("provenance", "its JSON", error))?;
    if provenance.insecure && cfg!(feature = "production") {
        let name = provenance.name;
        return Err(SrsError::InsecureRefused { name });
    }
    let g = g1_list(powers, Coding::Montgomery, PointList::Powers)?;
    let lagrange = g1_list(lagrange, Coding::Montgomery, PointList::Lagrange)?;
    let (h, tau_h) = g2_ends(&mut Source::over(ends), Coding::Montgomery)?;
    check::ends(&g, &h, &tau_h)?;
    check::spot(&g, k, &h, &tau_h)?;
    check::lagrange_sum(&g, &lagrange)?;
    manifest::confirm(&provenance.recognition, &tau_h)?;
    let ends = (h, tau_h);
    Ok(Setup::assembled(k, g, Some(lagrange), ends, provenance))
}

/// The library's Lagrange points, out of its own serialisation: it has no other way to them.
pub(super) fn lagrange_of(params: &ParamsKZG<Bn256>) -> Vec<G1Affine> {
    let points = G1_BYTES * params.n() as usize;
    let mut bytes = Vec::with_capacity(K_BYTES + 2 * points + 2 * G2_BYTES);
    // Invariant: writing to a vector does not fail.
    params
        .write_custom(&mut bytes, SerdeFormat::RawBytes)
        .expect("a vector takes every byte");
    bytes[K_BYTES + points..K_BYTES + 2 * points]
        .chunks_exact(G1_BYTES)
        .map(G1Affine::from_raw_bytes_unchecked)
        .collect()
}

fn check_name(path: &Path, provenance: &Provenance) -> Result<(), SrsError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(INSECURE_SUFFIX) == provenance.insecure {
        return Ok(());
    }
    Err(SrsError::InsecureName {
        path: path.to_owned(),
        suffix: INSECURE_SUFFIX,
    })
}

struct Hashing<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
