// npm run fuzz: every target, with the fuzzer that sees what it reaches (cargo-fuzz, which needs
// rustup's nightly and a C++ compiler) and in steady runs that measure time. Where there is no
// nightly, the steady runs do both. Prints what was run, and ends with exit code 1 on a finding.
//
//   node fuzz/run.mjs [--cases N] [--seed S] [--steady] [TARGET...]

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { inRoot, TOOLS } from "../scripts/lib/paths.mjs";
import { run, succeeds } from "../scripts/lib/process.mjs";
import { main, Stop, say, step } from "../scripts/lib/steps.mjs";

const CARGO_FUZZ = "0.13.2";
const TRIPLE = "x86_64-unknown-linux-gnu";

/** Longest input of a coverage-guided run, in bytes: longer ones are slow and reach nothing new. */
const LONGEST = { signature: 2048, tickets: 2048, jwt: 2048, requests: 4096 };
const LONGEST_BODY = 8192;

/** Cases of the steady run beside a coverage-guided one: for the times. */
const TIMED_CASES = 50_000;

const FUZZ = inRoot("fuzz");
const TARGET = resolve(process.env.CARGO_TARGET_DIR ?? inRoot("target/fuzz"));
const toolsBin = join(TOOLS, "bin");
const env = { CARGO_TARGET_DIR: TARGET, RUST_BACKTRACE: "0", PATH: [toolsBin, process.env.PATH].join(delimiter) };

const TARGETS = readdirSync(join(FUZZ, "fuzz_targets")).map((file) => file.replace(".rs", ""));

function flags() {
  const { values, positionals } = parseArgs({
    options: {
      cases: { type: "string", default: "200000" },
      seed: { type: "string", default: "1" },
      steady: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const [cases, seed] = [Number(values.cases), Number(values.seed)];
  if (!Number.isInteger(cases) || cases < 1) throw new Stop("--cases must be a whole number from 1 up.");
  if (!Number.isInteger(seed) || seed < 1) throw new Stop("--seed must be a whole number from 1 up.");
  const unknown = positionals.find((name) => !TARGETS.includes(name));
  if (unknown) throw new Stop(`There is no target "${unknown}": ${TARGETS.join(", ")}`);
  return { cases, seed, steady: values.steady, targets: positionals.length > 0 ? positionals : TARGETS };
}

/** Makes cargo-fuzz ready. Returns why there is none, or null. */
async function withoutFuzzer() {
  if (process.arch !== "x64" || process.platform !== "linux") return "it is set up for x86-64 Linux";
  if (!(await succeeds("cargo", ["+nightly", "--version"], { env: { RUSTUP_AUTO_INSTALL: "0" } })))
    return "there is no nightly toolchain";
  if (!(await succeeds("c++", ["--version"]))) return "there is no C++ compiler";
  if (existsSync(join(toolsBin, "cargo-fuzz"))) return null;
  const args = ["install", "--locked", "cargo-fuzz", "--version", CARGO_FUZZ, "--root", TOOLS];
  const { code } = await run("cargo", args, {
    quiet: true,
    check: false,
    env: { CARGO_TARGET_DIR: join(TARGET, "tools") },
  });
  return code === 0 ? null : "cargo-fuzz could not be installed";
}

const buildSteady = () =>
  run("cargo", ["build", "--locked", "--profile", "steady", "--bin", "steady"], { cwd: FUZZ, env, quiet: true }).then(
    () => "",
  );

async function buildGuided(targets) {
  for (const target of targets) {
    // No sanitizer: no code of ours is unsafe, and without one it is several times as fast.
    await run(
      "cargo",
      ["+nightly", "fuzz", "build", "--sanitizer", "none", "--fuzz-dir", ".", "--target-dir", TARGET, target],
      { cwd: FUZZ, env, quiet: true },
    );
  }
  return "";
}

const findingsOf = (target) => join(TARGET, "findings", target);
const newest = (output, pattern) => [...output.matchAll(pattern)].at(-1)?.slice(1).map(Number);

async function steadyRun(target, cases, seed) {
  const args = [target, String(cases), String(seed), findingsOf(target)];
  const { output } = await run(join(TARGET, "steady/steady"), args, { env, quiet: true, check: false });
  const counts = newest(output, /^cases (\d+), failed (\d+), seconds ([\d.]+), worst ([\d.]+) ms/gm);
  if (!counts) throw new Stop(`The steady run of ${target} did not end by itself:\n${output.slice(-2000)}`);
  const [ran, failed, seconds, worst] = counts;
  return { cases: ran, failed, seconds, worst, output };
}

async function guidedRun(target, cases, seed) {
  const [work, findings] = [join(TARGET, "work", target), findingsOf(target)];
  mkdirSync(work, { recursive: true });
  mkdirSync(findings, { recursive: true });
  const args = [
    `-runs=${cases}`,
    `-seed=${seed}`,
    `-max_len=${LONGEST[target] ?? LONGEST_BODY}`,
    `-dict=${join(FUZZ, "dictionary.txt")}`,
    `-artifact_prefix=${findings}/`,
    "-print_final_stats=1",
    "-verbosity=0",
    // New inputs go to the first folder, never to the seeds.
    work,
    join(FUZZ, "corpus", target),
  ];
  const started = Date.now();
  const { code, output } = await run(join(TARGET, TRIPLE, "release", target), args, {
    cwd: FUZZ,
    env,
    quiet: true,
    check: false,
  });
  const [ran] = newest(output, /^stat::number_of_executed_units: (\d+)/gm) ?? [0];
  // What the fuzzer adds to see where a case goes is in this time too: the real one is less.
  const [worst] = newest(output, /^worst ([\d.]+) ms/gm) ?? [0];
  return { cases: ran, failed: code === 0 ? 0 : 1, seconds: (Date.now() - started) / 1000, worst, output };
}

const HEADINGS = ["target", "cases", "cases/s", "worst", "panics"];

const row = ([name, ...cells]) => `  ${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(12)).join("")}`;

/** A target's line: all of its runs together. */
function line(target, runs) {
  const sum = (pick) => runs.map(pick).reduce((total, count) => total + count, 0);
  const rate = Math.round(
    sum((it) => it.cases) /
      Math.max(
        sum((it) => it.seconds),
        0.001,
      ),
  );
  const worst = Math.max(...runs.map((it) => it.worst));
  return row([target, sum((it) => it.cases), rate, `${worst.toFixed(3)} ms`, sum((it) => it.failed)]);
}

await main(async () => {
  const { cases, seed, steady, targets } = flags();
  const missing = steady ? "not asked for" : await withoutFuzzer();
  if (missing) say(`Steady runs only: ${missing}.`);
  await step("building the steady runs", buildSteady);
  if (!missing) await step("building the fuzzer", () => buildGuided(targets));

  const lines = [row(HEADINGS)];
  let failed = 0;
  for (const target of targets) {
    await step(target, async () => {
      const runs = [await steadyRun(target, missing ? cases : TIMED_CASES, seed)];
      if (!missing) runs.push(await guidedRun(target, cases, seed));
      const bad = runs.filter((it) => it.failed > 0);
      failed += bad.length;
      for (const { output } of bad) {
        const told = output.split("\n").filter((text) => /panicked|FAILED|took|written to|at most|SUMMARY/.test(text));
        for (const text of told) say(`  ${text.slice(0, 300)}`);
      }
      lines.push(line(target, runs));
      return bad.length > 0 ? `inputs in ${findingsOf(target)}` : "";
    });
  }
  say();
  lines.forEach((text) => say(text));
  return failed > 0 ? 1 : 0;
});
