// What the terminal shows: named steps with elapsed time, and a heartbeat when a
// step has been silent for long. Knows nothing about what the steps do.

const HEARTBEAT_MS = 15_000;

/** A failure whose message is the whole story: printed without a stack trace. */
export class Stop extends Error {}

const done = [];
let depth = 0;
let lastOutput = Date.now();

/** Prints text as it is, and restarts the heartbeat's patience. */
export function write(text) {
  lastOutput = Date.now();
  process.stdout.write(text);
}

export const say = (line = "") => write(`${line}\n`);

/** 950ms, 4.2s, 1m20s. */
export function elapsed(ms) {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}

/**
 * Runs one named step. `fn` may return a short note, shown beside the time
 * ("up to date", "skipped: …"). A thrown error is recorded, then passed on.
 */
export async function step(name, fn) {
  const started = Date.now();
  const indent = "  ".repeat(depth);
  say(`${indent}▸ ${name}`);
  const heartbeat = setInterval(() => {
    if (Date.now() - lastOutput < HEARTBEAT_MS) return;
    say(`${indent}  … ${name}: still working, ${elapsed(Date.now() - started)}`);
  }, 1000);
  depth += 1;
  const record = { name, depth: depth - 1, ms: 0, status: "ok", note: "" };
  done.push(record);
  try {
    record.note = (await fn()) ?? "";
  } catch (error) {
    record.status = "FAILED";
    throw error;
  } finally {
    clearInterval(heartbeat);
    depth -= 1;
    record.ms = Date.now() - started;
    const mark = record.status === "ok" ? "✓" : "✗";
    const note = record.note ? ` (${record.note})` : "";
    say(`${indent}${mark} ${name}${note} ${elapsed(record.ms)}`);
  }
}

/** The table at the end of a long run: every step, how it went, how long it took. */
export function summary() {
  const label = (record) => "  ".repeat(record.depth) + record.name;
  const width = Math.max(0, ...done.map((record) => label(record).length));
  return done.map((record) => {
    const time = elapsed(record.ms).padStart(7);
    return `  ${label(record).padEnd(width)}  ${record.status.padEnd(6)}  ${time}  ${record.note}`.trimEnd();
  });
}

/** Runs a script's main function; a `Stop` ends it with its one sentence and exit code 1. */
export async function main(fn) {
  try {
    process.exitCode = (await fn()) ?? 0;
  } catch (error) {
    say();
    say(error instanceof Stop ? error.message : error.stack);
    process.exitCode = 1;
  }
}
