//! Who signs: an encrypted keystore, a program. What they sign is taken by a node; what goes wrong says so, and sends nothing.
#![cfg(unix)]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Bench, TO, patient};
use zksettle_chain::ChainError;
use zksettle_chain::abi::test_token::TestToken;
use zksettle_chain::anvil::{TestNode, find};
use zksettle_chain::primitives::{Address, B256, U256, address};
use zksettle_chain::sender::Outcome;
use zksettle_chain::signer::{External, HashSigner, KeySource, LocalKey, PATIENCE, PasswordSource};

/// A keystore with its password and its account.
struct Published {
    name: &'static str,
    text: &'static str,
    password: &'static str,
    account: Address,
}

/// A test vector of the Web3 Secret Storage Definition, and one of geth's own keystores.
const KEYSTORES: [Published; 2] = [
    Published {
        name: "pbkdf2",
        text: r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
            "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
            "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
            "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
            "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
            "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#,
        password: PASSWORD,
        account: address!("008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"),
    },
    Published {
        name: "scrypt",
        text: r#"{"address":"7ef5a6135f1fd6a02593eedc869c6d41d934aef8","crypto":{"cipher":"aes-128-ctr",
            "ciphertext":"1d0839166e7a15b9c1333fc865d69858b22df26815ccf601b28219b6192974e1",
            "cipherparams":{"iv":"8df6caa7ff1b00c4e871f002cb7921ed"},"kdf":"scrypt",
            "kdfparams":{"dklen":32,"n":8,"p":16,"r":8,
            "salt":"e5e6ef3f4ea695f496b643ebd3f75c0aa58ef4070e90c80c5d3fb0241bf1595c"},
            "mac":"6d16dfde774845e4585357f24bce530528bc69f4f84e1e22880d34fa45c273e5"},
            "id":"950077c7-71e3-4c44-a4a1-143919141ed4","version":3}"#,
        password: "foobar",
        account: address!("7EF5A6135f1FD6a02593eEdC869c6D41D934aef8"),
    },
];
const PASSWORD: &str = "testpassword";

/// A key of a program, and its account.
const KEY: &str = "0x4646464646464646464646464646464646464646464646464646464646464646";
const ACCOUNT: Address = address!("9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F");

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path
}

/// Has the signer's account approve a sum, and looks whether the chain shows it: the signature was that of the account.
fn approves(bench: &Bench, signer: &dyn HashSigner, journal: &str) {
    bench.client.fund(signer.address(), 1).expect("money");
    let amount = U256::from(41);
    let call = TestToken::approveCall {
        spender: TO,
        value: amount,
    };
    let mut sender = bench.sender_of(signer, journal, patient());
    let done = sender.call("approve", bench.token, &call, &|_| Ok(false));
    assert!(matches!(done, Ok(Outcome::Mined(_))), "{done:?}");
    let call = TestToken::allowanceCall {
        owner: signer.address(),
        spender: TO,
    };
    assert_eq!(bench.client.view(bench.token, &call).expect("a sum"), amount);
    assert_eq!(bench.client.transactions_of(signer.address(), None), Ok(1));
}

#[test]
fn an_encrypted_keystore_signs_what_a_node_takes() {
    let Some(bench) = Bench::new() else { return };
    let folder = bench.folder.path();
    for keystore in KEYSTORES {
        // The first line counts, without its end.
        let password = written(folder, "password", &format!("{}\nanother\n", keystore.password));
        let path = written(folder, keystore.name, keystore.text);
        let signer = KeySource::Keystore(path).open(Some(&PasswordSource::File(password)), PATIENCE);
        let signer = signer.expect("a key");
        assert_eq!(signer.address(), keystore.account);
        approves(&bench, signer.as_ref(), &format!("{}.journal", keystore.name));
    }
}

#[test]
fn a_keystore_that_does_not_open_says_why_and_not_the_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let keystore = written(folder, "keystore.json", KEYSTORES[0].text);
    let password = |text: &str| PasswordSource::File(written(folder, "password", text));
    let damaged = written(
        folder,
        "damaged.json",
        &KEYSTORES[0].text.replace("5318b4d5", "5318b4d6"),
    );
    let empty = written(folder, "empty.json", "{}");
    let cases: [(&str, &Path, Option<PasswordSource>, &str); 7] = [
        (
            "wrong password",
            &keystore,
            Some(password("testpassworD")),
            "keystore of this password",
        ),
        (
            "no password",
            &keystore,
            Some(password("")),
            "keystore of this password",
        ),
        (
            "damaged",
            &damaged,
            Some(password(PASSWORD)),
            "keystore of this password",
        ),
        (
            "no keystore",
            &empty,
            Some(password(PASSWORD)),
            "keystore of this password",
        ),
        (
            "missing file",
            &folder.join("nowhere"),
            Some(password(PASSWORD)),
            "expected a keystore",
        ),
        (
            "missing password file",
            &keystore,
            Some(PasswordSource::File(folder.join("nobody"))),
            "expected a password",
        ),
        (
            "no source of a password",
            &keystore,
            None,
            "expected a password in a file or a variable",
        ),
    ];
    for (what, path, source, wanted) in cases {
        // All passwords are in one file.
        if what == "wrong password" {
            password("testpassworD");
        } else if what == "no password" {
            password("");
        } else {
            password(PASSWORD);
        }
        let error = match KeySource::Keystore(path.to_owned()).open(source.as_ref(), PATIENCE) {
            Ok(signer) => panic!("{what}: opened {}", signer.address()),
            Err(error) => error,
        };
        let usage = matches!(error, ChainError::Usage(_));
        assert_eq!(usage, source.is_none(), "{what}: {error:?}");
        assert!(
            usage || matches!(error, ChainError::Environment(_)),
            "{what}: {error:?}"
        );
        let text = error.to_string();
        assert!(text.contains(wanted), "{what}: {text}");
        assert!(!text.to_lowercase().contains(PASSWORD), "{what}: {text}");
    }
}

/// cast, beside anvil: a program of other people's that signs.
fn cast() -> Option<PathBuf> {
    let anvil = find().ok()?;
    let path = anvil.to_str()?.replace("anvil", "cast");
    let found = PathBuf::from(path);
    if found.is_file() {
        return Some(found);
    }
    let required = std::env::var("ZKSETTLE_REQUIRE_NODE").is_ok_and(|v| v == "1");
    assert!(
        !required,
        "ZKSETTLE_REQUIRE_NODE=1, but cast is not at {}",
        found.display()
    );
    println!("skipped: 1 test (cast is not there)");
    None
}

/// A program in a file. Written by a process of its own: a program that is open for writing somewhere does not start.
fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    let mut child = Command::new("sh")
        .args(["-c", "cat >\"$0\" && chmod +x \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("written");
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
    path
}

/// A program that answers with the account, and to a hash with what `signing` does; `$hash` is the hash.
fn signing(folder: &Path, name: &str, signing: &str) -> PathBuf {
    let text = format!(
        "#!/bin/sh\nread -r question\ncase \"$question\" in\n*'\"request\":\"address\"'*) echo {ACCOUNT}; exit ;;\nesac\n\
         hash=$(printf %s \"$question\" | sed 's/.*\"hash\":\"\\(0x[0-9a-f]*\\)\".*/\\1/')\n{signing}\n"
    );
    program(folder, name, &text)
}

#[test]
fn a_program_signs_what_a_node_takes() {
    let Some(bench) = Bench::new() else { return };
    let Some(cast) = cast() else { return };
    let text = format!(
        "exec {} wallet sign --no-hash --private-key {KEY} \"$hash\"",
        cast.display()
    );
    let path = signing(bench.folder.path(), "kms", &text);
    let source: KeySource = format!("command:{}", path.display()).parse().expect("a source");
    let signer = source.open(None, PATIENCE).expect("a signer");
    assert_eq!(signer.address(), ACCOUNT);
    approves(&bench, signer.as_ref(), "program");
}

/// The same signature with the other value of s, which a KMS may give: the chain takes the lower one.
#[test]
fn a_signature_with_the_higher_s_is_brought_to_the_lower_one() {
    let Some(bench) = Bench::new() else { return };
    let order: B256 = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        .parse()
        .expect("digits");
    let order = U256::from_be_bytes(order.0);
    let key = LocalKey::from_hex(KEY).expect("a key");
    let hash = B256::repeat_byte(0x5a);
    let low = key.sign(hash).expect("a signature");
    let high: Vec<u8> = [
        low.r().to_be_bytes::<32>().to_vec(),
        (order - low.s()).to_be_bytes::<32>().to_vec(),
        vec![27 + u8::from(!low.v())],
    ]
    .concat();
    let path = signing(bench.folder.path(), "high", &format!("echo 0x{}", hex::encode(high)));
    let signer = External::start(&path, PATIENCE).expect("a signer");
    assert_eq!(signer.sign(hash), Ok(low));
}

#[test]
fn a_program_that_does_not_sign_is_refused_and_nothing_is_sent() {
    let Some(bench) = Bench::new() else { return };
    let folder = bench.folder.path();
    let key = LocalKey::from_hex(KEY).expect("a key");
    let other = LocalKey::random();
    // Signatures of another hash by the account, of whatever hash by another account.
    let of = |signer: &LocalKey| hex::encode(signer.sign(B256::repeat_byte(9)).expect("a signature").as_bytes());
    let cases = [
        ("fails", "echo no such key >&2; exit 3".to_owned(), "no such key"),
        (
            "says nothing",
            "exit 0".to_owned(),
            "expected a signature of 0x and 130 digits",
        ),
        (
            "answers garbage",
            "echo garbage".to_owned(),
            "expected a signature of 0x and 130 digits",
        ),
        (
            "answers short",
            "echo 0x1234".to_owned(),
            "expected a signature of 0x and 130 digits",
        ),
        (
            "answers zeros",
            format!("echo 0x{}", "0".repeat(130)),
            "expected a signature",
        ),
        (
            "signs another hash",
            format!("echo 0x{}", of(&key)),
            "a signature of its account",
        ),
        (
            "signs for another",
            format!("echo 0x{}", of(&other)),
            "a signature of its account",
        ),
        (
            "succeeds too late",
            format!("echo 0x{}; exit 1", of(&key)),
            "exit code 0",
        ),
        ("hangs", "sleep 600".to_owned(), "an answer within 1 s"),
        (
            "hangs after its answer",
            format!("echo 0x{}; exec sleep 600 >&-", of(&key)),
            "an answer within 1 s",
        ),
        ("never ends its answer", "exec yes".to_owned(), "an answer within 1 s"),
    ];
    bench.client.fund(ACCOUNT, 1).expect("money");
    for (i, (what, text, wanted)) in cases.iter().enumerate() {
        let path = signing(folder, &format!("program-{i}"), text);
        let signer = External::start(&path, Duration::from_secs(1)).expect("it knows its account");
        let mut sender = bench.sender_of(&signer, "journal", patient());
        let call = TestToken::approveCall {
            spender: TO,
            value: U256::ONE,
        };
        let start = Instant::now();
        match sender.call("approve", bench.token, &call, &|_| Ok(false)) {
            Err(ChainError::Environment(text)) => assert!(text.contains(wanted), "{what}: {text}"),
            other => panic!("{what}: expected a refusal, found {other:?}"),
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{what}: {:?}",
            start.elapsed()
        );
        assert_eq!(sender.journal().intents(), [], "{what}");
    }
    assert_eq!(bench.client.transactions_of(ACCOUNT, None), Ok(0));
    // The nonce is free still.
    approves(&bench, &key, "journal");
}

#[test]
fn a_program_that_does_not_know_its_account_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let cases = [
        ("garbage", "#!/bin/sh\necho garbage\n", "expected 0x and 40 digits"),
        ("a short one", "#!/bin/sh\necho 0x1234\n", "expected 0x and 40 digits"),
        ("nothing", "#!/bin/sh\n", "expected 0x and 40 digits"),
        ("a failure", "#!/bin/sh\necho locked >&2\nexit 1\n", "locked"),
        ("silence", "#!/bin/sh\nsleep 600\n", "an answer within 1 s"),
        ("no program", "not a program\0\n", "a program that signs"),
    ];
    let refused = |what: &str, path: &Path, wanted: &str| match External::start(path, Duration::from_secs(1)) {
        Err(ChainError::Environment(text)) => assert!(text.contains(wanted), "{what}: {text}"),
        other => panic!("{what}: expected a refusal, found {other:?}"),
    };
    for (i, (what, text, wanted)) in cases.iter().enumerate() {
        refused(what, &program(folder, &format!("program-{i}"), text), wanted);
    }
    refused("missing", &folder.join("nowhere"), "a program that signs");
    refused(
        "not executable",
        &written(folder, "file", "#!/bin/sh\n"),
        "a program that signs",
    );
    // What is said of a long answer is short.
    let long = program(folder, "long", &format!("#!/bin/sh\necho {}\n", "x".repeat(2_000)));
    match External::start(&long, PATIENCE) {
        Err(error) => assert!(error.to_string().len() < 1_000, "{error}"),
        Ok(_) => panic!("expected a refusal"),
    }
}
