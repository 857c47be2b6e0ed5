//! Accounts and their leaf in the account tree.

use std::fmt;

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use crate::poseidon::hash4;
use crate::position::{Position, positions_digest};
use crate::units::{Cash, fr_pow2};

/// One account. Every field but the nonce is secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Hash of the owner's key.
    pub owner: Fr,
    /// Money, in the units of [`Cash`].
    pub cash: Cash,
    /// Number of batches that touched the account, 32 bits.
    pub nonce: u32,
    /// The whole list of positions, series strictly increasing.
    pub positions: Vec<Position>,
    /// Randomness that hides the leaf; fresh in every batch that touches the account.
    pub blinding: Fr,
}

impl Account {
    /// The account leaf H(owner, (cash + 2^127)*2^32 + nonce, positions digest, blinding).
    pub fn leaf(&self) -> Fr {
        hash4([
            self.owner,
            balance_word(self.cash, self.nonce),
            positions_digest(&self.positions),
            self.blinding,
        ])
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}

/// The balance word (cash + 2^127)*2^32 + nonce, 160 bits.
pub fn balance_word(cash: Cash, nonce: u32) -> Fr {
    cash.to_field() * fr_pow2(32) + Fr::from(u64::from(nonce))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaf_follows_the_page() {
        let account = Account {
            owner: Fr::from(11),
            cash: Cash(-3),
            nonce: 5,
            positions: Vec::new(),
            blinding: Fr::from(13),
        };
        let balance = (fr_pow2(127) - Fr::from(3)) * fr_pow2(32) + Fr::from(5);
        assert_eq!(
            account.leaf(),
            hash4([Fr::from(11), balance, positions_digest(&[]), Fr::from(13)])
        );
        assert_eq!(format!("{account:?}"), "Account { nonce: 5, .. }");
    }
}
