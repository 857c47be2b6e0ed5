// Noir without its command line: `node noir.mjs compile DIR` makes DIR/circuit.json of the package in DIR, `node noir.mjs witness DIR`
// makes DIR/witness.gz of DIR/circuit.json and DIR/input.json.
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { resolve } from "node:path";

const [verb, folder] = process.argv.slice(2);
const at = (name) => resolve(folder, name);
if (verb === "compile") {
  const { compile_program, createFileManager } = await import("@noir-lang/noir_wasm");
  const { program } = await compile_program(createFileManager(resolve(folder)), undefined, () => {}, () => {});
  writeFileSync(at("circuit.json"), JSON.stringify(program));
} else if (verb === "witness") {
  const { Noir } = await import("@noir-lang/noir_js");
  const noir = new Noir(JSON.parse(readFileSync(at("circuit.json"), "utf8")));
  const { witness } = await noir.execute(JSON.parse(readFileSync(at("input.json"), "utf8")));
  writeFileSync(at("witness.gz"), witness);
} else {
  throw new Error(`verb: expected compile or witness, found ${verb}`);
}
