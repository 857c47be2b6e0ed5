// Compiles contracts with the pinned solc and writes one JSON artifact for each.
//
//   node compile.mjs                 contracts/*.sol -> artifacts/<Name>.json
//   node compile.mjs --check         the same, but only compares; exit 1 on a difference
//   node compile.mjs --stdin <Name>  one source on stdin, the artifact of contract <Name> on stdout
//
// An artifact holds { name, abi, creation, runtime, immutables, solc, inputSha256, shapeSha256 }:
//   runtime      bytecode with 0 in place of every immutable
//   immutables   name -> byte offsets of its 32-byte words in the runtime
//   inputSha256  hash of the compiler's whole input: sources and settings
//   shapeSha256  hash of the source with every immutable's literal set to 0

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const ROOT = dirname(fileURLToPath(import.meta.url));
const CONTRACTS = join(ROOT, 'contracts');
const ARTIFACTS = join(ROOT, 'artifacts');
/// EIP-170.
const MAX_RUNTIME = 24576;

/// Legacy pipeline on purpose: the emitted verifiers lay out memory by hand.
const SETTINGS = {
  evmVersion: 'prague',
  viaIR: false,
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: {
    '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'], '': ['ast'] },
  },
};

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function compile(sources) {
  const input = JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: SETTINGS,
  });
  const output = JSON.parse(solc.compile(input));
  const problems = output.errors ?? [];
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) fail(errors.map((error) => error.formattedMessage).join('\n'));
  for (const problem of problems) process.stderr.write(problem.formattedMessage);
  return { output, inputSha256: sha256(input) };
}

/// Names of immutables by the identifiers that solc gives them.
function immutableNames(ast) {
  const names = {};
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (node.nodeType === 'VariableDeclaration' && node.mutability === 'immutable') names[node.id] = node.name;
    Object.values(node).forEach(visit);
  };
  visit(ast);
  return names;
}

function artifact({ output, inputSha256 }, file, name, source) {
  const contract = output.contracts?.[file]?.[name];
  if (contract === undefined) fail(`${file}: no contract ${name}`);
  const { bytecode, deployedBytecode } = contract.evm;
  const size = deployedBytecode.object.length / 2;
  if (size > MAX_RUNTIME) fail(`${name}: runtime of ${size} bytes, expected at most ${MAX_RUNTIME}`);
  const names = immutableNames(output.sources[file].ast);
  const immutables = {};
  for (const [id, places] of Object.entries(deployedBytecode.immutableReferences ?? {})) {
    if (names[id] === undefined) fail(`${name}: immutable ${id} declared in another file`);
    immutables[names[id]] = places.map(({ start, length }) => {
      if (length !== 32) fail(`${name}: immutable ${names[id]} of ${length} bytes, expected 32`);
      return start;
    }).sort((a, b) => a - b);
  }
  return {
    name,
    abi: contract.abi,
    creation: bytecode.object,
    runtime: deployedBytecode.object,
    immutables: Object.fromEntries(Object.entries(immutables).sort(([a], [b]) => (a < b ? -1 : 1))),
    solc: solc.version(),
    inputSha256,
    shapeSha256: sha256(source.replace(/^( *uint256 private immutable \w+ = 0x)[0-9a-f]{64};$/gm, `$1${'0'.repeat(64)};`)),
  };
}

const text = (value) => `${JSON.stringify(value, null, 1)}\n`;

function fromStdin(name) {
  const source = readFileSync(0, 'utf8');
  const file = `${name}.sol`;
  process.stdout.write(text(artifact(compile({ [file]: source }), file, name, source)));
}

function fromFolder(check) {
  const files = readdirSync(CONTRACTS).filter((file) => file.endsWith('.sol')).sort();
  const sources = Object.fromEntries(files.map((file) => [file, readFileSync(join(CONTRACTS, file), 'utf8')]));
  const compiled = compile(sources);
  let differences = 0;
  for (const file of files) {
    const name = basename(file, '.sol');
    const contract = compiled.output.contracts?.[file]?.[name];
    // Interfaces and libraries without code have no artifact.
    if (contract === undefined || contract.evm.bytecode.object === '') continue;
    const path = join(ARTIFACTS, `${name}.json`);
    const found = text(artifact(compiled, file, name, sources[file]));
    const size = contract.evm.deployedBytecode.object.length / 2;
    if (check) {
      const same = existsSync(path) && readFileSync(path, 'utf8') === found;
      if (!same) differences += 1;
      process.stdout.write(`${name}: ${same ? 'as committed' : 'DIFFERS'}, ${size} bytes\n`);
    } else {
      writeFileSync(path, found);
      process.stdout.write(`${name}: ${size} bytes\n`);
    }
  }
  if (differences > 0) fail(`${differences} artifacts differ: run node compile.mjs`);
}

const [mode, name] = process.argv.slice(2);
if (mode === '--stdin' && name !== undefined) fromStdin(name);
else if (mode === undefined || mode === '--check') fromFolder(mode === '--check');
else fail('usage: node compile.mjs [--check | --stdin <Name>]');
