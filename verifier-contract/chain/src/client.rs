//! A node behind HTTP, asked one question at a time.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::Ethereum;
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::providers::{Provider, ProviderBuilder, RootProvider};
use alloy::rpc::types::{Block, TransactionReceipt, TransactionRequest};
use alloy::sol_types::SolCall;
use alloy::transports::{RpcError, TransportErrorKind};
use serde_json::Value;

use crate::abi::reason;
use crate::error::{ChainError, short};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a transaction's gas costs at most, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Everything together.
    pub most: u128,
    /// What the block's producer gets of it.
    pub tip: u128,
}

/// A block, as far as anybody here asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockName {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Unix seconds.
    pub time: u64,
}

/// A connection to a node.
pub struct Client {
    runtime: tokio::runtime::Runtime,
    provider: RootProvider<Ethereum>,
    /// The URL may hold a secret, so errors name the host only.
    url: String,
    host: String,
    chain_id: u64,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("host", &self.host)
            .field("chain_id", &self.chain_id)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects, and asks for the chain's identifier.
    ///
    /// # Errors
    /// The URL is none, or nobody answers there.
    pub fn connect(url: &str) -> Result<Self, ChainError> {
        let wrong = |_| ChainError::Usage("node: expected an http or https URL, found something else".into());
        let parsed: reqwest::Url = url.parse().map_err(wrong)?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(ChainError::Usage(format!(
                "node: expected an http or https URL, found scheme {}",
                parsed.scheme()
            )));
        }
        let internal = |error: &dyn std::fmt::Display| ChainError::Internal(format!("client: {error}"));
        // A second connection finds the provider installed: that is no failure.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| internal(&error))?;
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| internal(&error.without_url()))?;
        let mut client = Self {
            runtime,
            url: parsed.to_string(),
            host: parsed.host_str().unwrap_or("?").to_owned(),
            provider: ProviderBuilder::new()
                .disable_recommended_fillers()
                .connect_reqwest(http, parsed),
            chain_id: 0,
        };
        client.chain_id = client.ask("chain identifier", client.provider.get_chain_id())?;
        Ok(client)
    }

    /// The chain's identifier.
    pub fn chain_id(&self) -> u64 {
        self.chain_id
    }

    fn wait<T>(&self, question: impl Future<Output = T>) -> T {
        self.runtime.block_on(question)
    }

    fn ask<T>(
        &self,
        what: &str,
        question: impl IntoFuture<Output = Result<T, RpcError<TransportErrorKind>>>,
    ) -> Result<T, ChainError> {
        self.wait(question.into_future())
            .map_err(|error| ChainError::node(&format!("{}, {what}", self.host), self.hidden(&error)))
    }

    /// The text of an error without the URL.
    fn hidden(&self, error: &RpcError<TransportErrorKind>) -> String {
        let text = match error {
            RpcError::ErrorResp(payload) => payload.message.to_string(),
            other => other.to_string(),
        };
        text.replace(&self.url, &self.host)
            .replace(self.url.trim_end_matches('/'), &self.host)
    }

    /// Any method of the node, by name: for those that only a test node has.
    ///
    /// # Errors
    /// The node refuses.
    pub fn raw(&self, method: &str, parameters: Value) -> Result<Value, ChainError> {
        let name: Cow<'static, str> = method.to_owned().into();
        self.ask(method, self.provider.raw_request(name, parameters))
    }

    /// The last block.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn latest(&self) -> Result<BlockName, ChainError> {
        let block = self.block(BlockNumberOrTag::Latest)?;
        block.ok_or_else(|| ChainError::node("last block", "none"))
    }

    /// A block by number; none if the chain is not that long.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn block_at(&self, number: u64) -> Result<Option<BlockName>, ChainError> {
        self.block(BlockNumberOrTag::Number(number))
    }

    fn block(&self, at: BlockNumberOrTag) -> Result<Option<BlockName>, ChainError> {
        let block: Option<Block> = self.ask("block", self.provider.get_block_by_number(at))?;
        Ok(block.map(|block| BlockName {
            number: block.header.number,
            hash: block.header.hash,
            time: block.header.timestamp,
        }))
    }

    /// How many transactions of an account were mined, up to a block or up to now.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn transactions_of(&self, account: Address, block: Option<u64>) -> Result<u64, ChainError> {
        let at = block.map_or(BlockId::latest(), BlockId::number);
        self.ask(
            "number of transactions",
            self.provider.get_transaction_count(account).block_id(at),
        )
    }

    /// The receipt of a transaction that is in the chain now.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, ChainError> {
        self.ask("receipt", self.provider.get_transaction_receipt(hash))
    }

    /// Code at an address.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn code(&self, at: Address) -> Result<Bytes, ChainError> {
        self.ask("code", self.provider.get_code_at(at))
    }

    /// Hash of the code at an address; none where there is no code.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn code_hash(&self, at: Address) -> Result<Option<B256>, ChainError> {
        let code = self.code(at)?;
        Ok((!code.is_empty()).then(|| keccak256(&code)))
    }

    /// Money of an account, in wei.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn balance(&self, of: Address) -> Result<U256, ChainError> {
        self.ask("balance", self.provider.get_balance(of))
    }

    /// Logs of a contract from a block on, with this first topic.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn logs(&self, of: Address, topic: B256, from: u64) -> Result<Vec<alloy::rpc::types::Log>, ChainError> {
        let filter = alloy::rpc::types::Filter::new()
            .address(of)
            .event_signature(topic)
            .from_block(from);
        self.ask("logs", self.provider.get_logs(&filter))
    }

    /// What gas costs now.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn fees(&self) -> Result<Fees, ChainError> {
        let found = self.ask("fees", self.provider.estimate_eip1559_fees())?;
        Ok(Fees {
            most: found.max_fee_per_gas,
            tip: found.max_priority_fee_per_gas,
        })
    }

    /// What a view function returns at the last block.
    ///
    /// # Errors
    /// [`ChainError::Rejected`] with the contract's reason, or the node does not answer.
    pub fn view<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, ChainError> {
        let data = self.simulate(Address::ZERO, Some(to), call.abi_encode().into())?;
        C::abi_decode_returns(&data).map_err(|error| ChainError::node(C::SIGNATURE, error))
    }

    /// What a call would return at the last block.
    ///
    /// # Errors
    /// [`ChainError::Rejected`] with the contract's reason, or the node does not answer.
    pub fn simulate(&self, from: Address, to: Option<Address>, data: Bytes) -> Result<Bytes, ChainError> {
        let request = request(from, to, data);
        let call = self.provider.call(request).block(BlockId::latest());
        self.wait(call.into_future())
            .map_err(|error| self.refusal("call", &error))
    }

    /// The gas that a call would take at the last block.
    ///
    /// # Errors
    /// [`ChainError::Rejected`] with the contract's reason, [`ChainError::Resource`] where money is missing, or the node does not answer.
    pub fn gas(&self, from: Address, to: Option<Address>, data: Bytes) -> Result<u64, ChainError> {
        let request = request(from, to, data);
        let call = self.provider.estimate_gas(request).block(BlockId::latest());
        self.wait(call.into_future())
            .map_err(|error| self.refusal("gas", &error))
    }

    fn refusal(&self, what: &str, error: &RpcError<TransportErrorKind>) -> ChainError {
        let RpcError::ErrorResp(payload) = error else {
            return ChainError::node(&format!("{}, {what}", self.host), self.hidden(error));
        };
        let text = payload.message.to_ascii_lowercase();
        if let Some(data) = payload.as_revert_data() {
            return ChainError::Rejected(format!("contract: {}", reason(&data)));
        }
        if text.contains("revert") {
            return ChainError::Rejected(format!("contract: {}", short(&payload.message)));
        }
        money(&payload.message).unwrap_or_else(|| ChainError::node(&format!("{}, {what}", self.host), &payload.message))
    }

    /// Gives a signed transaction to the node. One that it knows, or whose nonce is used, is no failure: the receipt decides.
    ///
    /// # Errors
    /// The node does not answer, or refuses for another reason.
    pub fn send(&self, raw: &[u8]) -> Result<Sent, ChainError> {
        let sent = self.wait(self.provider.send_raw_transaction(raw));
        let error = match sent {
            Ok(_) => return Ok(Sent::Taken),
            Err(error) => error,
        };
        let RpcError::ErrorResp(payload) = &error else {
            return Err(ChainError::node(&format!("{}, send", self.host), self.hidden(&error)));
        };
        let text = payload.message.to_ascii_lowercase();
        if text.contains("already known") || text.contains("already imported") || text.contains("alreadyknown") {
            return Ok(Sent::Known);
        }
        if text.contains("nonce too low") {
            return Ok(Sent::NonceUsed);
        }
        if text.contains("underpriced") {
            return Ok(Sent::Underpriced);
        }
        Err(money(&payload.message)
            .unwrap_or_else(|| ChainError::node(&format!("{}, send", self.host), &payload.message)))
    }
}

/// What a node made of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is new there.
    Taken,
    /// It was there before.
    Known,
    /// A transaction with its nonce is in the chain: this one, or another.
    NonceUsed,
    /// Another transaction with its nonce waits and pays as much, or the fee is too low.
    Underpriced,
}

fn request(from: Address, to: Option<Address>, data: Bytes) -> TransactionRequest {
    let mut request = TransactionRequest {
        to: Some(to.map_or(alloy::primitives::TxKind::Create, alloy::primitives::TxKind::Call)),
        input: data.into(),
        ..TransactionRequest::default()
    };
    if from != Address::ZERO {
        request.from = Some(from);
    }
    request
}

fn money(message: &str) -> Option<ChainError> {
    let text = message.to_ascii_lowercase();
    (text.contains("insufficient funds") || text.contains("gas limit"))
        .then(|| ChainError::Resource(format!("node: {}", short(message))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_url_is_a_usage_error_that_does_not_repeat_it() {
        for wrong in ["", "secret", "ftp://host/secret"] {
            let error = Client::connect(wrong).expect_err("no URL");
            assert!(matches!(error, ChainError::Usage(_)), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let nobody = Client::connect("http://127.0.0.1:1/secret").expect_err("nobody listens");
        assert!(matches!(nobody, ChainError::Environment(_)), "{nobody}");
        assert!(!nobody.to_string().contains("secret"), "{nobody}");
    }
}
