//! `chain status`.

use std::path::PathBuf;

use chain::deployment::Deployment;
use chain::status::Status as Found;
use clap::Args;
use serde_json::json;
use witness_gen::store::Store;

use super::options::Node;
use super::proofs::number;
use crate::errors::Failure;
use crate::output::{Output, joined, table};

/// Of which deployment.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    node: Node,
    /// The deployment.
    #[arg(long)]
    deployment: PathBuf,
    /// A local database: fails where the chain is not a state of its history.
    #[arg(long)]
    db: Option<PathBuf>,
}

/// How a database and the chain stand to each other.
struct Compared {
    batch: u64,
    /// Batches that the database has and the chain has not executed; none where the chain stands at no state of the database.
    ahead: Option<u64>,
}

impl Status {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let client = self.node.connect()?;
        let deployment = Deployment::open(&self.deployment, &client)?;
        let found = Found::read(&client, &deployment)?;
        let compared = match &self.db {
            Some(db) => Some(compare(&Store::open(db)?, &found, &deployment)?),
            None => None,
        };
        let local = compared.as_ref().map(|compared| {
            json!({
                "batch": compared.batch,
                "ahead_by": compared.ahead,
                "same_history": compared.ahead.is_some(),
            })
        });
        let value = joined(json!(found), json!({ "database": local }));
        let text = text(&found, compared.as_ref());
        let problem = match &compared {
            Some(Compared { ahead: None, .. }) => Some("the chain stands at no state of the database".to_owned()),
            _ if !found.changed_contracts.is_empty() => Some(format!(
                "other code than was deployed at {}",
                found.changed_contracts.join(", ")
            )),
            _ => None,
        };
        match problem {
            None => out.result(&value, &text),
            Some(problem) => {
                if !out.json {
                    out.result(&value, &text)?;
                }
                Err(Failure::rejected(format!(
                    "status: expected chain and records to agree, found {problem}"
                )))
            }
        }
    }
}

/// The database's root after the chain's last executed batch is the chain's.
fn compare(store: &Store, found: &Found, deployment: &Deployment) -> Result<Compared, Failure> {
    let (batch, root) = store.state()?;
    let at_chain = if found.executed == batch {
        Some(number(&root))
    } else if found.executed == 0 {
        Some(deployment.config.genesis)
    } else {
        let batches = store.batches()?;
        let of = batches.iter().find(|record| record.instance.number() == found.executed);
        of.map(|record| number(&record.instance.states()[1]))
    };
    let same = at_chain == Some(found.state_root) && found.executed <= batch;
    Ok(Compared {
        batch,
        ahead: same.then(|| batch - found.executed),
    })
}

fn text(found: &Found, compared: Option<&Compared>) -> String {
    let yes = |flag| if flag { "YES" } else { "no" };
    let mut rows = vec![
        vec![
            "chain, block".to_owned(),
            format!("{}, {}", found.chain_id, found.block),
        ],
        vec!["state root".to_owned(), format!("{:#066x}", found.state_root)],
        vec![
            "batches committed, proven, executed".to_owned(),
            format!("{} {} {}", found.committed, found.proven, found.executed),
        ],
        vec!["frozen".to_owned(), yes(found.frozen).to_owned()],
        vec!["breaker on".to_owned(), yes(found.breaker_tripped).to_owned()],
        vec![
            "parameters".to_owned(),
            format!("version {}, {:#066x}", found.parameters_version, found.parameters),
        ],
        vec![
            "deposits that wait".to_owned(),
            (found.deposits.tail - found.deposits.head).to_string(),
        ],
        vec![
            "requests that wait".to_owned(),
            (found.requests.tail - found.requests.head).to_string(),
        ],
        vec!["owed".to_owned(), found.owed.to_string()],
    ];
    for underlying in &found.underlyings {
        rows.push(vec![
            format!("underlying {}", underlying.underlying),
            format!(
                "round {}, price {} at {}, risk root {:#066x}",
                underlying.round, underlying.price, underlying.price_time, underlying.risk_root
            ),
        ]);
    }
    for verifier in &found.verifiers {
        let code = if verifier.code_as_deployed { "" } else { ", OTHER CODE" };
        rows.push(vec![verifier.name.clone(), format!("{}{code}", verifier.status)]);
    }
    if let Some(compared) = compared {
        let say = match compared.ahead {
            None => "ANOTHER HISTORY".to_owned(),
            Some(0) => "the same state".to_owned(),
            Some(ahead) => format!("{ahead} batches ahead of the chain"),
        };
        rows.push(vec![format!("database after batch {}", compared.batch), say]);
    }
    table(&["what", "found"], &rows)
}
