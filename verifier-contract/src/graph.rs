//! Field expressions as a graph without repetitions, and their translation to Yul.
//!
//! Nodes are hash-consed: an expression that occurs in many gates exists once. The [`Writer`] turns nodes into nested Yul
//! expressions, keeps in memory what is used more than once and worth it, and reduces lazily: a sum of canonical values is a
//! plain `add` as long as it provably stays below 2^256.
//!
//! Every value carries its *bound*: an integer b with value <= b·r. All loaded values have bound 1, and 5·r < 2^256, so sums
//! are reduced (`addmod`) only when the bound would exceed 5. `mulmod` and `addmod` take any 256-bit words.

use std::collections::BTreeMap;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;

/// Largest b with b·r < 2^256.
pub(crate) const MAX_BOUND: u8 = 5;
/// Nested expressions use at most this many stack slots, so that `r` stays within reach of DUP16.
const MAX_DEPTH: usize = 9;

/// A node of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node(usize);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operation {
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

    fn operation(&self, node: Node) -> &Operation {
        &self.operations[node.0]
    }

    fn as_constant(&self, node: Node) -> Option<Fr> {
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
        if let (Operation::Negate(x), Operation::Negate(y)) = (self.operation(a), self.operation(b))
        {
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
        factors.iter().fold(one, |product, &factor| self.multiply(product, factor))
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

    fn operands(&self, node: Node) -> Vec<Node> {
        match *self.operation(node) {
            Operation::Constant(_) | Operation::Load(_) => vec![],
            Operation::Negate(a) | Operation::Fifth(a) => vec![a],
            Operation::Add(a, b) | Operation::Subtract(a, b) | Operation::Multiply(a, b) => {
                vec![a, b]
            }
        }
    }

    fn is_long_constant(&self, node: Node) -> bool {
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

/// A nested Yul expression.
#[derive(Clone, Debug)]
struct Text {
    code: String,
    bound: u8,
    /// Stack slots needed to evaluate it, the result included.
    depth: usize,
}

/// Translates nodes of a graph to Yul statements.
#[derive(Debug)]
pub(crate) struct Writer<'g> {
    graph: &'g Graph,
    /// Nodes to be computed once and kept.
    keep: Vec<bool>,
    kept: BTreeMap<Node, Text>,
    /// Slots that the caller has given names.
    named: BTreeMap<String, usize>,
    slots: usize,
    lines: Vec<String>,
}

impl<'g> Writer<'g> {
    /// A writer for an assembly block that computes `roots`, numbering its memory slots from `first_slot`.
    pub(crate) fn new(graph: &'g Graph, roots: &[Node], first_slot: usize) -> Self {
        Self {
            graph,
            keep: nodes_to_keep(graph, roots),
            kept: BTreeMap::new(),
            named: BTreeMap::new(),
            slots: first_slot,
            lines: Vec::new(),
        }
    }

    /// The number after that of the last slot used.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// Appends a line of the caller's own.
    pub(crate) fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Puts the value of `code` in a slot under a name of the caller's; returns the code that loads it.
    pub(crate) fn define(&mut self, name: &str, code: String) -> String {
        let slot = self.slots;
        self.slots += 1;
        self.line(format!("mstore(T{slot}, {code}) // {name}"));
        self.named.insert(name.to_owned(), slot);
        format!("mload(T{slot})")
    }

    /// Code for the value of that name; `None` if it was not defined.
    pub(crate) fn defined(&self, name: &str) -> Option<String> {
        self.named.get(name).map(|slot| format!("mload(T{slot})"))
    }

    /// The statements.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Code for a value of at most `bound`·r, to be used in the next line.
    pub(crate) fn value(&mut self, node: Node, bound: u8) -> String {
        let text = self.text(node);
        if text.bound <= bound { text.code } else { reduced(text).code }
    }

    fn text(&mut self, node: Node) -> Text {
        if let Some(text) = self.kept.get(&node) {
            return text.clone();
        }
        let text = self.computed(node);
        if self.keep[node.0] { self.spilled(node, text) } else { text }
    }

    /// Puts the value in a memory slot, for this and later uses.
    fn spilled(&mut self, node: Node, text: Text) -> Text {
        let slot = format!("T{}", self.slots);
        self.slots += 1;
        self.line(format!("mstore({slot}, {})", text.code));
        let kept = Text {
            code: format!("mload({slot})"),
            bound: text.bound,
            depth: 1,
        };
        self.kept.insert(node, kept.clone());
        kept
    }

    fn computed(&mut self, node: Node) -> Text {
        match *self.graph.operation(node) {
            Operation::Constant(value) => leaf(literal(&value)),
            Operation::Load(ref name) => leaf(format!("mload({name})")),
            Operation::Add(a, b) => {
                let (a, b) = self.two(a, b);
                sum(a, b)
            }
            Operation::Subtract(a, b) => {
                let (a, b) = self.two(a, b);
                sum(a, negated(b))
            }
            Operation::Negate(a) => negated(self.text(a)),
            Operation::Multiply(a, b) => {
                let (a, b) = self.two(a, b);
                ternary("mulmod", a, b)
            }
            Operation::Fifth(a) => {
                let a = self.text(a);
                Text {
                    code: format!("pow5({}, r)", a.code),
                    bound: 1,
                    // The return label and r lie below the argument.
                    depth: a.depth + 2,
                }
            }
        }
    }

    /// Both operands, one of them put away first if the expression would reach too deep into the stack.
    fn two(&mut self, a: Node, b: Node) -> (Text, Text) {
        let (mut x, mut y) = (self.text(a), self.text(b));
        if x.depth.max(y.depth) + 2 > MAX_DEPTH {
            if x.depth >= y.depth {
                x = self.spilled(a, x);
            } else {
                y = self.spilled(b, y);
            }
        }
        (x, y)
    }
}

fn leaf(code: String) -> Text {
    Text {
        code,
        bound: 1,
        depth: 1,
    }
}

/// Operands are evaluated from right to left; the deeper one goes to the right, where less lies below it.
fn ordered(a: Text, b: Text) -> (Text, Text) {
    if a.depth > b.depth { (b, a) } else { (a, b) }
}

fn ternary(operation: &str, a: Text, b: Text) -> Text {
    let (a, b) = ordered(a, b);
    Text {
        depth: (1 + b.depth).max(2 + a.depth),
        code: format!("{operation}({}, {}, r)", a.code, b.code),
        bound: 1,
    }
}

fn sum(a: Text, b: Text) -> Text {
    if a.bound + b.bound > MAX_BOUND {
        return ternary("addmod", a, b);
    }
    let (a, b) = ordered(a, b);
    Text {
        depth: b.depth.max(1 + a.depth),
        code: format!("add({}, {})", a.code, b.code),
        bound: a.bound + b.bound,
    }
}

/// r - a, for a of bound 1.
fn negated(a: Text) -> Text {
    let a = if a.bound > 1 { reduced(a) } else { a };
    Text {
        depth: a.depth.max(2),
        code: format!("sub(r, {})", a.code),
        bound: 1,
    }
}

fn reduced(a: Text) -> Text {
    Text {
        depth: 1 + a.depth,
        code: format!("mod({}, r)", a.code),
        bound: 1,
    }
}

/// Nodes used more than once whose repetition costs more gas than a store and loads; and long constants used more than
/// twice, for the size of the code: 33 bytes each time, against 4.
fn nodes_to_keep(graph: &Graph, roots: &[Node]) -> Vec<bool> {
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
            uses[i] > 2 && graph.is_long_constant(Node(i))
        } else {
            uses[i] > 1 && uses[i] * gas[i] > gas[i] + 6 + 6 * uses[i]
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

    fn write(build: impl Fn(&mut Graph) -> Node) -> Vec<String> {
        let mut graph = Graph::default();
        let root = build(&mut graph);
        let mut writer = Writer::new(&graph, &[root], 0);
        let value = writer.value(root, 1);
        writer.line(value);
        writer.into_lines()
    }

    #[test]
    fn fifth_powers_are_recognised_in_any_association() {
        for shape in 0..3 {
            let lines = write(|g| {
                let v = g.load("V");
                let square = g.multiply(v, v);
                match shape {
                    0 => {
                        let fourth = g.multiply(square, square);
                        g.multiply(fourth, v)
                    }
                    1 => {
                        let cube = g.multiply(square, v);
                        g.multiply(cube, square)
                    }
                    _ => g.product(&[v; 5]),
                }
            });
            assert_eq!(lines, ["pow5(mload(V), r)"]);
        }
    }

    #[test]
    fn sums_reduce_only_at_the_bound() {
        let lines = write(|g| {
            let terms: Vec<Node> = (0..6).map(|i| g.load(format!("V{i}"))).collect();
            g.sum(&terms)
        });
        let expected = "addmod(mload(V5), \
            add(mload(V4), add(mload(V3), add(mload(V2), add(mload(V0), mload(V1))))), r)";
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn shared_products_are_stored_once() {
        let lines = write(|g| {
            let (a, b, c) = (g.load("A"), g.load("B"), g.load("C"));
            let product = g.product(&[a, b, c]);
            g.multiply(product, product)
        });
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1], "mulmod(mload(T0), mload(T0), r)");
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
