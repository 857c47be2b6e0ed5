//! Charts as SVG. Floats are for drawing only.
//!
//! [`portfolio`]: amounts over a price, for `margin simulate`. [`timeline`]: lines and bars over time, for `stress`. [`flame`]: the phases of a proof, for `prove --profile`. [`frame`]: what they
//! share.

pub(crate) mod flame;
pub(crate) mod frame;
pub(crate) mod portfolio;
pub(crate) mod timeline;
