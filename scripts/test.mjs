// npm test: everything that can be checked without the cloud, in the order that
// finds a mistake soonest. `npm test -- native` (or another part: see PARTS) runs one part alone, and
// `npm run check` those that need no built Worker. Ends with how many tests passed and failed, in all runners together.

import { ensureChromium } from "./lib/browser.mjs";
import { buildPage, buildPanickingWorker, buildWorker } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { buildPackages, checkPackages } from "./lib/packages.mjs";
import { inRoot, NODE } from "./lib/paths.mjs";
import { run, succeeds } from "./lib/process.mjs";
import { main, Stop, say, step, summary } from "./lib/steps.mjs";
import { cargoTest, counted, nodeTest } from "./lib/test_runs.mjs";
import { ensureNativeCargo, ensureWasmChecks } from "./lib/toolchain.mjs";

const BIOME = inRoot("node_modules/@biomejs/biome/bin/biome");
const TSC = inRoot("node_modules/typescript/bin/tsc");

/** Folders with TypeScript of their own. */
const TYPE_CHECKED = [
  "client",
  "client/test",
  "server",
  "server/test",
  "server/examples",
  "web",
  "web/test",
  "emulator",
  "create",
  "cli",
  "tests",
  "bench",
  "chaos",
  "soak",
  "examples/credits",
];

/** A cargo subcommand that a minimal toolchain lacks is skipped, and said to be. */
async function cargoIfPresent(component, args) {
  if (!(await succeeds("cargo", [component, "--version"]))) return `skipped: this toolchain has no cargo ${component}`;
  await run("cargo", [component, ...args]);
  return "";
}

async function lint() {
  await step("lint and format of TypeScript, JavaScript, CSS and JSON", () =>
    run(NODE, [BIOME, "ci", ".", "--error-on-warnings"]).then(() => ""),
  );
}

const DENY_DOC_WARNINGS = { RUSTDOCFLAGS: "-D warnings" };

async function native() {
  await step("cargo", ensureNativeCargo);
  await step("format", () => cargoIfPresent("fmt", ["--all", "--check"]));
  await step("clippy", () =>
    cargoIfPresent("clippy", ["--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  );
  await step("native tests", cargoTest);
  await step("documentation", () =>
    run("cargo", ["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"], {
      env: DENY_DOC_WARNINGS,
    }).then(() => ""),
  );
  const checks = await ensureWasmChecks();
  const { env, missing } = checks;
  await step("clippy for wasm", async () => {
    await run("cargo", checks.lint, { env });
    return missing ? `the compiler's warnings alone: no clippy here, ${missing}` : "";
  });
  await step("documentation for wasm", () =>
    run("cargo", checks.doc, { env: { ...env, ...DENY_DOC_WARNINGS } }).then(() => ""),
  );
}

async function types() {
  await step("openapi.json and client/src/wire.ts", () =>
    run(NODE, [inRoot("scripts/openapi.mjs"), "--check"]).then(() => ""),
  );
  for (const folder of TYPE_CHECKED) {
    await step(`types of ${folder}/`, () => run(NODE, [TSC, "--noEmit", "-p", inRoot(folder)]).then(() => ""));
  }
}

async function emulator() {
  await step("emulator tests", () => nodeTest("emulator tests", "emulator/test"));
}

async function page() {
  await step("page tests", () => nodeTest("page tests", "web/test"));
}

async function worker() {
  await buildWorker();
  await buildPanickingWorker();
  // Most of them wait, for an alarm or for a deadline: two at once are nearly twice as fast.
  await step("worker tests", () => nodeTest("worker tests", "tests/worker", { filesAtATime: 2 }));
}

async function client() {
  await buildWorker();
  await step("client tests", () => nodeTest("client tests", "client/test", { filesAtATime: 2 }));
}

async function server() {
  await buildWorker();
  await step("server tests", () => nodeTest("server tests", "server/test", { filesAtATime: 2 }));
}

async function cli() {
  await buildWorker();
  await step("command line tests", () => nodeTest("command line tests", "cli/test", { filesAtATime: 2 }));
}

async function chaos() {
  await buildWorker();
  await step("chaos tests", () => nodeTest("chaos tests", "chaos/test"));
  await step("soak tests", () => nodeTest("soak tests", "soak/test"));
}

async function examples() {
  await buildWorker();
  await step("example tests", () => nodeTest("example tests", "examples"));
}

async function browser() {
  await buildWorker();
  await buildPage();
  const chromium = await ensureChromium();
  await step("browser tests", () =>
    nodeTest("browser tests", "tests/browser", { env: { CHROMIUM_PATH: chromium }, filesAtATime: 1 }),
  );
}

async function packages() {
  await buildWorker();
  await buildPage();
  await step("packages", buildPackages);
  await step("publint and are-the-types-wrong", checkPackages);
  await step("tests of npm create", () => nodeTest("tests of npm create", "create/test"));
  const chromium = await ensureChromium();
  // One file installs projects and drives a browser: it has the machine for itself.
  await step("package tests", () =>
    nodeTest("package tests", "tests/packages", { env: { CHROMIUM_PATH: chromium }, filesAtATime: 1 }),
  );
}

const PARTS = { lint, native, types, emulator, page, worker, client, server, cli, examples, chaos, browser, packages };

function chosenParts(names) {
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown) throw new Stop(`There is no part "${unknown}": npm test -- ${Object.keys(PARTS).join("|")}`);
  return names.length > 0 ? names : Object.keys(PARTS);
}

await main(async () => {
  const parts = chosenParts(process.argv.slice(2));
  let failure = null;
  try {
    await ensureNodeModules();
    for (const part of parts) await PARTS[part]();
  } catch (error) {
    failure = error;
  }
  const { passed, failed } = counted();
  say();
  summary().forEach((line) => say(line));
  if (failure) say(`\n${failure instanceof Stop ? failure.message : failure.stack}`);
  // A step that failed without a test of its own (a type error, a build) counts as one.
  const failures = failure ? Math.max(1, failed) : failed;
  say(`\n${passed} passed, ${failures} failed`);
  return failures > 0 ? 1 : 0;
});
