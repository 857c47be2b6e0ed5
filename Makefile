# The one front door for tasks. `make` lists them.

.DEFAULT_GOAL := help
.PHONY: help build demo test lint fmt contracts forge bench doc deny ci

help: ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "%-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## The binary: target/release/zksettle
	cargo build --release

demo: ## README's first command: build, settle, prove, accept, try to cheat
	cargo run --release -- demo

test: ## README's second command: every test (optimised: tests prove)
	cargo test --release --workspace

lint: ## Format and clippy, as CI asks for them
	cargo fmt --all -- --check
	cargo clippy --release --workspace --all-targets -- -D warnings

fmt: ## Formats the tree
	cargo fmt --all

contracts: ## Recompiles the contracts' artifacts with the pinned solc (needs node)
	cd verifier-contract && npm ci --no-audit --no-fund && npm run compile

forge: ## The contracts' tests in Solidity (needs node)
	cd verifier-contract && npm ci --no-audit --no-fund && npm run forge

bench: ## Criterion benches; ZKSETTLE_BENCH_FULL=1 adds size m
	cargo bench -p zksettle-benches

doc: ## API documentation of this workspace
	RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps

deny: ## Advisories, licences and sources of all dependencies (needs cargo-deny)
	cargo deny check

ci: ## Everything that CI runs
	.ci/run
