//! `risk prove` and `risk verify`: statement R.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use circuits::risk::compose::Part as Number;
use circuits::risk::{Part, SIZES, SegmentError, Size, Unit};
use clap::Args;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::cpu_seconds;
use prover::error::ProofFileError;
use prover::proof_file::ProofFile;
use prover::risk::{PartKeys, RiskProof, RiskProofError, RoundParts};
use prover::srs::Setup;
use serde_json::json;
use witness_gen::risk::file::RiskRound;
use witness_gen::statement::risk::{Instance, execute};

use crate::backend::BackendOption;
use crate::book;
use crate::errors::Failure;
use crate::machine;
use crate::output::{Output, field_hex, field_of_hex, seconds};
use crate::setups;
use crate::verbs::risk::read_round;

/// Which round, and where its proof goes.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The risk file (`risk build --grid paradex-24`).
    #[arg(long)]
    risk: PathBuf,
    /// The setup: a ceremony's file, or one that `srs` stored. At least 2^15 powers.
    #[arg(long)]
    srs: PathBuf,
    /// Where the proof file goes. Parts that are proven lie in a folder beside it, FILE.parts, until all of them are.
    #[arg(long)]
    out: PathBuf,
    /// Series of a segment: 4, 16 or, in quote, 64. Default: the smallest that holds all of them, else 64, or 16 in coin and where a segment of 64
    /// has too many expiries.
    #[arg(long)]
    size: Option<String>,
    /// Names the venue and chain, as the settlement's proofs do: 0x and 64 digits.
    #[arg(long)]
    domain: Option<String>,
    /// Only these segments, A..B without B (market parts: 0..0), and leave the rest to other runs: the file is written when none is missing.
    #[arg(long, value_parser = range)]
    segments: Option<Range<usize>>,
    #[command(flatten)]
    backend: BackendOption,
}

/// Which proof, and what it has to say.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The proof file.
    file: PathBuf,
    /// The risk file that it has to be about, which is computed again.
    #[arg(long)]
    risk: Option<PathBuf>,
    /// The risk root that it has to be about.
    #[arg(long)]
    risk_root: Option<String>,
    /// The domain that it has to name.
    #[arg(long)]
    domain: Option<String>,
    /// The setup. Default: the one in the cache that the file names.
    #[arg(long)]
    srs: Option<PathBuf>,
}

fn range(text: &str) -> Result<Range<usize>, String> {
    let wrong = || format!("expected A..B with A at most B, found {text:.40}");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if from > to {
        return Err(wrong());
    }
    Ok(from..to)
}

impl From<RiskProofError> for Failure {
    fn from(error: RiskProofError) -> Self {
        let message = error.to_string();
        match error {
            RiskProofError::File(error) => error.into(),
            RiskProofError::Segment(SegmentError::Expiries { .. } | SegmentError::Coin { .. }) => {
                Self::resource(message)
            }
            RiskProofError::Segment(SegmentError::Scenarios { .. } | SegmentError::Kind { .. }) => Self::usage(message),
            RiskProofError::Prove { source, .. } => Self {
                message,
                ..source.into()
            },
            RiskProofError::Trace(_) => Self::internal(message),
            _ => Self::rejected(message),
        }
    }
}

/// The keys of both kinds of part.
struct BothKeys {
    market: PartKeys,
    segment: PartKeys,
}

impl BothKeys {
    fn load(out: Output, setup: &Setup, size: Size, unit: Unit) -> Result<Self, Failure> {
        Ok(Self {
            market: setups::risk_keys(out, setup, Part::Market, size)?,
            segment: setups::risk_keys(out, setup, Part::Segment(unit), size)?,
        })
    }

    fn of(&self, part: Number) -> &PartKeys {
        match part {
            Number::Segment(_) => &self.segment,
            _ => &self.market,
        }
    }
}

impl Prove {
    fn parts(&self, domain: Fr, round: &RiskRound) -> Result<RoundParts, Failure> {
        if let Some(name) = &self.size {
            let names = SIZES.map(|size| size.name).join(", ");
            let size = Size::by_name(name)
                .ok_or_else(|| Failure::usage(format!("size: expected one of {names}, found {name:.40}")))?;
            return Ok(RoundParts::new(size, domain, round)?);
        }
        let series = round.arrays.rows.len();
        // Invariant: the last of the sizes is the largest.
        let large = SIZES[SIZES.len() - 1];
        let size = SIZES.into_iter().find(|size| size.series() >= series).unwrap_or(large);
        match RoundParts::new(size, domain, round) {
            // As many expiries fit as series.
            Err(RiskProofError::Segment(SegmentError::Expiries { .. } | SegmentError::Coin { .. })) => {
                Ok(RoundParts::new(SIZES[1], domain, round)?)
            }
            parts => Ok(parts?),
        }
    }

    /// Parts that lie there already: in the folder, or in the file of an earlier run.
    fn earlier(&self, number: Number, file: Option<&RiskProof>) -> Option<Result<ProofFile, ProofFileError>> {
        let path = part_path(&self.folder(), number);
        if path.exists() {
            return Some(ProofFile::read(&path));
        }
        let part = match number {
            Number::Market(i) => file?.markets.get(i),
            Number::Segment(i) => file?.segments.get(i),
            Number::Listing => None,
        };
        part.cloned().map(Ok)
    }

    fn folder(&self) -> PathBuf {
        let mut name = self.out.clone().into_os_string();
        name.push(".parts");
        PathBuf::from(name)
    }

    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let domain = book::domain(self.domain.as_deref())?;
        let spinner = out.spinner("computing the risk arrays again");
        let round = read_round(&self.risk)?;
        let parts = self.parts(domain, &round)?;
        drop(spinner);
        let (markets, segments) = parts.counts();
        if let Some(asked) = self.segments.as_ref().filter(|asked| asked.end > segments) {
            let found = format!("{}..{}", asked.start, asked.end);
            return Err(Failure::usage(format!(
                "segments: expected a range within 0..{segments}, found {found}"
            )));
        }
        let setup = setups::load_of(out, &self.srs, parts.size().k)?;
        setups::warn_if_insecure(out, &setup);
        let keys = BothKeys::load(out, &setup, parts.size(), parts.unit())?;
        let folder = self.folder();
        fs::create_dir_all(&folder).map_err(|error| Failure::io(&folder, "a folder that can be written", &error))?;
        let before = self.out.is_file().then(|| RiskProof::read(&self.out).ok()).flatten();

        let (started, cpu) = (Instant::now(), cpu_seconds());
        let (mut files, mut proven) = (Vec::new(), 0);
        let bar = out.parts(markets + segments);
        for number in parts.numbers() {
            bar.doing(number.to_string());
            let file = match self.earlier(number, before.as_ref()) {
                None => None,
                Some(found) => {
                    let good = found
                        .map_err(RiskProofError::from)
                        .and_then(|file| parts.accepts(number, &setup, keys.of(number), &file).map(|()| file));
                    good.map_err(|error| out.warn(&format!("{number} is proven again: {error}")))
                        .ok()
                }
            };
            let asked = match (&self.segments, number) {
                (None, _) => true,
                (Some(asked), Number::Segment(i)) => asked.contains(&i),
                (Some(asked), _) => asked.is_empty(),
            };
            let file = match file {
                None if asked => {
                    let file = parts.prove(number, &self.backend.prover(), &setup, keys.of(number))?;
                    file.write(&part_path(&folder, number))?;
                    proven += 1;
                    Some(file)
                }
                file => file,
            };
            files.extend(file);
            bar.done();
        }
        drop(bar);
        let took = seconds(started.elapsed());
        let cpu = ((cpu_seconds() - cpu) * 100.0).round() / 100.0;
        let complete = files.len() == markets + segments;
        let there = files.len();
        let proof_bytes: usize = files.iter().map(|file| file.proof.len()).sum();
        let instance = parts.instance();
        let native = round.arrays.rows_root();
        let composed = parts.composed();
        let mut file_bytes = None;
        if complete {
            let file = parts.file(files);
            file.verify(&setup, &keys.market, &keys.segment)?;
            file.write(&self.out)?;
            file_bytes = fs::metadata(&self.out).ok().map(|found| found.len());
            // The parts stand in the file now.
            for number in parts.numbers() {
                let _ = fs::remove_file(part_path(&folder, number));
            }
            let _ = fs::remove_dir(&folder);
        }
        let value = json!({
            "complete": complete, "file": complete.then_some(&self.out), "size": parts.size().name,
            "series": composed.series, "markets": markets, "segments": segments, "parts": markets + segments,
            "parts_there": there, "parts_proven_now": proven, "seconds": took, "cpu_seconds": cpu,
            "proof_bytes": proof_bytes, "file_bytes": file_bytes, "rows_root": field_hex(&native),
            "rows_root_proven": field_hex(&composed.rows_root), "risk_root": field_hex(&instance.risk_root),
            "domain": field_hex(&instance.domain), "key_digest_market": keys.market.keys.digest,
            "key_digest_segment": keys.segment.keys.digest, "setup_insecure": setup.insecure(),
            "peak_memory_bytes": machine::peak_memory(),
        });
        let mut text = format!(
            "{} series in {segments} segments of {}, {markets} market parts: {proven} proven now in {took} s ({cpu} s of CPU), {there} of {} there\n",
            composed.series,
            parts.size().name,
            markets + segments
        );
        text.push_str(&if complete {
            format!(
                "{}: {proof_bytes} bytes of proofs\nrows root {} (native and proven)\nrisk root {}",
                self.out.display(),
                field_hex(&native),
                field_hex(&instance.risk_root)
            )
        } else {
            format!("parts in {}; no file yet", folder.display())
        });
        out.result(&value, &text)
    }
}

fn part_path(folder: &Path, number: Number) -> PathBuf {
    folder.join(match number {
        Number::Market(i) => format!("market-{i:04}.proof.json"),
        Number::Segment(i) => format!("segment-{i:04}.proof.json"),
        Number::Listing => "listing.proof.json".to_owned(),
    })
}

impl Verify {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let file = RiskProof::read(&self.file).map_err(|error| Failure::from(error).about(&self.file))?;
        self.checked(out, &file).map_err(|failure| failure.about(&self.file))
    }

    fn checked(&self, out: Output, file: &RiskProof) -> Result<(), Failure> {
        let size = file.size()?;
        let unit = file.unit();
        if !unit.fits(&size) {
            return Err(Failure::rejected(SegmentError::Coin { found: size.name }.to_string()));
        }
        let first = file.markets.first();
        let first = first.ok_or_else(|| Failure::rejected("R5: listing, markets: expected 1 or more, found 0"))?;
        let setup: Setup = match &self.srs {
            Some(path) => setups::load_of(out, path, size.k)?,
            None => setups::for_proof(out, &first.setup, size.k)?,
        };
        setups::warn_if_insecure(out, &setup);
        let keys = BothKeys::load(out, &setup, size, unit)?;
        let spinner = out.spinner(format!("verifying {} parts", file.markets.len() + file.segments.len()));
        let started = Instant::now();
        let (instance, composed) = file.verify(&setup, &keys.market, &keys.segment)?;
        let took = seconds(started.elapsed());
        drop(spinner);
        if let Some(path) = &self.risk {
            let round = read_round(path)?;
            let arrays = &round.arrays;
            let (expected, ..) = execute(instance.domain, &arrays.rules, &arrays.inputs, round.regime_before)
                .map_err(|error| Failure::rejected(error.to_string()))?;
            let pairs = expected.to_fields().into_iter().zip(instance.to_fields());
            for (name, (expected, found)) in Instance::NAMES.into_iter().zip(pairs) {
                same(name, expected, found)?;
            }
        }
        if let Some(root) = &self.risk_root {
            same("risk root", field_of_hex("risk root", root)?, instance.risk_root)?;
        }
        if let Some(domain) = &self.domain {
            same("domain", field_of_hex("domain", domain)?, instance.domain)?;
        }
        let named = Instance::NAMES.into_iter().zip(instance.to_fields());
        let fields: serde_json::Map<_, _> = named
            .map(|(name, value)| (name.to_owned(), json!(field_hex(&value))))
            .collect();
        let value = json!({
            "verified": true, "verify_seconds": took, "size": size.name, "series": composed.series,
            "markets": file.markets.len(), "segments": file.segments.len(), "proof_bytes": file.proof_bytes(),
            "instance": fields, "spot": instance.spot.get(), "time": instance.time,
            "underlying": instance.underlying.get(), "rows_root": field_hex(&composed.rows_root),
            "risk_root": field_hex(&instance.risk_root), "key_digest_market": keys.market.keys.digest,
            "key_digest_segment": keys.segment.keys.digest, "setup": setup.provenance(),
            "setup_insecure": setup.insecure(),
        });
        let text = format!(
            "verified in {took:.3} s: {} series of underlying {} at {} (spot {}), {} segments and {} market parts\nrisk root {}\nparameters \
             {}\nvolatility {}\nold regime {}\nnew regime {}\ndomain {}\nsetup: {}",
            composed.series,
            instance.underlying.get(),
            instance.time,
            instance.spot.get(),
            file.segments.len(),
            file.markets.len(),
            field_hex(&instance.risk_root),
            field_hex(&instance.parameters),
            field_hex(&instance.volatility),
            field_hex(&instance.old_regime),
            field_hex(&instance.new_regime),
            field_hex(&instance.domain),
            setup.provenance()
        );
        out.result(&value, &text)
    }
}

fn same(what: &str, expected: Fr, found: Fr) -> Result<(), Failure> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (field_hex(&expected), field_hex(&found));
    Err(Failure::rejected(format!("{what}: expected {expected}, found {found}")))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_two_numbers_in_order() {
        assert_eq!(range("2..5"), Ok(2..5));
        assert_eq!(range("0..0"), Ok(0..0));
        for wrong in ["", "2", "5..2", "..3", "2..", "-1..3", "2..=3"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
