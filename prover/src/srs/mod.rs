//! The KZG setup: `tau^i G` for i < 2^k, the same in the Lagrange basis, and `h`, `tau h` in G2.
//!
//! A setup comes from a ceremony's file ([`import`]), is checked point by point and power by power, and is stored in our own
//! format ([`Setup::save`], [`Setup::load`]) so that the slow part happens once. Whatever is proven with a setup rests on nobody
//! knowing tau; [`Provenance`] says which ceremony stands for that.
//!
//! | import checks | how |
//! |---|---|
//! | every G1 point canonical, on the curve, finite | one by one; G1 has no other subgroup |
//! | power 0 is the generator, h is the standard generator of G2 | comparison |
//! | `tau h` on the twist, of order r, finite, not h | multiplication by r |
//! | power i+1 = tau · power i, for all i | one pairing equation of a random combination, 128-bit coefficients from the system |
//! | Lagrange points | commitment to random values equals the commitment to their interpolation |
#![cfg_attr(
    feature = "production",
    doc = "\nA production build has no one-party setup:\n```compile_fail\nuse prover::srs::dev::UnsafeDevSetup;\n```"
)]

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use halo2_proofs::arithmetic::g_to_lagrange;
use halo2_proofs::halo2curves::bn256::{Bn256, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::poly::commitment::{Params, ParamsProver};
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

mod arkworks;
mod check;
#[cfg(not(feature = "production"))]
pub mod dev;
mod halo2_raw;
mod manifest;
mod points;
mod ptau;
mod store;
mod tables;

pub use self::manifest::Manifest;
use self::points::Source;
pub use self::points::evm_g2;
use self::tables::Tables;
use crate::backend::cpu::Table;
pub use crate::error::SrsError;
use crate::hexadecimal::hex32;

hex32! {
    /// A SHA-256 digest, written as `sha256sum` writes it.
    Sha256Digest, ""
}

/// The largest size a setup may have.
pub const MAX_K: u32 = 20;

/// The ending of the file names that belong to one-party setups, and to nothing else.
pub const INSECURE_SUFFIX: &str = ".INSECURE-dev.srs";

/// The layout a setup was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// arkworks `UniversalParams`, uncompressed: the layout of `ark-srs` and its Aztec Ignition files.
    #[serde(rename = "arkworks")]
    Arkworks,
    /// halo2 `SerdeFormat::RawBytes`.
    #[serde(rename = "halo2-raw")]
    Halo2Raw,
    /// snarkjs powers of tau.
    #[serde(rename = "ptau")]
    Ptau,
    /// Made here by one party, from a known tau.
    #[serde(rename = "INSECURE-dev")]
    InsecureDev,
}

impl Format {
    /// The layouts that [`import`] reads.
    pub const IMPORTABLE: [Self; 3] = [Self::Arkworks, Self::Halo2Raw, Self::Ptau];

    /// The layout of a file that starts with `head` and has `length` bytes: each layout determines its length or its magic.
    pub fn detect(head: &[u8], length: u64) -> Option<Self> {
        if head.starts_with(ptau::MAGIC) {
            return Some(Self::Ptau);
        }
        let count = head.first_chunk().map(|count| u64::from_le_bytes(*count));
        if count.and_then(arkworks::file_length) == Some(length) {
            return Some(Self::Arkworks);
        }
        let k = head.first_chunk().map(|k| u32::from_le_bytes(*k));
        (k.and_then(halo2_raw::file_length) == Some(length)).then_some(Self::Halo2Raw)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arkworks => "arkworks",
            Self::Halo2Raw => "halo2-raw",
            Self::Ptau => "ptau",
            Self::InsecureDev => "INSECURE-dev",
        })
    }
}

/// How a setup was recognised as a ceremony's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recognition {
    /// The file is the one in this manifest, byte for byte.
    File(String),
    /// Another file of the ceremony in this manifest: `tau h` is the same, and with the power check it determines every point.
    Powers(String),
    /// In no manifest: an unknown setup. Who knows its tau is for the user to find out.
    Unknown,
}

/// Where a setup comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The manifest's name, or the source file's.
    pub name: String,
    /// The layout of the source file.
    pub format: Format,
    /// SHA-256 of the source file.
    pub sha256: Sha256Digest,
    /// Powers of tau in the source file.
    pub powers: u64,
    /// How it was recognised.
    pub recognition: Recognition,
    /// Made by one party: tau is known, proofs mean nothing.
    pub insecure: bool,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, format, sha256, ..
        } = self;
        if self.insecure {
            return write!(f, "INSECURE one-party setup {name}: its proofs mean nothing");
        }
        match &self.recognition {
            Recognition::File(manifest) => write!(f, "{manifest} ({format}, sha256 {sha256})"),
            Recognition::Powers(manifest) => {
                write!(f, "powers of {manifest} ({format} file {name}, sha256 {sha256})")
            }
            Recognition::Unknown => {
                write!(f, "unknown setup {name} ({format}, sha256 {sha256})")
            }
        }
    }
}

/// A checked setup.
#[derive(Clone)]
pub struct Setup {
    params: ParamsKZG<Bn256>,
    lagrange: OnceLock<Vec<G1Affine>>,
    /// `tau^(2^k) G`.
    next: Option<G1Affine>,
    provenance: Provenance,
    /// Multiples of the powers and of the Lagrange points, for our own prover.
    tables: Arc<Tables>,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("k", &self.k())
            .field("provenance", &self.provenance)
            .finish_non_exhaustive()
    }
}

impl Setup {
    /// The library's form.
    pub fn params(&self) -> &ParamsKZG<Bn256> {
        &self.params
    }

    /// log2 of the number of powers.
    pub fn k(&self) -> u32 {
        self.params.k()
    }

    /// `tau^i G`.
    pub fn powers(&self) -> &[G1Affine] {
        self.params.get_g()
    }

    /// `tau^(2^k) G`, the power after the last one, where the source of the setup has it. The library has no use for it; our own prover
    /// blinds the pieces of the quotient with it.
    pub fn next_power(&self) -> Option<&G1Affine> {
        self.next.as_ref()
    }

    /// Whether the setup holds all that its source has for it: a file from before format 2 lacks [`next_power`](Self::next_power).
    pub fn complete(&self) -> bool {
        self.next.is_some() || self.provenance.powers <= 1 << self.k()
    }

    /// `L_i(tau) G`. The library keeps its own copy to itself; the first call makes ours.
    pub fn lagrange(&self) -> &[G1Affine] {
        self.lagrange.get_or_init(|| store::lagrange_of(&self.params))
    }

    /// Keeps the tables of multiples that our own prover makes in `folder`, and takes them from there.
    pub fn keep_tables_in(&self, folder: &Path) {
        self.tables.keep_in(folder);
    }

    /// Multiples of [`powers`](Self::powers), unless they would take too much memory.
    pub(crate) fn powers_table(&self) -> Option<&Table> {
        self.tables.powers(self.powers(), &self.tables_name())
    }

    /// Multiples of [`lagrange`](Self::lagrange), unless they would take too much memory.
    pub(crate) fn lagrange_table(&self) -> Option<&Table> {
        self.tables.lagrange(self.lagrange(), &self.tables_name())
    }

    /// Bytes of the tables that are in memory now.
    pub fn table_bytes(&self) -> usize {
        self.tables.bytes()
    }

    fn tables_name(&self) -> String {
        let tau = blake3::hash(&evm_g2(&self.params.s_g2())).to_hex();
        format!("k{}-{}", self.k(), &tau[..24])
    }

    /// Where the setup comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Made by one party.
    pub fn insecure(&self) -> bool {
        self.provenance.insecure
    }

    /// The first 2^k powers, with their own Lagrange basis.
    pub fn truncated(&self, k: u32) -> Result<Self, SrsError> {
        let k_max = self.k();
        if k == 0 || k > k_max {
            return Err(SrsError::Size { k, k_max });
        }
        let mut g = self.powers()[..1 << k].to_vec();
        g.extend(self.powers().get(1 << k).or(self.next_power()));
        let ends = (self.params.g2(), self.params.s_g2());
        Ok(Self::assembled(k, g, None, ends, self.provenance.clone()))
    }

    /// Every check of an import, again.
    pub fn check(&self) -> Result<(), SrsError> {
        let (h, tau_h) = (self.params.g2(), self.params.s_g2());
        check::g1_list(self.powers(), crate::error::PointList::Powers)?;
        check::ends(self.powers(), &h, &tau_h)?;
        check::consecutive(&self.all_powers(), &h, &tau_h)?;
        check::g1_list(self.lagrange(), crate::error::PointList::Lagrange)?;
        check::lagrange(self.powers(), self.lagrange(), self.k())
    }

    /// The powers, and the next one where there is one.
    fn all_powers(&self) -> Vec<G1Affine> {
        self.powers().iter().chain(self.next_power()).copied().collect()
    }

    /// Puts checked points together: 2^k powers, or one more. The Lagrange basis is the inverse FFT of the powers where none is given.
    fn assembled(
        k: u32,
        mut g: Vec<G1Affine>,
        lagrange: Option<Vec<G1Affine>>,
        (h, tau_h): (G2Affine, G2Affine),
        provenance: Provenance,
    ) -> Self {
        let next = g.get(1 << k).copied();
        g.truncate(1 << k);
        let lagrange = lagrange.unwrap_or_else(|| g_to_lagrange(g.iter().map(PrimeCurveAffine::to_curve).collect(), k));
        // `from_parts` is a method, but does not read its receiver; the one-point setup is thrown away.
        let params = ParamsKZG::<Bn256>::setup(0, OsRng).from_parts(k, g, Some(lagrange.clone()), h, tau_h);
        Self {
            params,
            lagrange: OnceLock::from(lagrange),
            next,
            provenance,
            tables: Arc::default(),
        }
    }
}

/// Points as an importer hands them over: canonical and on their curves, nothing else checked.
struct Raw {
    /// Powers in the file.
    powers: u64,
    /// The first 2^k + 1 of them, or 2^k where the file has no more.
    g: Vec<G1Affine>,
    /// The Lagrange basis, where the file has one of the right size.
    lagrange: Option<Vec<G1Affine>>,
    h: G2Affine,
    tau_h: G2Affine,
}

/// Reads the first 2^k powers of a ceremony's file, with every check in the module's table, and compares with the manifests
/// that come with this program. `format` is detected if not given.
pub fn import(path: &Path, format: Option<Format>, k: u32) -> Result<Setup, SrsError> {
    import_with(path, format, k, &Manifest::builtin()?)
}

/// [`import`] with the caller's manifests.
pub fn import_with(path: &Path, format: Option<Format>, k: u32, manifests: &[Manifest]) -> Result<Setup, SrsError> {
    let (source, head) = Source::open(path)?;
    let format = format
        .or_else(|| Format::detect(&head, source.length()))
        .ok_or_else(SrsError::unknown_format)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    import_from(source, &name, format, k, manifests)
}

fn import_from<R: std::io::Read>(
    mut source: Source<R>,
    name: &str,
    format: Format,
    k: u32,
    manifests: &[Manifest],
) -> Result<Setup, SrsError> {
    if k == 0 || k > MAX_K {
        return Err(SrsError::Size { k, k_max: MAX_K });
    }
    let raw = match format {
        Format::Arkworks => arkworks::read(&mut source, k)?,
        Format::Halo2Raw => halo2_raw::read(&mut source, k)?,
        Format::Ptau => ptau::read(&mut source, k)?,
        Format::InsecureDev => return Err(SrsError::unknown_format()),
    };
    let sha256 = source.finish()?;
    check::ends(&raw.g, &raw.h, &raw.tau_h)?;
    check::consecutive(&raw.g, &raw.h, &raw.tau_h)?;
    if let Some(lagrange) = &raw.lagrange {
        check::lagrange(&raw.g[..1 << k], lagrange, k)?;
    }
    let found = manifest::Found {
        format,
        sha256,
        powers: raw.powers,
        tau_h: &raw.tau_h,
    };
    let recognition = manifest::recognise(manifests, &found)?;
    let provenance = Provenance {
        name: match &recognition {
            Recognition::File(manifest) => manifest.clone(),
            _ => name.to_owned(),
        },
        format,
        sha256,
        powers: raw.powers,
        recognition,
        insecure: false,
    };
    let ends = (raw.h, raw.tau_h);
    Ok(Setup::assembled(k, raw.g, raw.lagrange, ends, provenance))
}
