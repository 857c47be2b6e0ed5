//! The seed that all blindings come from.

use std::collections::BTreeMap;
use std::fmt;

use ff::FromUniformBytes;
use halo2curves::bn256::Fr;
use rand::RngCore;
use rand::rngs::OsRng;

use super::rows::{cash_bytes, pack};
use crate::account::Account;
use crate::book::{BookSpec, GeneratedBook};
use crate::market::Style;
use crate::owner::OwnerKey;

/// 32 secret bytes, fixed once at genesis.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretSeed {
    bytes: [u8; 32],
    origin: SecretOrigin,
}

/// Where a secret seed comes from, and so who can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretOrigin {
    /// Drawn at random: it stands in the store and nowhere else.
    Drawn,
    /// Derived from the seed of a generated book: whoever knows that seed and the chain knows every account and every
    /// blinding. A simulation, and no way to hold somebody's account.
    BookSeed,
}

impl SecretOrigin {
    pub(super) const ALL: [Self; 2] = [Self::Drawn, Self::BookSeed];

    /// Its name in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::BookSeed => "book seed",
        }
    }
}

/// What a blinding is for: blindings of different uses are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BlindingUse {
    /// The leaf of an account.
    Leaf = 1,
    /// The padding of a batch.
    Padding = 2,
    /// The secret of a simulated account's owner.
    Owner = 3,
}

impl SecretSeed {
    /// A fresh seed from the operating system.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn generate() -> Result<Self, rand::Error> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self::from_bytes(bytes, SecretOrigin::Drawn))
    }

    /// The seed that belongs to a generated book: the same book, the same blindings, wherever it is settled.
    ///
    /// BLAKE3 over the book's seed, the options and every account that came of them. So it depends on the chain as far as
    /// the book does: on terms, open interest and the prices that cash was sized at.
    pub fn of_book(spec: &BookSpec, book: &GeneratedBook) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("zksettle 2026-11-22 secret seed of a generated book v1");
        hasher.update(&spec.seed.to_le_bytes());
        hasher.update(&[match book.style {
            Style::Linear => 0,
            Style::Inverse => 1,
        }]);
        let risk = &spec.parameters;
        for option in [spec.min_positions, spec.max_positions, risk.fee_rate, risk.fee_cap] {
            hasher.update(&option.to_le_bytes());
        }
        hasher.update(&risk.inverse_scale.to_le_bytes());
        hasher.update(&book.underlying.0.to_le_bytes());
        hasher.update(&book.expiry.get().to_le_bytes());
        hasher.update(&book.reference.get().to_le_bytes());
        hasher.update(&cash_bytes(book.insurance));
        // Counts stand before lists, so that no two books give the same bytes.
        hasher.update(&(book.accounts.len() as u64).to_le_bytes());
        for account in &book.accounts {
            hasher.update(&cash_bytes(account.cash));
            hasher.update(&(account.positions.len() as u64).to_le_bytes());
            hasher.update(&pack(&account.positions));
        }
        Self::from_bytes(*hasher.finalize().as_bytes(), SecretOrigin::BookSeed)
    }

    /// The seed that belongs to the book of a replay at a time: the same replay, the same blindings.
    pub fn of_replay(seed: u64, time: u64, accounts: &BTreeMap<u32, Account>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("zksettle 2026-11-22 secret seed of a replayed book v1");
        hasher.update(&seed.to_le_bytes());
        hasher.update(&time.to_le_bytes());
        hasher.update(&(accounts.len() as u64).to_le_bytes());
        for (index, account) in accounts {
            hasher.update(&index.to_le_bytes());
            hasher.update(&cash_bytes(account.cash));
            hasher.update(&(account.positions.len() as u64).to_le_bytes());
            hasher.update(&pack(&account.positions));
        }
        Self::from_bytes(*hasher.finalize().as_bytes(), SecretOrigin::BookSeed)
    }

    /// A given seed, for tests and for restoring a state from genesis.
    pub const fn from_bytes(bytes: [u8; 32], origin: SecretOrigin) -> Self {
        Self { bytes, origin }
    }

    /// Where it comes from.
    pub const fn origin(&self) -> SecretOrigin {
        self.origin
    }

    /// The bytes, to be stored.
    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The blinding of an account at a nonce: 64 bytes of keyed BLAKE3 over (use, account, nonce), reduced, so the bias is
    /// below 2^-256.
    pub fn blinding(&self, use_of: BlindingUse, account: u32, nonce: u32) -> Fr {
        let mut hasher = blake3::Hasher::new_keyed(&self.bytes);
        hasher.update(b"zksettle blinding v1");
        hasher.update(&[use_of as u8]);
        hasher.update(&account.to_le_bytes());
        hasher.update(&nonce.to_le_bytes());
        let mut wide = [0; 64];
        hasher.finalize_xof().fill(&mut wide);
        Fr::from_uniform_bytes(&wide)
    }
}

impl SecretSeed {
    /// The key of a generated account's owner, whom the book invents: an owner who exists keeps a key of their own.
    pub fn owner_key(&self, account: u32) -> OwnerKey {
        OwnerKey::proving_only(self.blinding(BlindingUse::Owner, account, 0))
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
        let given = |byte| SecretSeed::from_bytes([byte; 32], SecretOrigin::Drawn);
        let seed = given(7);
        let all = [
            seed.blinding(BlindingUse::Leaf, 0, 0),
            seed.blinding(BlindingUse::Leaf, 0, 1),
            seed.blinding(BlindingUse::Leaf, 1, 0),
            seed.blinding(BlindingUse::Padding, 0, 0),
            given(8).blinding(BlindingUse::Leaf, 0, 0),
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
