//! Stack variables for what a block of statements reads most, in place of memory.
//!
//! A load costs four bytes and six gas, a variable one and three. The block's lines are text already: what is read often, or
//! computed and used only there, is declared at the start of the block, as far as the stack reaches.

use std::collections::{BTreeMap, BTreeSet};

use crate::yul::{Line, STACK};

/// Lowercase names that the blocks use otherwise.
const RESERVED: [&str; 6] = ["r", "y", "h", "g", "one", "s"];

/// Wraps every block that gains by it into braces with variables of its own. `outer` counts the variables around the blocks.
pub(crate) fn with_registers(blocks: Vec<Vec<Line>>, outer: usize) -> Vec<String> {
    let mut readers: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (i, block) in blocks.iter().enumerate() {
        for name in block.iter().flat_map(|line| loads(&line.text)) {
            readers.entry(name).or_default().insert(i);
        }
    }
    let mut lines = Vec::new();
    for (i, block) in blocks.into_iter().enumerate() {
        let deepest = block.iter().map(|line| line.depth).max().unwrap_or(0);
        let free = STACK.saturating_sub(outer + deepest);
        let read_elsewhere = |name: &str| {
            readers
                .get(name)
                .is_some_and(|blocks| blocks.iter().any(|&other| other != i))
        };
        let mut chosen = candidates(&block, &read_elsewhere);
        chosen.truncate(free);
        if chosen.is_empty() {
            lines.extend(block.into_iter().map(|line| line.text));
            continue;
        }
        lines.push("{".into());
        for register in chosen.iter().filter(|register| !register.computed) {
            lines.push(format!(
                "    let {} := mload({})",
                variable(&register.name),
                register.name
            ));
        }
        for line in block {
            lines.extend(
                rewritten(&line.text, &chosen)
                    .into_iter()
                    .map(|line| format!("    {line}")),
            );
        }
        lines.push("}".into());
    }
    lines
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
    gain: i64,
}

/// What gains by being a variable, the most first.
fn candidates(block: &[Line], read_elsewhere: &dyn Fn(&str) -> bool) -> Vec<Register> {
    let mut reads: BTreeMap<String, i64> = BTreeMap::new();
    for name in block.iter().flat_map(|line| loads(&line.text)) {
        *reads.entry(name).or_default() += 1;
    }
    let computed: BTreeSet<&str> = block
        .iter()
        .filter_map(|line| stored(&line.text))
        .map(|(name, _)| name)
        .collect();
    let mut all: Vec<Register> = reads
        .into_iter()
        .filter(|(name, _)| !RESERVED.contains(&variable(name).as_str()))
        .map(|(name, reads)| {
            let computed = computed.contains(name.as_str());
            let stored = computed && read_elsewhere(&name);
            // A load is 4 bytes, a store 4, a use 1, the pop at the end 1.
            let gain = match (computed, stored) {
                (true, false) => 4 + 3 * reads - 1,
                (true, true) => 3 * reads - 2,
                (false, _) => 3 * reads - 5,
            };
            Register {
                name,
                computed,
                stored,
                gain,
            }
        })
        .filter(|register| register.gain > 0)
        .collect();
    all.sort_by(|a, b| b.gain.cmp(&a.gain).then_with(|| a.name.cmp(&b.name)));
    all
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
        let second = block(&["g := mload(T1)"]);
        let lines = with_registers(vec![first, second], 5);
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
                "g := mload(T1)",
            ]
        );
    }

    #[test]
    fn a_full_stack_leaves_no_variables() {
        let mut lines = block(&["mstore(T0, mulmod(mload(A1), mload(A1), r))", "g := mload(T0)"]);
        lines[0].depth = 10;
        assert_eq!(with_registers(vec![lines], 5).len(), 2);
    }
}
