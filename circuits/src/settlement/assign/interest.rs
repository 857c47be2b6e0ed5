//! Open-interest steps.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::open_interest::{OpenInterest, oi_seed};
use witness_gen::series::Kind;
use witness_gen::statement::settlement::SettledSeries;

use super::{Layout, fr, inverse, low_u64};
use crate::chips::bus::T_SERIES;
use crate::rows::*;
use crate::settlement::interest::FEE_UNIT;
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
        self.set(row, interest::PRESENT, Fr::ONE);
        self.set(row, interest::SETTLES, fr(u64::from(settled.is_some())));
        self.set(row, interest::GOES_ON, fr(u64::from(!last)));
        self.set(row, interest::CLOSE, fr(close));
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
        match settled {
            Some(settled) => self.payoff(row, &settled, after, last),
            // A passing series leaves the fee's complement free; its gates are off.
            None => self.groups(row, Groups::new(after, self.slot(last))),
        }
        let ranked = self.series.get(&word).copied().unwrap_or_default();
        let y = settled.map_or(Fr::ZERO, |_| fr(2 * ranked.rank + 1));
        let difference = |col: usize| self.trace.read(col, row) - self.trace.read(col, row + NEW as usize);
        let (long, short) = (difference(HASH[3]), difference(HASH[4]));
        let pay = self.get(row, interest::PAYOFF);
        let fee = self.get(row, (G, interest::FEE));
        self.message(
            cell(interest::SERIES_LONG),
            [long * inverse(fr(T_SERIES + 1)), s, y, pay - fee],
        );
        self.message(
            cell(interest::SERIES_SHORT),
            [short * inverse(fr(T_SERIES)), s, y, -pay - fee],
        );
        let taken = settled.map_or(Fr::ZERO, |_| -Fr::ONE);
        let (ordinal, payouts, fees) = if first {
            (Fr::ZERO, Fr::ZERO, Fr::ZERO)
        } else {
            let b = row - STEP;
            (
                self.get(b, (G, interest::RANK + 1)) - self.get(b, (F, interest::RANK)),
                self.get(b, (F, interest::TOTALS + 1)),
                self.get(b, (G, interest::TOTALS + 1)),
            )
        };
        self.message(cell(interest::RANK), [taken, s, y, ordinal]);
        let payouts = payouts + (long - short) * pay;
        let fees = fees + (long + short) * fee;
        let sent = fr(u64::from(last));
        self.message(cell(interest::TOTALS), [sent, Fr::ZERO, payouts, fees]);
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
            let id = fr(17 * 256 + u64::from(self.witness.slot));
            let new = if close == 1 { Fr::ZERO } else { outs[1] };
            self.message(cell(interest::SLOT), [Fr::ONE, id, outs[0], new]);
        }
    }

    /// The slot of the series tree, which the last step names; 0 in others.
    fn slot(&self, last: bool) -> u64 {
        if last { u64::from(self.witness.slot) } else { 0 }
    }

    fn groups(&mut self, row: usize, groups: Groups) {
        for (r, value, extra) in groups.0 {
            self.group(row + r as usize, value, extra);
        }
        let slack = self.get(row, (G, interest::SLACK_LOW));
        self.set(row, interest::SLACK, slack);
        let rest =
            self.get(row, (F, interest::LONG_AFTER)) + fr(LIMBS as u64) * self.get(row, (F, interest::SHORT_AFTER));
        let fee = self.get(row, (G, interest::FEE));
        self.set(row, interest::CHARGED, fr(FEE_UNIT) * fee + rest);
    }

    /// Terms, payoff and fee (S4) of a settled series.
    fn payoff(&mut self, row: usize, settled: &SettledSeries, after: OpenInterest, last: bool) {
        let cell = |r: i32| row + r as usize;
        let bit = |b: bool| fr(u64::from(b));
        let terms = settled.series;
        let kind = terms.kind;
        let price = settled.price.get();
        let slot = (0..3).find(|k| low_u64(self.fields[input::PRICES + 2 * k]) == u64::from(terms.underlying.get()));
        // Invariant: a settled series has a price slot (S3).
        let slot = slot.unwrap_or(0) as u64;
        let key = u64::from(terms.underlying.get()) << 32 | u64::from(terms.expiry.get());
        self.message(cell(interest::PRICE), [-Fr::ONE, fr(slot), fr(key), fr(price)]);
        let call = matches!(
            kind,
            Kind::Call | Kind::CappedCall | Kind::DigitalCall | Kind::InverseCall
        );
        let capped = matches!(kind, Kind::CappedCall | Kind::CappedPut);
        let inverse_kind = kind.is_inverse();
        let (strike, cap) = (terms.strike.get(), terms.cap.get());
        // The cap is reached from below by calls, from above by puts.
        let binds = capped && if call { price >= cap } else { price <= cap };
        let m = if binds { cap } else { price };
        let in_the_money = if call { m > strike } else { m < strike };
        let intrinsic = if in_the_money { m.abs_diff(strike) } else { 0 };
        self.set(row, interest::CALL, bit(call));
        self.set(row, interest::CAPPED, bit(capped));
        self.set(
            row,
            interest::DIGITAL,
            bit(matches!(kind, Kind::DigitalCall | Kind::DigitalPut)),
        );
        self.set(row, interest::INVERSE, bit(inverse_kind));
        self.set(row, interest::BINDS, bit(binds));
        self.set(row, interest::CAPPED_PRICE, fr(m));
        self.set(row, interest::INTRINSIC, fr(intrinsic));
        let pay = settled.payoff.get();
        self.set(row, interest::PAYOFF, fr(pay));
        let params = &self.witness.params;
        let scale = params.inverse_scale;
        let notional = if inverse_kind { scale } else { price };
        let by_rate = u128::from(params.fee_rate) * u128::from(notional);
        let by_cap = u128::from(params.fee_cap) * u128::from(pay);
        self.set(row, interest::NOTIONAL, fr(notional));
        self.set(row, interest::BY_RATE, bit(by_rate <= by_cap));
        let mut groups = Groups::new(after, self.slot(last));
        let chosen = by_rate.min(by_cap);
        groups.fee(
            settled.fee.get(),
            (chosen % u128::from(FEE_UNIT)) as u64,
            by_rate.abs_diff(by_cap),
        );
        groups.value(interest::STRIKE, strike);
        groups.value(interest::CAP, if inverse_kind { pay } else { cap });
        groups.extra(interest::SECOND_REST, u64::from(in_the_money));
        groups.value(interest::DISTANCE, m.abs_diff(strike) - u64::from(in_the_money));
        if inverse_kind {
            let remainder = (u128::from(scale) * u128::from(intrinsic) % u128::from(price)) as u64;
            groups.value(interest::FIRST_REST, remainder);
            groups.value(interest::SECOND_REST, price - 1 - remainder);
        } else if capped {
            groups.value(interest::FIRST_REST, price.abs_diff(cap));
        }
        self.groups(row, groups);
    }
}

/// Row, 63-bit value and 9-bit value of the limb groups.
struct Groups([(i32, u64, u64); interest::GROUPS.len()]);

impl Groups {
    /// Those of a series that settles nothing.
    fn new(after: OpenInterest, slot: u64) -> Self {
        let mut groups = Self(interest::GROUPS.map(|row| (row, 0, 0)));
        groups.value(interest::LONG_AFTER, after.long);
        groups.value(interest::SHORT_AFTER, after.short);
        groups.extra(interest::DISTANCE, slot);
        groups.extra(interest::FIRST_REST, 2 * slot);
        groups
    }

    fn at(&mut self, row: i32) -> &mut (i32, u64, u64) {
        let at = interest::GROUPS.iter().position(|r| *r == row);
        // Invariant: rows are those of the row map.
        &mut self.0[at.unwrap_or_default()]
    }

    fn value(&mut self, row: i32, value: u64) {
        self.at(row).1 = value;
    }

    fn extra(&mut self, row: i32, extra: u64) {
        self.at(row).2 = extra;
    }

    fn fee(&mut self, fee: u64, rest: u64, slack: u128) {
        let limbs = LIMBS as u64;
        let complement = FEE_UNIT - 1 - rest;
        self.value(interest::FEE, fee);
        self.extra(interest::LONG_AFTER, rest % limbs);
        self.extra(interest::SHORT_AFTER, rest / limbs);
        self.extra(interest::FEE, complement % limbs);
        self.extra(interest::SLACK_LOW, complement / limbs);
        self.value(interest::SLACK_LOW, slack as u64 & (u64::MAX >> 1));
        self.extra(interest::STRIKE, (slack >> 63) as u64 % limbs);
        self.extra(interest::CAP, (slack >> 72) as u64);
    }
}
