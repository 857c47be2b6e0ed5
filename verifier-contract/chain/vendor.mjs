// Writes down what a deployment takes of other people's contracts: package, version, file, interface, hash of the creation code. The code
// itself stays in the pinned npm packages. Compiles the test token with the settings of compile.mjs.
//
//   node vendor.mjs           artifacts/<Name>.json
//   node vendor.mjs --check   the same, but only compares; exit 1 on a difference
//
// Run `npm ci` in the folder above first.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(fileURLToPath(import.meta.url));
const MODULES = join(ROOT, '..', 'node_modules');
const SAFE = '@safe-global/safe-contracts';
const OPENZEPPELIN = '@openzeppelin/contracts';
const PUBLISHED = {
  AccessManager: [OPENZEPPELIN, 'build/contracts/AccessManager.json'],
  TimelockController: [OPENZEPPELIN, 'build/contracts/TimelockController.json'],
  Safe: [SAFE, 'build/artifacts/contracts/Safe.sol/Safe.json'],
  SafeProxyFactory: [SAFE, 'build/artifacts/contracts/proxies/SafeProxyFactory.sol/SafeProxyFactory.json'],
};

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

function published(name) {
  const [pack, path] = PUBLISHED[name];
  const { version } = json(join(MODULES, pack, 'package.json'));
  const { abi, bytecode } = json(join(MODULES, pack, path));
  const code = Buffer.from(bytecode.replace(/^0x/, ''), 'hex');
  return { name, source: `${pack} ${version}`, file: `${pack}/${path}`, sha256: createHash('sha256').update(code).digest('hex'), abi };
}

function testToken() {
  const solc = createRequire(join(ROOT, '..', 'package.json'))('solc');
  const file = 'TestToken.sol';
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(ROOT, 'contracts', file), 'utf8') } },
    settings: {
      evmVersion: 'prague',
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: { [file]: { TestToken: ['abi', 'evm.bytecode.object'] } },
    },
  };
  const find = (path) => ({ contents: readFileSync(join(MODULES, path), 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (output.errors ?? []).filter((error) => error.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  const { abi, evm } = output.contracts[file].TestToken;
  return { name: 'TestToken', source: `this repository, solc ${solc.version()}`, abi, creation: evm.bytecode.object };
}

let differences = 0;
for (const artifact of [...Object.keys(PUBLISHED).map(published), testToken()]) {
  const path = join(ROOT, 'artifacts', `${artifact.name}.json`);
  const text = `${JSON.stringify(artifact, null, 1)}\n`;
  if (process.argv[2] === '--check') {
    const same = existsSync(path) && readFileSync(path, 'utf8') === text;
    if (!same) differences += 1;
    process.stdout.write(`${artifact.name}: ${same ? 'as committed' : 'DIFFERS'}\n`);
  } else {
    writeFileSync(path, text);
    process.stdout.write(`${artifact.name}: ${artifact.source}\n`);
  }
}
process.exitCode = differences > 0 ? 1 : 0;
