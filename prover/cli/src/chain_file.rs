//! Option chains from files: Deribit's CSV history, or our normalised JSON, which keeps what a JSON answer left out as absent.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use serde::{Deserialize, Serialize};
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::market::delivery::DeliveryPrices;
use witness_gen::market::{
    Contracts, OptionChain, Premium, Quote, Right, Style, UtcSeconds, Volatility, currency_of, deribit, underlying_of,
};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

use crate::errors::Failure;

/// The name and version of the normalised format.
const FORMAT: &str = "zksettle-chain/1";

/// A chain with integers in the units of the protocol.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainFile {
    format: String,
    currency: String,
    snapshot_utc: String,
    style: String,
    /// Prices in 10^-6, premiums in 10^-8, volatility in 10^-4, open interest in 10^-6 contract, expiry in Unix minutes.
    quotes: Vec<QuoteLine>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuoteLine {
    instrument: String,
    expiry: u32,
    strike: u64,
    right: char,
    index: Option<u64>,
    forward: Option<u64>,
    volatility: Option<u32>,
    mark: Option<u64>,
    bid: Option<u64>,
    ask: Option<u64>,
    open_interest: u64,
}

/// Opens a file, or says which one is missing.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::io(path, "a readable file", &error))
}

/// Whether a file begins with a brace; the file is rewound.
fn is_json(path: &Path, file: &mut File) -> Result<bool, Failure> {
    let mut head = [0; 1];
    let read = file.read(&mut head).and_then(|n| file.rewind().map(|()| n));
    Ok(read.map_err(|error| Failure::io(path, "a readable file", &error))? == 1 && head[0] == b'{')
}

/// Reads a chain: CSV, plain or gzipped, of which one snapshot is taken, or the normalised form, which is one.
pub(crate) fn read(path: &Path, underlying: Underlying, choice: SnapshotChoice) -> Result<OptionChain, Failure> {
    let mut file = open(path)?;
    if !is_json(path, &mut file)? {
        return read_chain(file, underlying, choice).map_err(|error| Failure::from(error).about(path));
    }
    let parsed: ChainFile = serde_json::from_reader(std::io::BufReader::new(file)).map_err(|error| {
        Failure::environment(format!(
            "{}: expected a CSV chain or {FORMAT} (`zksettle market import` makes it from Deribit's JSON), found {error}",
            path.display()
        ))
    })?;
    let chain = parsed.into_chain().map_err(|failure| failure.about(path))?;
    if chain.underlying != underlying {
        let (expected, found) = (currency_of(underlying), currency_of(chain.underlying));
        return Err(Failure::environment(format!("currency: expected {expected}, found {found}")).about(path));
    }
    Ok(chain)
}

/// Reads delivery prices: CSV, or the answer of Deribit's public API.
pub(crate) fn read_delivery(path: &Path, underlying: Underlying) -> Result<DeliveryPrices, Failure> {
    let mut file = open(path)?;
    let read = if is_json(path, &mut file)? {
        deribit::read_delivery(file, underlying)
    } else {
        DeliveryPrices::read(file)
    };
    read.map_err(|error| Failure::from(error).about(path))
}

/// The normalised form of a chain.
pub(crate) fn to_json(chain: &OptionChain) -> String {
    let line = |quote: &Quote| QuoteLine {
        instrument: quote.instrument.clone(),
        expiry: quote.expiry.get(),
        strike: quote.strike.get(),
        right: if quote.right == Right::Call { 'C' } else { 'P' },
        index: quote.index.map(Price::get),
        forward: quote.forward.map(Price::get),
        volatility: quote.volatility.map(|v| v.0),
        mark: quote.mark.map(|p| p.0),
        bid: quote.bid.map(|p| p.0),
        ask: quote.ask.map(|p| p.0),
        open_interest: quote.open_interest.0,
    };
    let file = ChainFile {
        format: FORMAT.to_owned(),
        currency: currency_of(chain.underlying).to_owned(),
        snapshot_utc: chain.snapshot.to_string(),
        style: chain.style.to_string(),
        quotes: chain.quotes.iter().map(line).collect(),
    };
    // Strings, integers and lists of them always serialise.
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

impl ChainFile {
    fn into_chain(self) -> Result<OptionChain, Failure> {
        let wrong = |part: &str, expected: &str, found: &dyn std::fmt::Debug| {
            Failure::environment(format!("chain, {part}: expected {expected}, found {found:?}"))
        };
        if self.format != FORMAT {
            return Err(wrong("format", FORMAT, &self.format));
        }
        let underlying =
            underlying_of(&self.currency).ok_or_else(|| wrong("currency", "BTC or ETH", &self.currency))?;
        let snapshot = UtcSeconds::parse(&self.snapshot_utc)
            .ok_or_else(|| wrong("snapshot_utc", "an RFC 3339 time", &self.snapshot_utc))?;
        let style = [Style::Linear, Style::Inverse]
            .into_iter()
            .find(|style| style.to_string() == self.style);
        let style = style.ok_or_else(|| wrong("style", "linear or inverse", &self.style))?;
        let price = |value: u64| Price::new(value).map_err(|_| wrong("price", "a value below 2^63", &value));
        let mut quotes = Vec::with_capacity(self.quotes.len());
        for line in self.quotes {
            let right = match line.right {
                'C' => Right::Call,
                'P' => Right::Put,
                other => return Err(wrong("right", "C or P", &other)),
            };
            quotes.push(Quote {
                instrument: line.instrument,
                expiry: ExpiryMinutes(line.expiry),
                strike: price(line.strike)?,
                right,
                index: line.index.map(price).transpose()?,
                forward: line.forward.map(price).transpose()?,
                volatility: line.volatility.map(Volatility),
                mark: line.mark.map(Premium),
                bid: line.bid.map(Premium),
                ask: line.ask.map(Premium),
                open_interest: Contracts(line.open_interest),
            });
        }
        let key = |quote: &Quote| (quote.expiry, quote.strike, quote.right);
        if let Some(pair) = quotes.windows(2).find(|pair| key(&pair[0]) >= key(&pair[1])) {
            return Err(wrong(
                "quotes",
                "increasing order of (expiry, strike, right)",
                &pair[1].instrument,
            ));
        }
        Ok(OptionChain {
            underlying,
            snapshot,
            style,
            quotes,
        })
    }
}
