// Compiles contracts with the pinned solc and writes one JSON artifact for each.
//
//   node compile.mjs                 contracts/**/<Name>.sol -> artifacts/<Name>.json
//   node compile.mjs --check         the same, but only compares; exit 1 on a difference or a file too many
//   node compile.mjs --stdin <Name>  one emitted source on stdin, the artifact of contract <Name> on stdout
//
// A contract is compiled by itself with the sources that it imports, so a change elsewhere does not move its artifact. Imports are
// relative, or of a package in node_modules. One file holds one contract of its name; interfaces and libraries without code of
// their own have no artifact.
//
// An artifact holds { name, abi, creation, runtime, immutables, solc, inputSha256, shapeSha256 }:
//   runtime      bytecode with 0 in place of every immutable
//   immutables   name -> byte offsets of its 32-byte words in the runtime
//   inputSha256  hash of the compiler's whole input: the contract's sources and the settings
//   shapeSha256  hash of the source with every immutable's literal set to 0

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const ROOT = dirname(fileURLToPath(import.meta.url));
const CONTRACTS = join(ROOT, 'contracts');
const ARTIFACTS = join(ROOT, 'artifacts');
/// EIP-170.
const MAX_RUNTIME = 24576;

/// Contracts that need viaIR. Never an emitted verifier: those lay out memory by hand. foundry.toml has the other settings.
const VIA_IR = new Set([]);

const settings = (viaIR, outputSelection) => ({
  evmVersion: 'prague',
  viaIR,
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection,
});

const OUTPUTS = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'];
/// Of a source without imports, as the emitted ones are.
const EVERYTHING = { '*': { '*': OUTPUTS, '': ['ast'] } };

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/// Text of a source by its name: a path below contracts, or one below node_modules that begins with '@'.
function read(name) {
  const path = join(ROOT, name.startsWith('@') ? 'node_modules' : 'contracts', name);
  if (!existsSync(path)) fail(`${name}: no such source; packages are installed by npm ci`);
  return readFileSync(path, 'utf8');
}

/// A source and all that it imports, sorted by name.
function closure(file) {
  const found = {};
  const visit = (name) => {
    if (found[name] !== undefined) return;
    found[name] = read(name);
    for (const [, path] of found[name].matchAll(/^import\s+(?:[^;"']*?\bfrom\s+)?["']([^"']+)["']\s*;/gm)) {
      visit(path.startsWith('.') ? posix.normalize(posix.join(posix.dirname(name), path)) : path);
    }
  };
  visit(file);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compile(sources, file, name) {
  const input = JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: settings(VIA_IR.has(name), Object.keys(sources).length === 1 ? EVERYTHING : { '*': { '': ['ast'] }, [file]: { [name]: OUTPUTS, '': ['ast'] } }),
  });
  const output = JSON.parse(solc.compile(input));
  const problems = output.errors ?? [];
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) fail(errors.map((error) => error.formattedMessage).join('\n'));
  for (const problem of problems) process.stderr.write(problem.formattedMessage);
  return { output, inputSha256: sha256(input) };
}

/// Names of immutables by the identifiers that solc gives them.
function immutableNames(sources) {
  const names = {};
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (node.nodeType === 'VariableDeclaration' && node.mutability === 'immutable') names[node.id] = node.name;
    Object.values(node).forEach(visit);
  };
  Object.values(sources).forEach(({ ast }) => visit(ast));
  return names;
}

function artifact({ output, inputSha256 }, file, name, source) {
  const contract = output.contracts?.[file]?.[name];
  if (contract === undefined) fail(`${file}: no contract ${name}`);
  const { bytecode, deployedBytecode } = contract.evm;
  const size = deployedBytecode.object.length / 2;
  if (size > MAX_RUNTIME) fail(`${name}: runtime of ${size} bytes, expected at most ${MAX_RUNTIME}`);
  const names = immutableNames(output.sources);
  const immutables = {};
  for (const [id, places] of Object.entries(deployedBytecode.immutableReferences ?? {})) {
    if (names[id] === undefined) fail(`${name}: immutable ${id} has no declaration`);
    if (immutables[names[id]] !== undefined) fail(`${name}: two immutables are called ${names[id]}`);
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
  process.stdout.write(text(artifact(compile({ [file]: source }, file, name), file, name, source)));
}

function fromFolder(check) {
  const files = readdirSync(CONTRACTS, { recursive: true }).filter((file) => file.endsWith('.sol')).sort();
  const made = new Set();
  let differences = 0;
  for (const file of files) {
    const name = basename(file, '.sol');
    const sources = closure(file);
    if (!new RegExp(`^(abstract )?(contract|library|interface) ${name}\\b`, 'm').test(sources[file])) fail(`${file}: expected ${name} in it`);
    // Without code of its own: nothing to compile.
    if (!new RegExp(`^contract ${name}\\b`, 'm').test(sources[file])) continue;
    if (made.has(name)) fail(`${file}: two contracts are called ${name}`);
    made.add(name);
    const compiled = compile(sources, file, name);
    const path = join(ARTIFACTS, `${name}.json`);
    const found = text(artifact(compiled, file, name, sources[file]));
    const size = compiled.output.contracts[file][name].evm.deployedBytecode.object.length / 2;
    if (check) {
      const same = existsSync(path) && readFileSync(path, 'utf8') === found;
      if (!same) differences += 1;
      process.stdout.write(`${name}: ${same ? 'as committed' : 'DIFFERS'}, ${size} bytes\n`);
    } else {
      writeFileSync(path, found);
      process.stdout.write(`${name}: ${size} bytes${VIA_IR.has(name) ? ', via IR' : ''}\n`);
    }
  }
  for (const file of readdirSync(ARTIFACTS)) {
    if (made.has(basename(file, '.json'))) continue;
    process.stdout.write(`${file}: NO CONTRACT of that name\n`);
    differences += 1;
  }
  if (differences > 0) fail(`${differences} artifacts differ: run node compile.mjs, and delete those without a contract`);
}

const [mode, name] = process.argv.slice(2);
if (mode === '--stdin' && name !== undefined) fromStdin(name);
else if (mode === undefined || mode === '--check') fromFolder(mode === '--check');
else fail('usage: node compile.mjs [--check | --stdin <Name>]');
