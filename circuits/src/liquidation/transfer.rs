//! L1 to L6 of one liquidation: the rules of `witness_gen::liquidation::transfer`, as equations over integers in the field.
//!
//! Sizes of numbers, by which no sum wraps: |lots| < 2^63, values < 2^45 and at most 2^7 positions, so sums of values are below 2^115; money below
//! 2^127; the charge of a lot (spot 2^48, rate 2^36) below 2^84. An excess is 10^8·equity less charge·10^4·short lots less weight·factor·loss:
//! below 2^162 with a factor of at most 10^6, below 2^170 with any of 36 bits; [`EXCESS`] limbs hold the former. N and D of the buffer equation
//! are below 2^181, times a share of 63 bits below 2^244. The field has 254 bits.

use halo2_proofs::halo2curves::bn256::Fr;
use num_bigint::{BigInt, Sign};
use witness_gen::liquidation::EXCESS_UNIT;
use witness_gen::liquidation::RATE_UNIT;
use witness_gen::statement::liquidation::Step;
use witness_gen::statement::solvency::FACTOR_UNIT;
use witness_gen::units::fr_pow2;

use super::accounts::{LOTS, Opened, Place};
use super::layout::{Layout, Rules, State, held, held_list};
use super::rows::tag;
use super::series::VALUES;
use crate::builder::plan::{ONE, Plan, Wire, ZERO};
use crate::builder::wide::field;

/// Limbs of an excess that is not negative, and of the distance of two of them.
const EXCESS: usize = 18;
/// Limbs of an amount of money, and of its distance to another.
const AMOUNT: usize = 16;
/// Limbs of a deficit, and of its distance to the greatest amount of money.
const DEFICIT: usize = 15;
/// Limbs of N and D of the buffer equation.
const EQUATION: usize = 21;
/// Limbs of a rate: at most 10^4.
const RATE: usize = 2;
/// Limbs of lots times 10^4.
const SHARE: usize = 9;
/// Limbs of 10^12.
const UNITS: usize = 5;

/// Sums over the positions of an account: values with the mark first, and short lots.
struct Sums {
    values: Vec<Wire>,
    short: Wire,
}

/// An account's excesses, the unmoved market first, and its equity.
struct Margin {
    equity: Wire,
    excess: Vec<Wire>,
}

/// What an account has to be charged beside its scenarios' losses.
#[derive(Clone, Copy)]
struct Level {
    /// Of the spot, for each short lot.
    charge: Wire,
    /// The loss counts so often, in 10^-4; 1 for maintenance.
    factor: Option<Wire>,
}

/// What is sold, as it is due.
struct Due {
    /// Magnitude and signed lots of each leg.
    legs: Vec<[Wire; 2]>,
    price: Wire,
    penalty: Wire,
    /// 1: nothing is left.
    closed: Wire,
}

/// The rates of a transfer.
#[derive(Clone, Copy)]
struct Rates {
    discount: Wire,
    penalty: Wire,
    /// What neither takes: 10^4 less both.
    kept: Wire,
}

impl Plan {
    /// Σ multiplier·value for the mark and every scenario.
    fn sums(&mut self, places: &[Place], by: &[Wire]) -> Vec<Wire> {
        let zero = self.constant(ZERO);
        (0..VALUES)
            .map(|v| {
                let terms = places.iter().zip(by);
                terms.fold(zero, |sum, (place, by)| self.mul_add(*by, place.series.values[v], sum))
            })
            .collect()
    }

    /// Σ short·magnitude.
    fn shorts(&mut self, of: impl Iterator<Item = [Wire; 2]>) -> Wire {
        let zero = self.constant(ZERO);
        of.fold(zero, |sum, [short, magnitude]| self.mul_add(short, magnitude, sum))
    }

    fn margin(&mut self, cash: Wire, sums: &Sums, level: Level, weights: &[u64]) -> Margin {
        let unit = Fr::from(FACTOR_UNIT);
        let value = sums.values[0];
        let equity = self.add(cash, value);
        let charge = self.mul(sums.short, level.charge);
        let free = self.op(ZERO, &[(equity, Fr::from(EXCESS_UNIT)), (charge, -unit)], ZERO);
        let mut excess = vec![free];
        for (weight, moved) in weights.iter().zip(&sums.values[1..]) {
            let weight = Fr::from(*weight);
            excess.push(match level.factor {
                None => {
                    let by = weight * unit;
                    self.op(ZERO, &[(free, ONE), (value, -by), (*moved, by)], ZERO)
                }
                Some(factor) => {
                    let loss = self.sub(value, *moved);
                    self.op(-weight, &[(factor, ZERO), (loss, ZERO), (free, ONE)], ZERO)
                }
            });
        }
        Margin { equity, excess }
    }
}

impl Layout<'_> {
    /// One liquidation: the state after it.
    pub(super) fn transfer(&mut self, number: usize, rules: &Rules, charge: Wire, state: State) -> State {
        let step = self.step(number);
        let liquidated = step.map(|step| &step.liquidated);
        let liquidator = step.map(|step| &step.liquidator);
        // The account that is liquidated, and what it holds.
        let one = self.opened(liquidated);
        let positions = held(liquidated.map(|update| &update.account));
        let (places, digest) = self.priced_list(self.size.legs, &positions);
        let margin = self.l1_breach(&one, &places, charge);
        let rates = self.l4_rates(step, rules);
        let due = self.l3_l4_due(step, rules, rates, &one, &places, charge, &margin);
        let (cash, state) = self.l6_money(&one, &due, state);
        let left = self.l6_left(&places, &due);
        let accounts = self.move_leaf(liquidated, &one, [digest, left], cash, state.accounts);
        // The account that takes the legs.
        let other = self.opened(liquidator);
        self.plan.differ(one.owner, other.owner);
        let (digest, after, places) = self.l6_moved(number, step, &places, &due);
        let cash = self.plan.sub(other.cash, due.price);
        self.l5_liquidator(cash, &places, charge, rules.factor);
        let accounts = self.move_leaf(liquidator, &other, [digest, after], cash, accounts);
        State { accounts, ..state }
    }

    /// L1: some excess of maintenance is negative. The least one, after the margin itself.
    fn l1_breach(&mut self, of: &Opened, places: &[Place], charge: Wire) -> (Margin, Sums, Wire) {
        let p = &mut self.plan;
        let lots: Vec<Wire> = places.iter().map(|place| place.of.lots).collect();
        let values = p.sums(places, &lots);
        let short = p.shorts(places.iter().map(|place| [place.of.short, place.of.magnitude]));
        let sums = Sums { values, short };
        let level = Level { charge, factor: None };
        let margin = p.margin(of.cash, &sums, level, &self.weights);
        let worst = p.least(&margin.excess, EXCESS);
        p.bounded(ZERO, &[(worst, -ONE)], -ONE, EXCESS);
        (margin, sums, worst)
    }

    /// L4: rates within their caps.
    fn l4_rates(&mut self, step: Option<&Step>, rules: &Rules) -> Rates {
        let terms = step.map(|step| step.transfer.terms);
        let [discount, penalty] = terms.map_or([0; 2], |t| [t.discount, t.penalty]);
        let p = &mut self.plan;
        let mut rate = |rate: u32, cap: Wire| {
            let rate = p.limbs(&Fr::from(u64::from(rate)), RATE);
            p.bounded(ZERO, &[(cap, ONE), (rate, -ONE)], ZERO, RATE);
            rate
        };
        let discount = rate(discount, rules.max_discount);
        let penalty = rate(penalty, rules.max_penalty);
        let unit = Fr::from(u64::from(RATE_UNIT));
        // Something is always kept: the rules say so, and D is positive by it.
        let kept = p.bounded(ZERO, &[(discount, -ONE), (penalty, -ONE)], unit - ONE, RATE);
        let kept = p.scale(kept, ONE, ONE);
        Rates {
            discount,
            penalty,
            kept,
        }
    }

    /// L3: the share that the buffer equation asks for, or the whole. L4: its price and penalty.
    #[expect(clippy::too_many_arguments, reason = "what a share depends on")]
    fn l3_l4_due(
        &mut self,
        step: Option<&Step>,
        rules: &Rules,
        rates: Rates,
        of: &Opened,
        places: &[Place],
        charge: Wire,
        (margin, sums, worst): &(Margin, Sums, Wire),
    ) -> Due {
        let rate_unit = Fr::from(u64::from(RATE_UNIT));
        let excess_unit = Fr::from(EXCESS_UNIT);
        let p = &mut self.plan;
        // M, and M or 1 as a divisor.
        let whole = {
            let lots = places.iter().map(|place| p.big(place.of.magnitude));
            let whole = lots.max().unwrap_or_default();
            let whole = p.limbs(&field(&whole), LOTS);
            let below: Vec<Wire> = places
                .iter()
                .map(|place| p.bounded(ZERO, &[(whole, ONE), (place.of.magnitude, -ONE)], ZERO, LOTS))
                .collect();
            p.one_is_zero(&below);
            whole
        };
        let none = p.is_zero(whole);
        let divisor = p.add(whole, none);
        // The equation holds where there is equity, and at least the cutoff.
        let equity = margin.equity;
        let beyond_one = p.scale(equity, ONE, -ONE);
        let solvent = p.not_negative(beyond_one, AMOUNT);
        let above = p.sub(equity, rules.cutoff);
        let above = p.not_negative(above, AMOUNT);
        let partial = p.mul(solvent, above);
        // R, N and D.
        let requirement = p.op(ZERO, &[(equity, excess_unit), (*worst, -ONE)], ZERO);
        let missing = [(rules.buffer, ZERO), (requirement, ZERO), (*worst, -rate_unit)];
        let missing = p.op(ONE, &missing, ZERO);
        let kept = [(equity, ZERO), (rates.kept, ZERO), (missing, ONE)];
        let all = p.op(excess_unit, &kept, ZERO);
        // m: D·(m - 1) < M·N <= D·m.
        let claimed = step.map(|step| &step.transfer).filter(|t| t.part < t.whole);
        let part = match claimed {
            Some(transfer) => BigInt::from(transfer.part),
            None if p.read(partial) == ONE && p.big(all).sign() == Sign::Plus => {
                let (n, d) = (p.big(missing) * p.big(whole), p.big(all));
                (n + &d - 1) / d
            }
            None => p.big(whole),
        };
        let part = p.limbs(&field(&part), LOTS);
        p.bounded(ZERO, &[(whole, ONE), (part, -ONE)], ZERO, LOTS);
        let short_of_whole = p.sub(whole, part);
        let gated = p.not(partial);
        p.assert(ONE, &[(gated, ZERO), (short_of_whole, ZERO)], ZERO);
        let product = p.mul(whole, missing);
        let beyond = p.op(ONE, &[(part, ZERO), (all, ZERO), (product, -ONE)], ZERO);
        p.bounded(ONE, &[(partial, ZERO), (beyond, ZERO)], ZERO, EQUATION);
        let room = p.op(ZERO, &[(all, ONE), (beyond, -ONE)], -ONE);
        p.bounded(ONE, &[(partial, ZERO), (room, ZERO)], ZERO, EQUATION);
        // The legs of that share, and what they are worth.
        let legs: Vec<[Wire; 2]> = places
            .iter()
            .map(|place| {
                let lots = p.mul(place.of.magnitude, part);
                let leg = p.quotient(lots, divisor, LOTS, LOTS);
                let signed = [(place.of.short, ZERO), (leg, ONE)];
                [leg, p.op(-Fr::from(2), &signed, ZERO)]
            })
            .collect();
        let moved: Vec<Wire> = legs.iter().map(|leg| leg[1]).collect();
        let marks = p.sums(places, &moved);
        let short = p.shorts(places.iter().zip(&legs).map(|(place, leg)| [place.of.short, leg[0]]));
        // What it costs: of the equity that goes over.
        let owned = p.mul(solvent, equity);
        let share = p.mul(owned, part);
        let divisor = p.scale(divisor, rate_unit, ZERO);
        let [discount, penalty] = [rates.discount, rates.penalty].map(|rate| {
            let due = p.mul(share, rate);
            p.quotient(due, divisor, AMOUNT, SHARE)
        });
        let price = p.sub(marks[0], discount);
        // How the account would stand.
        let cash = p.op(ZERO, &[(of.cash, ONE), (price, ONE), (penalty, -ONE)], ZERO);
        let values = sums
            .values
            .iter()
            .zip(&marks)
            .map(|(all, gone)| p.sub(*all, *gone))
            .collect();
        let short = p.sub(sums.short, short);
        let level = Level { charge, factor: None };
        let after = p.margin(cash, &Sums { values, short }, level, &self.weights);
        let restored = self.l5_restored(claimed.is_some(), partial, &after);
        // The whole, where the equation has no say or would not restore the account.
        let p = &mut self.plan;
        let at_whole = p.is_zero(short_of_whole);
        let left = p.op(-ONE, &[(restored, ZERO), (at_whole, ZERO), (restored, ONE)], ZERO);
        let closed = p.not(left);
        let legs = (places.iter().zip(legs))
            .map(|(place, [leg, _])| {
                let leg = p.select(closed, leg, place.of.magnitude);
                let signed = [(place.of.short, ZERO), (leg, ONE)];
                [leg, p.op(-Fr::from(2), &signed, ZERO)]
            })
            .collect();
        let money = p.op(ZERO, &[(equity, excess_unit)], ZERO);
        let basis = p.select(solvent, requirement, money);
        let due = p.mul(basis, rates.discount);
        let units = p.constant(excess_unit * rate_unit);
        let discount = p.quotient(due, units, AMOUNT, UNITS);
        let whole_price = p.sub(sums.values[0], discount);
        let due = p.mul(owned, rates.penalty);
        let units = p.constant(rate_unit);
        let whole_penalty = p.quotient(due, units, AMOUNT, RATE);
        Due {
            legs,
            price: p.select(restored, whole_price, price),
            penalty: p.select(restored, whole_penalty, penalty),
            closed,
        }
    }

    /// L5: 1 where the share restores maintenance, 0 where some scenario is breached still, or the equation has no say.
    fn l5_restored(&mut self, claimed: bool, partial: Wire, after: &Margin) -> Wire {
        let p = &mut self.plan;
        let met = after.excess.iter().all(|x| p.big(*x).sign() != Sign::Minus);
        let restored = p.bit(claimed || (met && p.read(partial) == ONE));
        p.assert(-ONE, &[(restored, ONE), (partial, ZERO)], ZERO);
        for excess in &after.excess {
            p.bounded(ONE, &[(restored, ZERO), (*excess, ZERO)], ZERO, EXCESS);
        }
        // Otherwise one of them is negative.
        let worst = after.excess.iter().map(|x| p.big(*x)).min().unwrap_or_default();
        let worst = p.hint(field(&worst));
        let gaps: Vec<Wire> = after.excess.iter().map(|x| p.sub(*x, worst)).collect();
        p.one_is_zero(&gaps);
        let refused = p.sub(partial, restored);
        let below = p.scale(worst, -ONE, -ONE);
        p.bounded(ONE, &[(refused, ZERO), (below, ZERO)], ZERO, EXCESS);
        restored
    }

    /// L6: the account's cash after, and the pools: a closed account's deficit is insurance's as far as that reaches, then bad debt.
    fn l6_money(&mut self, of: &Opened, due: &Due, state: State) -> (Wire, State) {
        let p = &mut self.plan;
        let paid = [(of.cash, ONE), (due.price, ONE), (due.penalty, -ONE)];
        let cash = p.op(ZERO, &paid, ZERO);
        let positive = p.not_negative(cash, AMOUNT);
        let owes = p.op(-ONE, &[(positive, ZERO), (due.closed, ZERO), (due.closed, ONE)], ZERO);
        let deficit = p.op(-ONE, &[(owes, ZERO), (cash, ZERO)], ZERO);
        // Money like any other.
        p.bounded(ZERO, &[(deficit, -ONE)], fr_pow2(127) - ONE, DEFICIT);
        let cash = p.add(cash, deficit);
        let funded = p.not_negative(state.insurance, AMOUNT);
        let fund = p.mul(funded, state.insurance);
        let room = p.sub(fund, deficit);
        let enough = p.not_negative(room, AMOUNT);
        let from_fund = p.select(enough, fund, deficit);
        let insurance = [(state.insurance, ONE), (due.penalty, ONE), (from_fund, -ONE)];
        let insurance = p.op(ZERO, &insurance, ZERO);
        p.money(insurance);
        let bad_debt = [(state.bad_debt, ONE), (deficit, ONE), (from_fund, -ONE)];
        let bad_debt = p.op(ZERO, &bad_debt, ZERO);
        p.money(bad_debt);
        let state = State {
            insurance,
            bad_debt,
            ..state
        };
        (cash, state)
    }

    /// L6: the list of what is left. Short of the whole, no leg is a whole position, so every position stays; at the whole, none does.
    fn l6_left(&mut self, places: &[Place], due: &Due) -> Wire {
        let p = &mut self.plan;
        let (mut words, mut present) = (Vec::new(), Vec::new());
        for (place, [_, leg]) in places.iter().zip(&due.legs) {
            let lots = p.sub(place.of.lots, *leg);
            let stays = [(place.of.present, ZERO), (due.closed, ZERO), (place.of.present, ONE)];
            let stays = p.op(-ONE, &stays, ZERO);
            words.push(p.position_word(place.series.word, lots, stays));
            present.push(stays);
        }
        p.list(&words, &present)
    }

    /// L6: what the liquidator holds after is what it held and the legs, by series: both lists are sums by key on the bus, and the new one has each
    /// series once, in order, with lots. What is netted leaves the open interest. Digests before and after, and the new list.
    fn l6_moved(&mut self, number: usize, step: Option<&Step>, legs: &[Place], due: &Due) -> (Wire, Wire, Vec<Place>) {
        let moved = tag::MOVED + number as u64;
        let before = held(step.map(|step| &step.liquidator.account));
        let (before, digest) = self.plain_list(self.size.held, &before);
        let (after, new_digest) = self.priced_list(self.size.held, &held_list(step));
        let p = &mut self.plan;
        for (series, of) in before {
            p.count(moved, &[series], of.lots);
            p.count(tag::INTEREST, &[series], of.magnitude);
        }
        for (place, [magnitude, signed]) in legs.iter().zip(&due.legs) {
            p.count(moved, &[place.series.word], *signed);
            p.count(tag::INTEREST, &[place.series.word], *magnitude);
        }
        for place in &after {
            let of = &place.of;
            // Lots where there is a position.
            p.bounded(ZERO, &[(of.magnitude, ONE), (of.present, -ONE)], ZERO, LOTS);
            let [lots, magnitude] = [of.lots, of.magnitude].map(|wire| p.scale(wire, -ONE, ZERO));
            p.count(moved, &[place.series.word], lots);
            p.count(tag::INTEREST, &[place.series.word], magnitude);
        }
        (digest, new_digest, after)
    }

    /// L5: the liquidator meets initial margin.
    fn l5_liquidator(&mut self, cash: Wire, places: &[Place], charge: Wire, factor: Wire) {
        let p = &mut self.plan;
        let lots: Vec<Wire> = places.iter().map(|place| place.of.lots).collect();
        let values = p.sums(places, &lots);
        let short = p.shorts(places.iter().map(|place| [place.of.short, place.of.magnitude]));
        let level = Level {
            charge,
            factor: Some(factor),
        };
        let margin = p.margin(cash, &Sums { values, short }, level, &self.weights);
        for excess in margin.excess {
            p.bounded(ZERO, &[(excess, ONE)], ZERO, EXCESS);
        }
    }
}
