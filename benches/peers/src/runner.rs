//! Runs the peers one after the other, each in processes of its own, and prints what the operating system says they took.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Serialize;
use wait4::Wait4;

use crate::circom;
use crate::error::Failure;
use crate::job::Layout;
use crate::measure::{Cost, Report};
use crate::noir;
use crate::{Peer, Run, Statement};

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    peer: Peer,
    statement: Statement,
    layout: Layout,
    n: usize,
    report: Option<Report>,
    /// Why there are no figures.
    failure: Option<String>,
    /// What the peer proves less or more than our circuit.
    proves: &'static str,
}

/// A folder in which a peer's commands run, with a limit for each.
pub(crate) struct Folder {
    path: PathBuf,
    limit_s: u64,
    environment: Vec<(&'static str, PathBuf)>,
}

/// What a command took and printed.
pub(crate) struct Done {
    pub(crate) cost: Cost,
    pub(crate) peak_bytes: u64,
    pub(crate) stdout: String,
}

impl Folder {
    /// An empty folder.
    pub(crate) fn empty(path: PathBuf, limit_s: u64) -> Result<Self, Failure> {
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
        Ok(Self {
            path,
            limit_s,
            environment: Vec::new(),
        })
    }

    /// Sets a variable for all commands that follow.
    pub(crate) fn set(&mut self, name: &'static str, value: PathBuf) {
        self.environment.push((name, value));
    }

    /// A file in it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Runs a command to its end. Its CPU time and memory include those of what it started.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Result<Done, Failure> {
        let (out, log) = (self.at("stdout"), self.at("log"));
        let start = Instant::now();
        let child = Command::new("timeout")
            .args(["--signal=KILL", &self.limit_s.to_string()])
            .arg(program)
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::create(&log)?)
            .current_dir(&self.path)
            .spawn()?;
        let used = child.wait4()?;
        let wall_s = start.elapsed().as_secs_f64();
        let stdout = fs::read_to_string(&out)?;
        if !used.status.success() {
            let limit = self.limit_s as f64;
            // 128 + 9 is what `timeout` says of a command that was killed.
            let killed = used.status.code() == Some(137) || used.status.code().is_none();
            let reason = if killed && wall_s >= limit {
                format!("over the limit of {limit} s")
            } else if killed {
                "killed by the system: out of memory, unless somebody did it".to_owned()
            } else {
                last(&format!("{stdout}\n{}", fs::read_to_string(&log)?))
            };
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            let what = arguments.iter().find(|argument| !argument.contains('/')).unwrap_or(&"");
            return Err(Failure::new(format!("{name} {what}: {} ({})", reason, used.status)));
        }
        Ok(Done {
            cost: Cost {
                wall_s,
                cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            },
            peak_bytes: used.rusage.maxrss,
            stdout,
        })
    }

    /// Runs a script of this folder's with node.
    pub(crate) fn node(&self, script: &str, arguments: &[&str]) -> Result<Done, Failure> {
        let script = crate::root().join(script);
        let script = script.to_string_lossy().into_owned();
        let mut all = vec!["--max-old-space-size=16384", script.as_str()];
        all.extend(arguments);
        self.command(Path::new("node"), &all)
    }
}

/// The last lines of a log, for a message.
fn last(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join(" / ")
}

/// Runs what was asked for.
pub(crate) fn run(run: &Run) -> Result<(), Failure> {
    let n = run.positions()?;
    fs::create_dir_all(&run.work)?;
    // Commands run in folders below it.
    let work = fs::canonicalize(&run.work)?;
    let run = &Run { work, ..run.clone() };
    let mut rows = Vec::new();
    let peers: Vec<Peer> = Peer::ALL
        .into_iter()
        .filter(|peer| run.only.is_empty() || run.only.contains(peer))
        .collect();
    for peer in peers {
        // Ours proves one statement, whatever was asked for.
        let wanted = |statement: &Statement| match peer.is_ours() {
            true => *statement == Statement::Update,
            false => run.statement.is_empty() || run.statement.contains(statement),
        };
        for statement in Statement::ALL.into_iter().filter(wanted) {
            for layout in peer.layouts() {
                let row = row(run, n, peer, statement, *layout);
                if !run.json {
                    print(&row, rows.is_empty());
                }
                rows.push(row);
            }
        }
    }
    if run.json {
        println!("{}", serde_json::to_string(&rows)?);
        return Ok(());
    }
    println!("\nMore and less than ours:");
    let mut told: Vec<Peer> = Vec::new();
    for row in &rows {
        if !told.contains(&row.peer) {
            println!("  {}: {}", row.peer.name(), row.proves);
            told.push(row.peer);
        }
    }
    Ok(())
}

fn row(run: &Run, n: usize, peer: Peer, statement: Statement, layout: Layout) -> Row {
    eprintln!("{} {} {n} {}", peer.name(), statement.name(), layout_name(layout));
    let report = measure(run, n, peer, statement, layout);
    let (report, failure) = match report {
        Ok(report) => (Some(report), None),
        Err(failure) => (None, Some(failure.to_string())),
    };
    Row {
        peer,
        statement,
        layout,
        n,
        report,
        failure,
        proves: peer.proves(),
    }
}

fn measure(run: &Run, n: usize, peer: Peer, statement: Statement, layout: Layout) -> Result<Report, Failure> {
    let job = job_file(run, n, layout)?;
    let name = format!("{}-{}-{n}-{}", peer.name(), statement.name(), layout_name(layout));
    let folder = Folder::empty(run.work.join(name), run.limit_s)?;
    match peer {
        Peer::NoirPoseidon2 | Peer::NoirCircomlib | Peer::Circom if !crate::root().join("node_modules").is_dir() => {
            Err(Failure::new(
                "node_modules: expected it beside package.json; run `npm ci` there",
            ))
        }
        Peer::NoirPoseidon2 | Peer::NoirCircomlib => noir::run(run, folder, &job, peer, statement),
        Peer::Circom => circom::run(run, &folder, &job, statement),
        _ => {
            let (job, runs) = (job.to_string_lossy().into_owned(), run.runs.to_string());
            let arguments = ["peer", peer.name(), statement.name(), &job, &runs];
            let done = folder.command(&std::env::current_exe()?, &arguments)?;
            Ok(serde_json::from_str(&done.stdout)?)
        }
    }
}

/// The job's file, made by a process of its own where it is not there yet.
fn job_file(run: &Run, n: usize, layout: Layout) -> Result<PathBuf, Failure> {
    let path = run
        .work
        .join(format!("job-{}-{n}-{}.json", layout_name(layout), run.seed));
    if !path.is_file() {
        eprintln!("making {}", path.display());
        let folder = Folder::empty(run.work.join("prepare"), run.limit_s)?;
        let made = folder.at("job.json");
        let (n, seed, out) = (n.to_string(), run.seed.to_string(), made.to_string_lossy().into_owned());
        folder.command(
            &std::env::current_exe()?,
            &["prepare", &n, &seed, layout_name(layout), &out],
        )?;
        fs::rename(made, &path)?;
    }
    Ok(path)
}

fn layout_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Scattered => "scattered",
        Layout::Neighbours => "neighbours",
    }
}

/// One line; the times of a proof are per settled position.
fn print(row: &Row, first: bool) {
    if first {
        let threads = std::thread::available_parallelism().map_or(0, usize::from);
        println!(
            "{threads} threads; compile, setup and witness are CPU seconds of the job, cpu/pos and wall/pos those of the proof by position"
        );
        println!(
            "{:<15} {:<10} {:<10} {:>5} {:>24} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>7} {:>8} {:>9}",
            "peer",
            "statement",
            "accounts",
            "n",
            "size",
            "compile",
            "setup",
            "witness",
            "cpu/pos",
            "wall/pos",
            "peak",
            "proof",
            "verify",
            "gas"
        );
    }
    let head = format!(
        "{:<15} {:<10} {:<10} {:>5}",
        row.peer.name(),
        row.statement.name(),
        layout_name(row.layout),
        row.n
    );
    let Some(report) = &row.report else {
        println!("{head} FAILED: {}", row.failure.as_deref().unwrap_or_default());
        return;
    };
    let (prove, n) = (report.prove(), row.n as f64);
    println!(
        "{head} {:>24} {:>8.1}s {:>8.1}s {:>8.2}s {:>8.4}s {:>8.4}s {:>5}MiB {:>6}B {:>8} {:>9}  {}",
        report.size,
        report.compile.unwrap_or_default().cpu_s,
        report.setup.cpu_s,
        report.witness.cpu_s,
        prove.cpu_s / n,
        prove.wall_s / n,
        report.peak_bytes >> 20,
        report.proof_bytes,
        report
            .verify
            .map_or_else(|| "-".to_owned(), |verify| format!("{:.0}ms", verify.wall_s * 1e3)),
        report.gas.map_or_else(|| "-".to_owned(), |gas| gas.to_string()),
        report.note
    );
}
