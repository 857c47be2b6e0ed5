//! Field expressions as a graph without repetitions: an expression that occurs in many gates exists once.

use std::collections::BTreeMap;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;

/// A node of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node(pub(crate) usize);

/// How a node comes from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Constant(Fr),
    /// A canonical word in memory at the named address.
    Load(String),
    Add(Node, Node),
    Subtract(Node, Node),
    Negate(Node),
    Multiply(Node, Node),
    /// Fifth power: the Poseidon S-box, for which the contract has a function.
    Fifth(Node),
}

/// Field expressions, each stored once. Operands always have smaller numbers than the operation.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    operations: Vec<Operation>,
    index: BTreeMap<Operation, Node>,
}

impl Graph {
    fn node(&mut self, operation: Operation) -> Node {
        if let Some(&node) = self.index.get(&operation) {
            return node;
        }
        let node = Node(self.operations.len());
        self.operations.push(operation.clone());
        self.index.insert(operation, node);
        node
    }

    pub(crate) fn operation(&self, node: Node) -> &Operation {
        &self.operations[node.0]
    }

    pub(crate) fn as_constant(&self, node: Node) -> Option<Fr> {
        match self.operation(node) {
            Operation::Constant(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn constant(&mut self, value: Fr) -> Node {
        self.node(Operation::Constant(value))
    }

    pub(crate) fn load(&mut self, name: impl Into<String>) -> Node {
        self.node(Operation::Load(name.into()))
    }

    pub(crate) fn negate(&mut self, a: Node) -> Node {
        match *self.operation(a) {
            Operation::Constant(value) => self.constant(-value),
            Operation::Negate(inner) => inner,
            Operation::Subtract(x, y) => self.subtract(y, x),
            _ => self.node(Operation::Negate(a)),
        }
    }

    pub(crate) fn add(&mut self, a: Node, b: Node) -> Node {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(x), Some(y)) => return self.constant(x + y),
            (Some(x), None) if bool::from(x.is_zero()) => return b,
            (None, Some(y)) if bool::from(y.is_zero()) => return a,
            _ => {}
        }
        if let Operation::Negate(y) = *self.operation(b) {
            return self.subtract(a, y);
        }
        if let Operation::Negate(x) = *self.operation(a) {
            return self.subtract(b, x);
        }
        // A constant near r is shorter as the subtraction of a small one.
        for (constant, other) in [(a, b), (b, a)] {
            if let Some(value) = self.as_constant(constant)
                && is_small(&-value)
            {
                let small = self.constant(-value);
                return self.node(Operation::Subtract(other, small));
            }
        }
        self.node(Operation::Add(a.min(b), a.max(b)))
    }

    pub(crate) fn subtract(&mut self, a: Node, b: Node) -> Node {
        if a == b {
            return self.constant(Fr::ZERO);
        }
        if let Some(y) = self.as_constant(b) {
            if bool::from(y.is_zero()) {
                return a;
            }
            if !is_small(&y) || self.as_constant(a).is_some() {
                let negated = self.constant(-y);
                return self.add(a, negated);
            }
        }
        if self.as_constant(a) == Some(Fr::ZERO) {
            return self.negate(b);
        }
        if let Operation::Negate(y) = *self.operation(b) {
            return self.add(a, y);
        }
        self.node(Operation::Subtract(a, b))
    }

    pub(crate) fn multiply(&mut self, a: Node, b: Node) -> Node {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(x), Some(y)) => return self.constant(x * y),
            (Some(x), None) => return self.scale(b, x),
            (None, Some(y)) => return self.scale(a, y),
            _ => {}
        }
        if let (Operation::Negate(x), Operation::Negate(y)) = (self.operation(a), self.operation(b)) {
            let (x, y) = (*x, *y);
            return self.multiply(x, y);
        }
        let ((base, m), (other, n)) = (self.power_of(a), self.power_of(b));
        if base == other && m + n == 5 {
            return self.node(Operation::Fifth(base));
        }
        self.node(Operation::Multiply(a.min(b), a.max(b)))
    }

    pub(crate) fn scale(&mut self, a: Node, factor: Fr) -> Node {
        if bool::from(factor.is_zero()) {
            return self.constant(Fr::ZERO);
        }
        if factor == Fr::ONE {
            return a;
        }
        if factor == -Fr::ONE {
            return self.negate(a);
        }
        if let Some(value) = self.as_constant(a) {
            return self.constant(value * factor);
        }
        let factor = self.constant(factor);
        self.node(Operation::Multiply(factor.min(a), factor.max(a)))
    }

    pub(crate) fn sum(&mut self, terms: &[Node]) -> Node {
        let zero = self.constant(Fr::ZERO);
        terms.iter().fold(zero, |sum, &term| self.add(sum, term))
    }

    pub(crate) fn product(&mut self, factors: &[Node]) -> Node {
        let one = self.constant(Fr::ONE);
        factors
            .iter()
            .fold(one, |product, &factor| self.multiply(product, factor))
    }

    /// The two factors, if the node is a product.
    pub(crate) fn factors(&self, node: Node) -> Option<[Node; 2]> {
        match *self.operation(node) {
            Operation::Multiply(a, b) => Some([a, b]),
            _ => None,
        }
    }

    /// The base and exponent of a power that is written as products.
    fn power_of(&self, node: Node) -> (Node, u32) {
        match *self.operation(node) {
            Operation::Fifth(base) => (base, 5),
            Operation::Multiply(a, b) => {
                let ((base, m), (other, n)) = (self.power_of(a), self.power_of(b));
                if base == other { (base, m + n) } else { (node, 1) }
            }
            _ => (node, 1),
        }
    }

    pub(crate) fn operands(&self, node: Node) -> Vec<Node> {
        match *self.operation(node) {
            Operation::Constant(_) | Operation::Load(_) => vec![],
            Operation::Negate(a) | Operation::Fifth(a) => vec![a],
            Operation::Add(a, b) | Operation::Subtract(a, b) | Operation::Multiply(a, b) => {
                vec![a, b]
            }
        }
    }

    pub(crate) fn is_long_constant(&self, node: Node) -> bool {
        self.as_constant(node).is_some_and(|value| !is_small(&value))
    }

    /// Gas of the operation alone, roughly.
    fn own_gas(&self, node: Node) -> u64 {
        match self.operation(node) {
            Operation::Constant(_) => 3,
            Operation::Load(_) => 6,
            Operation::Add(..) => 3,
            Operation::Subtract(..) => 9,
            Operation::Negate(_) => 6,
            Operation::Multiply(..) => 11,
            Operation::Fifth(_) => 100,
        }
    }
}

/// True if the value takes at most four bytes.
fn is_small(value: &Fr) -> bool {
    value.to_repr()[4..].iter().all(|&byte| byte == 0)
}

/// A Yul literal.
pub(crate) fn literal(value: &Fr) -> String {
    let mut bytes = value.to_repr();
    bytes.reverse();
    let digits = hex::encode(bytes);
    match digits.trim_start_matches('0') {
        "" => "0".into(),
        short if short.len() <= 2 => u8::from_str_radix(short, 16).unwrap_or(0).to_string(),
        short => format!("0x{short}"),
    }
}

/// Nodes used more than once whose repetition costs more gas than a store and loads; and long constants used more than
/// once, for the size of the code: 33 bytes each time, against 4. By the number of the node.
pub(crate) fn nodes_to_keep(graph: &Graph, roots: &[Node]) -> Vec<bool> {
    let count = graph.operations.len();
    let mut gas = vec![0u64; count];
    for i in 0..count {
        let operands = graph.operands(Node(i));
        let below: u64 = operands.iter().map(|operand| gas[operand.0]).sum();
        gas[i] = (graph.own_gas(Node(i)) + below).min(1 << 20);
    }
    let mut uses = vec![0u64; count];
    for root in roots {
        uses[root.0] += 1;
    }
    let mut keep = vec![false; count];
    for i in (0..count).rev() {
        let is_leaf = graph.operands(Node(i)).is_empty();
        keep[i] = if is_leaf {
            uses[i] > 1 && graph.is_long_constant(Node(i))
        } else {
            uses[i] > 1 && uses[i] * gas[i] > gas[i] + 9 + 9 * uses[i]
        };
        let times = if keep[i] { 1 } else { uses[i] };
        for operand in graph.operands(Node(i)) {
            uses[operand.0] += times;
        }
    }
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifth_powers_are_recognised_in_any_association() {
        let mut g = Graph::default();
        let v = g.load("V");
        let square = g.multiply(v, v);
        let (cube, fourth) = (g.multiply(square, v), g.multiply(square, square));
        let powers = [g.multiply(fourth, v), g.multiply(cube, square), g.product(&[v; 5])];
        for power in powers {
            assert_eq!(*g.operation(power), Operation::Fifth(v));
        }
    }

    #[test]
    fn constants_fold() {
        let mut g = Graph::default();
        let v = g.load("V");
        let (one, zero) = (g.constant(Fr::ONE), g.constant(Fr::ZERO));
        assert_eq!(g.multiply(v, one), v);
        assert_eq!(g.multiply(v, zero), zero);
        assert_eq!(g.add(zero, v), v);
        let negative = g.negate(v);
        assert_eq!(g.negate(negative), v);
        assert_eq!(g.add(v, negative), zero);
        assert_eq!(literal(&-Fr::ONE).len(), 66);
        assert_eq!(literal(&Fr::from(17)), "17");
    }
}
