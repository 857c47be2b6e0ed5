//! Static rows: public inputs and the wiring program.

use std::collections::BTreeMap;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::{Layout, fr};
use crate::chips::bus::{T_FIX, T_KEY, T_PRICE};
use crate::rows::*;
use crate::settlement::program::{INPUT, PRICE_SLOTS, Times, Value, guard, input, program};

impl Layout<'_> {
    /// Writes what stands where the first step looks back.
    pub(super) fn guard(&mut self) {
        for pin in guard::pins() {
            self.put(G, pin.row, fr(pin.g));
            self.put(F, pin.row + 1, fr(pin.g * pin.next_f.unwrap_or(0)));
        }
    }

    /// Writes the public inputs' counts and the program's slots.
    pub(super) fn header(&mut self) {
        let slots = program();
        // How often a wire is taken is how often it must be offered. A message counts its tag, an input row does not.
        let mut taken: BTreeMap<u64, u64> = BTreeMap::new();
        for s in &slots {
            if s.tag == T_FIX && s.times == Times::Take {
                *taken.entry(super::low_u64(s.x1)).or_default() += 1;
            }
        }
        for i in 0..input::LEN {
            let count = taken.get(&(INPUT + i as u64)).copied().unwrap_or(0);
            self.put(F, i, fr(T_FIX * count));
            // The bus begins in row 0, where a program row's first field is pinned too.
            if i == 0 {
                self.put(G, 0, fr(INPUT));
            }
        }
        let settled = self.outcome.settled.len() as u64;
        debug_assert!(settled <= self.witness.open_interest.len() as u64);
        for (i, s) in slots.iter().enumerate() {
            let times = match s.times {
                Times::Send => Fr::ONE,
                Times::Take => -Fr::ONE,
                Times::Free => fr(match s.tag {
                    T_FIX => taken.get(&super::low_u64(s.x1)).copied().unwrap_or(0),
                    T_KEY => self.witness.open_interest.len() as u64,
                    T_PRICE => self.settled_by_slot(super::low_u64(s.x1) as usize),
                    _ => 0,
                }),
            };
            let [x2, x3] = s.values.map(|v| self.value(v));
            self.message(PROGRAM_ROW + 2 * i, [times, s.x1, x2, x3]);
        }
    }

    fn settled_by_slot(&self, k: usize) -> u64 {
        let u = super::low_u64(self.fields[input::PRICES + 2 * k]);
        self.outcome
            .settled
            .iter()
            .filter(|s| u64::from(s.series.underlying.get()) == u)
            .count() as u64
    }

    fn value(&self, v: Value) -> Fr {
        let (w, o) = (self.witness, self.outcome);
        let pick = |after: bool| if after { &o.header } else { &o.old_header };
        let two = |e: u64| Fr::from(2).pow([e]);
        match v {
            Value::Zero => Fr::ZERO,
            Value::Input(i) => self.fields[i],
            Value::Const(c) => c,
            Value::History(after) => pick(after).history,
            Value::FeeRate => fr(w.params.fee_rate.into()),
            Value::FeeCap => fr(w.params.fee_cap.into()),
            Value::Scale => fr(w.params.inverse_scale),
            Value::MarginRules => w.params.margin_rules,
            Value::BatchBefore => fr(o.old_header.batch),
            Value::Clearing(after) => pick(after).pools.clearing.to_field(),
            Value::Fees(after) => pick(after).pools.fees.to_field(),
            Value::Payouts => o.old_header.pools.clearing.to_field() - o.header.pools.clearing.to_field(),
            Value::FeesPaid => o.header.pools.fees.to_field() - o.old_header.pools.fees.to_field(),
            Value::PriceKey(k) => self.key(k),
            Value::IntervalBegin(k) => self.key(k) * two(136),
            Value::IntervalEnd(k) => (self.key(k) + Fr::ONE) * two(136) - Fr::ONE,
        }
    }

    fn key(&self, k: usize) -> Fr {
        debug_assert!(k < PRICE_SLOTS);
        self.fields[input::PRICES + 2 * k] * Fr::from(1 << 32) + self.fields[input::EXPIRY]
    }
}
