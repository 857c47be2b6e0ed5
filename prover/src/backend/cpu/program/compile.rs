//! From one linear form to steps: common factors out, products into the sums that alone read them, slots shared.

use super::*;

/// Which common factors are pulled out of sums. Pulling one out saves its multiplications and may tear apart what other factors share, so
/// several ways are tried and the cheapest program is kept.
#[derive(Clone, Copy, Debug)]
enum Pull {
    Everything,
    /// Selectors, and linear forms of them and others.
    SelectorsAndForms,
    Selectors,
}

struct Emitter<'a> {
    builder: &'a Builder,
    pull: Pull,
    /// Whether all forms in a sum of values are dissolved into it, and not only those where it pays at once.
    dissolve: bool,
    /// How many products and forms of the program read each atom, and each form.
    atom_uses: Vec<usize>,
    form_uses: Vec<usize>,
    queries: Vec<Query>,
    query_ids: BTreeMap<Query, usize>,
    atoms: BTreeMap<usize, Operand>,
    forms: BTreeMap<usize, Operand>,
    steps: Vec<Step>,
    registers: usize,
}

pub(super) fn compile(builder: &Builder, output: &Form) -> Program {
    let mut best = compiled(builder, output, Pull::Everything, true);
    for pull in [Pull::Everything, Pull::SelectorsAndForms, Pull::Selectors] {
        for dissolve in [true, false] {
            let other = compiled(builder, output, pull, dissolve);
            if other.cost < best.cost {
                best = other;
            }
        }
    }
    best
}

fn compiled(builder: &Builder, output: &Form, pull: Pull, dissolve: bool) -> Program {
    let mut emitter = Emitter {
        atom_uses: vec![0; builder.atoms.len()],
        form_uses: vec![0; builder.forms.len()],
        builder,
        pull,
        dissolve,
        queries: Vec::new(),
        query_ids: BTreeMap::new(),
        atoms: BTreeMap::new(),
        forms: BTreeMap::new(),
        steps: Vec::new(),
        registers: 0,
    };
    emitter.count(output);
    let output = emitter.form(output);
    let steps = scaled(emitter.steps, output, &mut emitter.registers);
    let steps = split(fused(steps, output), &mut emitter.registers);
    allocate(steps, emitter.queries, output)
}

/// Costs a multiplication: neither 1 nor -1.
fn costs(coefficient: &Fr) -> bool {
    *coefficient != Fr::ONE && *coefficient != -Fr::ONE
}

impl Emitter<'_> {
    /// Counts the uses of everything below a form.
    fn count(&mut self, form: &Form) {
        for (atom, _) in &form.terms {
            self.count_atom(*atom);
        }
    }

    fn count_atom(&mut self, atom: usize) {
        self.atom_uses[atom] += 1;
        if self.atom_uses[atom] > 1 {
            return;
        }
        if let Atom::Product(a, b) = self.builder.atoms[atom] {
            for value in [a, b] {
                match value {
                    Value::Atom(atom) => self.count_atom(atom),
                    Value::Form(form) => {
                        self.form_uses[form] += 1;
                        if self.form_uses[form] == 1 {
                            self.count(&self.builder.forms[form].clone());
                        }
                    }
                }
            }
        }
    }

    /// The factors of a product that nothing else reads.
    fn own_factors(&self, atom: usize) -> Option<(Value, Value)> {
        match self.builder.atoms[atom] {
            Atom::Product(a, b) if a != b && self.atom_uses[atom] == 1 => Some((a, b)),
            _ => None,
        }
    }

    fn pulls(&self, value: Value) -> bool {
        match self.pull {
            Pull::Everything => true,
            Pull::SelectorsAndForms => matches!(value, Value::Form(_)) || self.builder.is_selector(value),
            Pull::Selectors => self.builder.is_selector(value),
        }
    }

    /// Pulls common factors out of a sum: the most frequent one first. What is left shares none.
    fn factored(&self, form: &Form) -> (Vec<(Value, Form)>, Form) {
        let (mut groups, mut rest) = (Vec::new(), form.clone());
        loop {
            let mut frequency: BTreeMap<Value, usize> = BTreeMap::new();
            for (a, b) in rest.terms.iter().filter_map(|(atom, _)| self.own_factors(*atom)) {
                for value in [a, b].into_iter().filter(|value| self.pulls(*value)) {
                    *frequency.entry(value).or_default() += 1;
                }
            }
            let most = frequency
                .iter()
                .max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value)));
            let Some((factor, _)) = most.filter(|(_, count)| **count > 1) else {
                break;
            };
            let mut inner = Vec::new();
            rest.terms.retain(|(atom, coefficient)| match self.own_factors(*atom) {
                Some((a, b)) if a == *factor => {
                    inner.push((b, *coefficient));
                    false
                }
                Some((a, b)) if b == *factor => {
                    inner.push((a, *coefficient));
                    false
                }
                _ => true,
            });
            groups.push((*factor, self.merged(inner)));
        }
        (groups, rest)
    }

    /// A sum of values as one form. A form among them is dissolved into its terms where that costs no more multiplications than to compute
    /// it and scale it: terms that others brought along are free.
    fn merged(&self, values: Vec<(Value, Fr)>) -> Form {
        let mut sum = Form::default();
        let mut forms = Vec::new();
        for (value, coefficient) in values {
            match value {
                Value::Atom(atom) => {
                    sum = sum.plus(&Form::atom(atom, Fr::ONE), coefficient);
                }
                Value::Form(form) => forms.push((form, coefficient)),
            }
        }
        // The dearest first: the others profit from what they bring.
        let dear = |form: usize| self.builder.forms[form].terms.iter().filter(|(_, c)| costs(c)).count();
        forms.sort_by_key(|(form, _)| std::cmp::Reverse(dear(*form)));
        for (form, coefficient) in forms {
            let terms = &self.builder.forms[form];
            let whole = 1 + if self.form_uses[form] > 1 { 0 } else { dear(form) };
            let present = |atom: &usize| sum.terms.binary_search_by_key(atom, |(a, _)| *a).is_ok();
            let dissolved = terms.terms.iter().filter(|(atom, _)| !present(atom)).count();
            if self.dissolve || dissolved <= whole {
                sum = sum.plus(terms, coefficient);
            } else {
                sum.whole.push((form, coefficient));
            }
        }
        sum
    }

    fn register(&mut self) -> usize {
        self.registers += 1;
        self.registers - 1
    }

    fn query(&mut self, query: Query) -> Operand {
        let next = self.queries.len();
        let id = *self.query_ids.entry(query).or_insert(next);
        if id == next {
            self.queries.push(query);
        }
        Operand::Query(id)
    }

    fn value(&mut self, value: Value) -> Operand {
        match value {
            Value::Atom(atom) => self.atom(atom),
            Value::Form(form) => {
                if let Some(operand) = self.forms.get(&form) {
                    return *operand;
                }
                let operand = self.form(&self.builder.forms[form].clone());
                self.forms.insert(form, operand);
                operand
            }
        }
    }

    fn atom(&mut self, atom: usize) -> Operand {
        if let Some(operand) = self.atoms.get(&atom) {
            return *operand;
        }
        let operand = match self.builder.atoms[atom] {
            Atom::Query(query) => self.query(query),
            Atom::Product(a, b) => {
                let (left, right) = (self.value(a), self.value(b));
                let to = self.register();
                self.steps.push(if a == b {
                    Step::Square { to, of: left }
                } else {
                    Step::Multiply { to, a: left, b: right }
                });
                Operand::Register(to)
            }
        };
        self.atoms.insert(atom, operand);
        operand
    }

    fn term(operand: Operand, coefficient: Fr) -> Term {
        if coefficient == Fr::ONE {
            Term::Plus(operand)
        } else if coefficient == -Fr::ONE {
            Term::Minus(operand)
        } else {
            Term::Times(operand, coefficient)
        }
    }

    fn form(&mut self, form: &Form) -> Operand {
        let (groups, rest) = self.factored(form);
        let mut terms = Vec::new();
        for (factor, inner) in groups {
            let (a, b) = (self.form(&inner), self.value(factor));
            let to = self.register();
            self.steps.push(Step::Multiply { to, a, b });
            terms.push(Term::Plus(Operand::Register(to)));
        }
        for (atom, coefficient) in &rest.terms {
            terms.push(Self::term(self.atom(*atom), *coefficient));
        }
        for (form, coefficient) in &rest.whole {
            terms.push(Self::term(self.value(Value::Form(*form)), *coefficient));
        }
        if form.constant == Fr::ZERO
            && let [Term::Plus(operand)] = terms[..]
        {
            return operand;
        }
        let to = self.register();
        let constant = form.constant;
        self.steps.push(Step::Sum { to, constant, terms });
        Operand::Register(to)
    }
}

impl Step {
    fn operands(&mut self) -> Vec<&mut Operand> {
        match self {
            Self::Square { of, .. } => vec![of],
            Self::Multiply { a, b, .. } => vec![a, b],
            Self::Sum { terms, .. } => terms.iter_mut().flat_map(Term::operands).collect(),
        }
    }

    fn target(&mut self) -> &mut usize {
        match self {
            Self::Square { to, .. } | Self::Multiply { to, .. } | Self::Sum { to, .. } => to,
        }
    }

    /// What a vector unit takes for it, in its multiply-adds; loads and carries as many as they delay.
    fn cost(&self) -> usize {
        match self {
            Self::Square { .. } => 81,
            Self::Multiply { .. } => 101,
            Self::Sum { terms, .. } => {
                let products = terms.iter().any(|t| matches!(t, Term::Product(..) | Term::Negated(..)));
                let of = |term: &Term| match term {
                    Term::Plus(_) | Term::Minus(_) => 10,
                    Term::Times(..) | Term::Product(..) => 50,
                    Term::Negated(..) => 60,
                };
                30 + if products { 40 } else { 0 } + terms.iter().map(of).sum::<usize>()
            }
        }
    }
}

impl Term {
    fn operands(&mut self) -> Vec<&mut Operand> {
        match self {
            Self::Plus(a) | Self::Minus(a) | Self::Times(a, _) => vec![a],
            Self::Product(a, b) | Self::Negated(a, b) => vec![a, b],
        }
    }
}

fn register_of(operand: &Operand) -> Option<usize> {
    match operand {
        Operand::Register(register) => Some(*register),
        Operand::Query(_) => None,
    }
}

/// How often each register is read.
fn reads(steps: &mut [Step], output: Operand) -> BTreeMap<usize, usize> {
    let mut reads = BTreeMap::new();
    let operands = steps.iter_mut().flat_map(Step::operands).map(|operand| *operand);
    for register in operands.chain([output]).filter_map(|operand| register_of(&operand)) {
        *reads.entry(register).or_default() += 1;
    }
    reads
}

/// Where one sum alone reads c·(a·b), takes the number into a factor, so that the product itself can move into the sum: into a sum that
/// nothing else reads, where it costs little, else as a sum of its own, which is still cheaper than a product that is reduced.
fn scaled(mut steps: Vec<Step>, output: Operand, registers: &mut usize) -> Vec<Step> {
    let reads = reads(&mut steps, output);
    let once = |operand: &Operand| register_of(operand).filter(|register| reads.get(register) == Some(&1));
    let mut numbers: BTreeMap<usize, Fr> = BTreeMap::new();
    let made: BTreeMap<usize, usize> = steps
        .iter_mut()
        .enumerate()
        .map(|(at, step)| (*step.target(), at))
        .collect();
    for at in 0..steps.len() {
        let Step::Sum { terms, .. } = &steps[at] else { continue };
        let candidates: Vec<(usize, Operand, Fr)> = terms
            .iter()
            .enumerate()
            .filter_map(|(i, term)| match term {
                Term::Times(operand, c) => once(operand).map(|_| (i, *operand, *c)),
                _ => None,
            })
            .collect();
        for (i, operand, c) in candidates {
            let Some(product) = register_of(&operand).and_then(|register| made.get(&register)).copied() else {
                continue;
            };
            let Step::Multiply { a, b, .. } = steps[product] else {
                continue;
            };
            // Terms of a factor that would have to be multiplied, if it is a sum that takes the number.
            let dearer = |operand: &Operand| {
                let Step::Sum { terms, .. } = &steps[*made.get(&once(operand)?)?] else {
                    return None;
                };
                // A product that will move into this sum has to stay as it is.
                let free = terms.iter().all(|term| match term {
                    Term::Times(..) => true,
                    Term::Plus(a) | Term::Minus(a) => {
                        let made = register_of(a).and_then(|register| made.get(&register));
                        made.is_none_or(|at| matches!(steps[*at], Step::Sum { .. }))
                    }
                    Term::Product(..) | Term::Negated(..) => false,
                });
                let dearer = terms.iter().filter(|t| !matches!(t, Term::Times(..))).count();
                (free && dearer <= 2).then_some(dearer)
            };
            let best = [a, b]
                .into_iter()
                .filter_map(|f| Some((dearer(&f)?, f)))
                .min_by_key(|(dearer, _)| *dearer);
            match best
                .and_then(|(_, factor)| register_of(&factor))
                .and_then(|register| made.get(&register))
            {
                Some(sum) => {
                    if let Step::Sum { constant, terms, .. } = &mut steps[*sum] {
                        *constant *= c;
                        for term in terms {
                            *term = match *term {
                                Term::Plus(a) => Term::Times(a, c),
                                Term::Minus(a) => Term::Times(a, -c),
                                Term::Times(a, by) => Term::Times(a, by * c),
                                other => other,
                            };
                        }
                    }
                }
                None => {
                    numbers.insert(product, c);
                }
            }
            if let Step::Sum { terms, .. } = &mut steps[at] {
                terms[i] = Term::Plus(operand);
            }
        }
    }
    let mut out = Vec::with_capacity(steps.len() + numbers.len());
    for (at, step) in steps.into_iter().enumerate() {
        match (step, numbers.get(&at)) {
            (Step::Multiply { to, a, b }, Some(c)) => {
                let scaled = *registers;
                *registers += 1;
                out.push(Step::Sum {
                    to: scaled,
                    constant: Fr::ZERO,
                    terms: vec![Term::Times(a, *c)],
                });
                out.push(Step::Multiply {
                    to,
                    a: Operand::Register(scaled),
                    b,
                });
            }
            (step, _) => out.push(step),
        }
    }
    out
}

/// Moves products that one sum alone reads, as they are or with their sign changed, into that sum: it is reduced once for all of them.
fn fused(mut steps: Vec<Step>, output: Operand) -> Vec<Step> {
    let reads = reads(&mut steps, output);
    let mut products: BTreeMap<usize, (Operand, Operand)> = BTreeMap::new();
    for step in &steps {
        let (to, factors) = match *step {
            Step::Square { to, of } => (to, (of, of)),
            Step::Multiply { to, a, b } => (to, (a, b)),
            Step::Sum { .. } => continue,
        };
        if reads.get(&to) == Some(&1) {
            products.insert(to, factors);
        }
    }
    let mut moved = std::collections::BTreeSet::new();
    for step in &mut steps {
        let Step::Sum { terms, .. } = step else { continue };
        for term in terms {
            let (register, negative) = match term {
                Term::Plus(Operand::Register(register)) => (*register, false),
                Term::Minus(Operand::Register(register)) => (*register, true),
                _ => continue,
            };
            if let Some((a, b)) = products.get(&register) {
                *term = if negative {
                    Term::Negated(*a, *b)
                } else {
                    Term::Product(*a, *b)
                };
                moved.insert(register);
            }
        }
    }
    steps.retain_mut(|step| !moved.contains(step.target()));
    steps
}

/// Cuts sums of more terms than a step takes: the sum of the first ones is a term of the next.
fn split(steps: Vec<Step>, registers: &mut usize) -> Vec<Step> {
    let mut out = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Sum {
                to,
                constant,
                mut terms,
            } if terms.len() > steps::TERMS => {
                let mut constant = constant;
                while terms.len() > steps::TERMS {
                    let rest = terms.split_off(steps::TERMS);
                    let to = *registers;
                    *registers += 1;
                    out.push(Step::Sum { to, constant, terms });
                    constant = Fr::ZERO;
                    terms = rest;
                    terms.push(Term::Plus(Operand::Register(to)));
                }
                out.push(Step::Sum { to, constant, terms });
            }
            _ => out.push(step),
        }
    }
    out
}

/// Gives registers that are not read again to later steps. A step never writes a register that it reads.
fn allocate(mut steps: Vec<Step>, queries: Vec<Query>, mut output: Operand) -> Program {
    let mut last_read: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, step) in steps.iter_mut().enumerate() {
        for operand in step.operands() {
            if let Operand::Register(register) = operand {
                last_read.insert(*register, at);
            }
        }
    }
    if let Operand::Register(register) = output {
        last_read.insert(register, steps.len());
    }
    let (mut free, mut count): (Vec<usize>, usize) = (Vec::new(), 0);
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, step) in steps.iter_mut().enumerate() {
        let target = *step.target();
        let to = free.pop().unwrap_or_else(|| {
            count += 1;
            count - 1
        });
        let mut read = Vec::new();
        for operand in step.operands() {
            if let Operand::Register(register) = operand {
                read.push(*register);
                // Written before it is read: the emitter pushes operands first.
                if let Some(at_place) = place.get(register) {
                    *register = *at_place;
                }
            }
        }
        for name in read.into_iter().filter(|name| last_read.get(name) == Some(&at)) {
            free.extend(place.remove(&name));
        }
        place.insert(target, to);
        *step.target() = to;
    }
    if let Operand::Register(register) = &mut output
        && let Some(at_place) = place.get(register)
    {
        *register = *at_place;
    }
    let slot = |operand: &Operand| match operand {
        Operand::Query(query) => *query,
        Operand::Register(register) => queries.len() + register,
    };
    Program {
        slots: queries.len() + count,
        cost: steps.iter().map(Step::cost).sum(),
        steps: steps.iter().map(|step| lowered(step, slot)).collect(),
        output: slot(&output),
        queries,
    }
}

/// A step over slots.
fn lowered(step: &Step, slot: impl Fn(&Operand) -> usize) -> steps::Step<Fr> {
    let register = |to: &usize| slot(&Operand::Register(*to));
    match step {
        Step::Square { to, of } => steps::Step::Square {
            to: register(to),
            of: slot(of),
        },
        Step::Multiply { to, a, b } => steps::Step::Multiply {
            to: register(to),
            a: slot(a),
            b: slot(b),
        },
        Step::Sum { to, constant, terms } => {
            let term = |term: &Term| match term {
                Term::Plus(a) => steps::Term::Plus(slot(a)),
                Term::Minus(a) => steps::Term::Minus(slot(a)),
                Term::Times(a, c) => steps::Term::Multiple(slot(a), *c),
                Term::Product(a, b) => steps::Term::Product(slot(a), slot(b)),
                Term::Negated(a, b) => steps::Term::Negated(slot(a), slot(b)),
            };
            let terms: Vec<steps::Term<Fr>> = terms.iter().map(term).collect();
            steps::Step::Sum {
                to: register(to),
                sum: steps::Sum::new(*constant, &terms),
            }
        }
    }
}
