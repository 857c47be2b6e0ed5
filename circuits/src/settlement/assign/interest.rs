//! Open-interest steps.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::open_interest::oi_seed;
use witness_gen::series::Kind;
use witness_gen::statement::settlement::SettledSeries;

use super::{Layout, fr, inverse, low_u64};
use crate::chips::bus::T_SERIES;
use crate::rows::*;
use crate::settlement::interest::{FEE_UNIT, at};
use crate::settlement::program::input;

impl Layout<'_> {
    /// One step per series of the expiry, then idle ones.
    pub(super) fn interest(&mut self) {
        let first = self.size.dynamic_steps;
        let count = self.witness.open_interest.len();
        for i in 0..count {
            self.series_step(step_row(first + i), i, i + 1 == count);
        }
        for i in count..self.size.interest_steps {
            self.hash_pair(step_row(first + i), [Fr::ZERO; 4], [Fr::ZERO; 4]);
        }
    }

    fn series_step(&mut self, row: usize, i: usize, last: bool) {
        let cell = |r: i32| row + r as usize;
        let before = self.witness.open_interest[i];
        let after = self.outcome.open_interest[i];
        let word = before.series.word();
        let settled = self.outcome.settled.iter().find(|s| s.series.word() == word).copied();
        let first = i == 0;
        let close = u64::from(self.instance.close);
        self.put(G, cell(at::FIRST_PRESENT), Fr::ONE);
        self.put(F, cell(at::FIRST_PRESENT), fr(u64::from(first)));
        self.put(F, cell(at::LAST_CLOSE), fr(u64::from(last)));
        self.put(G, cell(at::LAST_CLOSE), fr(close));
        let seed = oi_seed(self.instance.expiry);
        let digests = if first {
            [seed; 2]
        } else {
            [self.trace.read(F, row - 1), self.trace.read(G, row - 1)]
        };
        let s = word.to_field();
        let outs = self.hash_pair(
            row,
            [digests[0], s, fr(before.long), fr(before.short)],
            [digests[1], s, fr(after.long), fr(after.short)],
        );
        let slot = u64::from(self.witness.slot);
        let top = if last { slot } else { 0 };
        self.group(cell(interest::GROUPS[5]), after.long, 0);
        self.group(cell(interest::GROUPS[6]), after.short, 2 * top);
        self.group(cell(interest::GROUPS[9]), u64::from(settled.is_none()), top);
        let ranked = self.series.get(&word).copied().unwrap_or_default();
        let y = settled.map_or(Fr::ZERO, |_| fr(2 * ranked.rank + 1));
        let (pay, fee) = settled.map_or((0, 0), |s| (s.payoff.get(), s.fee.get()));
        let difference = |row: usize, col: usize, trace: &crate::cell::Trace| {
            trace.read(col, row) - trace.read(col, row + NEW as usize)
        };
        let long = difference(row, HASH[3], &self.trace);
        let short = difference(row, HASH[4], &self.trace);
        let (pay, fee) = (fr(pay), fr(fee));
        self.message(
            cell(interest::SERIES_LONG),
            [long * inverse(fr(T_SERIES + 1)), s, y, pay - fee],
        );
        self.message(
            cell(interest::SERIES_SHORT),
            [short * inverse(fr(T_SERIES)), s, y, -pay - fee],
        );
        let taken = settled.map_or(Fr::ZERO, |_| -Fr::ONE);
        let (ordinal_before, payouts, fees) = if first {
            (Fr::ZERO, Fr::ZERO, Fr::ZERO)
        } else {
            let b = row - STEP;
            (
                self.trace.read(F, b + at::ORDINAL_PAYOUTS as usize),
                self.trace.read(G, b + at::ORDINAL_PAYOUTS as usize),
                self.trace.read(G, b + at::KIND_7_FEES as usize),
            )
        };
        let ordinal = ordinal_before - taken;
        self.message(cell(interest::RANK), [taken, s, y, ordinal - Fr::ONE]);
        let payouts = payouts + (long - short) * pay;
        let fees = fees + (long + short) * fee;
        self.put(F, cell(at::ORDINAL_PAYOUTS), ordinal);
        self.put(G, cell(at::ORDINAL_PAYOUTS), payouts);
        self.put(G, cell(at::KIND_7_FEES), fees);
        let params = &self.witness.params;
        let (rate, cap, scale) = (params.fee_rate, params.fee_cap, params.inverse_scale);
        let clearing = self.outcome.pools.clearing.to_field();
        self.message(
            cell(interest::FEES),
            [-Fr::ONE, Fr::ONE, fr(rate.into()), fr(cap.into())],
        );
        self.message(cell(interest::SCALE), [-Fr::ONE, fr(2), fr(scale), clearing]);
        if first {
            let expiry = self.fields[input::EXPIRY];
            self.message(cell(interest::EXPIRY), [-Fr::ONE, Fr::ZERO, expiry, fr(close)]);
        }
        if last {
            let id = fr(17 * 256 + slot);
            let new = if close == 1 { Fr::ZERO } else { outs[1] };
            self.message(cell(interest::SLOT), [Fr::ONE, id, outs[0], new]);
            self.message(cell(interest::TOTALS), [Fr::ONE, Fr::ZERO, payouts, fees]);
        }
        if let Some(settled) = settled {
            self.payoff(row, &settled);
        } else {
            // A passing series leaves the fee's complement free; its gates are off.
            for g in [0, 1, 2, 3, 4, 7, 8] {
                self.group(cell(interest::GROUPS[g]), 0, 0);
            }
        }
    }

    /// Terms, payoff and fee (S4) of a settled series.
    fn payoff(&mut self, row: usize, settled: &SettledSeries) {
        let cell = |r: i32| row + r as usize;
        let terms = settled.series;
        let kind = terms.kind;
        let price = settled.price.get();
        let slot = (0..3).find(|k| low_u64(self.fields[input::PRICES + 2 * k]) == u64::from(terms.underlying.get()));
        // Invariant: a settled series has a price slot (S3).
        let slot = slot.unwrap_or(0) as u64;
        let key = u64::from(terms.underlying.get()) << 32 | u64::from(terms.expiry.get());
        self.message(cell(interest::PRICE), [-Fr::ONE, fr(slot), fr(key), fr(price)]);
        let flags = [
            (F, at::KIND_1_2),
            (G, at::KIND_1_2),
            (F, at::KIND_3_4),
            (G, at::KIND_3_4),
            (F, at::KIND_5_6),
            (G, at::KIND_5_6),
            (F, at::KIND_7_FEES),
        ];
        if let Some((col, r)) = flags.get(usize::from(kind.number()) - 1) {
            self.put(*col, cell(*r), Fr::ONE);
        }
        let (strike, cap) = (terms.strike.get(), terms.cap.get());
        let scale = self.witness.params.inverse_scale;
        let call = matches!(
            kind,
            Kind::Call | Kind::CappedCall | Kind::DigitalCall | Kind::InverseCall
        );
        let inverse_kind = kind.is_inverse();
        let reaches = price >= cap;
        let m = match kind {
            Kind::CappedCall => price.min(cap),
            Kind::CappedPut => price.max(cap),
            _ => price,
        };
        let above = m >= strike;
        let distance = m.abs_diff(strike);
        let intrinsic = if call == above { distance } else { 0 };
        let (x1, x2) = if inverse_kind {
            let remainder = (u128::from(scale) * u128::from(intrinsic) % u128::from(price)) as u64;
            (remainder, price - 1 - remainder)
        } else if matches!(kind, Kind::CappedCall | Kind::CappedPut) {
            (price.abs_diff(cap), 0)
        } else {
            (0, 0)
        };
        let digital = distance != 0 && call == above;
        self.put(F, cell(at::BELOW_ABOVE), fr(u64::from(reaches)));
        self.put(G, cell(at::BELOW_ABOVE), fr(u64::from(above)));
        self.put(F, cell(at::INVERSE_NONZERO), inverse(fr(distance)));
        self.put(G, cell(at::INVERSE_NONZERO), fr(u64::from(distance != 0)));
        self.put(G, cell(at::MIN_M), fr(m));
        self.put(F, cell(at::INTRINSIC_DIGITAL), fr(intrinsic));
        self.put(G, cell(at::INTRINSIC_DIGITAL), fr(u64::from(digital)));
        let pay = settled.payoff.get();
        let notional = if inverse_kind { scale } else { price };
        self.put(F, cell(at::NOTIONAL_PAYOFF), fr(notional));
        self.put(G, cell(at::NOTIONAL_PAYOFF), fr(pay));
        let params = &self.witness.params;
        let by_rate = u128::from(params.fee_rate) * u128::from(notional);
        let by_cap = u128::from(params.fee_cap) * u128::from(pay);
        let (chosen, other) = (by_rate.min(by_cap), by_rate.max(by_cap));
        self.put(F, cell(at::MIN_M), fr(u64::from(by_rate <= by_cap)));
        let unit = u128::from(FEE_UNIT);
        let rest = (chosen % unit) as u64;
        let complement = FEE_UNIT - 1 - rest;
        let slack = other - chosen / unit * unit;
        let (low, mid, high) = (
            slack as u64 & (u64::MAX >> 1),
            (slack >> 63) as u64 % LIMBS as u64,
            (slack >> 72) as u64,
        );
        let limbs = LIMBS as u64;
        let second = if inverse_kind { pay } else { cap };
        let values = [
            (0, strike, rest % limbs),
            (1, second, rest / limbs),
            (2, distance, complement % limbs),
            (3, x1, complement / limbs),
            (4, x2, 0),
            (7, settled.fee.get(), high),
            (8, low, mid),
        ];
        for (g, value, extra) in values {
            self.group(cell(interest::GROUPS[g]), value, extra);
        }
    }
}
