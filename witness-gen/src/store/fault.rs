//! Kill points for tests of crash safety.

/// The environment variable that names the step to die at.
pub const KILL_AT: &str = "ZKSETTLE_KILL_AT";

/// The steps of a batch that can be named, in their order.
pub const STEPS: [&str; 6] = [
    "before_witness",
    "after_witness",
    "after_prove",
    "after_proof_file",
    "in_transaction",
    "after_commit",
];

/// Marks a step of a batch.
///
/// **For tests only.** When `ZKSETTLE_KILL_AT` names this step, the process aborts here, as if killed: no destructor runs,
/// nothing is flushed. Without the variable this does nothing. It can only stop the process that it is set for, which
/// whoever sets that process's environment can do anyway.
pub fn checkpoint(step: &str) {
    if std::env::var_os(KILL_AT).is_some_and(|named| named == step) {
        std::process::abort();
    }
}
