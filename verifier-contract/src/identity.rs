//! The polynomial identities of a circuit as expressions over the values a verifier has at x.
//!
//! Order and form are those of `plonk/verifier.rs` of halo2-axiom: gates, then the permutation argument, then the lookups.

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::{Expression, VerifyingKey};

use crate::error::EmitError;
use crate::graph::{Graph, Node};
use crate::shape::{INSTANCE_NAME, Poly, Shape, evaluation_name};

/// An identity: what it belongs to, and the expression that must vanish on the rows.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) title: String,
    pub(crate) node: Node,
}

/// All identities of the circuit, in the order in which powers of y weight them.
pub(crate) fn identities(
    vk: &VerifyingKey<G1Affine>,
    shape: &Shape,
    graph: &mut Graph,
) -> Result<Vec<Identity>, EmitError> {
    let mut all = Vec::new();
    for gate in vk.cs().gates() {
        for (i, poly) in gate.polynomials().iter().enumerate() {
            let title = match gate.constraint_name(i) {
                "" => gate.name().to_owned(),
                name => format!("{}: {name}", gate.name()),
            };
            let node = expression(graph, poly)?;
            all.push(Identity { title, node });
        }
    }
    permutation(shape, graph, &mut all);
    for index in 0..shape.lookups {
        lookup(vk, index, graph, &mut all)?;
    }
    Ok(all)
}

fn expression(graph: &mut Graph, source: &Expression<Fr>) -> Result<Node, EmitError> {
    Ok(match source {
        Expression::Constant(value) => graph.constant(*value),
        Expression::Selector(selector) => {
            let what = format!("virtual selector {} left in a gate", selector.index());
            return Err(EmitError::Unsupported { what });
        }
        Expression::Fixed(query) => {
            let poly = Poly::Fixed(query.column_index());
            graph.load(evaluation_name(poly, query.rotation().0))
        }
        Expression::Advice(query) => {
            let poly = Poly::Advice(query.column_index());
            graph.load(evaluation_name(poly, query.rotation().0))
        }
        // The shape admits one instance column, at rotation 0 only.
        Expression::Instance(_) => graph.load(INSTANCE_NAME),
        Expression::Challenge(challenge) => graph.load(format!("C{}", challenge.index())),
        Expression::Negated(a) => {
            let a = expression(graph, a)?;
            graph.negate(a)
        }
        Expression::Sum(a, b) => {
            let (a, b) = (expression(graph, a)?, expression(graph, b)?);
            graph.add(a, b)
        }
        Expression::Product(a, b) => {
            let (a, b) = (expression(graph, a)?, expression(graph, b)?);
            graph.multiply(a, b)
        }
        Expression::Scaled(a, factor) => {
            let a = expression(graph, a)?;
            graph.scale(a, *factor)
        }
    })
}

/// 1 - l_last - l_blind: the rows that constraints hold on.
fn active_rows(graph: &mut Graph) -> Node {
    let (last, blind) = (graph.load("L_LAST"), graph.load("L_BLIND"));
    let inactive = graph.add(last, blind);
    let one = graph.constant(Fr::ONE);
    graph.subtract(one, inactive)
}

/// l·(z² - z).
fn boolean_at(graph: &mut Graph, lagrange: Node, z: Node) -> Node {
    let square = graph.multiply(z, z);
    let difference = graph.subtract(square, z);
    graph.multiply(lagrange, difference)
}

/// l·(1 - z).
fn one_at(graph: &mut Graph, lagrange: Node, z: Node) -> Node {
    let one = graph.constant(Fr::ONE);
    let difference = graph.subtract(one, z);
    graph.multiply(lagrange, difference)
}

fn permutation(shape: &Shape, graph: &mut Graph, all: &mut Vec<Identity>) {
    let Some(last_chunk) = shape.permutation.len().checked_sub(1) else {
        return;
    };
    let mut push = |title: &str, node| {
        let title = format!("permutation: {title}");
        all.push(Identity { title, node });
    };
    let z = |graph: &mut Graph, chunk: usize, rotation: i32| {
        graph.load(evaluation_name(Poly::PermutationProduct(chunk), rotation))
    };
    let (l_0, l_last) = (graph.load("L_0"), graph.load("L_LAST"));

    let first = z(graph, 0, 0);
    push("starts at 1", one_at(graph, l_0, first));
    let last = z(graph, last_chunk, 0);
    push("ends at 0 or 1", boolean_at(graph, l_last, last));
    for chunk in 1..=last_chunk {
        let (here, before) = (z(graph, chunk, 0), z(graph, chunk - 1, shape.last_rotation()));
        let difference = graph.subtract(here, before);
        push("chunks join", graph.multiply(difference, l_0));
    }

    let (beta, gamma, x) = (graph.load("BETA"), graph.load("GAMMA"), graph.load("X"));
    let beta_x = graph.multiply(beta, x);
    let mut column_index = 0;
    let mut delta = Fr::ONE;
    for (index, chunk) in shape.permutation.iter().enumerate() {
        let (mut left, mut right) = (z(graph, index, 1), z(graph, index, 0));
        for column in &chunk.columns {
            let value = graph.load(column.clone());
            let sigma = graph.load(evaluation_name(Poly::PermutationCommon(column_index), 0));
            let permuted = graph.multiply(beta, sigma);
            let factor = graph.sum(&[value, permuted, gamma]);
            left = graph.multiply(left, factor);
            let identity = graph.scale(beta_x, delta);
            let factor = graph.sum(&[value, identity, gamma]);
            right = graph.multiply(right, factor);
            delta *= Fr::DELTA;
            column_index += 1;
        }
        let difference = graph.subtract(left, right);
        let active = active_rows(graph);
        push("product step", graph.multiply(difference, active));
    }
}

fn lookup(
    vk: &VerifyingKey<G1Affine>,
    index: usize,
    graph: &mut Graph,
    all: &mut Vec<Identity>,
) -> Result<(), EmitError> {
    let argument = &vk.cs().lookups()[index];
    let name = argument.name();
    let mut push = |title: &str, node| {
        let title = format!("lookup {name}: {title}");
        all.push(Identity { title, node });
    };
    let (l_0, l_last) = (graph.load("L_0"), graph.load("L_LAST"));
    let z = graph.load(evaluation_name(Poly::LookupProduct(index), 0));
    let z_next = graph.load(evaluation_name(Poly::LookupProduct(index), 1));
    let input = graph.load(evaluation_name(Poly::LookupInput(index), 0));
    let input_before = graph.load(evaluation_name(Poly::LookupInput(index), -1));
    let table = graph.load(evaluation_name(Poly::LookupTable(index), 0));
    let (beta, gamma) = (graph.load("BETA"), graph.load("GAMMA"));
    let active = active_rows(graph);

    push("starts at 1", one_at(graph, l_0, z));
    push("ends at 0 or 1", boolean_at(graph, l_last, z));

    let (blinded_input, blinded_table) = (graph.add(input, beta), graph.add(table, gamma));
    let left = graph.product(&[z_next, blinded_input, blinded_table]);
    let inputs = compressed(graph, argument.input_expressions())?;
    let tables = compressed(graph, argument.table_expressions())?;
    let (inputs, tables) = (graph.add(inputs, beta), graph.add(tables, gamma));
    let right = graph.product(&[z, inputs, tables]);
    let difference = graph.subtract(left, right);
    push("product step", graph.multiply(difference, active));

    let from_table = graph.subtract(input, table);
    push("first input is first table entry", graph.multiply(l_0, from_table));
    let from_before = graph.subtract(input, input_before);
    push(
        "input repeats or is in the table",
        graph.product(&[from_table, from_before, active]),
    );
    Ok(())
}

/// Σ θ^(m-1-i)·e_i.
fn compressed(graph: &mut Graph, expressions: &[Expression<Fr>]) -> Result<Node, EmitError> {
    let theta = graph.load("THETA");
    let mut sum = graph.constant(Fr::ZERO);
    for source in expressions {
        let scaled = graph.multiply(sum, theta);
        let term = expression(graph, source)?;
        sum = graph.add(scaled, term);
    }
    Ok(sum)
}
