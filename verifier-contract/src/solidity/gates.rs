//! The identities of the circuit, weighted by powers of y, and the values at x that they need.

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

use super::memory::{lagrange_name, lagrange_rows};
use crate::error::EmitError;
use crate::graph::{Graph, Node};
use crate::identity::{Identity, identities};
use crate::registers::with_registers;
use crate::shape::{INSTANCE_NAME, Poly, Shape, evaluation_name};
use crate::yul::{MAX_BOUND, Writer};

/// Variables around the blocks: r, one, g, y, h.
const VARIABLES: usize = 5;

/// Sets the variable to the sum of the nodes, as many at a time as sums may have terms without reduction.
pub(super) fn sum_lines(writer: &mut Writer<'_>, variable: &str, terms: &[Node]) {
    for (i, terms) in terms.chunks(usize::from(MAX_BOUND)).enumerate() {
        let mut texts = terms
            .iter()
            .map(|&term| writer.value(term, 1))
            .collect::<Vec<_>>()
            .into_iter();
        let Some(first) = texts.next() else { continue };
        let depth = first.depth + terms.len();
        let sum = texts.fold(first.code, |sum, text| format!("add({}, {sum})", text.code));
        let line = match i {
            0 => format!("{variable} := {sum}"),
            _ => format!("{variable} := addmod({variable}, {sum}, r)"),
        };
        writer.deep_line(line, depth);
    }
}

/// Statements that compute the instance's evaluation and the quotient's, with the number of slots they use.
pub(super) fn identity_lines(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Result<(Vec<String>, usize), EmitError> {
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
    let mut lines = vec!["let one := add(r, 1)".to_owned(), "let g".to_owned()];
    writer.line("// l_i(x) = (x^n - 1)/n / (x*w^-i - 1)");
    writer.line("let common := mulmod(add(mload(XN), sub(r, 1)), ROWS_INV, r)");
    for (name, terms) in &sums {
        sum_lines(&mut writer, "g", terms);
        writer.line(format!("mstore({name}, mulmod(common, g, r))"));
    }
    lines.push("{".into());
    lines.extend(writer.take_lines().into_iter().map(|line| format!("    {}", line.text)));
    lines.push("}".into());

    lines.push("let y := mload(Y)".into());
    lines.push("let h := 0".into());
    let blocks: Vec<_> = groups
        .iter()
        .map(|group| {
            write_group(&mut writer, group);
            writer.take_lines()
        })
        .collect();
    lines.extend(with_registers(blocks, VARIABLES));
    let quotient = evaluation_name(Poly::Quotient, 0);
    lines.push(format!("mstore({quotient}, mulmod(h, mload(INV_VANISHING), r))"));
    Ok((lines, writer.slots()))
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
                graph
                    .factors(identity.node)
                    .is_some_and(|factors| factors.contains(&factor))
            };
            rest.iter().take_while(has).count()
        };
        let candidates = graph.factors(first.node).into_iter().flatten();
        let best = candidates
            .map(|factor| (run(factor), factor))
            .max_by_key(|(length, _)| *length);
        let (factor, length) = match best {
            Some((length, factor)) if length > 1 => (Some(factor), length),
            _ => (None, 1),
        };
        let members = rest[..length].iter().map(|identity| {
            let node = match (factor, graph.factors(identity.node)) {
                (Some(factor), Some([a, b])) => {
                    if a == factor {
                        b
                    } else {
                        a
                    }
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

/// The fold's next step: `value` comes after what the variable holds.
fn write_step(writer: &mut Writer<'_>, variable: &str, is_first: bool, node: Node) {
    let value = writer.value(node, MAX_BOUND - 1);
    let line = if is_first {
        format!("{variable} := {}", value.code)
    } else {
        format!("{variable} := add(mulmod({variable}, y, r), {})", value.code)
    };
    writer.deep_line(line, value.depth);
}

fn write_group(writer: &mut Writer<'_>, group: &Group) {
    let comment = |title: &str| {
        let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
        format!("// {}", title.chars().map(printable).collect::<String>())
    };
    let variable = if group.factor.is_some() { "g" } else { "h" };
    for (i, (title, node)) in group.members.iter().enumerate() {
        writer.line(comment(title));
        write_step(writer, variable, i == 0 && group.factor.is_some(), *node);
    }
    let Some(factor) = group.factor else { return };
    let power = power_of_y(writer, group.members.len());
    let factor = writer.value(factor, MAX_BOUND);
    let line = format!("h := add(mulmod(h, {power}, r), mulmod(g, {}, r))", factor.code);
    writer.deep_line(line, factor.depth + 1);
}
