//! Expressions over columns, as one flat program.
//!
//! A [`Builder`] interns values: queries of columns, products of two values, and linear forms c0 + sum c_i·v_i over queries and products. All
//! coefficients are numbers, challenges included, so a program is compiled once for each proof (a millisecond), and every constraint of a
//! circuit falls into **one** linear form sum y^i·e_i. What that buys over a walk of the expressions:
//!
//! - constraints under one selector share its multiplication: q·(y^3·a + y^7·b);
//! - linear layers collapse: five outputs, each a combination of the same five S-boxes, cost ten multiplications and not thirty;
//! - products and forms that stand in several constraints are computed once.
//!
//! The program runs over blocks of rows in packs ([`vector::steps`]), one step at a time over the whole block, so the dispatch costs nothing
//! and operands stay in the cache.

use std::collections::BTreeMap;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;
use vector::{LANES, Pack, Unit, steps};

use super::secret::{Column, PackColumns, Packs, Secret};

/// Packs that a step works on at a time.
const BLOCK: usize = 4;

/// A column and a rotation: value at row i is that of the column at row i + rotation, around the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Query {
    pub(super) column: usize,
    pub(super) rotation: i32,
}

/// An interned value that is not linear in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Atom {
    Query(Query),
    /// Of two values, the smaller one first.
    Product(Value, Value),
}

/// Something that can be a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Atom(usize),
    Form(usize),
}

/// A linear form: constant + sum of coefficient · atom; atoms increasing, no coefficient 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    constant: Fr,
    terms: Vec<(usize, Fr)>,
    /// Interned forms that stand here undissolved: only while a program is compiled.
    whole: Vec<(usize, Fr)>,
}

impl Form {
    pub(super) fn constant(value: Fr) -> Self {
        Self {
            constant: value,
            ..Self::default()
        }
    }

    fn atom(atom: usize, coefficient: Fr) -> Self {
        Self {
            terms: vec![(atom, coefficient)],
            ..Self::default()
        }
    }

    /// self + factor·other.
    fn plus(&self, other: &Self, factor: Fr) -> Self {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let term = match (left.peek(), right.peek()) {
                (Some(l), Some(r)) if l.0 == r.0 => (l.0, l.1 + r.1 * factor),
                (Some(l), Some(r)) if l.0 < r.0 => **l,
                (Some(l), None) => **l,
                (_, Some(r)) => (r.0, r.1 * factor),
                (None, None) => break,
            };
            left.next_if(|l| l.0 == term.0);
            right.next_if(|r| r.0 == term.0);
            if term.1 != Fr::ZERO {
                terms.push(term);
            }
        }
        Self {
            constant: self.constant + other.constant * factor,
            terms,
            whole: self.whole.clone(),
        }
    }

    fn scaled(mut self, factor: Fr) -> Self {
        if factor == Fr::ZERO {
            return Self::default();
        }
        self.constant *= factor;
        for (_, coefficient) in &mut self.terms {
            *coefficient *= factor;
        }
        self
    }
}

/// Makes a program.
#[derive(Debug, Default)]
pub(super) struct Builder {
    atoms: Vec<Atom>,
    atom_ids: BTreeMap<Atom, usize>,
    forms: Vec<Form>,
    form_ids: BTreeMap<Form, usize>,
    /// Columns that are worth pulling out as a common factor: selectors.
    selectors: std::ops::Range<usize>,
}

impl Builder {
    /// Factors that are queries of these columns are pulled out of sums.
    pub(super) fn new(selectors: std::ops::Range<usize>) -> Self {
        Self {
            selectors,
            ..Self::default()
        }
    }

    fn atom(&mut self, atom: Atom) -> usize {
        if let Some(id) = self.atom_ids.get(&atom) {
            return *id;
        }
        let id = self.atoms.len();
        self.atoms.push(atom);
        self.atom_ids.insert(atom, id);
        id
    }

    pub(super) fn query(&mut self, column: usize, rotation: i32) -> Form {
        let id = self.atom(Atom::Query(Query { column, rotation }));
        Form::atom(id, Fr::ONE)
    }

    pub(super) fn sum(&self, a: &Form, b: &Form) -> Form {
        a.plus(b, Fr::ONE)
    }

    pub(super) fn difference(&self, a: &Form, b: &Form) -> Form {
        a.plus(b, -Fr::ONE)
    }

    /// a + factor·b.
    pub(super) fn combine(&self, a: &Form, b: &Form, factor: Fr) -> Form {
        a.plus(b, factor)
    }

    pub(super) fn scaled(&self, a: Form, factor: Fr) -> Form {
        a.scaled(factor)
    }

    /// A factor with its number: c·atom for a form of one term, 1·form for others.
    fn factor(&mut self, form: &Form) -> (Fr, Value) {
        if form.constant == Fr::ZERO
            && let [(atom, coefficient)] = form.terms[..]
        {
            return (coefficient, Value::Atom(atom));
        }
        if let Some(id) = self.form_ids.get(form) {
            return (Fr::ONE, Value::Form(*id));
        }
        let id = self.forms.len();
        self.forms.push(form.clone());
        self.form_ids.insert(form.clone(), id);
        (Fr::ONE, Value::Form(id))
    }

    /// The product of factors: numbers first, equal factors by squaring, a selector last, so that sums can share it.
    pub(super) fn product(&mut self, factors: &[Form]) -> Form {
        let mut number = Fr::ONE;
        let mut powers: BTreeMap<Value, u32> = BTreeMap::new();
        for form in factors {
            if form.terms.is_empty() {
                number *= form.constant;
                continue;
            }
            let (coefficient, value) = self.factor(form);
            number *= coefficient;
            *powers.entry(value).or_default() += 1;
        }
        if number == Fr::ZERO {
            return Form::default();
        }
        let selector = powers.keys().copied().find(|value| self.is_selector(*value));
        let mut last = Vec::new();
        if let Some(selector) = selector {
            let power = powers.remove(&selector).unwrap_or_default();
            last = vec![selector; power as usize];
        }
        let mut product = None;
        for (value, power) in powers {
            let raised = self.power(value, power);
            product = Some(self.times(product, raised));
        }
        for value in last {
            product = Some(self.times(product, value));
        }
        match product {
            None => Form::constant(number),
            Some(Value::Atom(atom)) => Form::atom(atom, number),
            Some(Value::Form(form)) => self.forms[form].clone().scaled(number),
        }
    }

    fn is_selector(&self, value: Value) -> bool {
        let Value::Atom(atom) = value else { return false };
        matches!(self.atoms[atom], Atom::Query(query) if self.selectors.contains(&query.column))
    }

    fn times(&mut self, a: Option<Value>, b: Value) -> Value {
        let Some(a) = a else { return b };
        Value::Atom(self.atom(Atom::Product(a.min(b), a.max(b))))
    }

    fn power(&mut self, value: Value, exponent: u32) -> Value {
        let (mut result, mut square) = (None, value);
        let mut left = exponent;
        loop {
            if left & 1 == 1 {
                result = Some(self.times(result, square));
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            square = self.times(Some(square), square);
        }
        // The exponent is at least 1: one round at least set it.
        result.unwrap_or(value)
    }

    /// Compiles the program that computes `output` for every row.
    pub(super) fn compile(self, output: &Form) -> Program {
        compile::compile(&self, output)
    }
}

/// Where an operand comes from.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Query(usize),
    Register(usize),
}

/// A term of a sum, with the cheap coefficients apart.
#[derive(Clone, Copy, Debug)]
enum Term {
    Plus(Operand),
    Minus(Operand),
    Times(Operand, Fr),
    Product(Operand, Operand),
    Negated(Operand, Operand),
}

#[derive(Clone, Debug)]
enum Step {
    Square {
        to: usize,
        of: Operand,
    },
    Multiply {
        to: usize,
        a: Operand,
        b: Operand,
    },
    /// constant + sum of terms.
    Sum {
        to: usize,
        constant: Fr,
        terms: Vec<Term>,
    },
}

/// A compiled program: slots, each a block of rows, and steps over them. The first slots hold the queries.
#[derive(Debug)]
pub(super) struct Program {
    queries: Vec<Query>,
    slots: usize,
    steps: Vec<steps::Step<Fr>>,
    output: usize,
    cost: usize,
}

mod compile;

impl Program {
    /// Field multiplications of one row, whether their products are reduced at once or in a sum.
    #[cfg(test)]
    pub(super) fn multiplications(&self) -> usize {
        self.steps.iter().map(steps::Step::multiplications).sum()
    }

    /// What a row costs a vector unit, in multiply-adds of eight rows.
    #[cfg(test)]
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    /// Runs the program for all rows. All columns have the same number of rows.
    pub(super) fn run(&self, unit: Unit, columns: &[&[Pack<Fr>]], rows: usize) -> Packs {
        let packs = rows / LANES;
        let block = BLOCK.min(packs);
        let mut out = Secret(vec![Pack::ZERO; packs]);
        let chunk = (packs / (4 * rayon::current_num_threads()))
            .next_multiple_of(block)
            .max(block);
        out.0.par_chunks_mut(chunk).enumerate().for_each(|(at, out)| {
            let mut arena = Secret(vec![Pack::ZERO; self.slots * block]);
            for (i, out) in out.chunks_mut(block).enumerate() {
                let first = (at * chunk + i * block) * LANES;
                for (query, slot) in self.queries.iter().zip(arena.0.chunks_exact_mut(block)) {
                    unit.rotated(columns[query.column], first, query.rotation, slot);
                }
                unit.run(&self.steps, &mut arena.0, block);
                out.copy_from_slice(&arena.0[self.output * block..][..out.len()]);
            }
        });
        out
    }

    /// The same over columns that are not packed.
    pub(super) fn run_plain(&self, unit: Unit, columns: &[&[Fr]], rows: usize) -> Column {
        let mut packed: PackColumns = Secret(vec![Vec::new(); columns.len()]);
        for query in &self.queries {
            if packed.0[query.column].is_empty() {
                packed.0[query.column] = unit.packed(columns[query.column]);
            }
        }
        let packed: Vec<&[Pack<Fr>]> = packed.0.iter().map(Vec::as_slice).collect();
        Secret(unit.unpacked(&self.run(unit, &packed, rows).0))
    }
}
