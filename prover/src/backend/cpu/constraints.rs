//! What the quotient divides: gates, copies and lookups of a constraint system, as one program.
//!
//! Order and powers of y are those of the library's verifier: gates, then the permutation argument, then each lookup; of m constraints the
//! first one has y^(m-1).

use std::ops::Range;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Any, Column, ConstraintSystem, Expression};

use super::program::{Builder, Form, Program};

/// Where the columns stand in the list that a program reads. Fixed ones first: they belong to the key.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) fixed: Range<usize>,
    pub(super) l_first: usize,
    pub(super) l_last: usize,
    pub(super) l_active: usize,
    pub(super) sigma: Range<usize>,
    /// The point itself.
    pub(super) x: usize,
    pub(super) advice: Range<usize>,
    pub(super) instance: Range<usize>,
    /// Running products of the permutation argument.
    pub(super) products: Range<usize>,
    /// Of each lookup: permuted input, permuted table, running product.
    pub(super) lookups: Range<usize>,
    /// Columns of one running product.
    pub(super) chunk: usize,
    /// Rotation to the last usable row's successor, where running products end.
    pub(super) last: i32,
}

impl Layout {
    pub(super) fn new(cs: &ConstraintSystem<Fr>) -> Self {
        let mut next = 0;
        let mut take = |count: usize| {
            next += count;
            next - count..next
        };
        let permuted = cs.permutation().get_columns().len();
        let chunk = cs.degree() - 2;
        let fixed = take(cs.num_fixed_columns());
        let (l_first, l_last, l_active) = (take(1).start, take(1).start, take(1).start);
        Self {
            fixed,
            l_first,
            l_last,
            l_active,
            sigma: take(permuted),
            x: take(1).start,
            advice: take(cs.num_advice_columns()),
            instance: take(cs.num_instance_columns()),
            products: take(permuted.div_ceil(chunk)),
            lookups: take(3 * cs.lookups().len()),
            chunk,
            last: -(cs.blinding_factors() as i32 + 1),
        }
    }

    /// Columns that belong to the key.
    pub(super) fn of_key(&self) -> Range<usize> {
        0..self.x + 1
    }

    /// Columns that belong to a proof.
    pub(super) fn of_proof(&self) -> Range<usize> {
        self.advice.start..self.lookups.end
    }

    pub(super) fn column(&self, column: &Column<Any>) -> usize {
        let start = match column.column_type() {
            Any::Advice(_) => self.advice.start,
            Any::Fixed => self.fixed.start,
            Any::Instance => self.instance.start,
        };
        start + column.index()
    }

    fn builder(&self) -> Builder {
        Builder::new(self.fixed.start..self.l_active + 1)
    }
}

/// The verifier's numbers, as far as they are drawn when the quotient is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Challenges<'a> {
    /// Of the circuit's own phases.
    pub(super) circuit: &'a [Fr],
    pub(super) theta: Fr,
    pub(super) beta: Fr,
    pub(super) gamma: Fr,
    pub(super) y: Fr,
}

struct Compiler<'a> {
    layout: &'a Layout,
    builder: Builder,
    challenges: &'a [Fr],
}

impl<'a> Compiler<'a> {
    fn new(layout: &'a Layout, challenges: &'a [Fr]) -> Self {
        Self {
            layout,
            builder: layout.builder(),
            challenges,
        }
    }

    fn query(&mut self, column: usize, rotation: i32) -> Form {
        self.builder.query(column, rotation)
    }

    fn expression(&mut self, expression: &Expression<Fr>) -> Form {
        match expression {
            Expression::Constant(value) => Form::constant(*value),
            // Keys are made without selector compression, which turns each selector into a fixed column.
            Expression::Selector(_) => unreachable!("selectors became fixed columns at key generation"),
            Expression::Fixed(query) => self.query(self.layout.fixed.start + query.column_index(), query.rotation().0),
            Expression::Advice(query) => {
                self.query(self.layout.advice.start + query.column_index(), query.rotation().0)
            }
            Expression::Instance(query) => {
                self.query(self.layout.instance.start + query.column_index(), query.rotation().0)
            }
            Expression::Challenge(challenge) => Form::constant(self.challenges[challenge.index()]),
            Expression::Negated(a) => {
                let a = self.expression(a);
                self.builder.scaled(a, -Fr::ONE)
            }
            Expression::Scaled(a, factor) => {
                let a = self.expression(a);
                self.builder.scaled(a, *factor)
            }
            Expression::Sum(a, b) => {
                let (a, b) = (self.expression(a), self.expression(b));
                self.builder.sum(&a, &b)
            }
            Expression::Product(..) => {
                let mut factors = Vec::new();
                self.factors(expression, &mut factors);
                self.builder.product(&factors)
            }
        }
    }

    fn factors(&mut self, expression: &Expression<Fr>, factors: &mut Vec<Form>) {
        match expression {
            Expression::Product(a, b) => {
                self.factors(a, factors);
                self.factors(b, factors);
            }
            Expression::Scaled(a, factor) => {
                factors.push(Form::constant(*factor));
                self.factors(a, factors);
            }
            Expression::Negated(a) => {
                factors.push(Form::constant(-Fr::ONE));
                self.factors(a, factors);
            }
            _ => {
                let form = self.expression(expression);
                factors.push(form);
            }
        }
    }

    /// e_1·theta^(m-1) + .. + e_m.
    fn compressed(&mut self, expressions: &[Expression<Fr>], theta: Fr) -> Form {
        expressions.iter().fold(Form::default(), |sum, expression| {
            let next = self.expression(expression);
            self.builder.combine(&next, &sum, theta)
        })
    }

    fn shifted(&self, form: &Form, by: Fr) -> Form {
        self.builder.sum(form, &Form::constant(by))
    }

    fn permutation(&mut self, columns: &[Column<Any>], beta: Fr, gamma: Fr) -> Vec<Form> {
        let layout = self.layout;
        let (first, last, active) = (layout.l_first, layout.l_last, layout.l_active);
        let [first, last, active] = [first, last, active].map(|l| self.query(l, 0));
        let mut out = Vec::new();
        if layout.products.is_empty() {
            return out;
        }
        let z: Vec<Form> = layout.products.clone().map(|z| self.query(z, 0)).collect();
        out.push(self.starts_at_one(&first, &z[0]));
        out.push(self.ends_as_bit(&last, &z[z.len() - 1]));
        for (set, z) in z.iter().enumerate().skip(1) {
            let before = self.query(layout.products.start + set - 1, layout.last);
            let meets = self.builder.difference(z, &before);
            out.push(self.builder.product(&[first.clone(), meets]));
        }
        let x = self.query(layout.x, 0);
        let mut delta = beta;
        for (set, columns) in columns.chunks(layout.chunk).enumerate() {
            let mut left = vec![self.query(layout.products.start + set, 1)];
            let mut right = vec![z[set].clone()];
            for (j, column) in columns.iter().enumerate() {
                let value = self.query(layout.column(column), 0);
                let value = self.shifted(&value, gamma);
                let sigma = self.query(layout.sigma.start + set * layout.chunk + j, 0);
                left.push(self.builder.combine(&value, &sigma, beta));
                right.push(self.builder.combine(&value, &x, delta));
                delta *= Fr::DELTA;
            }
            let (left, right) = (self.builder.product(&left), self.builder.product(&right));
            let step = self.builder.difference(&left, &right);
            out.push(self.builder.product(&[active.clone(), step]));
        }
        out
    }

    /// Sum of y^(m-1-i) · constraint i, compiled.
    fn folded(self, constraints: &[Form], y: Fr) -> Program {
        let mut power = Fr::ONE;
        let mut sum = Form::default();
        for constraint in constraints.iter().rev() {
            sum = self.builder.combine(&sum, constraint, power);
            power *= y;
        }
        self.builder.compile(&sum)
    }

    fn starts_at_one(&mut self, first: &Form, z: &Form) -> Form {
        let one_less = self.builder.difference(&Form::constant(Fr::ONE), z);
        self.builder.product(&[first.clone(), one_less])
    }

    fn ends_as_bit(&mut self, last: &Form, z: &Form) -> Form {
        let square = self.builder.product(&[z.clone(), z.clone()]);
        let bit = self.builder.difference(&square, z);
        self.builder.product(&[last.clone(), bit])
    }

    fn lookup(&mut self, at: usize, input: Form, table: Form, beta: Fr, gamma: Fr) -> Vec<Form> {
        let layout = self.layout;
        let [first, last, active] = [layout.l_first, layout.l_last, layout.l_active].map(|l| self.query(l, 0));
        let start = layout.lookups.start + 3 * at;
        let [a, s, z] = [start, start + 1, start + 2].map(|column| self.query(column, 0));
        let (a_before, z_next) = (self.query(start, -1), self.query(start + 2, 1));
        let starts = self.starts_at_one(&first, &z);
        let ends = self.ends_as_bit(&last, &z);
        let left = [z_next, self.shifted(&a, beta), self.shifted(&s, gamma)];
        let right = [z, self.shifted(&input, beta), self.shifted(&table, gamma)];
        let (left, right) = (self.builder.product(&left), self.builder.product(&right));
        let step = self.builder.difference(&left, &right);
        let step = self.builder.product(&[active.clone(), step]);
        let differs = self.builder.difference(&a, &s);
        let meets = self.builder.product(&[first, differs.clone()]);
        let rises = self.builder.difference(&a, &a_before);
        let sorted = self.builder.product(&[active, differs, rises]);
        vec![starts, ends, step, meets, sorted]
    }
}

/// The program of the whole numerator: sum of y^(m-1-i) · constraint i.
pub(super) fn numerator(cs: &ConstraintSystem<Fr>, layout: &Layout, challenges: &Challenges<'_>) -> Program {
    let mut compiler = Compiler::new(layout, challenges.circuit);
    let (beta, gamma) = (challenges.beta, challenges.gamma);
    let mut constraints = Vec::new();
    for gate in cs.gates() {
        constraints.extend(
            gate.polynomials()
                .iter()
                .map(|polynomial| compiler.expression(polynomial)),
        );
    }
    constraints.extend(compiler.permutation(&cs.permutation().get_columns(), beta, gamma));
    for (at, lookup) in cs.lookups().iter().enumerate() {
        let input = compiler.compressed(lookup.input_expressions(), challenges.theta);
        let table = compiler.compressed(lookup.table_expressions(), challenges.theta);
        constraints.extend(compiler.lookup(at, input, table, beta, gamma));
    }
    compiler.folded(&constraints, challenges.y)
}

/// The program of all gates, folded by y: but with a probability of about m/r for m constraints it is 0 in a row where each of them is, and
/// nowhere else.
pub(super) fn gates(cs: &ConstraintSystem<Fr>, layout: &Layout, circuit: &[Fr], y: Fr) -> Program {
    let mut compiler = Compiler::new(layout, circuit);
    let polynomials = cs.gates().iter().flat_map(|gate| gate.polynomials());
    let constraints: Vec<Form> = polynomials.map(|polynomial| compiler.expression(polynomial)).collect();
    compiler.folded(&constraints, y)
}

/// The program of expressions compressed by theta, as lookups compare them.
pub(super) fn compressed(layout: &Layout, circuit: &[Fr], expressions: &[Expression<Fr>], theta: Fr) -> Program {
    let mut compiler = Compiler::new(layout, circuit);
    let form = compiler.compressed(expressions, theta);
    compiler.builder.compile(&form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuits::settlement::circuit::SettlementCircuit;
    use circuits::solvency::SolvencyCircuit;
    use halo2_proofs::plonk::Circuit;

    fn costs(cs: &ConstraintSystem<Fr>) -> (usize, usize) {
        let number = Fr::from;
        let challenges = Challenges {
            circuit: &[number(3), number(5)],
            theta: number(7),
            beta: number(11),
            gamma: number(13),
            y: number(17),
        };
        let program = numerator(cs, &Layout::new(cs), &challenges);
        (program.multiplications(), program.cost())
    }

    /// What a row of the quotient costs: multiplications, and a vector unit's multiply-adds. A change of a circuit or of the compiler may lower these numbers, or has to say why it raises them.
    #[test]
    fn a_row_costs_what_is_written_down() {
        let mut cs = ConstraintSystem::default();
        SettlementCircuit::configure(&mut cs);
        let settlement = costs(&cs);
        let mut cs = ConstraintSystem::default();
        SolvencyCircuit::configure(&mut cs);
        assert_eq!(
            (settlement, costs(&cs)),
            ((756, 54_193), (227, 16_457)),
            "settlement, solvency"
        );
    }
}
