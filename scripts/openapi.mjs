// npm run openapi: writes what is made from the Rust types, which is openapi.json and, from that, the client's types.
// With --check, it only says whether they are up to date; npm test does that.

import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";
import { run } from "./lib/process.mjs";
import { main, Stop } from "./lib/steps.mjs";
import { ensureNativeCargo } from "./lib/toolchain.mjs";
import { wireTypes } from "./lib/wire.mjs";

const WIRE = inRoot("client/src/wire.ts");
const CARGO_RUN = ["run", "--quiet", "--locked", "--package", "taskwire-openapi", "--"];

await main(async () => {
  const flags = process.argv.slice(2);
  await ensureNativeCargo();
  const { code, output } = await run("cargo", [...CARGO_RUN, ...flags], { quiet: true, check: false });
  if (code !== 0) throw new Stop(output.trim());
  const text = wireTypes(JSON.parse(readFileSync(inRoot("openapi.json"), "utf8")));
  if (!flags.includes("--check")) writeFileSync(WIRE, text);
  else if (readFileSync(WIRE, "utf8") !== text)
    throw new Stop("client/src/wire.ts is stale: `npm run openapi` renews it.");
});
