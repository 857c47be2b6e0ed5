//! The Keccak-256 transcript that the verifier contract replays.
//!
//! State: a byte buffer, empty at first.
//!
//! | operation | effect |
//! |---|---|
//! | absorb a scalar | buffer := buffer ‖ s, 32 bytes big-endian |
//! | absorb a point | buffer := buffer ‖ x ‖ y, 2 × 32 bytes big-endian; the point at infinity is an error |
//! | squeeze | h := keccak256(buffer); buffer := h; the challenge is h mod r |
//! | squeeze again, nothing absorbed in between | h := keccak256(h ‖ 0x01); buffer := h; the challenge is h mod r |
//!
//! All absorbed items are multiples of 32 bytes, so the 33-byte input of a repeated squeeze collides with no other input.
//! A challenge is a 256-bit hash reduced modulo the 254-bit r: no value is more likely than another by more than a factor of 6/5.
//!
//! A proof is the concatenation of what was written, in order: points as `x ‖ y` (64 bytes), scalars as 32 bytes, all
//! big-endian and canonical. [`EvmRead`] accepts exactly one encoding of every proof: coordinates below p, on the curve, not
//! infinity, scalars below r, and — through [`EvmRead::finish`] — no byte more.

use std::io;

use ff::{FromUniformBytes, PrimeField};
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1Affine};
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::transcript::{
    EncodedChallenge, Transcript, TranscriptRead, TranscriptReadBuffer, TranscriptWrite, TranscriptWriterBuffer,
};
use sha3::{Digest, Keccak256};

/// Bytes of a scalar in a proof.
pub const SCALAR_BYTES: usize = 32;
/// Bytes of a point in a proof.
pub const POINT_BYTES: usize = 64;

/// Why a transcript operation failed. Arrives inside a [`std::io::Error`], where [`TranscriptError::of`] finds it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// The proof ends inside an item.
    #[error("proof too short at byte {offset}: expected {expected} more bytes, found {found}")]
    Truncated {
        /// Where the item starts.
        offset: usize,
        /// Bytes of the item.
        expected: usize,
        /// Bytes left.
        found: usize,
    },
    /// Bytes are left over after the last item.
    #[error("proof too long: expected {expected} bytes, found {found}")]
    Trailing {
        /// Bytes read.
        expected: usize,
        /// Bytes of the proof.
        found: usize,
    },
    /// A scalar is not below r.
    #[error("scalar at byte {offset}: expected a value below r, found 0x{found}")]
    ScalarNotCanonical {
        /// Where the scalar starts.
        offset: usize,
        /// The 32 bytes, in hexadecimal.
        found: String,
    },
    /// A coordinate is not below p.
    #[error("coordinate at byte {offset}: expected a value below p, found 0x{found}")]
    CoordinateNotCanonical {
        /// Where the coordinate starts.
        offset: usize,
        /// The 32 bytes, in hexadecimal.
        found: String,
    },
    /// The coordinates do not satisfy y² = x³ + 3.
    #[error("point at byte {offset}: expected y^2 = x^3 + 3, found a point off the curve")]
    NotOnCurve {
        /// Where the point starts.
        offset: usize,
    },
    /// The point at infinity, which no transcript absorbs.
    #[error("point at byte {offset}: expected a finite point, found infinity")]
    Infinity {
        /// Where the point starts in the proof; for a point that is absorbed only, the proof's length so far.
        offset: usize,
    },
}

impl TranscriptError {
    /// The transcript error inside an [`io::Error`], if it is one of ours.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<TranscriptError> for io::Error {
    fn from(error: TranscriptError) -> Self {
        let kind = match error {
            TranscriptError::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// A challenge: a Keccak-256 output reduced modulo r.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(Fr);

impl EncodedChallenge<G1Affine> for Challenge {
    type Input = [u8; 32];

    /// Reads the hash as a big-endian integer and reduces it.
    fn new(hash: &[u8; 32]) -> Self {
        let mut wide = [0u8; 64];
        for (little, big) in wide.iter_mut().zip(hash.iter().rev()) {
            *little = *big;
        }
        Self(Fr::from_uniform_bytes(&wide))
    }

    fn get_scalar(&self) -> Fr {
        self.0
    }
}

/// The 32 big-endian bytes of a scalar, as absorbed and as written to a proof and to calldata.
pub fn scalar_bytes(scalar: &Fr) -> [u8; SCALAR_BYTES] {
    reversed(scalar.to_repr())
}

/// The 64 bytes `x ‖ y` of a finite point; `None` for infinity, which the library would give the coordinates (0, 0).
pub fn point_bytes(point: &G1Affine) -> Option<[u8; POINT_BYTES]> {
    if point.is_identity().into() {
        return None;
    }
    let mut bytes = [0u8; POINT_BYTES];
    bytes[..32].copy_from_slice(&reversed(point.x.to_repr()));
    bytes[32..].copy_from_slice(&reversed(point.y.to_repr()));
    Some(bytes)
}

fn reversed(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes.reverse();
    bytes
}

/// The hash state that both ends share.
#[derive(Clone, Debug, Default)]
struct Sponge {
    buffer: Vec<u8>,
    /// The buffer holds the last hash and nothing else.
    squeezed: bool,
}

impl Sponge {
    fn absorb(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        self.squeezed = false;
    }

    fn squeeze(&mut self) -> Challenge {
        if self.squeezed {
            self.buffer.push(1);
        }
        let hash: [u8; 32] = Keccak256::digest(&self.buffer).into();
        self.buffer.clear();
        self.buffer.extend_from_slice(&hash);
        self.squeezed = true;
        Challenge::new(&hash)
    }
}

/// The prover's end: absorbs and collects the proof.
#[derive(Clone, Debug, Default)]
pub struct EvmWrite {
    sponge: Sponge,
    proof: Vec<u8>,
}

impl EvmWrite {
    /// An empty transcript with an empty proof.
    pub fn new() -> Self {
        Self::default()
    }

    /// The proof written so far.
    pub fn proof(&self) -> &[u8] {
        &self.proof
    }

    /// Ends the transcript and returns the proof.
    pub fn into_proof(self) -> Vec<u8> {
        self.proof
    }

    fn bytes_of(&self, point: &G1Affine) -> io::Result<[u8; POINT_BYTES]> {
        let offset = self.proof.len();
        Ok(point_bytes(point).ok_or(TranscriptError::Infinity { offset })?)
    }
}

impl Transcript<G1Affine, Challenge> for EvmWrite {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.sponge.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        let bytes = self.bytes_of(&point)?;
        self.sponge.absorb(&bytes);
        Ok(())
    }

    fn common_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.sponge.absorb(&scalar_bytes(&scalar));
        Ok(())
    }
}

impl TranscriptWrite<G1Affine, Challenge> for EvmWrite {
    fn write_point(&mut self, point: G1Affine) -> io::Result<()> {
        let bytes = self.bytes_of(&point)?;
        self.sponge.absorb(&bytes);
        self.proof.extend_from_slice(&bytes);
        Ok(())
    }

    fn write_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        let bytes = scalar_bytes(&scalar);
        self.sponge.absorb(&bytes);
        self.proof.extend_from_slice(&bytes);
        Ok(())
    }
}

impl TranscriptWriterBuffer<Vec<u8>, G1Affine, Challenge> for EvmWrite {
    /// Appends the proof to what `proof` already holds.
    fn init(proof: Vec<u8>) -> Self {
        Self {
            sponge: Sponge::default(),
            proof,
        }
    }

    fn finalize(self) -> Vec<u8> {
        self.proof
    }
}

/// The verifier's end: reads a proof strictly.
#[derive(Clone, Debug)]
pub struct EvmRead<'a> {
    sponge: Sponge,
    proof: &'a [u8],
    offset: usize,
    failure: Option<TranscriptError>,
}

impl<'a> EvmRead<'a> {
    /// A transcript about to read `proof` from its first byte.
    pub fn new(proof: &'a [u8]) -> Self {
        Self {
            sponge: Sponge::default(),
            proof,
            offset: 0,
            failure: None,
        }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The first error met. The opening argument of halo2 replaces transcript errors by its own; here the reason survives.
    pub fn failure(&self) -> Option<&TranscriptError> {
        self.failure.as_ref()
    }

    /// Ends the transcript. Fails if bytes are left, or if an earlier read failed.
    pub fn finish(self) -> Result<(), TranscriptError> {
        match self.failure {
            Some(failure) => Err(failure),
            None if self.offset != self.proof.len() => Err(TranscriptError::Trailing {
                expected: self.offset,
                found: self.proof.len(),
            }),
            None => Ok(()),
        }
    }

    /// The next item of N bytes, not consumed yet.
    fn peek<const N: usize>(&self) -> Result<[u8; N], TranscriptError> {
        let rest = &self.proof[self.offset..];
        let truncated = TranscriptError::Truncated {
            offset: self.offset,
            expected: N,
            found: rest.len(),
        };
        rest.first_chunk().copied().ok_or(truncated)
    }

    fn parse_scalar(&mut self) -> Result<Fr, TranscriptError> {
        let bytes: [u8; SCALAR_BYTES] = self.peek()?;
        let scalar: Option<Fr> = Fr::from_repr(reversed(bytes)).into();
        let scalar = scalar.ok_or_else(|| TranscriptError::ScalarNotCanonical {
            offset: self.offset,
            found: hex_of(&bytes),
        })?;
        self.offset += SCALAR_BYTES;
        self.sponge.absorb(&bytes);
        Ok(scalar)
    }

    fn parse_point(&mut self) -> Result<G1Affine, TranscriptError> {
        let offset = self.offset;
        let bytes: [u8; POINT_BYTES] = self.peek()?;
        let coordinate = |at: usize| {
            let mut word = [0u8; 32];
            word.copy_from_slice(&bytes[at..at + 32]);
            let value: Option<Fq> = Fq::from_repr(reversed(word)).into();
            value.ok_or_else(|| TranscriptError::CoordinateNotCanonical {
                offset: offset + at,
                found: hex_of(&word),
            })
        };
        let (x, y) = (coordinate(0)?, coordinate(32)?);
        // The library takes (0, 0) for a point: its encoding of infinity.
        if bytes == [0; POINT_BYTES] {
            return Err(TranscriptError::Infinity { offset });
        }
        let point: Option<G1Affine> = G1Affine::from_xy(x, y).into();
        let point = point.ok_or(TranscriptError::NotOnCurve { offset })?;
        self.offset += POINT_BYTES;
        self.sponge.absorb(&bytes);
        Ok(point)
    }

    fn noted<T>(&mut self, result: Result<T, TranscriptError>) -> io::Result<T> {
        result.map_err(|error| {
            self.failure.get_or_insert_with(|| error.clone());
            error.into()
        })
    }
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Transcript<G1Affine, Challenge> for EvmRead<'_> {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.sponge.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        let offset = self.offset;
        let bytes = point_bytes(&point).ok_or(TranscriptError::Infinity { offset });
        let bytes = self.noted(bytes)?;
        self.sponge.absorb(&bytes);
        Ok(())
    }

    fn common_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.sponge.absorb(&scalar_bytes(&scalar));
        Ok(())
    }
}

impl TranscriptRead<G1Affine, Challenge> for EvmRead<'_> {
    fn read_point(&mut self) -> io::Result<G1Affine> {
        let point = self.parse_point();
        self.noted(point)
    }

    fn read_scalar(&mut self) -> io::Result<Fr> {
        let scalar = self.parse_scalar();
        self.noted(scalar)
    }
}

impl<'a> TranscriptReadBuffer<&'a [u8], G1Affine, Challenge> for EvmRead<'a> {
    fn init(proof: &'a [u8]) -> Self {
        Self::new(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ff::Field;
    use halo2_proofs::halo2curves::group::Curve;

    fn point(factor: u64) -> G1Affine {
        (G1Affine::generator() * Fr::from(factor)).to_affine()
    }

    fn sample() -> (Vec<u8>, Vec<Fr>) {
        let mut writer = EvmWrite::new();
        writer.common_scalar(Fr::from(7)).unwrap();
        writer.write_point(point(5)).unwrap();
        let mut challenges = vec![writer.squeeze_challenge().get_scalar()];
        challenges.push(writer.squeeze_challenge().get_scalar());
        writer.write_scalar(-Fr::ONE).unwrap();
        challenges.push(writer.squeeze_challenge().get_scalar());
        (writer.into_proof(), challenges)
    }

    #[test]
    fn reader_replays_the_writer() {
        let (proof, challenges) = sample();
        assert_eq!(proof.len(), POINT_BYTES + SCALAR_BYTES);
        let mut reader = EvmRead::new(&proof);
        reader.common_scalar(Fr::from(7)).unwrap();
        assert_eq!(reader.read_point().unwrap(), point(5));
        assert_eq!(reader.squeeze_challenge().get_scalar(), challenges[0]);
        assert_eq!(reader.squeeze_challenge().get_scalar(), challenges[1]);
        assert_eq!(reader.read_scalar().unwrap(), -Fr::ONE);
        assert_eq!(reader.squeeze_challenge().get_scalar(), challenges[2]);
        reader.finish().unwrap();
    }

    #[test]
    fn challenges_are_the_documented_hashes() {
        let (proof, challenges) = sample();
        let mut buffer = scalar_bytes(&Fr::from(7)).to_vec();
        buffer.extend_from_slice(&proof[..POINT_BYTES]);
        let first: [u8; 32] = Keccak256::digest(&buffer).into();
        let mut again = first.to_vec();
        again.push(1);
        let second: [u8; 32] = Keccak256::digest(&again).into();
        let mut last = second.to_vec();
        last.extend_from_slice(&proof[POINT_BYTES..]);
        let third: [u8; 32] = Keccak256::digest(&last).into();
        for (hash, challenge) in [first, second, third].iter().zip(challenges) {
            assert_eq!(Challenge::new(hash).get_scalar(), challenge);
            let reduced = num_of(hash) % modulus();
            assert_eq!(num_of(&scalar_bytes(&challenge)), reduced);
        }
    }

    fn num_of(bytes: &[u8]) -> num_bigint::BigUint {
        num_bigint::BigUint::from_bytes_be(bytes)
    }

    fn modulus() -> num_bigint::BigUint {
        num_of(&scalar_bytes(&-Fr::ONE)) + 1u8
    }

    fn word(value: &num_bigint::BigUint) -> [u8; 32] {
        let bytes = value.to_bytes_be();
        let mut word = [0u8; 32];
        word[32 - bytes.len()..].copy_from_slice(&bytes);
        word
    }

    #[test]
    fn refuses_scalar_plus_r() {
        let bytes = word(&(modulus() + 3u8));
        let error = EvmRead::new(&bytes).read_scalar().unwrap_err();
        assert!(matches!(
            TranscriptError::of(&error),
            Some(TranscriptError::ScalarNotCanonical { offset: 0, .. })
        ));
    }

    #[test]
    fn refuses_bad_points() {
        let good = point_bytes(&point(9)).unwrap();
        let p = num_of(&reversed((-Fq::ONE).to_repr())) + 1u8;

        let mut aliased = good;
        aliased[32..].copy_from_slice(&word(&(num_of(&good[32..]) + &p)));
        let mut reader = EvmRead::new(&aliased);
        assert!(reader.read_point().is_err());
        assert!(matches!(
            reader.failure(),
            Some(TranscriptError::CoordinateNotCanonical { offset: 32, .. })
        ));

        let mut off = good;
        off[63] ^= 1;
        let mut reader = EvmRead::new(&off);
        assert!(reader.read_point().is_err());
        assert_eq!(reader.finish(), Err(TranscriptError::NotOnCurve { offset: 0 }));

        let mut reader = EvmRead::new(&[0; 64]);
        assert!(reader.read_point().is_err());
        assert_eq!(reader.failure(), Some(&TranscriptError::Infinity { offset: 0 }));
        assert!(EvmWrite::new().write_point(G1Affine::default()).is_err());
        assert!(EvmWrite::new().common_point(G1Affine::default()).is_err());
    }

    #[test]
    fn refuses_truncated_and_trailing_bytes() {
        let (mut proof, _) = sample();
        let mut reader = EvmRead::new(&proof[..proof.len() - 1]);
        reader.read_point().unwrap();
        let error = reader.read_scalar().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let expected = TranscriptError::Truncated {
            offset: 64,
            expected: 32,
            found: 31,
        };
        assert_eq!(reader.finish(), Err(expected));

        proof.push(0);
        let mut reader = EvmRead::new(&proof);
        reader.read_point().unwrap();
        reader.read_scalar().unwrap();
        let expected = TranscriptError::Trailing {
            expected: 96,
            found: 97,
        };
        assert_eq!(reader.finish(), Err(expected));
    }
}
