// node scripts/wire.mjs: writes the client's types anew from openapi.json. With --check, it only says
// whether they are what the document says; npm test does that.

import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";
import { main, Stop } from "./lib/steps.mjs";
import { wireTypes } from "./lib/wire.mjs";

const FILE = inRoot("client/src/wire.ts");

await main(() => {
  const text = wireTypes(JSON.parse(readFileSync(inRoot("openapi.json"), "utf8")));
  if (!process.argv.includes("--check")) return writeFileSync(FILE, text);
  if (readFileSync(FILE, "utf8") !== text)
    throw new Stop("client/src/wire.ts is not up to date: node scripts/wire.mjs");
});
