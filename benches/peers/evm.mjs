// What a peer's verifier contract says and takes: `node evm.mjs honk DIR` or `node evm.mjs groth16 DIR`, with Verifier.sol, the proof and
// its public inputs in DIR. Prints {"gas", "code"}; fails unless the proof is taken and a changed one is not.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createLegacyTx } from "@ethereumjs/tx";
import { Account, createAddressFromPrivateKey, hexToBytes, bytesToHex } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";
import solc from "solc";

const [kind, folder] = process.argv.slice(2);
const at = (name) => resolve(folder, name);

// tau·G2 of Aztec's ceremony as it stands in bb's contracts, in the order of the EVM's pairing. Where the setup was made here, the
// contract gets the point of that one instead; nothing else in it changes.
const AZTEC = [
  "0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1",
  "0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0",
  "0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4",
  "0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55",
];

function source() {
  let text = readFileSync(at("Verifier.sol"), "utf8");
  if (existsSync(at("g2.json"))) {
    const own = JSON.parse(readFileSync(at("g2.json"), "utf8"));
    AZTEC.forEach((word, i) => {
      const parts = text.split(word);
      if (parts.length < 2) throw new Error(`Verifier.sol: expected ${word}`);
      text = parts.join(own[i]);
    });
  }
  return text;
}

function compiled() {
  const input = {
    language: "Solidity",
    sources: { "Verifier.sol": { content: source() } },
    settings: { optimizer: { enabled: true, runs: 1 }, outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new Error(errors[0].formattedMessage);
  const contracts = output.contracts["Verifier.sol"];
  const wanted = kind === "honk" ? "HonkVerifier" : "Groth16Verifier";
  // bb's readable contract needs two libraries; the optimised one stands alone.
  const object = contracts[wanted].evm.bytecode.object;
  if (object.includes("__$")) throw new Error("Verifier.sol: expected a contract without libraries");
  const selectors = contracts[wanted].evm.methodIdentifiers;
  const selector = Object.keys(selectors).find((signature) => signature.startsWith("verify"));
  return { code: hexToBytes(`0x${object}`), selector: `0x${selectors[selector]}` };
}

const word = (value) => BigInt(value).toString(16).padStart(64, "0");

// Call data of an honest proof and of a changed one.
function calls(selector) {
  if (kind === "honk") {
    const proof = readFileSync(at("proof"));
    const inputs = readFileSync(at("public_inputs"));
    const call = (proof, inputs) => {
      const padded = Buffer.concat([proof, Buffer.alloc((32 - (proof.length % 32)) % 32)]);
      const head = word(64) + word(64 + 32 + padded.length);
      return `${selector}${head}${word(proof.length)}${padded.toString("hex")}${word(inputs.length / 32)}${inputs.toString("hex")}`;
    };
    // The last word is that of a point's coordinate or a scalar: any change of it must be refused. So must another total.
    const changed = Buffer.from(proof);
    changed[changed.length - 33] ^= 1;
    const other = Buffer.from(inputs);
    other[127] ^= 1;
    return [call(proof, inputs), call(changed, inputs), call(proof, other)];
  }
  const { pi_a, pi_b, pi_c } = JSON.parse(readFileSync(at("proof.json"), "utf8"));
  const inputs = JSON.parse(readFileSync(at("public.json"), "utf8"));
  const call = (a, inputs) => {
    const words = [a[0], a[1], pi_b[0][1], pi_b[0][0], pi_b[1][1], pi_b[1][0], pi_c[0], pi_c[1], ...inputs];
    return `${selector}${words.map(word).join("")}`;
  };
  const other = [...inputs];
  other[3] = (BigInt(other[3]) + 1n).toString();
  return [call(pi_a, inputs), call(pi_c, inputs), call(pi_a, other)];
}

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Prague });
const vm = await createVM({ common, evmOpts: { allowUnlimitedContractSize: true, allowUnlimitedInitCodeSize: true, common } });
const key = hexToBytes(`0x${"11".repeat(32)}`);
const sender = createAddressFromPrivateKey(key);
await vm.stateManager.putAccount(sender, new Account(0n, 10n ** 24n));
let nonce = 0n;

async function send(to, data) {
  const tx = createLegacyTx({ nonce, gasPrice: 100n, gasLimit: 29_000_000n, to, data }, { common, allowUnlimitedInitCodeSize: true });
  nonce += 1n;
  return runTx(vm, { tx: tx.sign(key), skipHardForkValidation: true, skipBlockGasLimitValidation: true });
}

const contract = compiled();
const created = await send(undefined, bytesToHex(contract.code));
if (created.execResult.exceptionError) throw new Error(`deploying: ${created.execResult.exceptionError.error}`);
const code = created.execResult.returnValue.length;
const taken = (result) => !result.execResult.exceptionError && BigInt(bytesToHex(result.execResult.returnValue)) === 1n;
const [honest, ...changed] = calls(contract.selector);
const result = await send(created.createdAddress, honest);
if (!taken(result)) throw new Error(`the contract refused the proof: ${bytesToHex(result.execResult.returnValue)}`);
for (const call of changed) {
  if (taken(await send(created.createdAddress, call))) throw new Error("the contract took a changed proof");
}
console.log(JSON.stringify({ gas: Number(result.totalGasSpent), code }));
