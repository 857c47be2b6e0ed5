//! Charts as SVG. Floats are for drawing only.
//!
//! [`portfolio`]: amounts over a price, for `margin simulate`. [`timeline`]: lines over time, for `stress`.

pub(crate) mod portfolio;
pub(crate) mod timeline;
