//! A deployment that an existing Safe governs.

mod support;

use support::{Bench, config, patient};
use zksettle_chain::abi::access_manager::AccessManager;
use zksettle_chain::config::{Config, SafeRules};
use zksettle_chain::deploy::{ADMIN, GOVERNANCE, GUARDIAN, OPERATOR, deploy};
use zksettle_chain::deployment::Deployment;
use zksettle_chain::primitives::Address;
use zksettle_chain::safe;
use zksettle_chain::signer::{HashSigner, LocalKey};
use zksettle_chain::{Call, ChainError};

fn deployed(bench: &Bench, name: &str, config: &Config) -> Result<Deployment, ChainError> {
    let path = bench.folder.path().join(format!("{name}.json"));
    let mut sender = bench.sender(&format!("{name}.journal"), patient());
    deploy(&mut sender, &path, config, &[], "test")
}

#[test]
fn an_existing_safe_governs_and_another_one_is_refused() {
    let Some(bench) = Bench::new() else { return };
    let owners: Vec<LocalKey> = (0..3).map(|_| LocalKey::random()).collect();
    let rules = SafeRules {
        owners: owners.iter().map(HashSigner::address).collect(),
        threshold: 2,
        singleton: None,
        factory: None,
        address: None,
    };
    let of = |rules: SafeRules| {
        let mut config = config(Address::ZERO);
        (config.roles.governance, config.roles.safe) = (None, Some(rules));
        config
    };
    // A deployment that makes its Safe.
    let first = deployed(&bench, "first", &of(rules.clone())).expect("deployed");
    let at = first.address("SafeProxy").expect("a Safe");
    let paid = bench.paid();

    // What is not the Safe that was meant is refused before anything is sent.
    let meant = SafeRules {
        address: Some(at),
        ..rules.clone()
    };
    let mut others = meant.owners.clone();
    others[2] = bench.key.address();
    let wrong = [
        (
            "owners",
            SafeRules {
                owners: others,
                ..meant.clone()
            },
            "owners",
        ),
        (
            "fewer owners",
            SafeRules {
                owners: meant.owners[..2].to_vec(),
                ..meant.clone()
            },
            "owners",
        ),
        (
            "threshold",
            SafeRules {
                threshold: 3,
                ..meant.clone()
            },
            "threshold",
        ),
        (
            "an account",
            SafeRules {
                address: Some(bench.key.address()),
                ..meant.clone()
            },
            "expected code",
        ),
        (
            "a token",
            SafeRules {
                address: Some(bench.token),
                ..meant.clone()
            },
            "found no answer",
        ),
        // The code that proxies run, without owners of its own.
        (
            "the singleton",
            SafeRules {
                address: Some(first.address("Safe").expect("a singleton")),
                ..meant.clone()
            },
            "threshold",
        ),
    ];
    for (what, rules, wanted) in wrong {
        let error = deployed(&bench, "wrong", &of(rules)).expect_err(what).to_string();
        assert!(error.contains(wanted), "{what}: {error}");
    }
    assert_eq!(bench.paid(), paid);

    // One that stands needs nothing to be made from.
    let mut both = serde_json::to_value(of(meant.clone())).expect("JSON");
    assert!(Config::parse(&both.to_string()).is_ok());
    both["roles"]["safe"]["singleton"] = serde_json::json!(bench.token);
    assert!(matches!(Config::parse(&both.to_string()), Err(ChainError::Usage(_))));

    // The owners in another order are the same owners.
    let mut turned = meant.clone();
    turned.owners.reverse();
    let second = deployed(&bench, "second", &of(turned.clone())).expect("deployed");
    assert!(second.complete);
    assert_eq!(second.address("SafeProxy"), Ok(at));
    for name in ["Safe", "SafeProxyFactory"] {
        assert!(!second.contracts.contains_key(name), "{name}");
    }
    let again = deployed(&bench, "second", &of(turned)).expect("there");
    assert_eq!(again, second);

    // It holds what the deployer gave up, and can use it: its owners make somebody an operator.
    let manager = second.address("AccessManager").expect("a manager");
    let holds = |account: Address, role: u64| {
        let call = AccessManager::hasRoleCall { roleId: role, account };
        bench.client.view(manager, &call).expect("an answer").isMember
    };
    let deployer = bench.key.address();
    for role in [ADMIN, GOVERNANCE, GUARDIAN] {
        assert_eq!((holds(at, role), holds(deployer, role)), (true, false), "role {role}");
    }
    let newcomer = Address::repeat_byte(0x44);
    let grant = AccessManager::grantRoleCall {
        roleId: OPERATOR,
        account: newcomer,
        executionDelay: 0,
    };
    let mut sender = bench.sender("second.journal", patient());
    let one: [&dyn HashSigner; 1] = [&owners[0]];
    let refused = safe::execute(&mut sender, ("grant", at), (manager, grant.abi_encode()), &one);
    assert!(matches!(refused, Err(ChainError::Rejected(_))), "{refused:?}");
    assert!(!holds(newcomer, OPERATOR));
    let two: [&dyn HashSigner; 2] = [&owners[0], &owners[2]];
    safe::execute(&mut sender, ("grant", at), (manager, grant.abi_encode()), &two).expect("two of three");
    assert!(holds(newcomer, OPERATOR));
}
