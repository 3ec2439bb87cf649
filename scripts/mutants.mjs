// npm run mutants: changes the pure code in one place at a time (cargo-mutants), and asks the native tests
// to notice. `npm run mutants -- FOLDER...` takes only those folders, and with `--again` only what no test had
// noticed in the last run. A change that no test notices is
// either a missing test, or the same program: then it is listed in .cargo/mutants.toml, with the reason.
// Ends with exit code 1 if one is missed that is not listed.
//
// The mutants are made in a copy of the tree, always the same one, so that cargo builds only what changed.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { GROUPS, SKIPPED_TESTS, SLOW_TESTS, wasmFiles } from "./lib/mutant_groups.mjs";
import { inRoot } from "./lib/paths.mjs";
import { run } from "./lib/process.mjs";
import { elapsed, main, Stop, say, step } from "./lib/steps.mjs";
import { ensureCargoMutants, ensureNativeCargo } from "./lib/toolchain.mjs";

const WORK = inRoot("target/mutants");
const COPY = join(WORK, "tree");
const MISSED = 2;
const TIMED_OUT = 3;

/** Beside whatever else the machine does: this takes long and nobody waits for it. */
const LOW_PRIORITY = 15;

async function tracked(cwd, ...flags) {
  const { output } = await run("git", ["ls-files", "-z", ...flags], { cwd, quiet: true });
  return output.split("\0").filter(Boolean);
}

/** Makes the copy equal to the tree, and leaves alone what is: cargo goes by the times of files. */
async function copyTree() {
  const files = new Set(await tracked(inRoot(), "--cached", "--others", "--exclude-standard"));
  const list = join(WORK, "files.json");
  const earlier = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  for (const gone of earlier.filter((file) => !files.has(file))) rmSync(join(COPY, gone), { force: true });
  for (const file of files) {
    const [from, to] = [inRoot(file), join(COPY, file)];
    if (!statSync(from, { throwIfNoEntry: false })?.isFile()) {
      rmSync(to, { force: true });
      continue;
    }
    const content = readFileSync(from);
    if (existsSync(to) && readFileSync(to).equals(content)) continue;
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, content);
  }
  writeFileSync(list, JSON.stringify([...files]));
  return "";
}

const outOf = (group) => join(WORK, "out", group.name.replace("/", "-"));

/** What no test of a folder had noticed, kept for `--again`. */
const missedOf = (group) => join(outOf(group), "missed.json");

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** The same change, wherever its line has moved to since. */
const moved = (name) => escaped(name).replace(/:\d+:\d+: /, ":\\d+:\\d+: ");

/** One run of cargo-mutants: the names of the mutants by what became of them. */
async function mutate(group, { programs, skipped, patterns }, env) {
  const out = outOf(group);
  mkdirSync(out, { recursive: true });
  const args = ["mutants", "--in-place", "--profile=mutants", "--no-times", "--colors=never", "-o", out];
  args.push(...programs.map((program) => `--cargo-arg=${program}`));
  args.push(...selection(group));
  if (patterns) args.push(`--re=^(?:${patterns.join("|")})$`);
  args.push("--", "--", ...skipped.map((name) => `--skip=${name}`));
  const { code } = await run("cargo", args, { cwd: COPY, env, check: false });
  if (![0, MISSED, TIMED_OUT].includes(code)) throw new Stop(`cargo mutants ended with exit code ${code}.`);
  const of = (kind) => {
    const text = readFileSync(join(out, "mutants.out", `${kind}.txt`), "utf8");
    return text.split("\n").filter(Boolean);
  };
  return { caught: of("caught"), missed: of("missed"), unviable: of("unviable"), timeouts: of("timeout") };
}

const selection = ({ files }) => [
  ...files.map((glob) => `--file=${glob}`),
  ...wasmFiles().map((file) => `--exclude=${file}`),
];

function missedBefore(group) {
  if (!existsSync(missedOf(group))) throw new Stop(`${group.name} was never run: leave out --again.`);
  return JSON.parse(readFileSync(missedOf(group), "utf8"));
}

/** How many of a folder's mutants are listed as the same program. */
async function countListed(group, env) {
  const count = async (...flags) => {
    const args = ["mutants", "--list", ...flags, ...selection(group)];
    const { output } = await run("cargo", args, { cwd: COPY, env, quiet: true });
    return output.split("\n").filter((line) => line.startsWith("src/")).length;
  };
  return (await count("--no-config")) - (await count());
}

/** Asks ever more tests about ever fewer mutants. */
async function test(group, again, env) {
  const started = Date.now();
  const first = again
    ? { caught: [], missed: missedBefore(group), unviable: [], timeouts: [] }
    : await mutate(group, { programs: group.first, skipped: SLOW_TESTS }, env);
  let { missed } = first;
  let patterns = missed.map(again ? moved : escaped);
  const caught = first.caught.length;
  const found = { caught, unviable: first.unviable.length, timeouts: first.timeouts.length };
  for (const skipped of group.isSlow ? [SLOW_TESTS, SKIPPED_TESTS] : [SKIPPED_TESTS]) {
    if (missed.length === 0) break;
    say(`${group.name}: ${missed.length} are asked of all tests but ${skipped.join(", ")}`);
    const more = await mutate(group, { programs: [...group.first, ...group.others], skipped, patterns }, env);
    missed = more.missed;
    patterns = missed.map(escaped);
    found.timeouts += more.timeouts.length;
    found.caught += more.caught.length;
  }
  writeFileSync(missedOf(group), JSON.stringify(missed));
  const listed = await countListed(group, env);
  const mutants = found.caught + missed.length + found.unviable + found.timeouts;
  return { ...found, name: group.name, mutants, listed, missed, ms: Date.now() - started };
}

const HEADINGS = ["folder", "mutants", "caught", "missed", "unviable", "timeouts", "listed", "time"];
const row = ([name, ...cells]) => `  ${name.padEnd(20)}${cells.map((cell) => String(cell).padStart(10)).join("")}`;

function chosen(names) {
  const matches = (group, name) => group.name === name || group.name.startsWith(`${name}/`);
  const unknown = names.find((name) => !GROUPS.some((group) => matches(group, name)));
  if (unknown) throw new Stop(`There is no folder "${unknown}": ${GROUPS.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? GROUPS : GROUPS.filter((group) => names.some((name) => matches(group, name)));
}

await main(async () => {
  const { values, positionals } = parseArgs({ options: { again: { type: "boolean" } }, allowPositionals: true });
  const groups = chosen(positionals.map((name) => name.replace(/^src\/|\/$/g, "")));
  setPriority(LOW_PRIORITY);
  await ensureNativeCargo();
  const env = { ...(await ensureCargoMutants()), CARGO_TARGET_DIR: join(WORK, "build") };
  await step("copy of the tree", copyTree);
  const results = [];
  for (const group of groups) {
    await step(group.name, async () => {
      results.push(await test(group, values.again, env));
      return "";
    });
  }
  say();
  say(row(HEADINGS));
  for (const { name, mutants, caught, missed, unviable, timeouts, listed, ms } of results)
    say(row([name, mutants, caught, missed.length, unviable, timeouts, listed, elapsed(ms)]));
  const missed = results.flatMap((result) => result.missed);
  if (missed.length > 0) say("\nNo test notices:");
  missed.forEach((name) => say(`  ${name}`));
  return missed.length > 0 ? 1 : 0;
});
