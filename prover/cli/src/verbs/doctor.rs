//! `doctor`: what this machine has, and what zksettle makes of it.

use std::process::{Command, Stdio};

use circuits::size::SIZES;
use clap::Args;
use prover::keys::KeyCache;
use serde_json::json;

use crate::errors::Failure;
use crate::machine;
use crate::output::{Output, table};
use crate::setups;

/// Looks at this machine.
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// One thing looked at.
struct Finding {
    what: &'static str,
    /// Without it nothing works.
    needed: bool,
    good: bool,
    found: String,
}

impl Doctor {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let findings = [processor(), memory(), cache(), setups_cached(), compiler(), build()];
        let state = |finding: &Finding| match (finding.good, finding.needed) {
            (true, _) => "ok",
            (false, true) => "BAD",
            (false, false) => "note",
        };
        let rows: Vec<Vec<String>> = findings
            .iter()
            .map(|f| vec![f.what.into(), state(f).into(), f.found.clone()])
            .collect();
        let all: Vec<_> = findings
            .iter()
            .map(|f| json!({ "what": f.what, "state": state(f), "found": f.found }))
            .collect();
        let bad = findings.iter().find(|finding| finding.needed && !finding.good);
        if let Some(bad) = bad {
            if !out.json {
                out.result(&json!({}), &table(&["what", "state", "found"], &rows))?;
            }
            return Err(Failure::environment(format!(
                "{}: expected it to work, found {}",
                bad.what, bad.found
            )));
        }
        out.result(
            &json!({ "healthy": true, "findings": all }),
            &table(&["what", "state", "found"], &rows),
        )
    }
}

fn processor() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[cfg(target_arch = "x86_64")]
    let missing: Vec<&str> = [
        ("bmi2", std::is_x86_feature_detected!("bmi2")),
        ("adx", std::is_x86_feature_detected!("adx")),
    ]
    .into_iter()
    .filter_map(|(name, there)| (!there).then_some(name))
    .collect();
    #[cfg(not(target_arch = "x86_64"))]
    let missing: Vec<&str> = Vec::new();
    let found = match missing.is_empty() {
        true => format!("{cores} cores"),
        false => format!("{cores} cores without {}, which this build uses", missing.join(" and ")),
    };
    Finding {
        what: "processor",
        needed: true,
        good: missing.is_empty(),
        found,
    }
}

fn memory() -> Finding {
    let Some(available) = machine::available_memory() else {
        return Finding {
            what: "memory",
            needed: false,
            good: false,
            found: "not known on this system".into(),
        };
    };
    let fitting = SIZES
        .into_iter()
        .rev()
        .find(|size| setups::memory_of(*size) <= available);
    let largest = fitting.map_or("no size fits".to_owned(), |size| {
        format!("enough for size {}", size.name)
    });
    let found = format!("{} available, {largest}", machine::mebibytes(available));
    Finding {
        what: "memory",
        needed: true,
        good: fitting.is_some(),
        found,
    }
}

fn cache() -> Finding {
    let tried = || -> Result<String, String> {
        let cache = KeyCache::from_env().ok_or("none of ZKSETTLE_CACHE, XDG_CACHE_HOME, HOME is set")?;
        let folder = cache.folder();
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        tempfile::NamedTempFile::new_in(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let bytes: u64 = files(folder)
            .map(|entry| entry.metadata().map_or(0, |data| data.len()))
            .sum();
        Ok(format!("{}, {} of keys", folder.display(), machine::mebibytes(bytes)))
    };
    let tried = tried();
    Finding {
        what: "cache",
        needed: true,
        good: tried.is_ok(),
        found: tried.unwrap_or_else(|reason| reason),
    }
}

fn files(folder: &std::path::Path) -> impl Iterator<Item = std::fs::DirEntry> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_file())
}

fn setups_cached() -> Finding {
    let folder = KeyCache::from_env().map(|cache| cache.folder().join("setups"));
    let count = folder.as_deref().map_or(0, |folder| files(folder).count());
    Finding {
        what: "cached setups",
        needed: false,
        good: true,
        found: count.to_string(),
    }
}

fn compiler() -> Finding {
    let node = Command::new("node")
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let found = match &node {
        Ok(output) => format!("node {}", String::from_utf8_lossy(&output.stdout).trim()),
        Err(_) => "no node: only committed contracts can be used".into(),
    };
    Finding {
        what: "solidity compiler",
        needed: false,
        good: node.is_ok(),
        found,
    }
}

fn build() -> Finding {
    let production = cfg!(feature = "production");
    let found = if production {
        "production: refuses one-party setups"
    } else {
        "allows one-party setups, with a warning"
    };
    Finding {
        what: "build",
        needed: false,
        good: true,
        found: found.into(),
    }
}
