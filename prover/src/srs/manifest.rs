//! Known ceremony files: `params/setup/<name>.json`.

use halo2_proofs::halo2curves::bn256::G2Affine;
use serde::{Deserialize, Serialize};

use super::{Format, Recognition, Sha256Digest, SrsError, evm_g2};

/// The manifests that come with the program.
const BUILTIN: [(&str, &str); 2] = [
    (
        "aztec-ignition-32768",
        include_str!("../../../params/setup/aztec-ignition-32768.json"),
    ),
    (
        "hermez-raw-11",
        include_str!("../../../params/setup/hermez-raw-11.json"),
    ),
];

/// What is known of a ceremony's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name here.
    pub name: String,
    /// Its layout.
    pub format: Format,
    /// SHA-256 of the file.
    pub sha256: Sha256Digest,
    /// The largest size it gives.
    pub k_max: u32,
    /// Powers of tau in it.
    pub powers: u64,
    /// Where the file and the ceremony come from.
    pub source: String,
    /// `tau h` as the EVM takes it: `x.c1, x.c0, y.c1, y.c0`, 32 bytes each, big-endian, in hexadecimal after `0x`.
    pub g2_tau: String,
    /// Made by one party. False for everything that deserves a manifest.
    pub insecure: bool,
}

impl Manifest {
    /// Parses a manifest; `origin` is named in the error.
    pub fn parse(origin: &str, json: &str) -> Result<Self, SrsError> {
        serde_json::from_str(json).map_err(|error| SrsError::ManifestSyntax {
            name: origin.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The manifests that come with the program.
    pub fn builtin() -> Result<Vec<Self>, SrsError> {
        let parsed = BUILTIN.map(|(name, json)| Self::parse(name, json));
        parsed.into_iter().collect()
    }
}

/// What an importer found in a file.
pub(super) struct Found<'a> {
    pub(super) format: Format,
    pub(super) sha256: Sha256Digest,
    pub(super) powers: u64,
    pub(super) tau_h: &'a G2Affine,
}

/// Which manifest a file belongs to. A manifest with the file's hash has to tell the same content.
pub(super) fn recognise(manifests: &[Manifest], found: &Found<'_>) -> Result<Recognition, SrsError> {
    let g2_tau = format!("0x{}", hex::encode(evm_g2(found.tau_h)));
    if let Some(manifest) = manifests.iter().find(|m| m.sha256 == found.sha256) {
        compare(manifest, "g2_tau", &manifest.g2_tau, &g2_tau)?;
        compare(manifest, "powers", &manifest.powers, &found.powers)?;
        compare(manifest, "format", &manifest.format, &found.format)?;
        return Ok(Recognition::File(manifest.name.clone()));
    }
    let same_tau = manifests.iter().find(|m| m.g2_tau == g2_tau);
    Ok(same_tau.map_or(Recognition::Unknown, |manifest| {
        Recognition::Powers(manifest.name.clone())
    }))
}

/// Whether a stored setup's claim to a ceremony fits the manifest of that name. A name that is not built in cannot be checked.
pub(super) fn confirm(recognition: &Recognition, tau_h: &G2Affine) -> Result<(), SrsError> {
    let (Recognition::File(name) | Recognition::Powers(name)) = recognition else {
        return Ok(());
    };
    let builtin = Manifest::builtin()?;
    let Some(manifest) = builtin.iter().find(|m| m.name == *name) else {
        return Ok(());
    };
    let g2_tau = format!("0x{}", hex::encode(evm_g2(tau_h)));
    compare(manifest, "g2_tau", &manifest.g2_tau, &g2_tau)
}

fn compare<T: PartialEq + ToString>(
    manifest: &Manifest,
    part: &'static str,
    expected: &T,
    found: &T,
) -> Result<(), SrsError> {
    if expected == found {
        return Ok(());
    }
    Err(SrsError::Manifest {
        name: manifest.name.clone(),
        part,
        expected: expected.to_string(),
        found: found.to_string(),
    })
}
