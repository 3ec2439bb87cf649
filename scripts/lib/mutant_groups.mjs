// Which tests are asked about a mutant of which folder, and what no native test can see.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot } from "./paths.mjs";
import { filesUnder } from "./stamps.mjs";

const LIB = "--lib";
const test = (name) => `--test=${name}`;

/**
 * `first` is the one test program, or two, that finds the most of a folder's mutants: building and linking
 * one is most of a mutant's time. What it misses is given to `others` as well. Where these have slow tests,
 * they come last. `provider/.` and `domain/.` are the files of that folder itself.
 */
export const GROUPS = [
  { name: "auth", files: ["src/auth/**"], first: [LIB], others: [test("claims")] },
  { name: "signature", files: ["src/signature/**"], first: [test("signature")], others: [LIB] },
  {
    name: "api/request",
    files: ["src/api/request/**"],
    first: [LIB],
    others: [test("generate_request"), test("start_requests")],
  },
  { name: "start", files: ["src/start/**"], first: [test("start")], others: [LIB] },
  {
    name: "provider/mynth",
    files: ["src/provider/mynth/**"],
    first: [test("mynth_payloads"), test("start_requests")],
    others: [LIB, test("generate_request"), test("signature"), test("start")],
  },
  {
    name: "provider/modelriver",
    files: ["src/provider/modelriver/**"],
    first: [test("modelriver")],
    others: [LIB, test("signature"), test("start")],
  },
  {
    name: "provider/.",
    files: ["src/provider/*.rs"],
    first: [LIB],
    others: ["modelriver", "mynth_payloads", "start_requests", "generate_request", "start"].map(test),
  },
  {
    name: "domain/task",
    files: ["src/domain/task/**"],
    first: [test("apply"), test("schedule")],
    others: [LIB, test("start_requests")],
    isSlow: true,
  },
  {
    name: "domain/channel",
    files: ["src/domain/channel/**"],
    first: [test("channel")],
    others: [LIB, test("modelriver")],
    isSlow: true,
  },
  {
    name: "domain/.",
    files: ["src/domain/*.rs"],
    first: [LIB],
    others: ["apply", "channel", "schedule"].map(test),
    isSlow: true,
  },
];

/**
 * Tests that try every order, or crash at every step, or walk random histories: seconds at every mutant. Most
 * mutants fall to a quicker one, so they are asked last.
 */
export const SLOW_TESTS = ["orders::", "deaths::", "histories::"];

/**
 * And those that are not asked at all: half a minute each. A mutant that only a random history would find
 * counts as missed. It deserves a test that says what it breaks.
 */
export const SKIPPED_TESTS = ["histories::"];

const WASM_MODULE = /#\[cfg\(target_arch = "wasm32"\)\]\n(?:pub(?:\(\w+\))? )?mod (\w+);/g;

/** The files of modules that are in the wasm build alone: natively, no test can even see them. */
export function wasmFiles() {
  return filesUnder("src")
    .filter((file) => /\/(?:mod|lib)\.rs$/.test(file))
    .flatMap((file) =>
      [...readFileSync(inRoot(file), "utf8").matchAll(WASM_MODULE)].map(([, name]) => join(dirname(file), name)),
    )
    .map((path) => (existsSync(inRoot(`${path}.rs`)) ? `${path}.rs` : `${path}/**`));
}
