//! The risk arrays of a round, proven: statement R in parts, the file that carries them, and what makes a verifier believe the whole.
//!
//! A part is a proof with public inputs of its own, in a [`ProofFile`]. [`RiskProof`] holds all of them with the cursors between the segments and the
//! instance of the statement; [`RiskProof::verify`] needs nothing else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use circuits::cell::TraceError;
use circuits::risk::compose::Part as Number;
use circuits::risk::market::input;
use circuits::risk::{
    ComposeError, Composed, Cursor, Market, MarketInstance, Part, Parts, RiskCircuit, Segment, SegmentError,
    SegmentInstance, Size, Unit, market_trace, trace,
};
use halo2_proofs::halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use witness_gen::risk::file::RiskRound;
use witness_gen::statement::risk::{Instance, InstanceError, Violation, execute};
use witness_gen::units::{Underlying, fr_limbs, fr_to_u64};

use crate::backend::Backend;
use crate::error::{ProofFileError, ProveError, VerifyError};
use crate::hexadecimal::cut;
use crate::keys::{CircuitId, Keys};
use crate::proof_file::{Expected, NamedValue, ProofFile, mismatch, same, scalar, scalars};
use crate::srs::Setup;
use crate::verify::verify;

/// The name and version of the file's format.
pub const FORMAT: &str = "zksettle-risk-proof/1";

/// The largest file that is read: several times the one of 4,096 series in segments of four.
pub const MAX_BYTES: u64 = 64 << 20;

/// Why a round was not proven, or a proof of one not believed. All of it is public.
#[derive(Debug, Error)]
pub enum RiskProofError {
    /// The file is none, or does not hold what it has to.
    #[error(transparent)]
    File(#[from] ProofFileError),
    /// A part's file is about something else.
    #[error("{part}: {source}")]
    PartFile {
        /// The part.
        part: Number,
        /// What is wrong with it.
        source: Box<ProofFileError>,
    },
    /// A part's proof does not verify.
    #[error("{part}: {source}")]
    Rejected {
        /// The part.
        part: Number,
        /// Why.
        source: VerifyError,
    },
    /// The instance is out of range.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The parts are accepted and do not make up the statement.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Keys of another part or size than the file's.
    #[error("keys of {part:?}: expected those of a market and of segments at size {expected}, found size {found}")]
    Keys {
        /// The part that the keys are of.
        part: Part,
        /// The file's size.
        expected: &'static str,
        /// Theirs.
        found: &'static str,
    },
    /// A round that this size, or this circuit, does not take.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A round that does not satisfy the statement.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// A mistake of the layout.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The proof was not made.
    #[error("{part}: {source}")]
    Prove {
        /// The part.
        part: Number,
        /// Why.
        source: ProveError,
    },
}

/// The name of a kind of part in key caches and proof files.
pub fn statement(part: Part) -> &'static str {
    match part {
        Part::Market => "risk-market",
        Part::Segment(Unit::Quote) => "risk-segment",
        Part::Segment(Unit::Coin) => "risk-segment-in-coin",
    }
}

/// What the proof file of a part is about.
pub fn about(part: Part, size: &Size) -> Expected<'static> {
    Expected {
        statement: statement(part),
        size: size.name,
        names: match part {
            Part::Market => &input::NAMES,
            Part::Segment(_) => &SegmentInstance::NAMES,
        },
    }
}

/// The cache's name of a circuit: changes with any fixed cell or copy.
pub fn circuit_id(circuit: &RiskCircuit) -> CircuitId {
    let size = circuit.size();
    let inputs = about(circuit.part(), &size).names.len();
    CircuitId::laid(statement(circuit.part()), size.name, inputs, circuit.laid())
}

/// A kind of part with its circuit and keys.
#[derive(Debug)]
pub struct PartKeys {
    /// The circuit, without a witness.
    pub circuit: RiskCircuit,
    /// Its keys.
    pub keys: Keys,
}

/// A round in parts, ready to be proven.
#[derive(Clone, Debug)]
pub struct RoundParts {
    size: Size,
    unit: Unit,
    instance: Instance,
    composed: Composed,
    markets: Vec<(Market, MarketInstance)>,
    segments: Vec<(Segment, SegmentInstance)>,
    cursors: Vec<Cursor>,
}

impl RoundParts {
    /// The parts of a round at a size, and the instance that they make up, checked natively.
    ///
    /// # Errors
    /// The round does not satisfy the statement, or its series do not fit the size.
    pub fn new(size: Size, domain: Fr, round: &RiskRound) -> Result<Self, RiskProofError> {
        let arrays = &round.arrays;
        let (instance, ..) = execute(domain, &arrays.rules, &arrays.inputs, round.regime_before)?;
        let (segments, cursors) = Segment::split(size, arrays)?;
        let mut markets: Vec<(Market, MarketInstance)> = Vec::new();
        for segment in &segments {
            if markets.iter().any(|(market, _)| market.contexts == segment.contexts) {
                continue;
            }
            let market = Market {
                domain,
                rules: arrays.rules.clone(),
                underlying: arrays.inputs.underlying,
                spot: arrays.inputs.spot,
                time: arrays.inputs.time,
                regime: round.regime_before,
                contexts: segment.contexts.clone(),
            };
            let of = market.instance().map_err(|e| SegmentError::Risk(e.into()))?;
            markets.push((market, of));
        }
        // Invariant of a split: one or more, of one unit each. Of two units they cannot stand in one file.
        let unit = segments[0].unit()?;
        let others = segments.iter().map(|segment| segment.series[0].terms.kind);
        if let Some(found) = others.into_iter().find(|kind| Unit::of(*kind) != Some(unit)) {
            return Err(SegmentError::Kind { found }.into());
        }
        let segments = segments.into_iter().map(|segment| {
            let of = segment.instance(size, arrays);
            (segment, of)
        });
        let segments: Vec<_> = segments.collect();
        let composed = check(
            size,
            &instance,
            &markets.iter().map(|m| m.1).collect::<Vec<_>>(),
            &segments.iter().map(|s| s.1).collect::<Vec<_>>(),
            &cursors,
        )?;
        Ok(Self {
            size,
            unit,
            instance,
            composed,
            markets,
            segments,
            cursors,
        })
    }

    /// What every series settles in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The size of every part.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The instance of the statement.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What the parts say together.
    pub fn composed(&self) -> &Composed {
        &self.composed
    }

    /// All parts, markets first.
    pub fn numbers(&self) -> Vec<Number> {
        let markets = (0..self.markets.len()).map(Number::Market);
        markets.chain((0..self.segments.len()).map(Number::Segment)).collect()
    }

    /// Market parts and segments.
    pub fn counts(&self) -> (usize, usize) {
        (self.markets.len(), self.segments.len())
    }

    fn fields(&self, part: Number) -> Option<(Part, Vec<Fr>)> {
        match part {
            Number::Market(i) => Some((Part::Market, self.markets.get(i)?.1.to_vec())),
            Number::Segment(i) => Some((Part::Segment(self.unit), self.segments.get(i)?.1.to_fields().to_vec())),
            Number::Listing => None,
        }
    }

    /// Whether a file proves this part under these keys: then it need not be proven again.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn accepts(
        &self,
        part: Number,
        setup: &Setup,
        with: &PartKeys,
        file: &ProofFile,
    ) -> Result<(), RiskProofError> {
        let of = |source: ProofFileError| RiskProofError::PartFile {
            part,
            source: Box::new(source),
        };
        let (kind, fields) = self
            .fields(part)
            .ok_or_else(|| of(mismatch("part", "a part of the round", part)))?;
        file.check(about(kind, &self.size), with.keys.digest, setup)
            .map_err(of)?;
        if file.values() != fields {
            return Err(of(mismatch("instance", "the values of this round", "others")));
        }
        verify(setup, with.keys.verifier_key(), &fields, &file.proof)
            .map_err(|source| RiskProofError::Rejected { part, source })
    }

    /// Proves a part, and verifies the proof.
    ///
    /// # Errors
    /// There is no such part, or the prover fails.
    pub fn prove<B: Backend>(
        &self,
        part: Number,
        backend: &B,
        setup: &Setup,
        with: &PartKeys,
    ) -> Result<ProofFile, RiskProofError> {
        let trace = match part {
            Number::Market(i) if i < self.markets.len() => market_trace(self.size, &self.markets[i].0, None)?,
            Number::Segment(i) if i < self.segments.len() => trace(self.size, &self.segments[i].0, None)?,
            _ => return Err(mismatch("part", "a part of the round", part).into()),
        };
        // Invariant: the part is there.
        let (kind, fields) = self
            .fields(part)
            .ok_or_else(|| mismatch("part", "a part of the round", part))?;
        let cells = trace.finish()?.clone();
        let proof = backend
            .prove(setup, &with.keys, &with.circuit.with_cells(cells), &fields)
            .map_err(|source| RiskProofError::Prove { part, source })?;
        Ok(ProofFile::new(
            about(kind, &self.size),
            &with.keys,
            setup,
            &fields,
            proof,
        )?)
    }

    /// The file of all parts, in the order of [`RoundParts::numbers`]. Whether they hold, [`RiskProof::verify`] says.
    pub fn file(&self, parts: Vec<ProofFile>) -> RiskProof {
        let mut markets = parts;
        let segments = markets.split_off(self.markets.len().min(markets.len()));
        let named = Instance::NAMES.into_iter().zip(self.instance.to_fields());
        RiskProof {
            format: FORMAT.to_owned(),
            size: self.size.name.to_owned(),
            instance: named
                .map(|(name, value)| NamedValue {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
            cursors: self.cursors.iter().map(CursorValues::of).collect(),
            markets,
            segments,
            created_by: format!("zksettle {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

fn check(
    size: Size,
    instance: &Instance,
    markets: &[MarketInstance],
    segments: &[SegmentInstance],
    cursors: &[Cursor],
) -> Result<Composed, ComposeError> {
    let parts = Parts {
        size,
        markets,
        segments,
        cursors,
    };
    parts.check(instance)
}

/// All proofs of a round, with what a verifier needs beside its own idea of the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskProof {
    format: String,
    /// The size of every part.
    pub size: String,
    /// The statement's public inputs.
    pub instance: Vec<NamedValue>,
    /// The cursors: before each segment, and after the last one.
    pub cursors: Vec<CursorValues>,
    /// The market parts.
    pub markets: Vec<ProofFile>,
    /// The segments, in the order of the listing.
    pub segments: Vec<ProofFile>,
    /// The program that made it, with its version.
    pub created_by: String,
}

/// A cursor as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CursorValues {
    #[serde(with = "scalar")]
    digest: Fr,
    #[serde(with = "scalars")]
    pending: Vec<Fr>,
    #[serde(with = "scalar")]
    order: Fr,
    expiry: u32,
    forward: u64,
    count: u64,
}

impl CursorValues {
    fn of(cursor: &Cursor) -> Self {
        Self {
            digest: cursor.digest,
            pending: cursor.pending.clone(),
            order: fr_of(cursor.order),
            expiry: cursor.expiry,
            forward: cursor.forward,
            count: cursor.count,
        }
    }

    /// The cursor, in range.
    ///
    /// # Errors
    /// A number that no cursor has.
    pub fn cursor(&self) -> Result<Cursor, ProofFileError> {
        let [low, high, ..] = fr_limbs(&self.order);
        let order = u128::from(low) | u128::from(high) << 64;
        if fr_of(order) != self.order || order >> 90 != 0 {
            return Err(mismatch("cursors, order", "a number below 2^90", "a larger one"));
        }
        if self.pending.len() > 2 {
            return Err(mismatch("cursors, pending", "at most 2 elements", self.pending.len()));
        }
        Ok(Cursor {
            digest: self.digest,
            pending: self.pending.clone(),
            order,
            expiry: self.expiry,
            forward: self.forward,
            count: self.count,
        })
    }
}

fn fr_of(v: u128) -> Fr {
    <Fr as ff::PrimeField>::from_u128(v)
}

impl RiskProof {
    /// Parses a file's content. Nothing in it is believed yet.
    ///
    /// # Errors
    /// It is no such file.
    pub fn parse(json: &[u8]) -> Result<Self, ProofFileError> {
        let found = json.len() as u64;
        if found > MAX_BYTES {
            let expected = MAX_BYTES;
            return Err(ProofFileError::TooLarge { expected, found });
        }
        let file: Self = serde_json::from_slice(json).map_err(|error| ProofFileError::Syntax {
            line: error.line(),
            column: error.column(),
            reason: cut(error.to_string()),
        })?;
        same("format", FORMAT, file.format.as_str())?;
        let parts = || file.markets.iter().chain(&file.segments);
        if let Some(insecure) = parts().find(|part| part.setup.insecure && cfg!(feature = "production")) {
            let name = insecure.setup.name.clone();
            return Err(ProofFileError::InsecureRefused { name });
        }
        Ok(file)
    }

    /// Reads `path`.
    ///
    /// # Errors
    /// It cannot be read, or is no such file.
    pub fn read(path: &Path) -> Result<Self, ProofFileError> {
        let io = |source| ProofFileError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(io)?;
        let mut json = Vec::new();
        // One byte more than allowed, so that a file that grows meanwhile is noticed too.
        file.take(MAX_BYTES + 1).read_to_end(&mut json).map_err(io)?;
        Self::parse(&json)
    }

    /// Writes `path`: to a temporary file beside it, synced, renamed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ProofFileError> {
        let json = self.to_json();
        crate::atomic::write(path, |out| out.write_all(json.as_bytes())).map_err(|source| ProofFileError::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// The file's content.
    pub fn to_json(&self) -> String {
        // Invariant: strings, numbers and lists of them always serialise.
        let mut json = serde_json::to_string_pretty(self).expect("plain data serialises");
        json.push('\n');
        json
    }

    /// The size that the file names.
    ///
    /// # Errors
    /// There is no such size.
    pub fn size(&self) -> Result<Size, ProofFileError> {
        let names = || circuits::risk::SIZES.map(|size| size.name).join(", ");
        Size::by_name(&self.size)
            .ok_or_else(|| mismatch("size", format!("one of {}", names()), format!("{:.40}", self.size)))
    }

    /// What the segments say that their series settle in; their keys decide.
    pub fn unit(&self) -> Unit {
        let name = statement(Part::Segment(Unit::Coin));
        match self.segments.first() {
            Some(segment) if segment.statement == name => Unit::Coin,
            _ => Unit::Quote,
        }
    }

    /// Bytes of all proofs.
    pub fn proof_bytes(&self) -> usize {
        let parts = self.markets.iter().chain(&self.segments);
        parts.map(|part| part.proof.len()).sum()
    }

    /// The instance that the file claims, each value in its range.
    ///
    /// # Errors
    /// Names or values are not those of an instance.
    pub fn claimed(&self) -> Result<Instance, RiskProofError> {
        let names: Vec<&str> = self.instance.iter().map(|input| input.name.as_str()).collect();
        if names != Instance::NAMES {
            let (expected, found) = (Instance::NAMES.join(", "), format!("{:.80}", names.join(", ")));
            return Err(mismatch("instance", expected, found).into());
        }
        let values: Vec<Fr> = self.instance.iter().map(|input| input.value).collect();
        Ok(Instance::from_fields(&values)?)
    }

    /// The instance that the file proves: each part is accepted under its key, and together they are the statement. `market` and `segment` are the
    /// keys at the file's size.
    ///
    /// What is left to the caller: whether the instance is that of the round in question.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(
        &self,
        setup: &Setup,
        market: &PartKeys,
        segment: &PartKeys,
    ) -> Result<(Instance, Composed), RiskProofError> {
        let size = self.size()?;
        let instance = self.claimed()?;
        let unit = segment.circuit.part();
        for (keys, is_market) in [(market, true), (segment, false)] {
            let (part, found) = (keys.circuit.part(), keys.circuit.size());
            if found != size || matches!(part, Part::Market) != is_market {
                let (expected, found) = (size.name, found.name);
                return Err(RiskProofError::Keys { part, expected, found });
            }
        }
        let mut parts = Vec::with_capacity(self.markets.len() + self.segments.len());
        let markets = self.markets.iter().enumerate();
        parts.extend(markets.map(|(i, file)| (Number::Market(i), Part::Market, market, file, file.values())));
        let segments = self.segments.iter().enumerate();
        parts.extend(segments.map(|(i, file)| (Number::Segment(i), unit, segment, file, file.values())));
        let (mut markets, mut segments) = (Vec::new(), Vec::new());
        for (number, kind, with, file, values) in &parts {
            let of = |source: ProofFileError| RiskProofError::PartFile {
                part: *number,
                source: Box::new(source),
            };
            file.check(about(*kind, &size), with.keys.digest, setup).map_err(of)?;
            match kind {
                // Invariant: the names, hence the number of values, were compared.
                Part::Market => markets.extend(MarketInstance::try_from(values.as_slice())),
                Part::Segment(_) => segments.push(segment_instance(values).map_err(of)?),
            }
        }
        let cursors: Vec<Cursor> = self
            .cursors
            .iter()
            .map(CursorValues::cursor)
            .collect::<Result<_, _>>()?;
        let composed = check(size, &instance, &markets, &segments, &cursors)?;
        for (part, _, with, file, values) in &parts {
            let verdict = verify(setup, with.keys.verifier_key(), values, &file.proof);
            let part = *part;
            verdict.map_err(|source| RiskProofError::Rejected { part, source })?;
        }
        Ok((instance, composed))
    }
}

fn segment_instance(values: &[Fr]) -> Result<SegmentInstance, ProofFileError> {
    let number = fr_to_u64(&values[1]).and_then(|v| u16::try_from(v).ok());
    let underlying = number.ok_or_else(|| mismatch("underlying", "a number below 2^16", "a larger one"))?;
    Ok(SegmentInstance {
        contexts: values[0],
        underlying: Underlying(underlying),
        before: values[2],
        after: values[3],
        rows: values[4],
    })
}
