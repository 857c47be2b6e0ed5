//! The grid of cells, written once each, and **the one way to read a cell back**.
//!
//! Witness code never computes from a value that it happens to hold: it reads the assigned cell through
//! [`Trace::read`]. A test installs a [`Lie`] there, and every later value is computed from the lie: a cell that no
//! constraint pins shows itself by a satisfied circuit that says something else.

use std::panic::Location;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

/// A dense grid of field elements, column by column, all columns of one height.
#[derive(Clone)]
pub struct Grid {
    cols: Vec<Vec<Fr>>,
    rows: usize,
}

impl Grid {
    /// `width` columns of `rows` zeros.
    pub fn new(width: usize, rows: usize) -> Self {
        Self {
            cols: vec![vec![Fr::ZERO; rows]; width],
            rows,
        }
    }
    /// The value `rot` rows from `row`, wrapping at the height as polynomials over a domain do.
    pub fn at(&self, col: usize, row: usize, rot: i32) -> Fr {
        let at = (row as i64 + i64::from(rot)).rem_euclid(self.rows as i64) as usize;
        self.cols[col][at]
    }
    /// Sets a value.
    pub fn set(&mut self, col: usize, row: usize, value: Fr) {
        self.cols[col][row] = value;
    }
    /// One whole column.
    pub fn col(&self, col: usize) -> &[Fr] {
        &self.cols[col]
    }
    /// Replaces a whole column; the height stays.
    pub fn replace(&mut self, col: usize, values: Vec<Fr>) {
        debug_assert_eq!(values.len(), self.rows);
        self.cols[col] = values;
    }
    /// Rows per column.
    pub fn height(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn width(&self) -> usize {
        self.cols.len()
    }
}

/// The address of an advice cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Advice column.
    pub col: usize,
    /// Absolute row.
    pub row: usize,
}

/// A wrong answer to reads of one cell, from one source line or from all of them. For tests.
#[derive(Clone, Copy, Debug)]
pub struct Lie {
    /// The cell whose reads are answered wrongly.
    pub cell: Cell,
    /// Only reads made at this (file, line); `None` for every read.
    pub site: Option<(&'static str, u32)>,
    /// Added to the true value.
    pub offset: Fr,
}

/// One read that took place: the cell and the source line.
pub type ReadSite = (Cell, &'static str, u32);

/// A row allocation or double assignment mistake of ours: never the user's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TraceError {
    /// Two writers met in one cell.
    #[error("cell (column {col}, row {row}) is written twice: first at {first}, again at {again}")]
    Overlap {
        /// Column of the cell.
        col: usize,
        /// Row of the cell.
        row: usize,
        /// Source line of the first write.
        first: u32,
        /// Source line of the second write.
        again: u32,
    },
    /// A write outside the usable rows.
    #[error("row {row} of column {col} is outside the {usable} usable rows")]
    OutOfRows {
        /// Column of the cell.
        col: usize,
        /// Row of the cell.
        row: usize,
        /// Rows that may be written.
        usable: usize,
    },
}

/// The advice cells of the first phase while they are being written.
pub struct Trace {
    grid: Grid,
    written: Vec<Vec<u32>>,
    usable: usize,
    lie: Option<Lie>,
    reads: Option<std::cell::RefCell<Vec<ReadSite>>>,
    error: Option<TraceError>,
}

impl Trace {
    /// An empty trace: `width` columns, `rows` rows of which `usable` may be written.
    pub fn new(width: usize, rows: usize, usable: usize) -> Self {
        Self {
            grid: Grid::new(width, rows),
            written: vec![vec![0; rows]; width],
            usable,
            lie: None,
            reads: None,
            error: None,
        }
    }
    /// Installs a lie. For tests.
    pub fn with_lie(mut self, lie: Option<Lie>) -> Self {
        self.lie = lie;
        self
    }
    /// Starts recording which line reads which cell. For tests.
    pub fn recording(mut self) -> Self {
        self.reads = Some(std::cell::RefCell::new(Vec::new()));
        self
    }
    /// The recorded reads.
    pub fn into_reads(self) -> Vec<ReadSite> {
        self.reads.map(std::cell::RefCell::into_inner).unwrap_or_default()
    }
    /// Writes a cell. A second write, or one outside the usable rows, is kept as the trace's error.
    #[track_caller]
    pub fn write(&mut self, col: usize, row: usize, value: Fr) {
        let line = Location::caller().line();
        if row >= self.usable {
            self.error.get_or_insert(TraceError::OutOfRows {
                col,
                row,
                usable: self.usable,
            });
            return;
        }
        let first = self.written[col][row];
        if first != 0 {
            self.error.get_or_insert(TraceError::Overlap {
                col,
                row,
                first,
                again: line,
            });
            return;
        }
        self.written[col][row] = line;
        self.grid.set(col, row, value);
    }
    /// Reads an assigned cell: the only way by which witness code learns a cell's value.
    #[track_caller]
    pub fn read(&self, col: usize, row: usize) -> Fr {
        let site = Location::caller();
        let cell = Cell { col, row };
        if let Some(reads) = &self.reads {
            reads.borrow_mut().push((cell, site.file(), site.line()));
        }
        let value = self.grid.at(col, row, 0);
        match self.lie {
            Some(lie) if lie.cell == cell && lie.site.is_none_or(|s| s == (site.file(), site.line())) => {
                value + lie.offset
            }
            _ => value,
        }
    }
    /// True when somebody wrote the cell.
    pub fn is_written(&self, col: usize, row: usize) -> bool {
        self.written[col][row] != 0
    }
    /// Number of cells written so far.
    pub fn written_cells(&self) -> usize {
        self.written.iter().map(|c| c.iter().filter(|w| **w != 0).count()).sum()
    }
    /// The grid as it stands.
    ///
    /// # Errors
    /// The first overlap or out-of-range write, if there was one.
    pub fn finish(&self) -> Result<&Grid, TraceError> {
        match &self.error {
            None => Ok(&self.grid),
            Some(TraceError::Overlap { col, row, first, again }) => Err(TraceError::Overlap {
                col: *col,
                row: *row,
                first: *first,
                again: *again,
            }),
            Some(TraceError::OutOfRows { col, row, usable }) => Err(TraceError::OutOfRows {
                col: *col,
                row: *row,
                usable: *usable,
            }),
        }
    }
    /// Mutable grid, for tests that change single cells.
    pub fn grid_mut(&mut self) -> &mut Grid {
        &mut self.grid
    }
}
