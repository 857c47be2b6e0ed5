//! What segments take as given, in the clear: contexts of expiries (R5), and the cursor that runs through the oracle's inputs (R2, R3).

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::poseidon::hash4;
use witness_gen::pricing::log::ln;
use witness_gen::risk::arrays::{ExpiryContext, expiry_contexts, spot_multipliers};
use witness_gen::risk::{MarketInputs, RegimeFactor, RiskError, RiskRules, SeriesInput};
use witness_gen::series::{Kind, SeriesTerms, SeriesWord};
use witness_gen::units::{ExpiryMinutes, Underlying, fr_from_i128, fr_pow2};

use super::rows::scenario::COUNT;

/// Tag of a contexts digest: "ctx".
pub const TAG_CONTEXTS: u64 = 0x0063_7478;
/// Tag of the digest of inputs: "vol", as `docs/protocol.md` has it.
pub const TAG_VOLATILITY: u64 = 0x0076_6f6c;

/// Why something is no segment of statement R as this circuit takes it.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// A grid of another length.
    #[error("grid: expected {COUNT} scenarios, found {found}")]
    Scenarios {
        /// Scenarios of the grid.
        found: usize,
    },
    /// A kind that the circuit does not price.
    #[error("kind: expected a call or a put in quote, found {found:?}")]
    Kind {
        /// The kind.
        found: Kind,
    },
    /// No series, or more than the size takes.
    #[error("series of a segment: expected 1 to {expected}, found {found}")]
    Series {
        /// Series that fit.
        expected: usize,
        /// Series found.
        found: usize,
    },
    /// More expiries than the size takes.
    #[error("expiries of a segment: expected at most {expected}, found {found}")]
    Expiries {
        /// Expiries that fit.
        expected: usize,
        /// Expiries found.
        found: usize,
    },
    /// Inputs outside the domain.
    #[error(transparent)]
    Risk(#[from] RiskError),
}

/// The contexts of the expiries that a segment touches, and what a scenario is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contexts {
    /// Units per coin of the inverse kinds.
    pub scale: u64,
    /// ln of the spot's multiplier @18, and the move of the volatility, of each scenario.
    pub scenarios: [(i32, u8); COUNT],
    /// The expiries, strictly increasing but for repetitions of the last one that fill the size.
    pub expiries: Vec<ExpiryValues>,
}

/// An expiry in integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryValues {
    /// Unix minutes.
    pub expiry: u32,
    /// Forward, 10^-6 quote.
    pub forward: u64,
    /// Root of the time to expiry @36.
    pub root: u64,
    /// ln of the forward @108.
    pub ln: i128,
    /// The least of the forward and the shocked ones.
    pub least: u64,
    /// The greatest of them.
    pub most: u64,
    /// The root times each move's multiplier @44.
    pub times: [u64; 3],
    /// The forward under each scenario.
    pub shocked: [u64; COUNT],
}

impl ExpiryValues {
    fn new(expiry: ExpiryMinutes, context: &ExpiryContext) -> Self {
        let forward = context.forward.get();
        let all = || context.shocked.iter().map(|f| f.get()).chain([forward]);
        Self {
            expiry: expiry.get(),
            forward,
            root: context.root.get(),
            ln: ln(forward),
            least: all().min().unwrap_or(forward),
            most: all().max().unwrap_or(forward),
            times: context.volatility.map(|t| t.get()),
            shocked: std::array::from_fn(|i| context.shocked[i].get()),
        }
    }

    /// Its elements, as they are hashed.
    pub fn elements(&self) -> Vec<Fr> {
        let mut elements = vec![
            Fr::from(u64::from(self.expiry)),
            Fr::from(self.forward),
            Fr::from(self.root),
            fr_from_i128(self.ln),
            Fr::from(self.least),
            Fr::from(self.most),
        ];
        elements.extend(self.times.iter().chain(&self.shocked).map(|v| Fr::from(*v)));
        elements
    }
}

impl Contexts {
    /// R5: the contexts of the expiries of `series`, as many as `slots`.
    ///
    /// # Errors
    /// A grid without 24 scenarios, too many expiries, or inputs outside the domain.
    pub fn new(
        rules: &RiskRules,
        inputs: &MarketInputs,
        factor: RegimeFactor,
        series: &[SeriesInput],
        slots: usize,
    ) -> Result<Self, SegmentError> {
        let grid = &rules.grid.scenarios;
        let found = grid.len();
        if found != COUNT {
            return Err(SegmentError::Scenarios { found });
        }
        let multipliers = spot_multipliers(rules, factor)?;
        let touched = |expiry: &ExpiryMinutes| series.iter().any(|s| s.terms.expiry == *expiry);
        let mut expiries: Vec<ExpiryValues> = expiry_contexts(rules, inputs, &multipliers)?
            .iter()
            .filter(|(expiry, _)| touched(expiry))
            .map(|(expiry, context)| ExpiryValues::new(*expiry, context))
            .collect();
        let found = expiries.len();
        match expiries.last().cloned() {
            Some(last) if found <= slots => expiries.resize(slots, last),
            Some(_) => return Err(SegmentError::Expiries { expected: slots, found }),
            None => {
                return Err(SegmentError::Series {
                    expected: slots,
                    found: 0,
                });
            }
        }
        let scenario = |i: usize| (multipliers[i].log().coarse(), grid[i].volatility.number() as u8);
        Ok(Self {
            scale: rules.inverse_scale,
            scenarios: std::array::from_fn(scenario),
            expiries,
        })
    }

    /// fold("ctx" 2^64 + expiries; scale, logarithm and move of each scenario, elements of each expiry).
    pub fn digest(&self) -> Fr {
        let seed = Fr::from(TAG_CONTEXTS) * fr_pow2(64) + Fr::from(self.expiries.len() as u64);
        let mut elements = vec![Fr::from(self.scale)];
        for (log, by) in &self.scenarios {
            elements.extend([fr_from_i128((*log).into()), Fr::from(u64::from(*by))]);
        }
        elements.extend(self.expiries.iter().flat_map(ExpiryValues::elements));
        elements.chunks(3).fold(seed, |digest, chunk| {
            let at = |i: usize| chunk.get(i).copied().unwrap_or(Fr::ZERO);
            hash4([digest, at(0), at(1), at(2)])
        })
    }
}

/// Where the digest of the oracle's inputs stands before or after a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The digest so far.
    pub digest: Fr,
    /// Elements that wait for a third one: none, one or two.
    pub pending: Vec<Fr>,
    /// expiry 2^53 + kind 2^45 + strike of the last series; 0 before the first.
    pub order: u128,
    /// Expiry of the last series; 0 before the first.
    pub expiry: u32,
    /// Its forward, so that the next segment goes on with the same one; 0 before the first.
    pub forward: u64,
    /// Series so far.
    pub count: u64,
}

impl Cursor {
    /// Before the first of `series` series.
    pub fn start(series: usize) -> Self {
        Self {
            digest: Fr::from(TAG_VOLATILITY) * fr_pow2(64) + Fr::from(series as u64),
            pending: Vec::new(),
            order: 0,
            expiry: 0,
            forward: 0,
            count: 0,
        }
    }

    fn append(&mut self, element: Fr) {
        self.pending.push(element);
        if let [a, b, c] = self.pending[..] {
            self.digest = hash4([self.digest, a, b, c]);
            self.pending.clear();
        }
    }

    /// A series of the listing; `forward` is that of its expiry.
    pub fn pass(&mut self, series: &SeriesInput, forward: u64) {
        let SeriesTerms { underlying, expiry, .. } = series.terms;
        if expiry.get() != self.expiry {
            let word = SeriesWord {
                hi: u64::from(underlying.get()) << 40 | u64::from(expiry.get()) << 8,
                lo: u128::from(forward) << 64,
            };
            self.append(word.to_field());
        }
        self.append(series.terms.word().to_field() + Fr::from(u64::from(series.volatility.0)) * fr_pow2(184));
        self.order = order(&series.terms);
        self.expiry = expiry.get();
        self.forward = forward;
        self.count += 1;
    }

    /// The digest of the inputs when nothing follows.
    pub fn finish(&self) -> Fr {
        let at = |i: usize| self.pending.get(i).copied().unwrap_or(Fr::ZERO);
        if self.pending.is_empty() {
            self.digest
        } else {
            hash4([self.digest, at(0), at(1), Fr::ZERO])
        }
    }

    /// H(H(digest, pending, pending, their number), order, expiry + forward 2^36, count): a public input.
    pub fn commit(&self) -> Fr {
        let at = |i: usize| self.pending.get(i).copied().unwrap_or(Fr::ZERO);
        let state = hash4([self.digest, at(0), at(1), Fr::from(self.pending.len() as u64)]);
        let last = Fr::from(u64::from(self.expiry)) + Fr::from(self.forward) * fr_pow2(36);
        hash4([state, Fr::from_u128(self.order), last, Fr::from(self.count)])
    }
}

/// expiry 2^53 + kind 2^45 + strike: rises exactly where the word of a series of one underlying without caps does.
pub fn order(terms: &SeriesTerms) -> u128 {
    u128::from(terms.expiry.get()) << 53 | u128::from(terms.kind.number()) << 45 | u128::from(terms.strike.get())
}

/// Public inputs of a segment, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentInstance {
    /// Digest of the contexts.
    pub contexts: Fr,
    /// Underlying of every series.
    pub underlying: Underlying,
    /// The cursor before, committed.
    pub before: Fr,
    /// The cursor after.
    pub after: Fr,
    /// Root of the segment's subtree of rows.
    pub rows: Fr,
}

impl SegmentInstance {
    /// Number of public inputs.
    pub const LEN: usize = 5;

    /// Names of the public inputs, in order.
    pub const NAMES: [&'static str; Self::LEN] = ["contexts", "underlying", "before", "after", "rows"];

    /// The public inputs.
    pub fn to_fields(&self) -> [Fr; Self::LEN] {
        let underlying = Fr::from(u64::from(self.underlying.get()));
        [self.contexts, underlying, self.before, self.after, self.rows]
    }
}
