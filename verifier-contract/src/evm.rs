//! An EVM with the rules of Osaka, in memory: deploys contracts, calls them, and says what they cost.

use std::collections::BTreeMap;

use revm::context::result::{ExecutionResult, Output};
use revm::context::{Context, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::inspector::{InspectCommitEvm, Inspector};
use revm::interpreter::{CallInputs, CallOutcome as FrameOutcome};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Bytes, TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{DatabaseRef, MainBuilder, MainContext};

pub use revm::primitives::{Address, Log};

use crate::calldata::Revert;

/// Gas of a transaction unless set otherwise: the cap of EIP-7825.
pub const GAS_LIMIT: u64 = 16_777_216;

/// Unix seconds of the first block: February 2026.
pub const START: u64 = 1_770_000_000;

/// Why the EVM did not run a transaction.
#[derive(Debug, thiserror::Error)]
pub enum EvmError {
    /// The transaction is not valid.
    #[error("transaction not valid: {message}")]
    Invalid {
        /// What the EVM says.
        message: String,
    },
    /// A constructor reverted or ran out of gas.
    #[error("deployment failed: {revert}")]
    Deployment {
        /// The reason.
        revert: Box<Revert>,
    },
}

/// A contract that was deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its address.
    pub address: Address,
    /// Gas of the whole transaction.
    pub gas_used: u64,
}

/// Calls of one precompile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrecompileUse {
    /// Number of calls.
    pub calls: u64,
    /// Gas they took, without the price of the call itself.
    pub gas: u64,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOutcome {
    /// It returned.
    pub success: bool,
    /// Gas of the whole transaction: 21,000, calldata and execution.
    pub gas_used: u64,
    /// What it returned; empty unless it did.
    pub output: Vec<u8>,
    /// Why it did not return.
    pub revert: Option<Revert>,
    /// Events.
    pub logs: Vec<Log>,
    /// Precompiles called, by address.
    pub precompiles: BTreeMap<u8, PrecompileUse>,
}

/// An EVM and its state. A clone goes on from the same state, and by itself.
#[derive(Clone, Debug)]
pub struct Evm {
    state: CacheDB<EmptyDB>,
    chain_id: u64,
    gas_limit: u64,
    /// Unix seconds of every block from now on.
    time: u64,
    /// Installed contracts so far, for their addresses.
    installed: u64,
}

impl Default for Evm {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Evm {
    /// The account that deploys, and that calls unless another is named.
    pub const OPERATOR: Address = Address::repeat_byte(0x0b);

    /// An empty chain with the given identifier.
    pub fn new(chain_id: u64) -> Self {
        Self {
            state: CacheDB::new(EmptyDB::new()),
            chain_id,
            gas_limit: GAS_LIMIT,
            time: START,
            installed: 0,
        }
    }

    /// Sets the gas of later transactions.
    pub fn set_gas_limit(&mut self, gas: u64) {
        self.gas_limit = gas;
    }

    /// Unix seconds of the blocks.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Sets the time of later blocks, Unix seconds.
    pub fn set_time(&mut self, time: u64) {
        self.time = time;
    }

    /// Runs creation code, constructor arguments included, in a transaction.
    pub fn deploy(&mut self, creation: &[u8]) -> Result<Deployment, EvmError> {
        let (result, _) = self.transact(Self::OPERATOR, TxKind::Create, creation)?;
        let gas_used = result.tx_gas_used();
        match result {
            ExecutionResult::Success {
                output: Output::Create(_, Some(address)),
                ..
            } => Ok(Deployment { address, gas_used }),
            ExecutionResult::Revert { output, .. } => Err(EvmError::Deployment {
                revert: Box::new(Revert::decode(&output)),
            }),
            other => Err(EvmError::Deployment {
                revert: Box::new(Revert::Halt(format!("{other:?}"))),
            }),
        }
    }

    /// Puts runtime code at an address of its own, without a transaction.
    pub fn install(&mut self, runtime: &[u8]) -> Address {
        self.installed += 1;
        let mut address = [0xc0; 20];
        address[12..].copy_from_slice(&self.installed.to_be_bytes());
        let address = Address::from(address);
        let code = Bytecode::new_legacy(Bytes::copy_from_slice(runtime));
        let info = AccountInfo::default().with_code_and_hash(code.clone(), code.hash_slow());
        self.state.insert_account_info(address, info);
        address
    }

    /// The code of a contract; empty if there is none.
    pub fn code(&self, address: Address) -> Vec<u8> {
        let account = self.state.basic_ref(address).ok().flatten();
        let code = account.and_then(|info| info.code.or_else(|| self.state.code_by_hash_ref(info.code_hash).ok()));
        code.map(|code| code.original_byte_slice().to_vec()).unwrap_or_default()
    }

    /// Hash of a contract's code, as `EXTCODEHASH` has it.
    pub fn code_hash(&self, address: Address) -> [u8; 32] {
        let account = self.state.basic_ref(address).ok().flatten();
        account.map(|info| info.code_hash.0).unwrap_or_default()
    }

    /// Calls a contract as the operator.
    pub fn call(&mut self, to: Address, calldata: &[u8]) -> Result<CallOutcome, EvmError> {
        self.call_from(Self::OPERATOR, to, calldata)
    }

    /// Calls a contract in a transaction of its own; what it changes stays.
    pub fn call_from(&mut self, from: Address, to: Address, calldata: &[u8]) -> Result<CallOutcome, EvmError> {
        let (result, precompiles) = self.transact(from, TxKind::Call(to), calldata)?;
        let mut outcome = CallOutcome {
            success: false,
            gas_used: result.tx_gas_used(),
            output: Vec::new(),
            revert: None,
            logs: Vec::new(),
            precompiles,
        };
        match result {
            ExecutionResult::Success { output, logs, .. } => {
                outcome.success = true;
                outcome.output = output.into_data().to_vec();
                outcome.logs = logs;
            }
            ExecutionResult::Revert { output, .. } => {
                outcome.revert = Some(Revert::decode(&output));
            }
            ExecutionResult::Halt { reason, .. } => {
                outcome.revert = Some(Revert::Halt(format!("{reason:?}")));
            }
        }
        Ok(outcome)
    }

    fn transact(
        &mut self,
        from: Address,
        kind: TxKind,
        data: &[u8],
    ) -> Result<(ExecutionResult, BTreeMap<u8, PrecompileUse>), EvmError> {
        let invalid = |message: String| EvmError::Invalid { message };
        let nonce = self.state.basic_ref(from).ok().flatten().map_or(0, |info| info.nonce);
        let transaction = TxEnv::builder()
            .caller(from)
            .kind(kind)
            .data(Bytes::copy_from_slice(data))
            .gas_limit(self.gas_limit)
            .gas_price(0)
            .value(U256::ZERO)
            .nonce(nonce)
            .chain_id(Some(self.chain_id))
            .build()
            .map_err(|error| invalid(format!("{error:?}")))?;
        let (chain_id, time) = (self.chain_id, self.time);
        let mut evm = Context::mainnet()
            .with_db(&mut self.state)
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::OSAKA);
                cfg.chain_id = chain_id;
            })
            .modify_block_chained(|block| block.timestamp = U256::from(time))
            .build_mainnet_with_inspector(Precompiles::default());
        let result = evm.inspect_tx_commit(transaction);
        let result = result.map_err(|error| invalid(error.to_string()))?;
        Ok((result, evm.inspector.0))
    }
}

/// Counts calls of precompiles.
#[derive(Debug, Default)]
struct Precompiles(BTreeMap<u8, PrecompileUse>);

impl<C> Inspector<C> for Precompiles {
    fn call_end(&mut self, _: &mut C, inputs: &CallInputs, outcome: &mut FrameOutcome) {
        let address = inputs.bytecode_address.into_array();
        if address[..19] == [0; 19] {
            let entry = self.0.entry(address[19]).or_default();
            entry.calls += 1;
            entry.gas += outcome.result.gas.total_gas_spent();
        }
    }
}
