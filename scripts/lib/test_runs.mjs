// Test runners and what they report: cargo's and node's, run over everything that
// is there, with their counts added up. Knows no part of the product.

import { inRoot, NODE } from "./paths.mjs";
import { run } from "./process.mjs";
import { filesUnder } from "./stamps.mjs";
import { Stop } from "./steps.mjs";

/** No test may take longer: a hanging one must fail, not stall the whole run. */
const TEST_TIMEOUT_MS = 300_000;

/**
 * A process whose tests and hooks are through ends at once. Left to itself, Node waits for requests
 * of sockets that were reset under way, now and then for ever, and at full speed.
 */
const FORCE_EXIT = "--test-force-exit";

/** As in tsconfig.base.json: the client's sources, which need no build. */
const SOURCES = "--conditions=@taskwire/source";

const totals = { passed: 0, failed: 0 };

/** What all runs of this process have reported so far. */
export const counted = () => ({ ...totals });

const sum = (output, pattern) => [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

/** Adds up `cargo test`'s result lines and `node --test`'s summaries (spec and TAP). */
export function countIn(output) {
  return {
    passed: sum(output, /^test result: \w+\. (\d+) passed/gm) + sum(output, /^(?:ℹ|#) pass (\d+)/gm),
    failed: sum(output, /^test result: .*?(\d+) failed/gm) + sum(output, /^(?:ℹ|#) (?:fail|cancelled) (\d+)/gm),
  };
}

async function counting(name, command, args, options) {
  const { code, output } = await run(command, args, { ...options, check: false });
  const { passed, failed } = countIn(output);
  totals.passed += passed;
  totals.failed += failed;
  if (code !== 0) throw new Stop(`${name}: ${failed > 0 ? `${failed} failed` : `ended with exit code ${code}`}.`);
  if (passed === 0) throw new Stop(`${name}: no test ran.`);
  return `${passed} passed`;
}

export const cargoTest = () => counting("native tests", "cargo", ["test", "--locked", "--workspace"]);

/** Runs every `*.test.ts` under a folder; a folder without any is a failure. */
export function nodeTest(name, folder, { env = {}, filesAtATime } = {}) {
  const files = filesUnder(folder).filter((file) => file.endsWith(".test.ts"));
  if (files.length === 0) throw new Stop(`${name}: no test files found in ${folder}.`);
  const concurrency = filesAtATime ? [`--test-concurrency=${filesAtATime}`] : [];
  const args = [
    "--test",
    "--test-reporter=spec",
    FORCE_EXIT,
    SOURCES,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...concurrency,
  ];
  return counting(name, NODE, [...args, ...files.map((file) => inRoot(file))], { env });
}
