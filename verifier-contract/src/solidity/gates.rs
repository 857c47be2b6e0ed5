//! The identities of the circuit, weighted by powers of y, and the values at x that they need.

use std::collections::BTreeSet;

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

use super::memory::{lagrange_name, lagrange_rows};
use crate::error::EmitError;
use crate::graph::{Graph, Node};
use crate::identity::{Identity, identities};
use crate::registers::{Section, with_registers};
use crate::shape::{INSTANCE_NAME, Poly, Shape, evaluation_name};
use crate::yul::{Line, MAX_BOUND, Writer};

/// Variables around the blocks: r, one, g, y, h.
const VARIABLES: usize = 5;
/// Stack slots that nested expressions are tried with.
const DEPTHS: [usize; 5] = [6, 7, 8, 9, 10];
/// Most identities that share variables.
const SECTION: usize = 12;

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
        roots.extend(group.nodes());
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
    for i in 0..groups.len() {
        let (block, next) = smallest_block(&writer, &groups, i);
        lines.extend(block);
        writer = next;
    }
    let quotient = evaluation_name(Poly::Quotient, 0);
    lines.push(format!("mstore({quotient}, mulmod(h, mload(INV_VANISHING), r))"));
    Ok((lines, writer.slots()))
}

/// The statements of a group of identities, with as much of the stack for nested expressions as makes the code smallest, and
/// the rest for variables.
fn smallest_block<'g>(writer: &Writer<'g>, groups: &[Group], index: usize) -> (Vec<String>, Writer<'g>) {
    let later: Vec<Node> = groups[index + 1..].iter().flat_map(Group::nodes).collect();
    let attempt = |depth: usize| {
        let mut writer = writer.clone();
        writer.set_max_depth(depth);
        let units = write_group(&mut writer, &groups[index]);
        let sections = Sections::of(&units, writer.reads(&later));
        (sections.size, depth, sections.lines(&units), writer)
    };
    let attempts = DEPTHS.map(attempt);
    let best = attempts.into_iter().min_by_key(|(size, depth, ..)| (*size, *depth));
    best.map_or_else(|| (Vec::new(), writer.clone()), |(_, _, lines, writer)| (lines, writer))
}

/// Units of statements cut into sections, each with variables of its own, so that the code is smallest.
struct Sections {
    /// Where sections begin and the last one ends.
    cuts: Vec<usize>,
    /// The words that are read from each unit on, or behind the last.
    read_from: Vec<BTreeSet<String>>,
    /// Bytes of code.
    size: usize,
}

impl Sections {
    /// `read_later` holds the words that are read behind the last unit.
    fn of(units: &[Vec<Line>], read_later: BTreeSet<String>) -> Self {
        let single: Vec<Section> = units.iter().map(|unit| Section::of(unit)).collect();
        let mut read_from = vec![read_later];
        for section in single.iter().rev() {
            let behind = &read_from[read_from.len() - 1];
            read_from.push(behind.iter().chain(section.reads()).cloned().collect());
        }
        read_from.reverse();
        // best[j]: the smallest code of the first j units, and where its last section begins.
        let mut best: Vec<(usize, usize)> = vec![(0, 0)];
        for (to, read) in read_from.iter().enumerate().skip(1) {
            let mut section = Section::default();
            let mut smallest = (usize::MAX, 0);
            for from in (to.saturating_sub(SECTION)..to).rev() {
                section.extend(&single[from]);
                let size = section.size(VARIABLES, &|name| read.contains(name));
                smallest = smallest.min((best[from].0 + size, from));
            }
            best.push(smallest);
        }
        let mut cuts = vec![units.len()];
        while let Some(&last) = cuts.last()
            && last > 0
        {
            cuts.push(best[last].1);
        }
        cuts.reverse();
        Self {
            cuts,
            read_from,
            size: best[units.len()].0,
        }
    }

    fn lines(&self, units: &[Vec<Line>]) -> Vec<String> {
        let section = |pair: &[usize]| {
            let (from, to) = (pair[0], pair[1]);
            with_registers(&units[from..to].concat(), VARIABLES, &|name| {
                self.read_from[to].contains(name)
            })
        };
        self.cuts.windows(2).flat_map(section).collect()
    }
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

impl Group {
    fn nodes(&self) -> Vec<Node> {
        let members = self.members.iter().map(|(_, node)| *node);
        members.chain(self.factor).collect()
    }
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

/// The statements of a group, those of each identity apart.
fn write_group(writer: &mut Writer<'_>, group: &Group) -> Vec<Vec<Line>> {
    let comment = |title: &str| {
        let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
        format!("// {}", title.chars().map(printable).collect::<String>())
    };
    let variable = if group.factor.is_some() { "g" } else { "h" };
    let mut units = Vec::new();
    for (i, (title, node)) in group.members.iter().enumerate() {
        writer.line(comment(title));
        write_step(writer, variable, i == 0 && group.factor.is_some(), *node);
        units.push(writer.take_lines());
    }
    let Some(factor) = group.factor else { return units };
    let power = power_of_y(writer, group.members.len());
    let factor = writer.value(factor, MAX_BOUND);
    let line = format!("h := add(mulmod(h, {power}, r), mulmod(g, {}, r))", factor.code);
    writer.deep_line(line, factor.depth + 1);
    units.push(writer.take_lines());
    units
}
