// What is built: the Worker (wasm and its JavaScript, in build/) and the page (in
// web/dist/). Each only when its sources changed.

import { existsSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { inRoot, NODE } from "./paths.mjs";
import { run } from "./process.mjs";
import { unlessFresh } from "./stamps.mjs";
import { Stop, step } from "./steps.mjs";
import { ensureWasmToolchain } from "./toolchain.mjs";

const WASM = "build/index_bg.wasm";

/** For tests/worker/panics.test.ts alone. */
const PANICKING = "target/panicking";

/** For `npm run profile` alone. */
const NAMED = "target/named";

const worker = {
  inputs: [
    ...["Cargo.toml", "Cargo.lock", ".cargo", "src", "migrations", "openapi.json"],
    ...["scripts/bundle.mjs", "scripts/lib/build.mjs"],
  ],
  outputs: ["build/index.js", WASM],
};
const panickingWorker = {
  inputs: worker.inputs,
  outputs: [`${PANICKING}/index.js`, `${PANICKING}/index_bg.wasm`],
};
const namedWorker = {
  inputs: worker.inputs,
  outputs: [`${NAMED}/index.js`, `${NAMED}/index_bg.wasm`],
};
const page = {
  inputs: ["web", "client", "tsconfig.base.json", "package-lock.json"],
  outputs: ["web/dist/index.html"],
};

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} KB`;

/** "412 KB of wasm, 140 KB gzipped": what an upload weighs. */
export function wasmSize() {
  const file = inRoot(WASM);
  const gzipped = gzipSync(readFileSync(file), { level: 9 }).length;
  return `${kilobytes(statSync(file).size)} of wasm, ${kilobytes(gzipped)} gzipped`;
}

/** std is compiled along, without what prints backtraces. */
const STD = { CARGO_UNSTABLE_BUILD_STD_FEATURES: "panic-unwind" };

/** Features that workerd has: binaryen may know newer encodings than it does. */
const WASM_FEATURES = [
  "mutable-globals",
  "sign-ext",
  "nontrapping-float-to-int",
  "bulk-memory",
  "multivalue",
  "reference-types",
  "exception-handling",
].map((feature) => `--enable-${feature}`);

/**
 * What is uploaded is compressed. It compresses better by a tenth when functions that are alike stay
 * alike and stand together: not inlined once more after LLVM, no local values shared, and in the order
 * of their names.
 */
const COMPRESSIBLE = [
  "--skip-pass=local-cse",
  "--skip-pass=inlining-optimizing",
  "--skip-pass=reorder-functions",
  "--reorder-functions-by-name",
];

/** Drops the function names: a tenth of what is uploaded. */
const NAMELESS = ["--strip-debug", "--strip-producers"];

/** Optimises a wasm file for size. */
async function shrink(file, names = NAMELESS) {
  const args = ["-Os", ...COMPRESSIBLE, ...names, ...WASM_FEATURES, file, "-o", file];
  await run(NODE, [inRoot("node_modules/binaryen/bin/wasm-opt"), ...args]);
}

/**
 * panic=unwind: a panic fails the request it happened in. Without it a panic ends
 * every request and alarm in the isolate (the build rebuilds std for it).
 */
export function buildWorker() {
  return step("Worker (Rust to wasm)", async () => {
    const note = await unlessFresh("worker", worker, async () => {
      if (!existsSync(inRoot("Cargo.toml"))) throw new Stop("Cargo.toml is missing: there is no Worker to build.");
      const { env, workerBuild } = await ensureWasmToolchain();
      await run(workerBuild, ["--release", "--panic-unwind"], { env: { ...env, ...STD } });
      await shrink(WASM);
    });
    return [note, wasmSize()].filter(Boolean).join(", ");
  });
}

/**
 * The Worker that panics where a test asks it to, in a folder of its own. It is made in the same profile:
 * what it is built of is there already, and it panics as the real one does.
 */
export function buildPanickingWorker() {
  return step("Worker that panics on purpose", () =>
    unlessFresh("panicking worker", panickingWorker, async () => {
      const { env, workerBuild } = await ensureWasmToolchain();
      const args = ["--release", "--panic-unwind", "--out-dir", PANICKING, "--", "--features", "panics"];
      await run(workerBuild, args, { env: { ...env, ...STD } });
    }),
  );
}

/** The Worker that is deployed, with the names of its functions: a profile tells them by these. */
export function buildNamedWorker() {
  return step("Worker with its functions' names", () =>
    unlessFresh("named worker", namedWorker, async () => {
      const { env, workerBuild } = await ensureWasmToolchain();
      const args = ["--release", "--panic-unwind", "--out-dir", NAMED];
      await run(workerBuild, args, { env: { ...env, ...STD } });
      await shrink(`${NAMED}/index_bg.wasm`, ["-g"]);
    }),
  );
}

export function buildPage() {
  return step("page", () =>
    unlessFresh("page", page, () =>
      run(NODE, [inRoot("node_modules/vite/bin/vite.js"), "build", "web"], { quiet: true }),
    ),
  );
}
