//! What a wrong witness violates, by name and place and never by value.

use std::fmt;

use serde::Serialize;

/// A list of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Of the witness.
    Advice,
    /// Of the circuit.
    Fixed,
    /// Of the public inputs.
    Instance,
}

/// A cell's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CellPlace {
    /// Which columns.
    pub kind: ColumnKind,
    /// The column's number among those of its kind, from 0.
    pub column: usize,
    /// The row, from 0.
    pub row: usize,
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ColumnKind::Advice => "advice",
            ColumnKind::Fixed => "fixed",
            ColumnKind::Instance => "instance",
        };
        write!(f, "{kind} {} row {}", self.column, self.row)
    }
}

/// A constraint that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Violation {
    /// A gate is not 0.
    Gate {
        /// The gate's name.
        gate: String,
        /// The constraint's number in the gate, from 0.
        number: usize,
        /// The constraint's name, empty where it has none.
        constraint: String,
        /// The row.
        row: usize,
        /// The cells of witness and public inputs that the constraint reads there.
        cells: Vec<CellPlace>,
    },
    /// An input is not in its table.
    Lookup {
        /// The lookup's name.
        lookup: String,
        /// The row.
        row: usize,
        /// The cells of witness and public inputs that make the input.
        cells: Vec<CellPlace>,
    },
    /// Two cells that have to be copies differ.
    Copy {
        /// One of them.
        one: CellPlace,
        /// The other.
        other: CellPlace,
    },
}

fn listed(cells: &[CellPlace]) -> String {
    let texts: Vec<String> = cells.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate {
                gate,
                number,
                constraint,
                row,
                cells,
            } => {
                write!(f, "gate \"{gate}\", constraint {number}")?;
                if !constraint.is_empty() {
                    write!(f, " (\"{constraint}\")")?;
                }
                write!(
                    f,
                    ", row {row}: expected 0, found another value; it reads {}",
                    listed(cells)
                )
            }
            Self::Lookup { lookup, row, cells } => write!(
                f,
                "lookup \"{lookup}\", row {row}: expected a value of the table, found another; it reads {}",
                listed(cells)
            ),
            Self::Copy { one, other } => {
                write!(f, "copy of {one} and {other}: expected equal values, found two")
            }
        }
    }
}
