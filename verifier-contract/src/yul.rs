//! Yul statements for the nodes of a [`Graph`].
//!
//! Every value carries its *bound*: an integer b with value <= b·r. All loaded values have bound 1, and 5·r < 2^256, so sums
//! are plain `add`s as long as the bounds add up to 5 at most; only then `addmod` reduces. A difference is lifted by as many r
//! as its negative terms are bounded by. `mulmod` and `addmod` take any 256-bit words.
//!
//! Stack slots are counted too: legacy Solidity reaches 16 deep.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Node, Operation, literal, nodes_to_keep};

/// Largest b with b·r < 2^256.
pub(crate) const MAX_BOUND: u8 = 5;
/// Variables and temporaries of a block: what DUP16 reaches.
pub(crate) const STACK: usize = 16;
/// Slots that an expression may use unless set otherwise; the rest is for the variables of the block.
const MAX_DEPTH: usize = 8;

/// A nested Yul expression.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) code: String,
    /// The value is at most this times r.
    pub(crate) bound: u8,
    /// Stack slots needed to evaluate it, the result included.
    pub(crate) depth: usize,
}

/// A statement or a comment.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Stack slots that its evaluation takes above the variables.
    pub(crate) depth: usize,
}

/// Translates nodes of a graph to Yul statements.
#[derive(Clone, Debug)]
pub(crate) struct Writer<'g> {
    graph: &'g Graph,
    /// Nodes to be computed once and kept.
    keep: Vec<bool>,
    kept: BTreeMap<Node, Text>,
    /// Slots that the caller has given names.
    named: BTreeMap<String, usize>,
    slots: usize,
    max_depth: usize,
    lines: Vec<Line>,
}

impl<'g> Writer<'g> {
    /// A writer for an assembly block that computes `roots`.
    pub(crate) fn new(graph: &'g Graph, roots: &[Node]) -> Self {
        Self {
            graph,
            keep: nodes_to_keep(graph, roots),
            kept: BTreeMap::new(),
            named: BTreeMap::new(),
            slots: 0,
            max_depth: MAX_DEPTH,
            lines: Vec::new(),
        }
    }

    /// Lets expressions of later lines use that many stack slots.
    pub(crate) fn set_max_depth(&mut self, depth: usize) {
        self.max_depth = depth;
    }

    /// Appends a statement of the caller's own, which evaluates no deep expression.
    pub(crate) fn line(&mut self, text: impl Into<String>) {
        self.deep_line(text, 4);
    }

    /// Appends a statement that contains an expression of that depth, evaluated first.
    pub(crate) fn deep_line(&mut self, text: impl Into<String>, depth: usize) {
        let (text, depth) = (text.into(), depth.max(4));
        self.lines.push(Line { text, depth });
    }

    /// Puts the value of `code` in a slot under a name of the caller's; returns the code that loads it.
    pub(crate) fn define(&mut self, name: &str, code: String) -> String {
        let slot = self.slots;
        self.slots += 1;
        self.line(format!("mstore(T{slot}, {code})"));
        self.named.insert(name.to_owned(), slot);
        format!("mload(T{slot})")
    }

    /// Code for the value of that name; `None` if it was not defined.
    pub(crate) fn defined(&self, name: &str) -> Option<String> {
        self.named.get(name).map(|slot| format!("mload(T{slot})"))
    }

    /// The slots that code for `roots` would read, were it written now.
    pub(crate) fn reads(&self, roots: &[Node]) -> BTreeSet<String> {
        let slot = |code: &str| Some(code.strip_prefix("mload(")?.strip_suffix(')')?.to_owned());
        let mut found: BTreeSet<String> = self.named.values().map(|slot| format!("T{slot}")).collect();
        let mut seen = BTreeSet::new();
        let mut open = roots.to_vec();
        while let Some(node) = open.pop() {
            if !seen.insert(node) {
                continue;
            }
            match self.kept.get(&node) {
                Some(text) => found.extend(slot(&text.code)),
                None => open.extend(self.graph.operands(node)),
            }
        }
        found
    }

    /// The statements since the last call.
    pub(crate) fn take_lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// Code for a value of at most `bound`·r, to be used in the next line.
    pub(crate) fn value(&mut self, node: Node, bound: u8) -> Text {
        let text = self.text(node);
        if text.bound <= bound { text } else { reduced(text) }
    }

    fn is_kept(&self, node: Node) -> bool {
        self.keep[node.0]
    }

    fn text(&mut self, node: Node) -> Text {
        if let Some(text) = self.kept.get(&node) {
            return text.clone();
        }
        let text = self.computed(node);
        if self.is_kept(node) {
            self.spilled(Some(node), text)
        } else {
            text
        }
    }

    /// Puts the value in a memory slot, for this use and later uses of the node.
    fn spilled(&mut self, node: Option<Node>, text: Text) -> Text {
        let slot = format!("T{}", self.slots);
        self.slots += 1;
        self.deep_line(format!("mstore({slot}, {})", text.code), text.depth + 1);
        let kept = Text {
            code: format!("mload({slot})"),
            bound: text.bound,
            depth: 1,
        };
        if let Some(node) = node {
            self.kept.insert(node, kept.clone());
        }
        kept
    }

    /// The text, put away first if it does not leave `above` slots.
    fn shallow(&mut self, text: Text, above: usize) -> Text {
        if text.depth > 1 && text.depth + above > self.max_depth {
            self.spilled(None, text)
        } else {
            text
        }
    }

    fn computed(&mut self, node: Node) -> Text {
        match *self.graph.operation(node) {
            Operation::Constant(value) => leaf(literal(&value)),
            Operation::Load(ref name) => leaf(format!("mload({name})")),
            Operation::Add(..) | Operation::Subtract(..) | Operation::Negate(_) => self.sum(node),
            Operation::Multiply(a, b) => {
                let (a, b) = (self.text(a), self.text(b));
                self.product(a, b)
            }
            Operation::Fifth(a) => {
                let a = self.text(a);
                // The return label and r lie below the argument.
                let a = self.shallow(a, 2);
                Text {
                    code: format!("pow5({}, r)", a.code),
                    bound: 1,
                    depth: a.depth.max(3) + 2,
                }
            }
        }
    }

    /// The product of two values.
    pub(crate) fn product(&mut self, a: Text, b: Text) -> Text {
        let (a, b) = (self.shallow(a, 2), self.shallow(b, 2));
        ternary("mulmod", a, b)
    }

    /// Terms of a sum, with their signs, down to kept nodes and products.
    fn terms(&self, node: Node, negative: bool, is_root: bool, terms: &mut Vec<(bool, Node)>) {
        match *self.graph.operation(node) {
            Operation::Add(a, b) if is_root || !self.is_kept(node) => {
                self.terms(a, negative, false, terms);
                self.terms(b, negative, false, terms);
            }
            Operation::Subtract(a, b) if is_root || !self.is_kept(node) => {
                self.terms(a, negative, false, terms);
                self.terms(b, !negative, false, terms);
            }
            Operation::Negate(a) if is_root || !self.is_kept(node) => {
                self.terms(a, !negative, false, terms);
            }
            _ => terms.push((negative, node)),
        }
    }

    fn sum(&mut self, node: Node) -> Text {
        let mut terms = Vec::new();
        self.terms(node, false, true, &mut terms);
        let mut chunks = Vec::new();
        let mut chunk = Chunk::default();
        for (negative, term) in terms {
            let (negative, text) = self.term(negative, term);
            // Negative terms wait on the stack for the sum of the positive ones.
            let text = self.shallow(text, 3 + chunk.negative.len());
            if chunk.bound() + text.bound > MAX_BOUND {
                chunks.push(std::mem::take(&mut chunk));
            }
            if negative {
                chunk.negative.push(text)
            } else {
                chunk.positive.push(text)
            }
        }
        chunks.push(chunk);
        let mut sums = chunks.into_iter().rev().map(Chunk::into_text);
        let first = sums.next().unwrap_or_else(|| leaf("0".into()));
        sums.fold(first, |sum, chunk| {
            let (sum, chunk) = (self.shallow(sum, 2), self.shallow(chunk, 2));
            ternary("addmod", chunk, sum)
        })
    }

    /// A term; a negative long constant becomes a positive one, also as a factor.
    fn term(&mut self, negative: bool, node: Node) -> (bool, Text) {
        if let (true, false, Some(value)) = (negative, self.is_kept(node), self.graph.as_constant(node))
            && self.graph.is_long_constant(node)
        {
            return (false, leaf(literal(&-value)));
        }
        if let (true, false, Operation::Multiply(a, b)) =
            (negative, self.is_kept(node), self.graph.operation(node).clone())
        {
            for (constant, factor) in [(a, b), (b, a)] {
                let long = self.graph.is_long_constant(constant) && !self.is_kept(constant);
                if let (true, Some(value)) = (long, self.graph.as_constant(constant)) {
                    let factor = self.text(factor);
                    return (false, self.product(leaf(literal(&-value)), factor));
                }
            }
        }
        (negative, self.text(node))
    }
}

/// Terms whose bounds add up to at most [`MAX_BOUND`].
#[derive(Default)]
struct Chunk {
    positive: Vec<Text>,
    negative: Vec<Text>,
}

impl Chunk {
    fn bound(&self) -> u8 {
        self.positive.iter().chain(&self.negative).map(|text| text.bound).sum()
    }

    /// `sub(sub(add(.., lift), n), m)` with `lift` the multiple of r that the negative terms can reach, or r + 1 for 1 and r.
    fn into_text(mut self) -> Text {
        let mut lift: u8 = self.negative.iter().map(|text| text.bound).sum();
        if lift > 0
            && let Some(one) = self.positive.iter().position(|text| text.code == "1")
        {
            self.positive[one] = Text {
                code: "one".into(),
                bound: 2,
                depth: 1,
            };
            lift -= 1;
        }
        match lift {
            0 => {}
            1 | 2 => self.positive.extend((0..lift).map(|_| leaf("r".into()))),
            _ => self.positive.push(Text {
                code: format!("mul({lift}, r)"),
                bound: lift,
                depth: 2,
            }),
        }
        // The deepest is evaluated first, with nothing below it but the negative terms.
        self.positive.sort_by_key(|text| std::cmp::Reverse(text.depth));
        let mut positive = self.positive.into_iter();
        let first = positive.next().unwrap_or_else(|| leaf("0".into()));
        let sum = positive.fold(first, |sum, text| Text {
            depth: sum.depth.max(1 + text.depth),
            code: format!("add({}, {})", text.code, sum.code),
            bound: sum.bound + text.bound,
        });
        // Evaluated from the outside in, so again the deepest outermost.
        self.negative.sort_by_key(|text| text.depth);
        self.negative.into_iter().fold(sum, |sum, text| Text {
            depth: text.depth.max(1 + sum.depth),
            code: format!("sub({}, {})", sum.code, text.code),
            bound: sum.bound,
        })
    }
}

/// A value below r that takes one slot.
pub(crate) fn leaf(code: String) -> Text {
    Text {
        code,
        bound: 1,
        depth: 1,
    }
}

/// Operands are evaluated from right to left; the deeper one goes to the right, where less lies below it.
fn ternary(operation: &str, a: Text, b: Text) -> Text {
    let (a, b) = if a.depth > b.depth { (b, a) } else { (a, b) };
    Text {
        depth: (1 + b.depth).max(2 + a.depth),
        code: format!("{operation}({}, {}, r)", a.code, b.code),
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

/// Bytes of code that a statement compiles to, about.
pub(crate) fn code_size(line: &str) -> usize {
    let code = line.split("//").next().unwrap_or("");
    let (assigned, operands) = match code.split_once(":=") {
        Some((name, value)) if !name.contains("let ") => (2, value),
        Some((_, value)) => (1, value),
        None => (0, code),
    };
    let words = operands.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(word_size).sum::<usize>() + assigned
}

fn word_size(word: &str) -> usize {
    match word.as_bytes() {
        [b'0', b'x', digits @ ..] => 1 + digits.len().div_ceil(2),
        [b'0'..=b'9', ..] => 2,
        // The address of a word in memory.
        [b'A'..=b'Z', ..] => 3,
        b"pow5" => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ff::Field;
    use halo2_proofs::halo2curves::bn256::Fr;

    fn write(build: impl Fn(&mut Graph) -> Node) -> Vec<String> {
        let mut graph = Graph::default();
        let root = build(&mut graph);
        let mut writer = Writer::new(&graph, &[root]);
        let value = writer.value(root, 1);
        writer.line(value.code);
        writer.take_lines().into_iter().map(|line| line.text).collect()
    }

    fn load(g: &mut Graph, count: usize) -> Vec<Node> {
        (0..count).map(|i| g.load(format!("V{i}"))).collect()
    }

    #[test]
    fn sums_reduce_only_at_the_bound() {
        let lines = write(|g| {
            let terms = load(g, 7);
            g.sum(&terms)
        });
        let expected = "addmod(add(mload(V2), add(mload(V3), add(mload(V4), add(mload(V5), mload(V6))))), \
            add(mload(V1), mload(V0)), r)";
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn differences_are_lifted_by_their_negative_terms() {
        let lines = write(|g| {
            let v = load(g, 3);
            let difference = g.subtract(v[0], v[1]);
            g.subtract(difference, v[2])
        });
        assert_eq!(
            lines,
            ["mod(sub(sub(add(r, add(r, mload(V0))), mload(V1)), mload(V2)), r)"]
        );
        let lines = write(|g| {
            let (v, one) = (g.load("V"), g.constant(Fr::ONE));
            let complement = g.subtract(one, v);
            g.multiply(v, complement)
        });
        assert_eq!(lines, ["mulmod(mload(V), sub(one, mload(V)), r)"]);
    }

    #[test]
    fn negative_multiples_of_long_constants_become_positive() {
        let constant = Fr::from(3).invert().unwrap();
        let lines = write(|g| {
            let v = load(g, 2);
            let scaled = g.scale(v[1], constant);
            g.subtract(v[0], scaled)
        });
        let literal = literal(&-constant);
        let expected = format!("mod(add(mload(V0), mulmod({literal}, mload(V1), r)), r)");
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn shared_products_are_stored_once() {
        let lines = write(|g| {
            let v = load(g, 3);
            let product = g.product(&v);
            g.multiply(product, product)
        });
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1], "mulmod(mload(T0), mload(T0), r)");
    }

    /// Evaluates what is written, as the EVM does, and compares with the graph: random expressions over values at the edges.
    #[test]
    fn written_expressions_have_the_value_of_the_node() {
        use rand::{Rng, SeedableRng};
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(5);
        for round in 0..300 {
            let mut g = Graph::default();
            let values: Vec<Fr> = (0..6)
                .map(|_| [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::random(&mut rng)][rng.gen_range(0..4)])
                .collect();
            let mut nodes: Vec<(Node, Fr)> = load(&mut g, 6).into_iter().zip(values.clone()).collect();
            for value in [Fr::ONE, Fr::from(7), -Fr::from(2), Fr::from(3).invert().unwrap()] {
                nodes.push((g.constant(value), value));
            }
            for _ in 0..60 {
                let ((a, x), (b, y)) = (
                    nodes[rng.gen_range(0..nodes.len())],
                    nodes[rng.gen_range(0..nodes.len())],
                );
                nodes.push(match rng.gen_range(0..5) {
                    0 | 1 => (g.add(a, b), x + y),
                    2 => (g.subtract(a, b), x - y),
                    3 => (g.negate(a), -x),
                    _ => (g.multiply(a, b), x * y),
                });
            }
            let (root, expected) = nodes[nodes.len() - 1];
            let mut writer = Writer::new(&g, &[root]);
            let text = writer.value(root, 1);
            let mut machine = machine::Machine::new(&values);
            for line in writer.take_lines() {
                machine.run(&line.text);
            }
            assert_eq!(machine.value(&text.code), expected, "round {round}: {}", text.code);
        }
    }

    /// As much of the EVM as expressions use, refusing to wrap around.
    mod machine {
        use super::Fr;
        use ff::PrimeField;
        use num_bigint::BigUint;
        use std::collections::BTreeMap;

        pub(super) struct Machine {
            memory: BTreeMap<String, BigUint>,
            r: BigUint,
        }

        fn big(value: &Fr) -> BigUint {
            BigUint::from_bytes_le(value.to_repr().as_ref())
        }

        impl Machine {
            pub(super) fn new(values: &[Fr]) -> Self {
                let memory = values.iter().enumerate().map(|(i, v)| (format!("V{i}"), big(v)));
                Self {
                    memory: memory.collect(),
                    r: big(&-Fr::from(1)) + 1u8,
                }
            }

            pub(super) fn run(&mut self, line: &str) {
                let (name, code) = line.strip_prefix("mstore(").unwrap().split_once(", ").unwrap();
                let value = self.evaluate(code.strip_suffix(')').unwrap()).0;
                self.memory.insert(name.to_owned(), value);
            }

            pub(super) fn value(&self, code: &str) -> Fr {
                let (value, rest) = self.evaluate(code);
                assert_eq!(rest, "");
                Fr::from_str_vartime(&(value % &self.r).to_string()).unwrap()
            }

            fn evaluate<'c>(&self, code: &'c str) -> (BigUint, &'c str) {
                let end = code.find(['(', ',', ')']).unwrap_or(code.len());
                let (head, mut rest) = code.split_at(end);
                if !rest.starts_with('(') {
                    return (self.atom(head), rest);
                }
                if head == "mload" {
                    let (name, rest) = rest[1..].split_once(')').unwrap();
                    return (self.memory[name].clone(), rest);
                }
                let mut arguments = Vec::new();
                while let Some(next) = rest.strip_prefix(['(', ',']) {
                    let (value, after) = self.evaluate(next.trim_start());
                    arguments.push(value);
                    rest = after;
                }
                let value = match (head, arguments.as_slice()) {
                    ("add", [a, b]) => a + b,
                    ("mul", [a, b]) => a * b,
                    ("sub", [a, b]) => {
                        assert!(a >= b, "below zero: {code}");
                        a - b
                    }
                    ("mod", [a, r]) => a % r,
                    ("addmod", [a, b, r]) => (a + b) % r,
                    ("mulmod", [a, b, r]) => (a * b) % r,
                    ("pow5", [a, r]) => a.modpow(&5u8.into(), r),
                    _ => unreachable!("{head}"),
                };
                assert!(value.bits() <= 256, "above 2^256: {code}");
                (value, rest.strip_prefix(')').unwrap())
            }

            fn atom(&self, atom: &str) -> BigUint {
                match atom {
                    "r" => self.r.clone(),
                    "one" => &self.r + 1u8,
                    hex if hex.starts_with("0x") => BigUint::parse_bytes(&hex.as_bytes()[2..], 16).unwrap(),
                    decimal => decimal.parse().unwrap(),
                }
            }
        }
    }
}
