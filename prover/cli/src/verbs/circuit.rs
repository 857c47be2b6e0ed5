//! `circuit info`.

use circuits::info::{LiquidationInfo, liquidation_sizes, risk_sizes, sizes};
use circuits::{liquidation, risk, size, solvency};
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
    /// Only this size: xs, s, m, l or xl of settlement; 8, 32 or 128 of solvency; 4, 16 or 64 of risk; xs, s, m or l of liquidation.
    #[arg(long)]
    size: Option<String>,
}

impl Circuit {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let Self::Info(info) = self;
        if let Some(size) = &info.size {
            let (settlement, solvency) = (size::SIZES.map(|s| s.name), solvency::SIZES.map(|s| s.name));
            let risk = risk::SIZES.map(|s| s.name);
            let liquidation = liquidation::SIZES.map(|s| s.name);
            let mut names = [&settlement[..], &solvency[..], &risk[..], &liquidation[..]].concat();
            let mut seen = std::collections::BTreeSet::new();
            names.retain(|name| seen.insert(*name));
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
        let mut parts = risk_sizes();
        parts.retain(|line| info.size.as_ref().is_none_or(|size| line.size == size));
        let mut batches = liquidation_sizes();
        batches.retain(|line| info.size.as_ref().is_none_or(|size| line.size.name == size));
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
        let part_header = [
            "risk",
            "size",
            "k",
            "rows",
            "above",
            "below",
            "tables",
            "advice",
            "fixed",
            "degree",
            "lookups",
            "committed",
            "cells",
            "cells/series",
            "cells/scenario",
            "series",
            "expiries",
        ];
        let part_rows: Vec<Vec<String>> = parts
            .iter()
            .map(|p| {
                let numbers = [
                    p.k as usize,
                    p.rows,
                    p.rows_above,
                    p.rows_below,
                    p.rows_of_tables,
                    p.advice_columns,
                    p.fixed_columns,
                    p.degree,
                    p.lookups,
                    p.committed_cells,
                    p.cells,
                ];
                let of_series = [
                    p.cells_per_series,
                    p.cells_per_scenario,
                    p.max_series,
                    Some(p.max_expiries),
                ];
                let names = [p.part.to_owned(), p.size.to_owned()];
                let numbers = numbers.map(|n| n.to_string()).into_iter();
                let of_series = of_series.map(|n| n.map_or(String::new(), |n| n.to_string()));
                names.into_iter().chain(numbers).chain(of_series).collect()
            })
            .collect();
        // A size that only one statement has leaves the other table empty.
        let tables = [
            (rows.is_empty(), table(&header, &rows)),
            (parts.is_empty(), table(&part_header, &part_rows)),
            (batches.is_empty(), liquidation_table(&batches)),
        ];
        let tables: Vec<String> = tables
            .into_iter()
            .filter(|(empty, _)| !empty)
            .map(|(_, text)| text)
            .collect();
        let text = format!(
            "{}\n\ncells: advice cells one more account with one position writes (worst case), and one more position.\n\
             accounts: neighbouring, up to three positions each; positions: in accounts of 40; series: of the settled expiry.\n\
             solvency has one account, whose cells are all but those of its other positions; series: that a risk root can list.\n\
             risk: rows of arithmetic and words from above, of hashes, tuples and scenarios from below, of fixed tables beside them; cells a series with all its values, and a value's own rows.\n\
             liquidation: exactly so many of accounts with at most so many positions, by liquidators with at most so many; cells of one more liquidation, series, position of either.",
            tables.join("\n\n")
        );
        drop(_spinner);
        out.result(&json!({ "sizes": all, "risk": parts, "liquidation": batches }), &text)
    }
}

fn liquidation_table(sizes: &[LiquidationInfo]) -> String {
    let header = [
        "liquidation",
        "k",
        "rows",
        "above",
        "below",
        "advice",
        "fixed",
        "degree",
        "lookups",
        "committed",
        "cells",
        "cells/liquidation",
        "cells/series",
        "cells/leg",
        "cells/position",
        "liquidations",
        "legs",
        "positions",
        "series",
        "open interest",
    ];
    let row = |s: &LiquidationInfo| {
        let numbers = [
            s.size.k as usize,
            s.rows,
            s.rows_above,
            s.rows_below,
            s.advice_columns,
            s.fixed_columns,
            s.degree,
            s.lookups,
            s.committed_cells,
            s.cells,
            s.cells_per_liquidation,
            s.cells_per_series,
            s.cells_per_leg,
            s.cells_per_position,
            s.size.transfers,
            s.size.legs,
            s.size.held,
            s.size.series,
            s.size.interest,
        ];
        let name = [s.size.name.to_owned()];
        name.into_iter().chain(numbers.map(|n| n.to_string())).collect()
    };
    let rows: Vec<Vec<String>> = sizes.iter().map(row).collect();
    table(&header, &rows)
}
