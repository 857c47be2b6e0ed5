//! Charts as SVG. Floats are for drawing only.
//!
//! [`portfolio`]: amounts over a price, for `margin simulate`. [`timeline`]: lines and bars over time, for `stress`. [`phases`]: the phases of a proof, for `prove --profile`. [`frame`]: what they
//! share.

pub(crate) mod frame;
pub(crate) mod phases;
pub(crate) mod portfolio;
pub(crate) mod timeline;
