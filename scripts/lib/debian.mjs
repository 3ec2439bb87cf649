// What Debian's packages can stand in for: the wasm toolchain where rustup's server
// is out of reach, the headers worker-build compiles against, and a browser.

import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { which } from "./paths.mjs";
import { run, succeeds } from "./process.mjs";

/** rustc 1.91 is the oldest the `worker` crate compiles with (its rust-version). */
const MIN_RUSTC_MINOR = 91;

/** The compiler that Debian keeps current for its browsers, with std's source and LLVM's tools. */
const PACKAGES = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];
const CLIPPY_PACKAGE = "rust-web-clippy";

export const CARGO = "/usr/bin/cargo";
const CLIPPY = "/usr/bin/cargo-clippy";
const LINKER = "/usr/bin/rust-lld";
const STD_SOURCE = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/** Debian's program for `+nightly`, with the unstable features that rebuilding std needs. */
const wrapper = (name, answer = "") => `#!/bin/sh
# Debian's ${name} in the place of rustup's nightly.
[ "$1" = "+nightly" ] && shift
${answer}export RUSTC_BOOTSTRAP=1
exec /usr/bin/${name} "$@"
`;

/** worker-build asks for a std compiled for wasm32. The build compiles its own: any folder will do. */
const TARGET_LIBDIR = `if [ "$*" = "--target wasm32-unknown-unknown --print target-libdir" ]; then
  exec dirname "$0"
fi
`;

/** What worker-build calls, by name, when there is no rustup to answer. */
export const SHIMS = {
  cargo: wrapper("cargo"),
  // A rustup in PATH has these too, for its own compiler.
  "cargo-clippy": wrapper("cargo-clippy"),
  rustdoc: wrapper("rustdoc"),
  rustc: wrapper("rustc", TARGET_LIBDIR),
  rustup: `#!/bin/sh
# Answers "rustup component list": the source of std came with Debian's compiler.
echo "rust-src (installed)"
`,
};

async function rustcVersion() {
  if (!existsSync("/usr/bin/rustc")) return null;
  const { code, output } = await run("/usr/bin/rustc", ["--version"], { quiet: true, check: false });
  return code === 0 ? output.trim() : null;
}

export async function ready() {
  const found = /^rustc 1\.(\d+)\./.exec((await rustcVersion()) ?? "");
  const recent = found !== null && Number(found[1]) >= MIN_RUSTC_MINOR;
  return recent && [STD_SOURCE, LINKER, CARGO].every((file) => existsSync(file));
}

export async function version() {
  return (await rustcVersion()) ?? "none";
}

/** How to become root, or the reason why that cannot be. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return { prefix: [] };
  if (which("sudo") && (await succeeds("sudo", ["-n", "true"]))) return { prefix: ["sudo", "-n"] };
  return { reason: "installing packages needs root, or sudo without a password" };
}

let listsUpdated = false;

/**
 * Installs packages; returns null, or why not. Never removes one to make room:
 * Debian's rustc conflicts with its rustup package, and which to keep is not ours to say.
 */
export async function aptInstall(packages) {
  if (!which("apt-get")) return "this is not a Debian system";
  const { prefix, reason } = await rootPrefix();
  if (reason) return reason;
  const apt = async (...args) => {
    const command = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
    return (await run(command[0], command.slice(1), { quiet: true, check: false })).code === 0;
  };
  if (!listsUpdated) listsUpdated = await apt("update");
  const ok = await apt("install", "-y", "--no-install-recommends", "--no-remove", ...packages);
  return ok ? null : `apt-get could not install ${packages.join(" ")}`;
}

/** Debian has no compiled std for wasm32, so the checks compile it from source, as the build does. */
export const STD_FLAGS = ["-Z", "build-std=std,panic_abort"];

/** Returns null when Debian's clippy is there, or the reason why it is not. */
export async function ensureClippy() {
  if (await succeeds(CLIPPY, ["--version"])) return null;
  return aptInstall([CLIPPY_PACKAGE]);
}

/** Returns null when Debian's toolchain is ready, or the reason why it cannot be. */
export async function install() {
  const reason = await aptInstall(PACKAGES);
  if (reason) return reason;
  // The linker is a link into an LLVM package that nothing depends on.
  const linker = existsSync(LINKER) ? null : await aptInstall([readlinkSync(LINKER)]);
  if (linker) return linker;
  return (await ready()) ? null : `Debian's rustc is too old here (${await version()})`;
}

const missingHeaders = () =>
  [
    ["gcc", "cc"],
    ["pkg-config", "pkg-config"],
  ]
    .filter(([, program]) => !which(program))
    .map(([name]) => name)
    .concat(existsSync("/usr/include/openssl/ssl.h") ? [] : ["libssl-dev"]);

/** worker-build compiles C and links OpenSSL. Elsewhere than on Debian, cargo says what it lacks. */
export async function ensureHeaders() {
  if (!isDebian()) return;
  const missing = missingHeaders();
  if (missing.length > 0) await aptInstall(missing);
}

function isDebian() {
  const file = "/etc/os-release";
  return (
    existsSync(file) &&
    /^ID(_LIKE)?=.*debian/m.test(readFileSync(file, "utf8")) &&
    existsSync(join("/usr/bin", "apt-get"))
  );
}
