// Builds the package into dist/: one module that imports nothing, and its declarations. What it shares with the client's
// package is taken from that one's sources.
import { fileURLToPath } from "node:url";
import { bundle, writePackage } from "../scripts/lib/package_build.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

writePackage(at("."), { index: await bundle(at("src/index.ts")) }, ["types/server/src/index.d.ts"]);
