#!/usr/bin/env node
// worker-build runs this in place of esbuild, in the folder where it has put what wasm-bindgen made: see
// scripts/lib/toolchain.mjs. It bundles that behind our own entry.

import { copyFileSync } from "node:fs";
import { build } from "esbuild";
import { inRoot } from "./lib/paths.mjs";

/** Where worker-build has written an entry of its own. It imports `./index.js` too. */
const ENTRY = "shim.js";

copyFileSync(inRoot("src/js/entry.js"), ENTRY);
await build({
  entryPoints: [ENTRY],
  outfile: "index.js",
  allowOverwrite: true,
  bundle: true,
  minify: true,
  format: "esm",
  external: ["./index_bg.wasm", "cloudflare:*"],
  inject: [inRoot("src/js/queue_microtask.js")],
});
