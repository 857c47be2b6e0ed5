//! `zksettle`, the command line.
fn main() {}
