//! `circuit info`.

use circuits::info::sizes;
use circuits::{size, solvency};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::errors::Failure;
use crate::output::{Output, table};

/// The circuits.
#[derive(Debug, Subcommand)]
pub(crate) enum Circuit {
    /// Rows, columns, cost and capacity of every statement and size.
    Info(Info),
}

/// Which sizes.
#[derive(Debug, Args)]
pub(crate) struct Info {
    /// Only this size: xs, s, m, l or xl of settlement; 8, 32 or 128 of solvency.
    #[arg(long)]
    size: Option<String>,
}

impl Circuit {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let Self::Info(info) = self;
        if let Some(size) = &info.size {
            let (settlement, solvency) = (size::SIZES.map(|s| s.name), solvency::SIZES.map(|s| s.name));
            let names = [&settlement[..], &solvency[..]].concat();
            if !names.contains(&size.as_str()) {
                return Err(Failure::usage(format!(
                    "size: expected one of {}, found {size}",
                    names.join(", ")
                )));
            }
        }
        let _spinner = out.spinner("counting cells");
        let mut all = sizes();
        all.retain(|line| info.size.as_ref().is_none_or(|size| line.size == size));
        let header = [
            "statement",
            "size",
            "k",
            "rows",
            "advice",
            "fixed",
            "degree",
            "lookups",
            "committed",
            "cells/account",
            "cells/position",
            "accounts",
            "positions",
            "series",
        ];
        let rows: Vec<Vec<String>> = all
            .iter()
            .map(|s| {
                let numbers = [
                    s.k as usize,
                    s.rows,
                    s.advice_columns,
                    s.fixed_columns,
                    s.degree,
                    s.lookups,
                    s.committed_cells,
                    s.cells_per_account,
                    s.cells_per_position,
                    s.max_accounts,
                    s.max_positions,
                    s.max_series,
                ];
                let names = [s.statement.to_owned(), s.size.to_owned()];
                names.into_iter().chain(numbers.map(|n| n.to_string())).collect()
            })
            .collect();
        let text = format!(
            "{}\n\ncells: advice cells one more account with one position writes (worst case), and one more position.\n\
             accounts: neighbouring, up to three positions each; positions: in accounts of 40; series: of the settled expiry.\n\
             solvency has one account, whose cells are all but those of its other positions; series: that a risk root can list.",
            table(&header, &rows)
        );
        drop(_spinner);
        out.result(&json!({ "sizes": all }), &text)
    }
}
