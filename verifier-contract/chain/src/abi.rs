//! The contracts' interfaces, from the artifacts that are deployed, and their refusals in words.
#![allow(missing_docs, unreachable_pub, clippy::too_many_arguments)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use alloy::dyn_abi::{DynSolValue, JsonAbiExt};
use alloy::json_abi::{Error as AbiError, JsonAbi};
use alloy::primitives::{B256, Selector};
use alloy::sol_types::{Panic, Revert, SolError, SolEvent};
use sha2::{Digest, Sha256};
use verifier_contract::Artifact;

use crate::error::ChainError;

macro_rules! contracts {
    ($($module:ident = $name:ident: $path:literal;)*) => {$(
        pub mod $module {
            alloy::sol!(
                #[sol(all_derives)]
                $name,
                $path
            );
        }
    )*};
}

contracts! {
    access_manager = AccessManager: "artifacts/AccessManager.json";
    timelock = TimelockController: "artifacts/TimelockController.json";
    safe = Safe: "artifacts/Safe.json";
    safe_factory = SafeProxyFactory: "artifacts/SafeProxyFactory.json";
    test_token = TestToken: "artifacts/TestToken.json";
    oracle = OracleAggregator: "../artifacts/OracleAggregator.json";
    breaker = CircuitBreaker: "../artifacts/CircuitBreaker.json";
    parameters = RiskParameters: "../artifacts/RiskParameters.json";
    router = VerifierRouter: "../artifacts/VerifierRouter.json";
    rounds = RiskRounds: "../artifacts/RiskRounds.json";
    rollup = SettlementRollup: "../artifacts/SettlementRollup.json";
    gate = SolvencyGate: "../artifacts/SolvencyGate.json";
}

alloy::sol! {
    /// What every verifier that the repository emits answers.
    #[sol(abi, all_derives)]
    interface StatementVerifier {
        error InvalidProofLength(uint256 expected, uint256 found);
        error InvalidInstanceLength(uint256 expected, uint256 found);
        error InvalidCalldata();
        error InstanceNotCanonical(uint256 index);
        error ScalarNotCanonical(uint256 index);
        error PointNotOnCurve(uint256 index);
        error DegenerateChallenge();
        error PrecompileFailed(uint256 precompile);
        error InvalidInverse();
        error PairingFailed();
        error InvalidMemory();
        function verify(bytes calldata proof, uint256[] calldata instances) external view;
        function keyDigest() external view returns (bytes32);
    }
}

/// What a deployment takes of other people's contracts: name and text of the artifact.
const PUBLISHED: [(&str, &str); 5] = [
    ("AccessManager", include_str!("../artifacts/AccessManager.json")),
    (
        "TimelockController",
        include_str!("../artifacts/TimelockController.json"),
    ),
    ("Safe", include_str!("../artifacts/Safe.json")),
    ("SafeProxyFactory", include_str!("../artifacts/SafeProxyFactory.json")),
    ("TestToken", include_str!("../artifacts/TestToken.json")),
];

/// The contracts of this repository that a deployment has.
const OWN: [&str; 8] = [
    "OracleAggregator",
    "CircuitBreaker",
    "RiskParameters",
    "VerifierRouter",
    "PoseidonConstants",
    "RiskRounds",
    "SettlementRollup",
    "SolvencyGate",
];

/// An artifact as `vendor.mjs` writes it.
#[derive(serde::Deserialize)]
struct Published {
    source: String,
    abi: JsonAbi,
    /// The code, where it is ours.
    creation: Option<String>,
    /// Where it is not: the file below `node_modules`, and SHA-256 of the code in it.
    file: Option<String>,
    sha256: Option<String>,
}

/// What a package publishes of a contract.
#[derive(serde::Deserialize)]
struct Packaged {
    bytecode: String,
}

/// The creation code of a contract, without arguments. Other people's code is read from the npm packages.
///
/// # Errors
/// There is no such artifact, or the packages are not installed, or hold other code than the one that was written down.
pub fn creation(name: &str) -> Result<Vec<u8>, ChainError> {
    match PUBLISHED.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => match published(name, text)? {
            Published {
                creation: Some(digits), ..
            } => hex::decode(digits).map_err(|error| ChainError::Internal(format!("artifact {name}: {error}"))),
            Published {
                file: Some(file),
                sha256: Some(expected),
                source,
                ..
            } => packaged(&file, &expected, &source),
            _ => Err(ChainError::Internal(format!(
                "artifact {name}: expected code or a file, found neither"
            ))),
        },
        None => Ok(Artifact::committed(name)?.creation_bytes()?),
    }
}

/// Code out of an npm package, compared with the hash of what was written down.
fn packaged(file: &str, expected: &str, source: &str) -> Result<Vec<u8>, ChainError> {
    let contracts = std::env::var_os("ZKSETTLE_CONTRACTS").map(PathBuf::from);
    let contracts = contracts.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let path = contracts.join("node_modules").join(file);
    let wrong = |found: String| {
        ChainError::Environment(format!(
            "{}: expected {source} (npm ci in verifier-contract), found {found}",
            path.display()
        ))
    };
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let packaged: Packaged = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let code = hex::decode(packaged.bytecode.trim_start_matches("0x")).map_err(|error| wrong(error.to_string()))?;
    let found = hex::encode(Sha256::digest(&code));
    if found != expected {
        return Err(wrong(format!("code of SHA-256 {found}, not {expected}")));
    }
    Ok(code)
}

/// Where the published contracts come from, each once.
///
/// # Errors
/// An artifact is damaged.
pub fn sources() -> Result<Vec<String>, ChainError> {
    let mut sources = Vec::new();
    for (name, text) in PUBLISHED {
        sources.push(published(name, text)?.source);
    }
    sources.dedup();
    Ok(sources)
}

fn published(name: &str, text: &str) -> Result<Published, ChainError> {
    serde_json::from_str(text).map_err(|error| ChainError::Internal(format!("artifact {name}: {error}")))
}

/// The first topic of an event's logs.
pub fn topic<E: SolEvent>() -> B256 {
    E::SIGNATURE_HASH
}

/// An event of its log.
///
/// # Errors
/// The log is of another event.
pub fn event<E: SolEvent>(log: &alloy::rpc::types::Log) -> Result<E, ChainError> {
    E::decode_log(&log.inner)
        .map(|log| log.data)
        .map_err(|error| ChainError::node(E::SIGNATURE, error))
}

/// All errors that any contract of a deployment declares.
fn errors() -> &'static Vec<AbiError> {
    static ERRORS: OnceLock<Vec<AbiError>> = OnceLock::new();
    ERRORS.get_or_init(|| {
        let published = PUBLISHED.iter().filter_map(|(name, text)| published(name, text).ok());
        let own = OWN.iter().filter_map(|name| Artifact::committed(name).ok());
        let own = own.filter_map(|artifact| serde_json::from_value::<JsonAbi>(artifact.abi).ok());
        let verifiers = StatementVerifier::abi::errors().into_values().flatten();
        let all = published.map(|artifact| artifact.abi).chain(own);
        all.flat_map(|abi| abi.errors.into_values().flatten())
            .chain(verifiers)
            .collect()
    })
}

/// What a contract's refusal says: the error's name with its values.
pub fn reason(data: &[u8]) -> String {
    if data.is_empty() {
        return "no reason given".to_owned();
    }
    if let Ok(text) = Revert::abi_decode(data) {
        return text.reason;
    }
    if let Ok(panic) = Panic::abi_decode(data) {
        return format!("panic {}", panic.code);
    }
    let selector = data.get(..4).map(Selector::from_slice);
    let known = errors().iter().find(|error| Some(error.selector()) == selector);
    let decoded = known.and_then(|error| Some((error, error.abi_decode_input(&data[4..]).ok()?)));
    match decoded {
        None => format!("unknown error 0x{}", hex::encode(&data[..data.len().min(68)])),
        Some((error, values)) => {
            let named = error.inputs.iter().zip(&values);
            let values: Vec<String> = named
                .map(|(input, value)| format!("{} {}", input.name, shown(value)))
                .collect();
            match values.is_empty() {
                true => error.name.clone(),
                false => format!("{}: {}", error.name, values.join(", ")),
            }
        }
    }
}

fn shown(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Uint(v, _) if v.bit_len() > 64 => format!("{v:#x}"),
        DynSolValue::Uint(v, _) => v.to_string(),
        DynSolValue::Address(a) => a.to_string(),
        DynSolValue::Bool(b) => b.to_string(),
        DynSolValue::FixedBytes(word, size) => format!("0x{}", hex::encode(&word[..*size])),
        other => format!("{other:?}").chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;

    use super::*;

    #[test]
    fn every_contract_of_a_deployment_has_an_artifact() {
        for name in OWN.into_iter().chain(["TestToken"]) {
            assert!(creation(name).is_ok_and(|code| !code.is_empty()), "{name}");
        }
        for (name, _) in PUBLISHED {
            match creation(name) {
                Ok(code) => assert!(!code.is_empty(), "{name}"),
                Err(error) => {
                    let required = std::env::var("ZKSETTLE_REQUIRE_NODE").is_ok_and(|v| v == "1");
                    assert!(
                        !required && matches!(error, ChainError::Environment(_)),
                        "{name}: {error}"
                    );
                    println!("skipped: 1 contract ({error})");
                }
            }
        }
        assert!(creation("Nothing").is_err());
    }

    #[test]
    fn refusals_are_told_by_name_and_value() {
        let wrong = rollup::SettlementRollup::WrongBatch { expected: 3, found: 7 };
        assert_eq!(reason(&wrong.abi_encode()), "WrongBatch: expected 3, found 7");
        assert_eq!(
            reason(&StatementVerifier::PairingFailed {}.abi_encode()),
            "PairingFailed"
        );
        let unknown = access_manager::AccessManager::AccessManagerLockedRole { roleId: 5 };
        assert_eq!(reason(&unknown.abi_encode()), "AccessManagerLockedRole: roleId 5");
        let wide = rollup::SettlementRollup::InvalidFieldElement { found: U256::MAX };
        assert!(reason(&wide.abi_encode()).ends_with("ffff"));
        assert_eq!(reason(&[]), "no reason given");
        assert!(reason(&[1, 2, 3, 4]).contains("0x01020304"));
    }
}
