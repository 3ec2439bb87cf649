// The tools that turn Rust into a Worker: a compiler that can rebuild std for
// wasm32 with panic=unwind, worker-build, and the wasm-bindgen CLI. Finds them or
// installs them, and says which environment the build needs. Builds nothing itself.
//
// Two roads to the compiler. rustup's nightly is the ordinary one. Where rustup's
// server is out of reach, Debian's own rustc with its std source serves as well.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as debian from "./debian.mjs";
import { inRoot, LOCAL, NODE_BIN, TOOLS } from "./paths.mjs";
import { answers, run, succeeds } from "./process.mjs";
import * as rustup from "./rustup.mjs";
import { Stop, say, step } from "./steps.mjs";

/** The same release as the `worker` crate: it writes the JavaScript that crate expects. */
const WORKER_BUILD = "0.8.7";

/** For `npm run mutants` alone. */
const CARGO_MUTANTS = "27.1.0";

const ROADS = { rustup, debian };
const CHOICE = join(LOCAL, "toolchain");
const toolsBin = join(TOOLS, "bin");
/** Where both tools are compiled: they share a hundred crates. */
const toolsTarget = join(TOOLS, "target");
const shims = join(TOOLS, "shims");

function remembered() {
  const forced = process.env.TASKWIRE_TOOLCHAIN;
  if (forced && !(forced in ROADS)) throw new Stop(`TASKWIRE_TOOLCHAIN is "${forced}": it may be rustup or debian.`);
  if (forced) return { road: forced, forced: true };
  const road = existsSync(CHOICE) ? readFileSync(CHOICE, "utf8").trim() : "";
  return { road: road in ROADS ? road : null, forced: false };
}

function remember(road) {
  mkdirSync(LOCAL, { recursive: true });
  writeFileSync(CHOICE, `${road}\n`);
  return road;
}

/** The road that is ready, else the first that can be made ready: rustup, then Debian. */
async function chooseRoad() {
  const { road, forced } = remembered();
  if (road && (await ROADS[road].ready())) return remember(road);
  const roads = forced ? [road] : Object.keys(ROADS);
  for (const name of roads) if (await ROADS[name].ready()) return remember(name);
  const reasons = [];
  for (const name of roads) {
    const reason = await ROADS[name].install();
    if (!reason) return remember(name);
    say(`${name}: ${reason}`);
    reasons.push(`${name}: ${reason}`);
  }
  throw new Stop(
    `No Rust toolchain can build the Worker (${reasons.join("; ")}). ` +
      `Install rustup from https://rustup.rs and run: rustup toolchain install nightly -c rust-src -t wasm32-unknown-unknown`,
  );
}

function writeShims() {
  mkdirSync(shims, { recursive: true });
  for (const [name, text] of Object.entries(debian.SHIMS)) {
    writeFileSync(join(shims, name), text);
    chmodSync(join(shims, name), 0o755);
  }
}

/** The wasm-bindgen crate's version: the CLI that reads its output must be the same. */
function wasmBindgenVersion() {
  const lock = inRoot("Cargo.lock");
  const found = existsSync(lock) && /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(readFileSync(lock, "utf8"));
  if (!found) throw new Stop("Cargo.lock does not name wasm-bindgen: run `cargo generate-lockfile` and commit it.");
  return found[1];
}

async function hasVersion(program, version, args = ["--version"]) {
  const file = join(toolsBin, program);
  if (!existsSync(file)) return false;
  const { code, output } = await run(file, args, { quiet: true, check: false });
  return code === 0 && output.trim().split(/\s+/).includes(version);
}

/**
 * Compiled without optimisation and debug information: optimised, the tools take three times as
 * long to compile, and save a build of the Worker two seconds.
 */
async function cargoInstall(crate, version) {
  // Where rustup is there but has no toolchain, its cargo does not run: Debian's does.
  const cargo = (await succeeds("cargo", ["--version"])) ? "cargo" : debian.CARGO;
  const args = ["install", "--debug", "--locked", crate, "--version", version, "--root", TOOLS];
  const env = { CARGO_TARGET_DIR: toolsTarget, CARGO_PROFILE_DEV_DEBUG: "0" };
  try {
    await run(cargo, args, { quiet: true, env });
  } catch {
    throw new Stop(
      `cargo could not install ${crate} ${version} (its output is above). It needs a C compiler, ` +
        `pkg-config and OpenSSL's headers: on Debian, apt-get install build-essential pkg-config libssl-dev`,
    );
  }
}

function ensureWorkerBuild() {
  return step(`worker-build ${WORKER_BUILD}`, async () => {
    if (await hasVersion("worker-build", WORKER_BUILD)) return "installed";
    await debian.ensureHeaders();
    await cargoInstall("worker-build", WORKER_BUILD);
    return "";
  });
}

/**
 * worker-build downloads the wasm-bindgen CLI by itself when it can; where its
 * server is out of reach, cargo builds the same one from the registry.
 */
function ensureWasmBindgen() {
  const version = wasmBindgenVersion();
  return step(`wasm-bindgen ${version}`, async () => {
    if (await hasVersion("wasm-bindgen", version)) return "installed";
    if (await answers("https://github.com/wasm-bindgen/wasm-bindgen/releases")) return "worker-build downloads it";
    await cargoInstall("wasm-bindgen-cli", version);
    return "";
  });
}

/** Makes `cargo mutants` ready, and returns the environment to run it in. */
export async function ensureCargoMutants() {
  await step(`cargo-mutants ${CARGO_MUTANTS}`, async () => {
    if (await hasVersion("cargo-mutants", CARGO_MUTANTS, ["mutants", "--version"])) return "installed";
    await cargoInstall("cargo-mutants", CARGO_MUTANTS);
    rmSync(toolsTarget, { recursive: true, force: true });
    return "";
  });
  return { PATH: [toolsBin, process.env.PATH].join(delimiter) };
}

/** Makes the compiler for wasm32 ready, and returns the road to it and the environment to run it in. */
async function ensureWasmRust() {
  let road = "";
  await step("Rust for wasm", async () => {
    road = await chooseRoad();
    return `${road}: ${await ROADS[road].version()}`;
  });
  const path = [toolsBin, NODE_BIN, process.env.PATH];
  if (road === "debian") {
    writeShims();
    path.unshift(shims);
  }
  const env = {
    PATH: path.join(delimiter),
    // Not the native build's folder: another compiler's artifacts would evict its own.
    CARGO_TARGET_DIR: inRoot("target/wasm"),
  };
  return { road, env };
}

/**
 * Makes the wasm toolchain ready and returns the environment to run it in.
 * wasm-opt and esbuild are npm packages: pinned by the lock file, not downloaded.
 */
export async function ensureWasmToolchain() {
  const { env } = await ensureWasmRust();
  await ensureWorkerBuild();
  await ensureWasmBindgen();
  rmSync(toolsTarget, { recursive: true, force: true });

  env.WASM_OPT_BIN = join(NODE_BIN, "wasm-opt");
  env.ESBUILD_BIN = inRoot("scripts/bundle.mjs");
  if (existsSync(join(toolsBin, "wasm-bindgen"))) env.WASM_BINDGEN_BIN = join(toolsBin, "wasm-bindgen");
  return { env, workerBuild: join(toolsBin, "worker-build") };
}

const WASM_LIB = ["--locked", "--lib", "--target", "wasm32-unknown-unknown"];

/** The profile of the Worker's build, so that both share what runs on the host: macros and build scripts. */
const PROFILE = "--release";

/**
 * How to check the Worker's code as wasm32 sees it, which native runs leave out: cargo's arguments for
 * clippy and for the documentation. Where clippy cannot be had, the compiler's own warnings stand in,
 * and `missing` says why.
 */
export async function ensureWasmChecks() {
  const { road, env } = await ensureWasmRust();
  const missing = await ROADS[road].ensureClippy();
  const lib = [...WASM_LIB, ...ROADS[road].STD_FLAGS];
  const deny = ["--", "-D", "warnings"];
  return {
    env,
    missing,
    lint: missing
      ? ["+nightly", "rustc", "--profile", "check", ...lib, ...deny]
      : ["+nightly", "clippy", PROFILE, ...lib, ...deny],
    doc: ["+nightly", "doc", PROFILE, "--no-deps", "--document-private-items", ...lib],
  };
}

/** Native `cargo`, for the tests of the pure core: whichever comes first in PATH. */
export async function ensureNativeCargo() {
  if (await succeeds("cargo", ["--version"])) return;
  const reason = await debian.install();
  if (reason) throw new Stop(`cargo is not in PATH (${reason}): install Rust from https://rustup.rs`);
}
