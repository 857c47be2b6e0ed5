//! Stress: what a crash does to a book of option accounts, hour by hour, and how losses pass from book to book.
//!
//! | file | holds |
//! |---|---|
//! | [`path`] | price paths: an event of the crash file, days of the S&P 500, a user's own CSV |
//! | [`volatility`] | from the path to a volatility regime and to the volatility of marks |
//! | [`book`] | a seeded book of option accounts, takers and a backstop over a ladder of series |
//! | [`replay`] | the replay: margin every step, liquidations in order, insurance, bad debt |
//! | [`export`] | a step as an operator would hold it: a ledger and the risk arrays of that moment |
//! | [`contagion`] | books linked by exposures and common collateral: the clearing vector of Eisenberg and Noe, exactly |
//!
//! What it assumes stands in `docs/stress.md`.

pub mod book;
pub mod contagion;
mod error;
pub mod export;
pub mod path;
pub mod replay;
pub mod volatility;

pub use book::{StressBook, StressSpec};
pub use error::StressError;
pub use export::Export;
pub use path::PricePath;
pub use replay::{Moment, Replay, ReplayRules, Step, replay, replay_watched};
