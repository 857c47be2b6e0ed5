//! How far from the exact Black-76 value a result may lie. The proof is in `docs/pricing.md`, "The bound".
//!
//! Exact means: the formula in real numbers, at the same integers of forward, strike, volatility and seconds. Bounds are
//! floats because they are only ever stated and compared with; nothing that is proven passes through here.

/// |call - exact| and |put - exact|, over the forward, before the last rounding down to 10^-6 quote.
pub const PRICE: f64 = 1.4e-7;
/// Units of 10^-6 quote on top: one for the price, one for a discount.
pub const PRICE_UNITS: f64 = 2.0;
/// |scenario value - exact|, over the shocked forward.
pub const SCENARIO: f64 = 5e-7;
/// Units of 10^-6 quote on top of that: one for the value, one for the shocked forward.
pub const SCENARIO_UNITS: f64 = 2.0;
/// |discount - exact|.
pub const DISCOUNT: f64 = 3e-10;

/// |price - exact| / forward, for a forward in 10^-6 quote, discount included.
pub fn price(forward: f64) -> f64 {
    PRICE + DISCOUNT + PRICE_UNITS / forward
}

/// |delta - exact|, for s and the root of the time in years, discount included.
pub fn delta(s: f64, root: f64) -> f64 {
    8.2e-9 + 1.4e-11 / s + 7.3e-11 / root + DISCOUNT
}

/// |n(d1) - exact|.
fn density(s: f64, root: f64) -> f64 {
    6.5e-9 + 8.3e-12 / s + 8.8e-11 / root
}

/// |F gamma - exact|, discount included.
pub fn gamma_forward(s: f64, root: f64) -> f64 {
    (density(s, root) + 1.2e-10 / root + DISCOUNT) / s + 1.5e-8
}

/// |vega - exact| / forward, for a volatility of 1.00, discount included.
pub fn vega(s: f64, root: f64, forward: f64) -> f64 {
    root * (density(s, root) + DISCOUNT) + 6e-12 + 2.0 / forward
}
