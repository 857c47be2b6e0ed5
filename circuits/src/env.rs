//! One text for every polynomial: gates and bus ports are written once, over [`Env`], and read twice.
//!
//! The proving library reads them symbolically ([`Symbolic`]) when the key is made; the witness builder and the row
//! checker read them as numbers ([`Numeric`]), one row at a time.

use std::ops::{Add, Mul, Neg, Sub};
use std::sync::LazyLock;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Advice, Challenge, Column, Expression, Fixed, Instance, VirtualCells};
use halo2_proofs::poly::Rotation;

use crate::cell::Grid;

/// 2^0 to 2^253. The witness builder asks for several of them in every row.
static POWERS_OF_TWO: LazyLock<Vec<Fr>> = LazyLock::new(|| {
    std::iter::successors(Some(Fr::ONE), |power| Some(power.double()))
        .take(254)
        .collect()
});

/// 2^e in the field.
fn two_to_the(e: u64) -> Fr {
    match POWERS_OF_TWO.get(e as usize) {
        Some(power) => *power,
        None => Fr::from(2).pow([e]),
    }
}

/// A place from which cells around the current row, fixed columns, the instance and the challenges are read.
pub trait Env {
    /// What a read yields: an expression, or a field element.
    type V: Clone + Add<Output = Self::V> + Sub<Output = Self::V> + Mul<Output = Self::V> + Neg<Output = Self::V>;
    /// Advice cell `rot` rows from the current one.
    fn adv(&self, col: usize, rot: i32) -> Self::V;
    /// Fixed cell `rot` rows from the current one.
    fn fix(&self, col: usize, rot: i32) -> Self::V;
    /// Public input of the current row.
    fn inst(&self) -> Self::V;
    /// A constant.
    fn k(&self, value: Fr) -> Self::V;
    /// Bus challenge: the point at which tuples are compared.
    fn alpha(&self) -> Self::V;
    /// Bus challenge: the base in which a tuple is folded.
    fn beta(&self) -> Self::V;

    /// A small constant.
    fn n(&self, value: u64) -> Self::V {
        self.k(Fr::from(value))
    }
    /// 1.
    fn one(&self) -> Self::V {
        self.n(1)
    }
    /// 2^e.
    fn pow2(&self, e: u64) -> Self::V {
        self.k(two_to_the(e))
    }
    /// 1 - v.
    fn not(&self, v: Self::V) -> Self::V {
        self.one() - v
    }
    /// v (1 - v): zero iff v is 0 or 1.
    fn boolean(&self, v: Self::V) -> Self::V {
        v.clone() * self.not(v)
    }
}

/// The symbolic reading, used when a constraint system is configured.
pub struct Symbolic<'a, 'b> {
    cells: std::cell::RefCell<&'a mut VirtualCells<'b, Fr>>,
    /// Advice columns, in trace order.
    pub advice: &'a [Column<Advice>],
    /// Fixed columns, in trace order.
    pub fixed: &'a [Column<Fixed>],
    /// The instance column.
    pub instance: Column<Instance>,
    /// alpha and beta; absent while only first-phase columns may be read.
    pub challenges: Option<[Challenge; 2]>,
}

impl<'a, 'b> Symbolic<'a, 'b> {
    /// Wraps the library's cell reader.
    pub fn new(
        cells: &'a mut VirtualCells<'b, Fr>,
        advice: &'a [Column<Advice>],
        fixed: &'a [Column<Fixed>],
        instance: Column<Instance>,
        challenges: Option<[Challenge; 2]>,
    ) -> Self {
        Self {
            cells: std::cell::RefCell::new(cells),
            advice,
            fixed,
            instance,
            challenges,
        }
    }

    fn challenge(&self, i: usize) -> Expression<Fr> {
        match self.challenges {
            Some(c) => self.cells.borrow_mut().query_challenge(c[i]),
            // Invariant: only bus ports read challenges, and they are always configured with them.
            None => unreachable!("a gate of the first phase read a challenge"),
        }
    }
}

impl Env for Symbolic<'_, '_> {
    type V = Expression<Fr>;
    fn adv(&self, col: usize, rot: i32) -> Self::V {
        self.cells.borrow_mut().query_advice(self.advice[col], Rotation(rot))
    }
    fn fix(&self, col: usize, rot: i32) -> Self::V {
        self.cells.borrow_mut().query_fixed(self.fixed[col], Rotation(rot))
    }
    fn inst(&self) -> Self::V {
        self.cells.borrow_mut().query_instance(self.instance, Rotation::cur())
    }
    fn k(&self, value: Fr) -> Self::V {
        Expression::Constant(value)
    }
    fn alpha(&self) -> Self::V {
        self.challenge(0)
    }
    fn beta(&self) -> Self::V {
        self.challenge(1)
    }
}

/// The numeric reading of one row.
pub struct Numeric<'a> {
    /// Advice values by column.
    pub advice: &'a Grid,
    /// Fixed values by column.
    pub fixed: &'a Grid,
    /// Public inputs, from row 0.
    pub instance: &'a [Fr],
    /// The row that is read.
    pub row: usize,
    /// alpha and beta.
    pub challenges: [Fr; 2],
}

impl Env for Numeric<'_> {
    type V = Fr;
    fn adv(&self, col: usize, rot: i32) -> Fr {
        self.advice.at(col, self.row, rot)
    }
    fn fix(&self, col: usize, rot: i32) -> Fr {
        self.fixed.at(col, self.row, rot)
    }
    fn inst(&self) -> Fr {
        self.instance.get(self.row).copied().unwrap_or(Fr::ZERO)
    }
    fn k(&self, value: Fr) -> Fr {
        value
    }
    fn alpha(&self) -> Fr {
        self.challenges[0]
    }
    fn beta(&self) -> Fr {
        self.challenges[1]
    }
}
