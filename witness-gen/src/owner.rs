//! Who owns an account: the key hash that stands in its leaf, and the pseudonym under which the owner proves something.

use std::fmt;

use halo2curves::bn256::Fr;

use crate::poseidon::hash4;

/// Domain tag of the secret inside a key hash: "own".
pub const TAG_OWNER: u64 = 0x006f_776e;
/// Domain tag of a pseudonym: "psd".
pub const TAG_PSEUDONYM: u64 = 0x0070_7364;

/// What the owner of an account knows. Secret.
///
/// The key hash holds a signing key beside the secret, so that proving something about an account and moving it are two capabilities: who
/// has only `secret` can prove solvency and can't trade. Until trades are signed, the signing key is (0, 0).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OwnerKey {
    /// The signing key's point on BabyJubJub, affine; public to the operator.
    pub signing: [Fr; 2],
    /// The secret by which its owner proves.
    pub secret: Fr,
}

impl OwnerKey {
    /// A key that can prove and not sign.
    pub fn proving_only(secret: Fr) -> Self {
        Self {
            signing: [Fr::zero(); 2],
            secret,
        }
    }

    /// H(TAG_OWNER, secret, 0, 0): what the key hash says of the secret.
    pub fn commitment(&self) -> Fr {
        hash4([Fr::from(TAG_OWNER), self.secret, Fr::zero(), Fr::zero()])
    }

    /// The owner key hash H(x, y, H(TAG_OWNER, secret, 0, 0), 0) of a leaf.
    pub fn key_hash(&self) -> Fr {
        hash4([self.signing[0], self.signing[1], self.commitment(), Fr::zero()])
    }

    /// The pseudonym H(TAG_PSEUDONYM, secret, challenge, domain): one a challenge, and none that links to the account or to another one.
    pub fn pseudonym(&self, challenge: Fr, domain: Fr) -> Fr {
        hash4([Fr::from(TAG_PSEUDONYM), self.secret, challenge, domain])
    }
}

impl fmt::Debug for OwnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnerKey(secret)")
    }
}
