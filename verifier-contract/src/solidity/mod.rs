//! Writes the Solidity source of a verifier.
//!
//! The text comes from `verifier.sol.template`; what depends on the circuit is filled in here: the memory map
//! ([`memory`]), the transcript, the identities, and the opening argument ([`opening`]).

mod memory;
mod opening;

use std::fmt::Write as _;

use ff::Field;
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::VerifyingKey;

use crate::Meta;
use crate::error::EmitError;
use crate::graph::{Graph, MAX_BOUND, Node, Writer};
use crate::identity::{Identity, identities};
use crate::key::{KeyWord, commitments};
use crate::shape::{INSTANCE_NAME, Poly, Shape, evaluation_name};
use memory::{INVERSION_STEP, Memory, lagrange_name, lagrange_rows};

const TEMPLATE: &str = include_str!("verifier.sol.template");
const INDENT: &str = "            ";

/// The source of a verifier with the given key words: those of a real key, or zeros for the source's shape.
pub(crate) fn source(
    vk: &VerifyingKey<G1Affine>,
    shape: &Shape,
    meta: &Meta,
    words: &[KeyWord],
) -> Result<String, EmitError> {
    let mut memory = Memory::of(vk, shape);
    let (identities, slots) = identity_lines(vk, shape)?;
    let (openings, slots) = opening::scalar_lines(shape, slots);
    memory.take_slots(slots);

    let constant = |value: Fr| format!("0x{}", hex::encode(big_endian(&value)));
    let rows_inv = Fr::from(1 << shape.k).invert().unwrap_or(Fr::ZERO);
    let proof_length = shape.proof_length();
    let instances_length = 32 * shape.instances;
    let values = [
        ("title", format!("Verifier of statement {}, size {}", meta.statement, meta.size)),
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
        ("calldata_length", format!("{:#x}", 0x84 + proof_length + instances_length)),
        ("instances_offset", format!("{:#x}", 0x84 + proof_length)),
        ("instances_length", format!("{instances_length:#x}")),
        ("canonical", block(&canonical_lines(&memory))),
        ("load_key", load_key_lines(vk)),
        ("challenges", block(&challenge_lines(shape, &memory))),
        ("denominators", block(&opening::denominator_lines(shape, &memory))),
        ("inversion_step", format!("{:#x}", 32 * INVERSION_STEP)),
        ("invert_forward", invert_forward(&memory)),
        ("invert_backward", invert_backward(&memory)),
        ("identities", block(&identities)),
        ("openings", block(&openings)),
        ("commitments", block(&opening::commitment_lines(shape, &memory))),
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

fn block(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        text.push_str(INDENT);
        text.push_str(line);
        text.push('\n');
        text
    })
}

fn key_declarations(words: &[KeyWord]) -> String {
    words.iter().fold(String::new(), |mut text, word| {
        let value = hex::encode(word.value);
        let _ = writeln!(text, "    uint256 private immutable {} = 0x{value};", word.name);
        text
    })
}

/// Checks the evaluations eight at a time, then the rest.
fn canonical_lines(memory: &Memory) -> Vec<String> {
    const STEP: usize = 8;
    let (start, end) = (memory.at("EVALUATIONS_AT"), memory.at("EVALUATIONS_END"));
    let whole = start + (end - start) / (32 * STEP) * (32 * STEP);
    let is_bad = |at: String| format!("gt(mload({at}), max)");
    let all = (1..STEP).fold(is_bad("p".into()), |all, i| {
        format!("or({}, {all})", is_bad(format!("add(p, {:#x})", 32 * i)))
    });
    let mut lines = vec![
        format!("for {{ let p := EVALUATIONS_AT }} lt(p, {whole:#x}) {{ p := add(p, {:#x}) }} {{", 32 * STEP),
        format!("    bad := or(bad, {all})"),
        "}".into(),
    ];
    for at in (whole..end).step_by(32) {
        lines.push(format!("bad := or(bad, {})", is_bad(format!("{at:#x}"))));
    }
    lines
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

fn invert_forward(memory: &Memory) -> String {
    let prefix = memory.at("PREFIX_AT") - memory.at("INVERT_AT");
    (0..INVERSION_STEP).fold(String::new(), |mut text, i| {
        let (word, product) = (offset(32 * i), offset(32 * i + prefix));
        let _ = writeln!(text, "                mstore({product}, product)");
        let _ = writeln!(text, "                product := mulmod(product, mload({word}), r)");
        text
    })
}

fn invert_backward(memory: &Memory) -> String {
    let prefix = memory.at("PREFIX_AT") - memory.at("INVERT_AT");
    let mut text = "                let word\n".to_owned();
    for i in (0..INVERSION_STEP).rev() {
        let (word, product) = (offset(32 * i), offset(32 * i + prefix));
        let _ = writeln!(text, "                word := mload({word})");
        let _ = writeln!(text, "                mstore({word}, mulmod(inverse, mload({product}), r))");
        let _ = writeln!(text, "                inverse := mulmod(inverse, word, r)");
    }
    text
}

fn offset(bytes: usize) -> String {
    if bytes == 0 { "p".into() } else { format!("add(p, {bytes:#x})") }
}

/// Sets the variable to the sum of the nodes, one line each, reduced where it would outgrow the bound of sums.
fn sum_lines(writer: &mut Writer<'_>, variable: &str, terms: &[Node]) {
    let mut bound = 0;
    for &term in terms {
        let value = writer.value(term, 1);
        writer.line(match bound {
            0 => format!("{variable} := {value}"),
            MAX_BOUND => format!("{variable} := addmod({variable}, {value}, r)"),
            _ => format!("{variable} := add({variable}, {value})"),
        });
        bound = if bound == MAX_BOUND { 1 } else { bound + 1 };
    }
}

/// Statements that compute the instance's evaluation and the quotient's, with the number of slots they use.
fn identity_lines(
    vk: &VerifyingKey<G1Affine>,
    shape: &Shape,
) -> Result<(Vec<String>, usize), EmitError> {
    let mut graph = Graph::default();
    let mut sums = vec![(INSTANCE_NAME, instance_terms(shape, &mut graph))];
    if shape.needs_lagrange() {
        sums.extend(lagrange_terms(shape, &mut graph));
    }
    let identities = identities(vk, shape, &mut graph)?;
    let groups = group(&graph, &identities);
    let mut roots: Vec<Node> = sums.iter().flat_map(|(_, terms)| terms.clone()).collect();
    for group in &groups {
        roots.extend(group.factor);
        roots.extend(group.members.iter().map(|(_, node)| *node));
    }

    let mut writer = Writer::new(&graph, &roots, 0);
    writer.line("let g");
    // l_i(x) = (x^n - 1)/n / (x*w^-i - 1)
    writer.line("let common := mulmod(add(mload(XN), sub(r, 1)), ROWS_INV, r)");
    for (name, terms) in &sums {
        sum_lines(&mut writer, "g", terms);
        writer.line(format!("mstore({name}, mulmod(common, g, r))"));
    }
    writer.line("let y := mload(Y)");
    writer.line("let h := 0");
    for group in &groups {
        write_group(&mut writer, group);
    }
    let quotient = evaluation_name(Poly::Quotient, 0);
    writer.line(format!("mstore({quotient}, mulmod(h, mload(INV_VANISHING), r))"));
    let slots = writer.slots();
    Ok((writer.into_lines(), slots))
}

/// The terms of the instance's evaluation at x, less the common factor.
fn instance_terms(shape: &Shape, graph: &mut Graph) -> Vec<Node> {
    let word = |i: usize| match i {
        0 => "INSTANCES_AT".to_owned(),
        i => format!("add(INSTANCES_AT, {:#x})", 32 * i),
    };
    (0..shape.instances)
        .map(|i| {
            let (value, basis) = (graph.load(word(i)), graph.load(lagrange_name(i as i32)));
            graph.multiply(value, basis)
        })
        .collect()
}

/// The terms of the Lagrange polynomials of the first, the last and the blinded rows, less the common factor.
fn lagrange_terms(shape: &Shape, graph: &mut Graph) -> Vec<(&'static str, Vec<Node>)> {
    let last = shape.last_rotation();
    let blinded = lagrange_rows(shape).into_iter().filter(|&row| row < 0 && row != last);
    let mut basis = |row: i32| graph.load(lagrange_name(row));
    vec![
        ("L_0", vec![basis(0)]),
        ("L_LAST", vec![basis(last)]),
        ("L_BLIND", blinded.map(basis).collect()),
    ]
}

/// Consecutive identities with a common factor, which is multiplied in once.
struct Group {
    factor: Option<Node>,
    members: Vec<(String, Node)>,
}

fn group(graph: &Graph, identities: &[Identity]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut rest = identities;
    while let Some(first) = rest.first() {
        let run = |factor: Node| {
            let has = |identity: &&Identity| {
                graph.factors(identity.node).is_some_and(|factors| factors.contains(&factor))
            };
            rest.iter().take_while(has).count()
        };
        let candidates = graph.factors(first.node).into_iter().flatten();
        let best = candidates.map(|factor| (run(factor), factor)).max_by_key(|(length, _)| *length);
        let (factor, length) = match best {
            Some((length, factor)) if length > 1 => (Some(factor), length),
            _ => (None, 1),
        };
        let members = rest[..length].iter().map(|identity| {
            let node = match (factor, graph.factors(identity.node)) {
                (Some(factor), Some([a, b])) => {
                    if a == factor { b } else { a }
                }
                _ => identity.node,
            };
            (identity.title.clone(), node)
        });
        groups.push(Group {
            factor,
            members: members.collect(),
        });
        rest = &rest[length..];
    }
    groups
}

/// Code for y^exponent, computed at its first use.
fn power_of_y(writer: &mut Writer<'_>, exponent: usize) -> String {
    if exponent == 1 {
        return "y".into();
    }
    let name = format!("y^{exponent}");
    if let Some(code) = writer.defined(&name) {
        return code;
    }
    let low = power_of_y(writer, exponent / 2);
    let high = power_of_y(writer, exponent - exponent / 2);
    let code = format!("mulmod({low}, {high}, r)");
    writer.define(&name, code)
}

fn write_group(writer: &mut Writer<'_>, group: &Group) {
    let comment = |title: &str| {
        let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
        format!("// {}", title.chars().map(printable).collect::<String>())
    };
    let Some(factor) = group.factor else {
        for (title, node) in &group.members {
            writer.line(comment(title));
            let value = writer.value(*node, 4);
            writer.line(format!("h := add(mulmod(h, y, r), {value})"));
        }
        return;
    };
    for (i, (title, node)) in group.members.iter().enumerate() {
        writer.line(comment(title));
        let value = writer.value(*node, 4);
        writer.line(if i == 0 {
            format!("g := {value}")
        } else {
            format!("g := add(mulmod(g, y, r), {value})")
        });
    }
    let power = power_of_y(writer, group.members.len());
    let factor = writer.value(factor, 5);
    writer.line(format!("h := add(mulmod(h, {power}, r), mulmod(g, {factor}, r))"));
}
