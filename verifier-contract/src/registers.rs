//! Stack variables for what a block of statements reads most, in place of memory.
//!
//! A load costs four bytes and six gas, a variable one and three. The block's lines are text already: what is read often, or
//! computed and used only there, is declared at the start of the block, as far as the stack reaches.

use std::collections::{BTreeMap, BTreeSet};

use crate::yul::{Line, STACK, code_size};

/// Lowercase names that the blocks use otherwise.
const RESERVED: [&str; 6] = ["r", "y", "h", "g", "one", "s"];

/// Statements that share variables: what they read and compute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    reads: BTreeMap<String, usize>,
    computed: BTreeSet<String>,
    deepest: usize,
    size: usize,
}

/// A word that becomes a variable.
#[derive(Debug)]
struct Register {
    name: String,
    /// It is computed in the block.
    computed: bool,
    /// It is read in other blocks, so it goes to memory as well.
    stored: bool,
    /// Bytes of code saved.
    gain: usize,
}

impl Section {
    /// The section of the lines.
    pub(crate) fn of(lines: &[Line]) -> Self {
        let mut section = Self::default();
        for line in lines {
            for name in loads(&line.text) {
                *section.reads.entry(name).or_default() += 1;
            }
            section
                .computed
                .extend(stored(&line.text).map(|(name, _)| name.to_owned()));
            section.deepest = section.deepest.max(line.depth);
            section.size += code_size(&line.text);
        }
        section
    }

    /// Takes in another section's statements.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (name, reads) in &other.reads {
            *self.reads.entry(name.clone()).or_default() += reads;
        }
        self.computed.extend(other.computed.iter().cloned());
        self.deepest = self.deepest.max(other.deepest);
        self.size += other.size;
    }

    /// The words that the statements read.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &String> {
        self.reads.keys()
    }

    /// Bytes of code, with variables.
    pub(crate) fn size(&self, outer: usize, read_elsewhere: &dyn Fn(&str) -> bool) -> usize {
        let gains = self
            .registers(outer, read_elsewhere)
            .into_iter()
            .map(|register| register.gain);
        self.size - gains.sum::<usize>()
    }

    /// What gains by being a variable, as far as the stack reaches.
    fn registers(&self, outer: usize, read_elsewhere: &dyn Fn(&str) -> bool) -> Vec<Register> {
        let named = |(name, reads): (&String, &usize)| {
            if RESERVED.contains(&variable(name).as_str()) {
                return None;
            }
            let computed = self.computed.contains(name);
            let stored = computed && read_elsewhere(name);
            // A load is 4 bytes, a store 4, a use 1, the pop at the end 1.
            let (before, after) = match (computed, stored) {
                (true, false) => (4 + 4 * reads, reads + 1),
                (true, true) => (4 + 4 * reads, 5 + reads + 1),
                (false, _) => (4 * reads, 4 + reads + 1),
            };
            let gain = before.checked_sub(after).filter(|gain| *gain > 0)?;
            let name = name.clone();
            Some(Register {
                name,
                computed,
                stored,
                gain,
            })
        };
        let mut all: Vec<Register> = self.reads.iter().filter_map(named).collect();
        all.sort_by(|a, b| b.gain.cmp(&a.gain).then_with(|| a.name.cmp(&b.name)));
        all.truncate(STACK.saturating_sub(outer + self.deepest));
        all
    }
}

/// Wraps a block into braces with variables of its own, if it gains by it. `outer` counts the variables around the block;
/// `read_elsewhere` says which words later blocks read.
pub(crate) fn with_registers(block: &[Line], outer: usize, read_elsewhere: &dyn Fn(&str) -> bool) -> Vec<String> {
    let registers = Section::of(block).registers(outer, read_elsewhere);
    if registers.is_empty() {
        return block.iter().map(|line| line.text.clone()).collect();
    }
    let mut lines = vec!["{".to_owned()];
    for register in registers.iter().filter(|register| !register.computed) {
        lines.push(format!(
            "    let {} := mload({})",
            variable(&register.name),
            register.name
        ));
    }
    for line in block {
        lines.extend(
            rewritten(&line.text, &registers)
                .into_iter()
                .map(|line| format!("    {line}")),
        );
    }
    lines.push("}".into());
    lines
}

fn rewritten(line: &str, registers: &[Register]) -> Vec<String> {
    let mut text = line.to_owned();
    for register in registers {
        let load = format!("mload({})", register.name);
        text = text.replace(&load, &variable(&register.name));
    }
    let target = stored(&text).and_then(|(name, value)| {
        let register = registers.iter().find(|register| register.name == name)?;
        Some((register, value.to_owned()))
    });
    let Some((register, value)) = target else {
        return vec![text];
    };
    let name = variable(&register.name);
    let mut lines = vec![format!("let {name} := {value}")];
    if register.stored {
        lines.push(format!("mstore({}, {name})", register.name));
    }
    lines
}

fn variable(name: &str) -> String {
    name.to_lowercase()
}

/// The names of the words that a line loads.
fn loads(line: &str) -> Vec<String> {
    let parts = line.split("mload(").skip(1);
    let names = parts.filter_map(|part| part.split_once(')')).map(|(name, _)| name);
    // Computed addresses stay loads.
    names.filter(|name| !name.contains('(')).map(str::to_owned).collect()
}

/// Name and value, if the line stores into a slot of intermediate results.
fn stored(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("mstore(")?.split_once(", ")?;
    let slot = name.strip_prefix('T')?;
    (!slot.is_empty() && slot.bytes().all(|b| b.is_ascii_digit())).then_some((name, value.strip_suffix(')')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(lines: &[&str]) -> Vec<Line> {
        lines
            .iter()
            .map(|text| Line {
                text: (*text).to_owned(),
                depth: 4,
            })
            .collect()
    }

    #[test]
    fn what_is_read_often_becomes_a_variable() {
        let first = block(&[
            "mstore(T0, mulmod(mload(A1), mload(A1), r))",
            "mstore(T1, mulmod(mload(A1), mload(T0), r))",
            "g := add(mload(T0), mload(T1))",
        ]);
        let lines = with_registers(&first, 5, &|name| name == "T1");
        assert_eq!(
            lines,
            [
                "{",
                "    let a1 := mload(A1)",
                "    let t0 := mulmod(a1, a1, r)",
                "    let t1 := mulmod(a1, t0, r)",
                "    mstore(T1, t1)",
                "    g := add(t0, t1)",
                "}",
            ]
        );
    }

    #[test]
    fn a_full_stack_leaves_no_variables() {
        let mut lines = block(&["mstore(T0, mulmod(mload(A1), mload(A1), r))", "g := mload(T0)"]);
        lines[0].depth = STACK - 5;
        assert_eq!(with_registers(&lines, 5, &|_| false).len(), 2);
    }
}
