//! Noir, compiled and executed by its npm packages, proven by the native `bb` that `@aztec/bb.js` brings.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::Failure;
use crate::field::decimal;
use crate::job::{CASH_BIAS, DEPTH, Job};
use crate::measure::Report;
use crate::poseidon::{F, FULL, Hash, Poseidon};
use crate::runner::Folder;
use crate::{Peer, Run, Statement};

/// With keccak and blinded, for a contract: what our proofs are made for too.
const TARGET: [&str; 2] = ["-t", "evm"];
const BB: &str = "node_modules/@aztec/bb.js/build";

/// The native `bb` of this platform.
fn bb() -> PathBuf {
    let cpu = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    let system = if cfg!(target_os = "macos") { "macos" } else { "linux" };
    crate::root().join(BB).join(format!("{cpu}-{system}")).join("bb")
}

/// Runs a row.
pub(crate) fn run(
    run: &Run,
    mut folder: Folder,
    job: &Path,
    peer: Peer,
    statement: Statement,
) -> Result<Report, Failure> {
    let hash = if peer == Peer::NoirPoseidon2 {
        Hash::Poseidon2
    } else {
        Hash::Circomlib
    };
    package(&folder, &Job::load(job)?, hash, statement)?;
    let compile = folder.node("noir.mjs", &["compile", "."])?;
    let gates = gates(&folder)?;
    let crs = match &run.bb_crs {
        Some(crs) => fs::canonicalize(crs)?,
        None => crs(run, &folder, gates)?,
    };
    folder.set("CRS_PATH", crs.clone());
    let bb = bb();
    let command = |verb: &str, arguments: &[&str]| {
        let mut all = vec![verb];
        all.extend(TARGET);
        all.extend(arguments);
        folder.command(&bb, &all)
    };
    let setup = command("write_vk", &["-b", "circuit.json", "-o", "."])?;
    let witness = folder.node("noir.mjs", &["witness", "."])?;
    let mut proofs = Vec::new();
    let mut peak_bytes = 0;
    for _ in 0..run.runs.max(1) {
        let done = command(
            "prove",
            &["-b", "circuit.json", "-w", "witness.gz", "-k", "vk", "-o", "."],
        )?;
        proofs.push(done.cost);
        peak_bytes = peak_bytes.max(done.peak_bytes);
    }
    let verify = if run.bb_crs.is_some() {
        Some(command("verify", &["-k", "vk", "-p", "proof", "-i", "public_inputs"])?.cost)
    } else {
        fs::copy(crs.join("solidity.json"), folder.at("g2.json"))?;
        None
    };
    command(
        "write_solidity_verifier",
        &["--optimized", "-k", "vk", "-o", "Verifier.sol"],
    )?;
    let contract: Value = serde_json::from_str(&folder.node("evm.mjs", &["honk", "."])?.stdout)?;
    let note = if verify.is_some() {
        "verified by bb and by its contract"
    } else {
        "verified by bb's contract, its setup's point replaced by the one made here"
    };
    Ok(Report {
        size: format!("{gates} gates"),
        compile: Some(compile.cost),
        setup: setup.cost,
        witness: witness.cost,
        proofs,
        peak_bytes,
        proof_bytes: fs::metadata(folder.at("proof"))?.len() as usize,
        verify,
        gas: contract["gas"].as_u64(),
        note: note.to_owned(),
    })
}

/// The number of gates, as bb counts them.
fn gates(folder: &Folder) -> Result<u64, Failure> {
    let done = folder.command(&bb(), &["gates", TARGET[0], TARGET[1], "-b", "circuit.json"])?;
    let start = done
        .stdout
        .find('{')
        .ok_or_else(|| Failure::new("bb gates: expected JSON"))?;
    let gates: Value = serde_json::from_str(&done.stdout[start..])?;
    let gates = gates["functions"][0]["circuit_size"].as_u64();
    gates.ok_or_else(|| Failure::new("bb gates: expected a circuit_size"))
}

/// Writes the package and its input.
fn package(folder: &Folder, job: &Job, hash: Hash, statement: Statement) -> Result<(), Failure> {
    fs::create_dir_all(folder.at("src"))?;
    let copy = |from: &str, to: &str| fs::copy(crate::root().join("noir").join(from), folder.at("src").join(to));
    copy("settle.nr", "settle.nr")?;
    let mut main = fs::read_to_string(crate::root().join("noir").join(format!("{}.nr", statement.name())))?;
    match hash {
        Hash::Poseidon2 => {
            copy("poseidon2.nr", "hash.nr")?;
        }
        Hash::Circomlib => {
            copy("circomlib.nr", "hash.nr")?;
            let constants = constants("TWO", Poseidon::two()) + &constants("SIX", Poseidon::six());
            fs::write(folder.at("src").join("constants.nr"), constants)?;
            main = main.replacen("mod hash;", "mod constants;\nmod hash;", 1);
        }
    }
    fs::write(folder.at("src").join("main.nr"), main)?;
    let n = job.accounts.len();
    fs::write(
        folder.at("src").join("size.nr"),
        format!("/// Accounts.\npub global N: u32 = {n};\n"),
    )?;
    let manifest = "[package]\nname = \"settle\"\ntype = \"bin\"\nauthors = []\n\n[dependencies]\n";
    fs::write(folder.at("Nargo.toml"), manifest)?;
    fs::write(
        folder.at("input.json"),
        serde_json::to_string(&input(job, hash, statement)?)?,
    )?;
    Ok(())
}

/// The constants of a Poseidon in sparse form, as Noir.
fn constants(name: &str, poseidon: &Poseidon) -> String {
    let (width, partial, half) = (poseidon.width, poseidon.partial, FULL / 2);
    let list = |values: &[F]| format!("[{}]", values.iter().map(decimal).collect::<Vec<_>>().join(", "));
    let lists = |what: &str, rows: &[Vec<F>]| {
        let rows_text: Vec<String> = rows.iter().map(|row| list(row)).collect();
        format!(
            "pub global {name}_{what}: [[Field; {width}]; {}] = [{}];\n",
            rows.len(),
            rows_text.join(",\n")
        )
    };
    let sparse = &poseidon.sparse;
    let first: Vec<Vec<F>> = (0..half).map(|round| poseidon.round(round).to_vec()).collect();
    let mut last = vec![sparse.after.clone()];
    last.extend((1..half).map(|round| poseidon.round(half + partial + round).to_vec()));
    let rows: Vec<Vec<F>> = sparse.rounds.iter().map(|round| round.row.clone()).collect();
    // A column begins below the first word.
    let columns: Vec<Vec<F>> = sparse
        .rounds
        .iter()
        .map(|round| [&[F::from(0)], round.column.as_slice()].concat())
        .collect();
    let firsts: Vec<F> = sparse.rounds.iter().map(|round| round.constant).collect();
    [
        lists("FIRST", &first),
        lists("MATRIX", &poseidon.matrix),
        lists("BEFORE", &sparse.before),
        format!("pub global {name}_CONSTANT: [Field; {partial}] = {};\n", list(&firsts)),
        lists("ROW", &rows),
        lists("COLUMN", &columns),
        lists("LAST", &last),
    ]
    .concat()
}

/// A job as input by name; circom takes the same.
pub(crate) fn input(job: &Job, hash: Hash, statement: Statement) -> Result<Value, Failure> {
    let book = job.book(hash)?;
    let each = |value: &dyn Fn(&crate::job::Account) -> Value| job.accounts.iter().map(value).collect::<Vec<_>>();
    let paths = |paths: &[Vec<F>]| -> Vec<Vec<String>> {
        paths.iter().map(|path| path.iter().map(decimal).collect()).collect()
    };
    let bits = |index: u32| -> Vec<u32> { (0..DEPTH).map(|height| index >> height & 1).collect() };
    let mut input = json!({
        "price": job.price.to_string(),
        "book": decimal(&book.root),
        "total": decimal(&F::from(job.total)),
        "index": each(&|account| json!(bits(account.index))),
        "owner": each(&|account| json!(decimal(&account.owner))),
        "cash": each(&|account| json!(decimal(&(F::from(1u128 << CASH_BIAS) + F::from(account.cash))))),
        "put": each(&|account| json!(u8::from(account.put))),
        "short": each(&|account| json!(u8::from(account.short))),
        "strike": each(&|account| json!(account.strike.to_string())),
        "lots": each(&|account| json!(account.lots.to_string())),
        "blinding": each(&|account| json!(decimal(&account.blinding))),
    });
    match statement {
        Statement::Membership => {
            input["digest"] = json!(decimal(&book.digest));
            input["path"] = json!(paths(&book.paths));
        }
        Statement::Update => {
            input["new_book"] = json!(decimal(&book.new_root));
            input["path"] = json!(paths(&book.updates));
            input["new_blinding"] = json!(each(&|account| json!(decimal(&account.new_blinding))));
        }
    }
    Ok(input)
}

/// A folder with a setup large enough for so many gates, made where it is not there yet.
fn crs(run: &Run, folder: &Folder, gates: u64) -> Result<PathBuf, Failure> {
    // Blinding takes a few rows more, and the points are those of the next power of two and one.
    let points = (gates + 64).next_power_of_two() as usize + 1;
    let path = run.work.join(format!("bb-crs-{points}"));
    if !path.join("solidity.json").is_file() {
        let (points, out) = (points.to_string(), path.to_string_lossy().into_owned());
        folder.command(&std::env::current_exe()?, &["crs", &points, &out])?;
    }
    Ok(path)
}
