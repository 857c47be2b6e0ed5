//! The seed that all blindings come from.

use std::fmt;

use ff::FromUniformBytes;
use halo2curves::bn256::Fr;
use rand::RngCore;
use rand::rngs::OsRng;

/// 32 secret bytes, drawn once at genesis.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretSeed([u8; 32]);

/// What a blinding is for: blindings of different uses are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BlindingUse {
    /// The leaf of an account.
    Leaf = 1,
    /// The padding of a batch.
    Padding = 2,
}

impl SecretSeed {
    /// A fresh seed from the operating system.
    pub fn generate() -> Result<Self, rand::Error> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A given seed, for tests and for restoring a state from genesis.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be stored.
    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The blinding of an account at a nonce: 64 bytes of keyed BLAKE3 over (use, account, nonce), reduced, so the bias is
    /// below 2^-256.
    pub fn blinding(&self, use_of: BlindingUse, account: u32, nonce: u32) -> Fr {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(b"zksettle blinding v1");
        hasher.update(&[use_of as u8]);
        hasher.update(&account.to_le_bytes());
        hasher.update(&nonce.to_le_bytes());
        let mut wide = [0; 64];
        hasher.finalize_xof().fill(&mut wide);
        Fr::from_uniform_bytes(&wide)
    }
}

impl fmt::Debug for SecretSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSeed(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blindings_differ_and_repeat() {
        let seed = SecretSeed::from_bytes([7; 32]);
        let all = [
            seed.blinding(BlindingUse::Leaf, 0, 0),
            seed.blinding(BlindingUse::Leaf, 0, 1),
            seed.blinding(BlindingUse::Leaf, 1, 0),
            seed.blinding(BlindingUse::Padding, 0, 0),
            SecretSeed::from_bytes([8; 32]).blinding(BlindingUse::Leaf, 0, 0),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != one));
        }
        assert_eq!(seed.blinding(BlindingUse::Leaf, 1, 0), all[2]);
        assert_eq!(format!("{seed:?}"), "SecretSeed(secret)");
        assert_ne!(
            SecretSeed::generate().expect("randomness"),
            SecretSeed::generate().expect("randomness")
        );
    }
}
