//! The identities of the circuit, weighted by powers of y, and the values at x that they need.

use std::collections::BTreeSet;

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

use super::memory::denominator_name;
use crate::error::EmitError;
use crate::graph::{Graph, Node};
use crate::identity::{Identity, identities};
use crate::plan::Denominator;
use crate::registers::{Section, with_registers};
use crate::shape::{Poly, Shape, evaluation_name};
use crate::yul::{Line, MAX_BOUND, STACK, Text, Writer, leaf};

/// Variables around the blocks: r, one, g, y, h.
const VARIABLES: usize = 5;
/// Stack slots that nested expressions are tried with.
const DEPTHS: [usize; 5] = [6, 7, 8, 9, 10];
/// Most identities in a statement from which one more factor is taken.
const MOST_FACTORED: usize = 4;
/// Parts of a group in one statement: fewer assignments, but one more stack slot for each.
const NESTED: [usize; 4] = [1, 2, 3, 4];
/// Most statements that share variables.
const SECTION: usize = 12;

/// Statements that compute the instance's evaluation and the quotient's.
pub(super) fn identity_lines(vk: &VerifyingKey<G1Affine>, shape: &Shape) -> Result<Vec<String>, EmitError> {
    let mut graph = Graph::default();
    let identities = identities(vk, shape, &mut graph)?;
    let groups = group(&graph, &identities);
    let roots: Vec<Node> = groups.iter().flat_map(Group::nodes).collect();

    let mut writer = Writer::new(&graph, &roots);
    let mut lines = vec!["let one := add(r, 1)".to_owned(), "let g".to_owned()];
    writer.line("// l_i(x) = (x^n - 1)/n / (x*w^-i - 1); the instance is the sum of a_i*l_i(x)");
    writer.line("let common := mulmod(add(mload(XN), sub(r, 1)), ROWS_INV, r)");
    writer.line("mstore(INSTANCE, mulmod(common, mulmod(mload(INSTANCE_SUM), mload(INSTANCE_Z), r), r))");
    for (name, value) in lagrange_values(shape) {
        writer.line(format!("mstore({name}, mulmod(common, {value}, r))"));
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
    Ok(lines)
}

/// The statements of a group of identities, with as many identities in a statement and as much of the stack for nested
/// expressions as makes the code smallest, and the rest of the stack for variables.
fn smallest_block<'g>(writer: &Writer<'g>, groups: &[Group], index: usize) -> (Vec<String>, Writer<'g>) {
    let later: Vec<Node> = groups[index + 1..].iter().flat_map(Group::nodes).collect();
    let mut best: Option<(usize, Vec<String>, Writer<'g>)> = None;
    for nested in NESTED {
        for depth in DEPTHS {
            let mut writer = writer.clone();
            writer.set_max_depth(depth);
            let units = write_group(&mut writer, &groups[index], nested);
            // The least of either always fits.
            if (nested, depth) != (NESTED[0], DEPTHS[0])
                && !units.iter().flatten().all(|line| line.depth + VARIABLES <= STACK)
            {
                continue;
            }
            let sections = Sections::of(&units, writer.reads(&later));
            if best.as_ref().is_none_or(|(size, ..)| sections.size < *size) {
                best = Some((sections.size, sections.lines(&units), writer));
            }
        }
    }
    best.map_or_else(|| (Vec::new(), writer.clone()), |(_, lines, writer)| (lines, writer))
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

/// The Lagrange polynomials of the first, the last and the blinded rows, less the common factor.
fn lagrange_values(shape: &Shape) -> Vec<(&'static str, String)> {
    if !shape.needs_lagrange() {
        return Vec::new();
    }
    let inverse = |denominator| format!("mload({})", denominator_name(denominator));
    vec![
        ("L_0", inverse(Denominator::Row(0))),
        ("L_LAST", inverse(Denominator::Row(shape.last_rotation()))),
        (
            "L_BLIND",
            format!("mulmod(mload(BLINDED_SUM), {}, r)", inverse(Denominator::Blinded)),
        ),
    ]
}

/// Identities, each with its title.
type Members = Vec<(String, Node)>;

/// Consecutive identities with a common factor, which is multiplied in once; or without one.
struct Group {
    factor: Option<Node>,
    /// The identities or what the factor leaves of them, again by common factors.
    parts: Vec<(Option<Node>, Members)>,
}

impl Group {
    fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.factor.into_iter().collect();
        for (factor, members) in &self.parts {
            nodes.extend(factor);
            nodes.extend(members.iter().map(|(_, node)| *node));
        }
        nodes
    }
}

fn group(graph: &Graph, identities: &[Identity]) -> Vec<Group> {
    let all: Members = identities
        .iter()
        .map(|identity| (identity.title.clone(), identity.node))
        .collect();
    let mut groups: Vec<Group> = Vec::new();
    for (factor, members) in by_factor(graph, &all, usize::MAX) {
        let parts = match factor {
            Some(_) => by_factor(graph, &members, MOST_FACTORED),
            None => vec![(None, members)],
        };
        match groups.last_mut() {
            Some(before) if before.factor.is_none() && factor.is_none() => before.parts.extend(parts),
            _ => groups.push(Group { factor, parts }),
        }
    }
    groups
}

/// Cuts the list where common factors begin and end, after at most so many identities; what has no factor stands alone.
fn by_factor(graph: &Graph, all: &[(String, Node)], most: usize) -> Vec<(Option<Node>, Members)> {
    let factors = |node: Node| graph.factors(node).into_iter().flatten();
    let mut parts = Vec::new();
    let mut rest = all;
    while let Some(&(_, first)) = rest.first() {
        let run = |factor: Node| {
            let has = |(_, node): &&(String, Node)| factors(*node).any(|other| other == factor);
            rest.iter().take(most).take_while(has).count()
        };
        let best = factors(first)
            .map(|factor| (run(factor), factor))
            .max_by_key(|(length, _)| *length);
        let (factor, length) = match best {
            Some((length, factor)) if length > 1 => (Some(factor), length),
            _ => (None, 1),
        };
        let left = |node: Node| match (factor, graph.factors(node)) {
            (Some(factor), Some([a, b])) if a == factor => b,
            (Some(_), Some([a, _])) => a,
            _ => node,
        };
        let members = rest[..length].iter().map(|(title, node)| (title.clone(), left(*node)));
        parts.push((factor, members.collect()));
        rest = &rest[length..];
    }
    parts
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

/// The fold of the sum so far and the next value: sum·power + value, with a power of y.
fn folded(sum: Text, power: &str, value: Text) -> Text {
    // Evaluated from right to left: r, the sum, the power; then the value above their product.
    Text {
        depth: (1 + sum.depth).max(3).max(1 + value.depth),
        code: format!("add({}, mulmod({power}, {}, r))", value.code, sum.code),
        bound: 1 + value.bound,
    }
}

/// The value of a part: Σ y^(m-1-j)·(member j), times the factor.
fn part_value(writer: &mut Writer<'_>, factor: Option<Node>, members: &[(String, Node)]) -> Option<Text> {
    let mut sum: Option<Text> = None;
    for (title, node) in members {
        let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
        writer.line(format!("// {}", title.chars().map(printable).collect::<String>()));
        let value = writer.value(*node, MAX_BOUND - 1);
        sum = Some(match sum {
            Some(sum) => folded(sum, "y", value),
            None => value,
        });
    }
    let factor = factor.map(|factor| writer.value(factor, MAX_BOUND));
    match (sum, factor) {
        (Some(sum), Some(factor)) => Some(writer.product(factor, sum)),
        (sum, _) => sum,
    }
}

/// The statements of a group, those of every `nested` parts apart.
fn write_group(writer: &mut Writer<'_>, group: &Group, nested: usize) -> Vec<Vec<Line>> {
    let variable = if group.factor.is_some() { "g" } else { "h" };
    let mut units = Vec::new();
    for (i, parts) in group.parts.chunks(nested).enumerate() {
        let mut sum = (i > 0 || group.factor.is_none()).then(|| leaf(variable.into()));
        for (factor, members) in parts {
            let power = power_of_y(writer, members.len());
            let value = part_value(writer, *factor, members);
            sum = match (sum, value) {
                (Some(sum), Some(value)) => Some(folded(sum, &power, value)),
                (sum, value) => sum.or(value),
            };
        }
        if let Some(sum) = sum {
            writer.deep_line(format!("{variable} := {}", sum.code), sum.depth);
        }
        units.push(writer.take_lines());
    }
    let Some(factor) = group.factor else { return units };
    let count = group.parts.iter().map(|(_, members)| members.len()).sum();
    let power = power_of_y(writer, count);
    let factor = writer.value(factor, MAX_BOUND);
    let line = format!("h := add(mulmod(h, {power}, r), mulmod(g, {}, r))", factor.code);
    writer.deep_line(line, factor.depth + 1);
    units.push(writer.take_lines());
    units
}
