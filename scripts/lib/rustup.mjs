// The ordinary road to the wasm toolchain: rustup's nightly with the source of std
// (the build recompiles it with panic=unwind, which needs nightly's build-std).

import { which } from "./paths.mjs";
import { run, succeeds } from "./process.mjs";
import { say } from "./steps.mjs";

const TARGET = "wasm32-unknown-unknown";

/** Looking must not install: by default `+nightly` fetches a missing toolchain. */
const LOOK_ONLY = { RUSTUP_AUTO_INSTALL: "0" };

const look = (command, args) => run(command, args, { quiet: true, check: false, timeoutMs: 20_000, env: LOOK_ONLY });

async function listed() {
  const { code, output } = await look("rustup", ["toolchain", "list"]);
  return code === 0 && /^nightly-/m.test(output);
}

/** A download that was interrupted leaves a nightly that is listed but does not run. */
async function runs() {
  return succeeds("rustc", ["+nightly", "--version"], { env: LOOK_ONLY });
}

/** Whether nightly runs and has the source of std and the wasm32 target. */
export async function ready() {
  if (!which("rustup") || !(await listed()) || !(await runs())) return false;
  const { output } = await look("rustup", ["component", "list", "--toolchain", "nightly", "--installed"]);
  return /^rust-src/m.test(output) && output.includes(`rust-std-${TARGET}`);
}

/** The wasm32 target comes with a compiled std. */
export const STD_FLAGS = [];

/** Returns null when nightly has clippy, or the reason why it has not. */
export async function ensureClippy() {
  if (await succeeds("cargo", ["+nightly", "clippy", "--version"], { env: LOOK_ONLY })) return null;
  if (!(await reachable())) return "rustup's server does not answer";
  const args = ["component", "add", "clippy", "--toolchain", "nightly"];
  const { code } = await run("rustup", args, { check: false });
  return code === 0 ? null : `"rustup ${args.join(" ")}" failed`;
}

export async function version() {
  const { output } = await look("rustc", ["+nightly", "--version"]);
  return output.trim();
}

/**
 * Whether rustup's server can be reached. `check` only asks, so it may be cut short: stopping an
 * install half-way, which retries for long, would break a toolchain. 100 means that something newer
 * is there.
 */
async function reachable() {
  const { code } = await look("rustup", ["check", "--no-self-update"]);
  return code === 0 || code === 100;
}

/** Returns null when nightly is ready, or the reason why it cannot be. */
export async function install() {
  if (!which("rustup")) return "rustup is not installed";
  if (!(await reachable())) return "its server does not answer";
  const present = await listed();
  const working = present && (await runs());
  if (present && !working) {
    say("The nightly toolchain is incomplete: installing it again.");
    await run("rustup", ["toolchain", "uninstall", "nightly"], { check: false });
  }
  // A working nightly is the user's own: it gets what is missing, not another version.
  const commands = working
    ? [
        ["component", "add", "rust-src", "--toolchain", "nightly"],
        ["target", "add", TARGET, "--toolchain", "nightly"],
      ]
    : [["toolchain", "install", "nightly", "--profile", "minimal", "-c", "rust-src", "-t", TARGET, "--no-self-update"]];
  for (const args of commands) {
    const { code } = await run("rustup", args, { check: false });
    if (code !== 0) return `"rustup ${args.join(" ")}" failed`;
  }
  return null;
}
