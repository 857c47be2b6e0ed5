//! Universal setups in the formats of other people's tools, with a known tau: good for measuring, worth nothing else. A prover's work
//! does not depend on where its setup comes from.

use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use ark_bn254::{Fq, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::scalar_mul::ScalarMul;
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{BigInteger, FftField, Field, PrimeField, batch_inversion};

use crate::error::Failure;
use crate::poseidon::F;

const TAU: u64 = 0x7065_6572_7300_0001;
const ALPHA: u64 = 0x7065_6572_7300_0003;
const BETA: u64 = 0x7065_6572_7300_0005;

fn powers(base: F, count: usize) -> Vec<F> {
    std::iter::successors(Some(F::ONE), |power| Some(*power * base))
        .take(count)
        .collect()
}

/// For bb: so many points, and the other group's point once as bb keeps it and once as its contract does.
pub(crate) fn make_crs(points: usize, out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out)?;
    let tau = F::from(TAU);
    let g1: Vec<G1Affine> = G1Projective::generator().batch_mul(&powers(tau, points));
    let mut bytes = Vec::with_capacity(points * 64);
    for point in &g1 {
        let (x, y) = point
            .xy()
            .ok_or_else(|| Failure::new("tau: expected a power that is not 0"))?;
        bytes.extend(x.into_bigint().to_bytes_be());
        bytes.extend(y.into_bigint().to_bytes_be());
    }
    fs::write(out.join("bn254_g1.dat"), bytes)?;
    let g2 = (G2Affine::generator() * tau).into_affine();
    let words = [g2.x.c1, g2.x.c0, g2.y.c1, g2.y.c0].map(|value| value.into_bigint().to_bytes_be());
    // bb's order is the other one: real part first.
    let file: Vec<u8> = [1, 0, 3, 2].iter().flat_map(|i| words[*i].clone()).collect();
    fs::write(out.join("bn254_g2.dat"), file)?;
    let hex = |bytes: &Vec<u8>| {
        format!(
            "0x{}",
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        )
    };
    // Last: its presence says that the folder is complete.
    fs::write(
        out.join("solidity.json"),
        serde_json::to_string(&words.iter().map(hex).collect::<Vec<_>>())?,
    )?;
    Ok(())
}

/// The Lagrange polynomials of 2^power points, at tau.
fn lagrange(power: u32) -> Result<Vec<F>, Failure> {
    let (n, tau) = (1u64 << power, F::from(TAU));
    let omega = F::get_root_of_unity(n).ok_or_else(|| Failure::new("power: expected at most 28"))?;
    let roots = powers(omega, n as usize);
    let mut below: Vec<F> = roots.iter().map(|root| F::from(n) * (tau - root)).collect();
    batch_inversion(&mut below);
    let top = tau.pow([n]) - F::ONE;
    Ok(roots
        .iter()
        .zip(&below)
        .map(|(root, inverse)| *root * top * inverse)
        .collect())
}

/// Coordinates as snarkjs keeps them: Montgomery form, lowest byte first.
fn montgomery(value: &Fq) -> impl Iterator<Item = u8> + use<> {
    value.0.0.into_iter().flat_map(u64::to_le_bytes)
}

fn g1_bytes(points: &[G1Affine]) -> Vec<u8> {
    points
        .iter()
        .flat_map(|point| montgomery(&point.x).chain(montgomery(&point.y)))
        .collect()
}

fn g2_bytes(points: &[G2Affine]) -> Vec<u8> {
    let words = |point: &G2Affine| [point.x.c0, point.x.c1, point.y.c0, point.y.c1];
    points
        .iter()
        .flat_map(words)
        .flat_map(|word| montgomery(&word).collect::<Vec<_>>())
        .collect()
}

/// For snarkjs: a prepared file of powers of tau for circuits of exactly 2^power constraints. Its levels for other sizes, which
/// `groth16 setup` does not read, are holes.
pub(crate) fn make_ptau(power: u32, out: &Path) -> Result<(), Failure> {
    let scaled = |scalars: &[F], by: u64| -> Vec<F> { scalars.iter().map(|scalar| *scalar * F::from(by)).collect() };
    let g1 = |scalars: &[F]| g1_bytes(&G1Projective::generator().batch_mul(scalars));
    let g2 = |scalars: &[F]| g2_bytes(&G2Projective::generator().batch_mul(scalars));
    let own = lagrange(power)?;
    let n = own.len() as u64;
    let mut header = 32u32.to_le_bytes().to_vec();
    header.extend(Fq::MODULUS.to_bytes_le());
    header.extend(power.to_le_bytes());
    header.extend(power.to_le_bytes());
    // Number of the section, bytes left out before what is written.
    let sections: Vec<(u32, u64, Vec<u8>)> = vec![
        (1, 0, header),
        (2, 0, g1(&powers(F::from(TAU), 2))),
        (3, 0, g2(&powers(F::from(TAU), 2))),
        (4, 0, g1(&[F::from(ALPHA)])),
        (5, 0, g1(&[F::from(BETA)])),
        (6, 0, g2(&[F::from(BETA)])),
        (12, (n - 1) * 64, [g1(&own), g1(&lagrange(power + 1)?)].concat()),
        (13, (n - 1) * 128, g2(&own)),
        (14, (n - 1) * 64, g1(&scaled(&own, ALPHA))),
        (15, (n - 1) * 64, g1(&scaled(&own, BETA))),
    ];
    let partial = out.with_extension("partial");
    let mut file = BufWriter::new(File::create(&partial)?);
    file.write_all(b"ptau")?;
    file.write_all(&1u32.to_le_bytes())?;
    file.write_all(&(sections.len() as u32).to_le_bytes())?;
    for (number, hole, bytes) in &sections {
        file.write_all(&number.to_le_bytes())?;
        file.write_all(&(hole + bytes.len() as u64).to_le_bytes())?;
        file.seek(SeekFrom::Current(*hole as i64))?;
        file.write_all(bytes)?;
    }
    file.flush()?;
    fs::rename(partial, out)?;
    Ok(())
}
