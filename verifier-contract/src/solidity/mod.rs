//! Writes the Solidity source of a verifier.
//!
//! The text comes from `verifier.sol.template`; what depends on the circuit is filled in here: the memory map
//! ([`memory`]), the transcript, the sums of fractions ([`fractions`]), the identities ([`gates`]), and the sum of the
//! commitments ([`opening`]).

mod format;
mod fractions;
mod gates;
mod memory;
mod opening;

use std::fmt::Write as _;

use ff::Field;
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::VerifyingKey;

use crate::Meta;
use crate::error::EmitError;
use crate::key::{KeyWord, commitments};
use crate::plan::Plan;
use crate::shape::{Shape, evaluation_name};
use memory::Memory;

const TEMPLATE: &str = include_str!("verifier.sol.template");
/// Indentation of statements in an assembly block.
const INDENT: usize = 12;

/// The source of a verifier with the given key words: those of a real key, or zeros for the source's shape.
pub(crate) fn source(
    vk: &VerifyingKey<G1Affine>,
    shape: &Shape,
    meta: &Meta,
    words: &[KeyWord],
) -> Result<String, EmitError> {
    let plan = Plan::of(shape);
    let mut memory = Memory::of(vk, shape, &plan);
    let identities = gates::identity_lines(vk, shape)?;
    memory.take_slots(&identities);

    let constant = |value: Fr| format!("0x{}", hex::encode(big_endian(&value)));
    let rows_inv = Fr::from(1 << shape.k).invert().unwrap_or(Fr::ZERO);
    // The proof and the inverse.
    let argument_length = shape.proof_length() + 32;
    let instances_length = 32 * shape.instances;
    let inner = |lines: &[String]| format::block(lines, INDENT);
    let values = [
        (
            "title",
            format!("Verifier of statement {}, size {}", meta.statement, meta.size),
        ),
        ("name", meta.name.clone()),
        ("statement", meta.statement.clone()),
        ("size", meta.size.clone()),
        ("k", shape.k.to_string()),
        ("key_points", commitments(vk).len().to_string()),
        ("proof_points", (shape.points().len() + 2).to_string()),
        ("evaluations", shape.evaluations.len().to_string()),
        ("sets", shape.sets.len().to_string()),
        ("rotations", shape.rotations().len().to_string()),
        ("proof_length", argument_length.to_string()),
        ("instances", shape.instances.to_string()),
        ("key", key_declarations(words)),
        ("omega", constant(shape.omega)),
        ("omega_inv", constant(inverse(shape.omega))),
        ("rows_inv", constant(rows_inv)),
        ("memory", memory.declarations()),
        (
            "calldata_length",
            format!("{:#x}", 0x84 + argument_length + instances_length),
        ),
        ("instances_offset", format!("{:#x}", 0x84 + argument_length)),
        ("inverse_offset", format!("{:#x}", 0x64 + shape.proof_length())),
        ("load", inner(&load_lines(shape))),
        ("canonical", inner(&canonical_lines(shape, &memory))),
        ("evaluations_offset", format!("{:#x}", 0x64 + 64 * shape.points().len())),
        ("points", shape.points().len().to_string()),
        ("load_key", format::block(&opening::key_lines(vk, shape), INDENT - 4)),
        ("challenges", inner(&challenge_lines(shape))),
        ("powers", nested(&fractions::power_lines(shape))),
        ("lagrange", nested(&fractions::lagrange_lines(shape))),
        ("instance_fractions", nested(&fractions::instance_lines(shape, &memory))),
        ("factors", nested(&fractions::factor_lines(shape, &plan))),
        ("set_fractions", inner(&fractions::set_lines(shape, &plan))),
        (
            "invert_forward",
            inner(&fractions::forward_lines(shape, &plan, &memory)),
        ),
        (
            "invert_backward",
            inner(&fractions::backward_lines(shape, &plan, &memory)),
        ),
        ("identities", inner(&identities)),
        ("sum", inner(&opening::sum_lines(&plan))),
        ("weights", inner(&opening::weight_lines(shape, &plan))),
        ("quotient_value", nested(&opening::quotient_value_lines(shape, &plan))),
        (
            "commitments",
            inner(&opening::commitment_lines(vk, shape, &plan, &memory)),
        ),
    ];
    let mut text = TEMPLATE.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value.trim_end_matches('\n'));
    }
    Ok(text)
}

fn inverse(value: Fr) -> Fr {
    // Only ever called on powers of ω.
    value.invert().unwrap_or(Fr::ZERO)
}

fn big_endian(value: &Fr) -> [u8; 32] {
    use ff::PrimeField;
    let mut bytes = value.to_repr();
    bytes.reverse();
    bytes
}

/// Statements in braces of their own; nothing for none.
fn nested(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let margin = " ".repeat(INDENT);
    format!("{margin}{{\n{}{margin}}}\n", format::block(lines, INDENT + 4))
}

fn key_declarations(words: &[KeyWord]) -> String {
    words.iter().fold(String::new(), |mut text, word| {
        let value = hex::encode(word.value);
        let _ = writeln!(text, "    uint256 private immutable {} = 0x{value};", word.name);
        text
    })
}

/// Statements that copy the arguments into memory.
fn load_lines(shape: &Shape) -> Vec<String> {
    let mut at = 0x64;
    let mut lines = Vec::new();
    for (i, piece) in memory::pieces(shape).iter().enumerate() {
        let bytes: usize = piece.iter().map(|(_, words)| 32 * words).sum();
        lines.push(format!("calldatacopy({}, {at:#x}, {bytes:#x})", memory::piece_name(i)));
        at += bytes;
    }
    lines.push(format!("calldatacopy(W2_PT, {at:#x}, 0x40)"));
    // The point, the inverse, the length of the instance.
    at += 64 + 32 + 32;
    lines.push(format!(
        "calldatacopy(INSTANCES_AT, {at:#x}, {:#x})",
        32 * shape.instances
    ));
    lines
}

/// Checks the values, and the y of every point, which is 0 for infinity and for no point of the curve.
fn canonical_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    /// Tests in one statement.
    const TESTS: usize = 12;
    let instances = (0..shape.instances).map(|i| memory.at("INSTANCES_AT") + 32 * i);
    let evaluations = shape.evaluations.iter();
    let evaluations = evaluations.map(|query| memory.at(&evaluation_name(query.poly, query.rotation)));
    let values = instances
        .chain(evaluations)
        .map(|at| format!("gt(mload({at:#06x}), max)"));

    let others = shape.points().len() - shape.quotient_pieces;
    let names = shape.points().into_iter().enumerate();
    let names = names.map(|(i, poly)| memory::point_name(poly, i.saturating_sub(others)));
    let names = names.chain(["W1_PT", "W2_PT"].map(str::to_owned));
    let points = names.map(|name| format!("iszero(mload({:#06x}))", memory.at(&name) + 32));

    let any = |tests: &[String]| {
        tests
            .iter()
            .fold("bad".to_owned(), |all, test| format!("or({test}, {all})"))
    };
    let mut lines = Vec::new();
    let mut tests: Vec<String> = values.collect();
    if fractions::is_large(shape) {
        // Loops over the evaluations; what does not fill one is tested by itself, as the instance is.
        let rest = shape.evaluations.len() % TESTS;
        let (start, end) = (
            memory.at("EVALUATIONS_AT"),
            memory.at("EVALUATIONS_AT") + 32 * (shape.evaluations.len() - rest),
        );
        let step = 32 * TESTS;
        let looped: Vec<String> = (0..TESTS)
            .map(|i| match i {
                0 => "gt(mload(p), max)".to_owned(),
                i => format!("gt(mload(add(p, {:#x})), max)", 32 * i),
            })
            .collect();
        lines.push(format!(
            "for {{ let p := {start:#06x} }} lt(p, {end:#06x}) {{ p := add(p, {step:#x}) }} {{"
        ));
        lines.push(format!("    bad := {}", any(&looped)));
        lines.push("}".into());
        tests.drain(shape.instances..tests.len() - rest);
    }
    tests.extend(points);
    lines.extend(tests.chunks(TESTS).map(|tests| format!("bad := {}", any(tests))));
    lines
}

/// Where the transcript stands: how many pieces of the proof have been hashed, and whether the next one waits.
struct Absorber {
    lines: Vec<String>,
    /// Bytes of the pieces.
    sizes: Vec<usize>,
    piece: usize,
    waits: bool,
}

impl Absorber {
    /// Absorbs what belongs to the next piece, if there is something.
    fn absorb(&mut self, points: usize) {
        self.waits |= points > 0;
    }

    fn squeeze(&mut self, name: Option<&str>) {
        let hash = match (self.piece, self.waits) {
            (0, true) => format!("let h := keccak256(TRANSCRIPT_AT, {:#x})", self.sizes[0]),
            (piece, true) => {
                let room = memory::hash_name(piece);
                self.lines.push(format!("mstore({room}, h)"));
                format!("h := keccak256({room}, {:#x})", self.sizes[piece] + 32)
            }
            (_, false) => {
                self.lines.push("mstore(0x00, h)".into());
                "h := keccak256(0x00, 0x21)".into()
            }
        };
        self.lines.push(hash);
        if let Some(name) = name {
            self.lines.push(format!("mstore({name}, mod(h, r))"));
        }
        self.piece += usize::from(self.waits);
        self.waits = false;
    }
}

fn challenge_lines(shape: &Shape) -> Vec<String> {
    let pieces = memory::pieces(shape);
    let mut sizes: Vec<usize> = pieces
        .iter()
        .map(|piece| piece.iter().map(|(_, words)| 32 * words).sum())
        .collect();
    sizes[0] += 32 * (1 + shape.instances);
    let mut transcript = Absorber {
        // Behind a hash that is hashed again.
        lines: vec!["mstore8(0x20, 1)".into()],
        sizes,
        piece: 0,
        waits: false,
    };
    for phase in &shape.phases {
        transcript.absorb(phase.advice.len());
        for challenge in &phase.challenges {
            transcript.squeeze(Some(&format!("C{challenge}")));
        }
    }
    // Without permutation and lookups the next three challenges are hashed, as halo2 does, and not used.
    let used = |name| shape.needs_lagrange().then_some(name);
    transcript.squeeze(used("THETA"));
    transcript.absorb(2 * shape.lookups);
    transcript.squeeze(used("BETA"));
    transcript.squeeze(used("GAMMA"));
    transcript.absorb(shape.permutation.len() + shape.lookups + 1);
    transcript.squeeze(Some("Y"));
    transcript.absorb(shape.quotient_pieces);
    transcript.squeeze(Some("X"));
    transcript.absorb(shape.evaluations.len());
    transcript.squeeze(Some("OPEN_Y"));
    transcript.squeeze(Some("OPEN_V"));
    transcript.absorb(1);
    transcript.squeeze(Some("OPEN_U"));
    transcript.lines
}
