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
use crate::shape::{Poly, Shape};
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
    let mut memory = Memory::of(vk, shape);
    let identities = gates::identity_lines(vk, shape)?;
    memory.take_slots(&identities);

    let constant = |value: Fr| format!("0x{}", hex::encode(big_endian(&value)));
    let rows_inv = Fr::from(1 << shape.k).invert().unwrap_or(Fr::ZERO);
    let proof_length = shape.proof_length();
    let instances_length = 32 * shape.instances;
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
        ("proof_length", proof_length.to_string()),
        ("instances", shape.instances.to_string()),
        ("key", key_declarations(words)),
        ("omega", constant(shape.omega)),
        ("omega_inv", constant(inverse(shape.omega))),
        ("rows_inv", constant(rows_inv)),
        ("memory", memory.declarations()),
        (
            "calldata_length",
            format!("{:#x}", 0x84 + proof_length + instances_length),
        ),
        ("instances_offset", format!("{:#x}", 0x84 + proof_length)),
        ("instances_length", format!("{instances_length:#x}")),
        ("canonical", format::block(&canonical_lines(shape, &memory), INDENT)),
        ("load_key", load_key_lines(vk)),
        ("challenges", format::block(&challenge_lines(shape, &memory), INDENT)),
        ("lagrange", nested(&fractions::lagrange_lines(shape))),
        ("instance_fractions", nested(&fractions::instance_lines())),
        ("set_fractions", nested(&fractions::set_lines(shape))),
        (
            "invert_forward",
            format::block(&fractions::forward_lines(shape, &memory), INDENT),
        ),
        (
            "invert_backward",
            format::block(&fractions::backward_lines(shape, &memory), INDENT),
        ),
        ("identities", format::block(&identities, INDENT)),
        (
            "inverse_powers",
            format::block(&opening::inverse_power_lines(shape), INDENT),
        ),
        (
            "commitments",
            format::block(&opening::commitment_lines(vk, shape, &memory), INDENT),
        ),
        ("pairing", opening::pairing_lines(&memory)),
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

/// Checks the values, and the y of every point, which is 0 for infinity and for no point of the curve.
fn canonical_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let is_bad = |at: String| format!("gt(mload({at}), max)");
    let is_infinity = |at: String| format!("iszero(mload({at}))");
    let instances = memory.at("INSTANCES_AT");
    let mut lines = checked(instances, instances + 32 * shape.instances, 32, is_bad);
    lines.extend(checked(
        memory.at("EVALUATIONS_AT"),
        memory.at("EVALUATIONS_END"),
        32,
        is_bad,
    ));
    lines.extend(checked(
        memory.at("PROOF_AT") + 32,
        memory.at("EVALUATIONS_AT") + 32,
        64,
        is_infinity,
    ));
    lines.extend(checked(
        memory.at("W1_PT") + 32,
        memory.at("PROOF_END") + 32,
        64,
        is_infinity,
    ));
    lines
}

/// Statements that check the words from `start` to `end`: one by one if they are few, else eight at a time, then the rest.
fn checked(start: usize, end: usize, stride: usize, is_bad: impl Fn(String) -> String) -> Vec<String> {
    const STEP: usize = 8;
    let step = STEP * stride;
    let steps = (end - start) / step;
    let whole = if steps < 4 { start } else { start + steps * step };
    let mut lines = Vec::new();
    let any = |places: Vec<String>| {
        let mut tests = places.into_iter().map(&is_bad);
        let first = tests.next()?;
        Some(tests.fold(first, |all, test| format!("or({test}, {all})")))
    };
    if start < whole {
        let places = (0..STEP).map(|i| offset(stride * i)).collect();
        lines.push(format!(
            "for {{ let p := {start:#06x} }} lt(p, {whole:#06x}) {{ p := add(p, {step:#x}) }} {{"
        ));
        lines.extend(any(places).map(|any| format!("    bad := or({any}, bad)")));
        lines.push("}".into());
    }
    let places = (whole..end).step_by(stride).map(|at| format!("{at:#06x}")).collect();
    lines.extend(any(places).map(|any| format!("bad := or({any}, bad)")));
    lines
}

fn offset(bytes: usize) -> String {
    if bytes == 0 {
        "p".into()
    } else {
        format!("add(p, {bytes:#x})")
    }
}

fn load_key_lines(vk: &VerifyingKey<G1Affine>) -> String {
    let mut text = String::new();
    let mut put = |word: &str, at: &str| {
        let _ = writeln!(text, "        word = {word};");
        let _ = writeln!(text, "        assembly {{ mstore({at}, word) }}");
    };
    put("TRANSCRIPT_REPR", "TRANSCRIPT_AT");
    for (poly, _) in commitments(vk) {
        let (name, point) = (poly.name(), memory::point_name(poly, 0));
        put(&format!("{name}_X"), &point);
        put(&format!("{name}_Y"), &format!("add({point}, 0x20)"));
    }
    text
}

/// Where the transcript stands: the first byte not absorbed yet, and how many wait.
struct Absorber<'m> {
    memory: &'m Memory,
    lines: Vec<String>,
    start: String,
    waiting: usize,
    /// A challenge has been squeezed already.
    started: bool,
}

impl Absorber<'_> {
    fn absorb(&mut self, name: &str, words: usize) {
        if self.waiting == 0 {
            self.start = name.to_owned();
        }
        debug_assert_eq!(self.memory.at(&self.start) + self.waiting, self.memory.at(name));
        self.waiting += 32 * words;
    }

    fn squeeze(&mut self, name: Option<&str>) {
        let (start, size) = (&self.start, self.waiting);
        let hash = match (self.started, self.waiting) {
            (false, _) => format!("let h := keccak256({start}, {size:#x})"),
            (true, 0) => "h := again(h)".into(),
            (true, _) => format!("h := absorb({start}, {size:#x}, h)"),
        };
        self.lines.push(hash);
        if let Some(name) = name {
            self.lines.push(format!("mstore({name}, mod(h, r))"));
        }
        self.started = true;
        self.waiting = 0;
    }
}

fn challenge_lines(shape: &Shape, memory: &Memory) -> Vec<String> {
    let mut transcript = Absorber {
        memory,
        lines: Vec::new(),
        start: String::new(),
        waiting: 0,
        started: false,
    };
    transcript.absorb("TRANSCRIPT_AT", 1);
    transcript.absorb("INSTANCES_AT", shape.instances);
    let point = |poly: Poly| memory::point_name(poly, 0);
    for phase in &shape.phases {
        for &column in &phase.advice {
            transcript.absorb(&point(Poly::Advice(column)), 2);
        }
        for challenge in &phase.challenges {
            transcript.squeeze(Some(&format!("C{challenge}")));
        }
    }
    // Without permutation and lookups the next three challenges are hashed, as halo2 does, and not used.
    let used = |name| shape.needs_lagrange().then_some(name);
    transcript.squeeze(used("THETA"));
    for i in 0..shape.lookups {
        transcript.absorb(&point(Poly::LookupInput(i)), 2);
        transcript.absorb(&point(Poly::LookupTable(i)), 2);
    }
    transcript.squeeze(used("BETA"));
    transcript.squeeze(used("GAMMA"));
    for i in 0..shape.permutation.len() {
        transcript.absorb(&point(Poly::PermutationProduct(i)), 2);
    }
    for i in 0..shape.lookups {
        transcript.absorb(&point(Poly::LookupProduct(i)), 2);
    }
    transcript.absorb(&point(Poly::Random), 2);
    transcript.squeeze(Some("Y"));
    for piece in 0..shape.quotient_pieces {
        transcript.absorb(&memory::point_name(Poly::Quotient, piece), 2);
    }
    transcript.squeeze(Some("X"));
    transcript.absorb("EVALUATIONS_AT", shape.evaluations.len());
    transcript.squeeze(Some("OPEN_Y"));
    transcript.squeeze(Some("OPEN_V"));
    transcript.absorb("W1_PT", 2);
    transcript.squeeze(Some("OPEN_U"));
    transcript.lines
}
