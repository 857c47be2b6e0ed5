//! Multiples of a setup's points, for our own prover: made once, kept beside the keys.
//!
//! An entry is `magic (16) ‖ blake3 of the payload (32) ‖ payload`, the payload being the points in Montgomery form. The name carries basis, k and
//! a hash of `tau h`, which with the checked powers determines every point. Like a cached key an entry that somebody changed can make the
//! prover fail; what comes of it does not verify and never leaves the prover.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use halo2_proofs::halo2curves::bn256::G1Affine;

use crate::backend::cpu::Table;

const MAGIC: &[u8; 16] = b"zksettle-msm/1\n\0";
/// Bytes that one table may take. A larger setup, beyond k = 18, goes without.
const TABLE_BYTES: usize = 1 << 28;

/// The tables of one setup.
#[derive(Debug, Default)]
pub(super) struct Tables {
    folder: OnceLock<PathBuf>,
    powers: OnceLock<Option<Table>>,
    lagrange: OnceLock<Option<Table>>,
}

impl Tables {
    pub(super) fn keep_in(&self, folder: &Path) {
        self.folder.get_or_init(|| folder.to_owned());
    }

    pub(super) fn powers(&self, points: &[G1Affine], name: &str) -> Option<&Table> {
        self.powers
            .get_or_init(|| self.get(points, &format!("powers-{name}")))
            .as_ref()
    }

    pub(super) fn lagrange(&self, points: &[G1Affine], name: &str) -> Option<&Table> {
        self.lagrange
            .get_or_init(|| self.get(points, &format!("lagrange-{name}")))
            .as_ref()
    }

    pub(super) fn bytes(&self) -> usize {
        let made = [&self.powers, &self.lagrange]
            .into_iter()
            .filter_map(|table| table.get()?.as_ref());
        made.map(Table::own_bytes).sum()
    }

    fn get(&self, points: &[G1Affine], name: &str) -> Option<Table> {
        if Table::bytes(points.len()) > TABLE_BYTES {
            return None;
        }
        let path = self.folder.get().map(|folder| folder.join(format!("{name}.msm")));
        if let Some(table) = path.as_deref().and_then(|path| read(path, points)) {
            return Some(table);
        }
        let table = Table::new(points);
        if let Some(path) = path {
            // Without a stored table the next run makes it again.
            let _ = write(&path, &table);
        }
        Some(table)
    }
}

/// The table in `path`, if it is whole and one of these points.
fn read(path: &Path, points: &[G1Affine]) -> Option<Table> {
    let entry = fs::read(path).ok()?;
    let (magic, rest) = entry.split_first_chunk::<16>()?;
    let (hash, payload) = rest.split_first_chunk::<32>()?;
    if magic != MAGIC || blake3::hash(payload) != *hash {
        return None;
    }
    Table::from_bytes(payload, points)
}

fn write(path: &Path, table: &Table) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let payload = table.to_bytes();
    crate::atomic::write(path, |out| {
        out.write_all(MAGIC)?;
        out.write_all(blake3::hash(&payload).as_bytes())?;
        out.write_all(&payload)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo2_proofs::halo2curves::bn256::Fr;
    use halo2_proofs::halo2curves::group::Curve;

    #[test]
    fn a_table_comes_back_and_a_damaged_one_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let generator = G1Affine::generator();
        let points: Vec<G1Affine> = (1..40).map(|i| (generator * Fr::from(i)).to_affine()).collect();
        let scalars: Vec<Fr> = (1..40).map(|i| -Fr::from(i * i)).collect();
        let made = || {
            let tables = Tables::default();
            tables.keep_in(folder.path());
            tables.powers(&points, "test").map(|table| table.product(&scalars).0)
        };
        let (first, path) = (made(), folder.path().join("powers-test.msm"));
        let entry = fs::read(&path).expect("a stored table");
        assert_eq!(made(), first);
        for at in [3, 20, 60, entry.len() - 1] {
            let mut damaged = entry.clone();
            damaged[at] ^= 1;
            for bytes in [&damaged[..], &entry[..at]] {
                fs::write(&path, bytes).expect("a written file");
                assert_eq!(made(), first, "byte {at}");
                assert!(fs::read(&path).expect("a stored table") == entry, "byte {at}");
            }
        }
    }
}
