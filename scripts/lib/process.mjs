// Child processes: every one in its own process group, so that ending it ends what
// it started too (wrangler's workerd outlives a wrangler that is killed alone).
// Knows no tool by name and decides nothing about set-up or tests.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { childEnv, ROOT } from "./paths.mjs";
import { Stop, write } from "./steps.mjs";

/** How long a group may take to end by itself before it is killed. */
const GRACE_MS = 4000;

/** How much of a quiet child's output is kept to be shown if it fails. */
const KEPT_CHARACTERS = 200_000;

/** How long output may still come after a child's exit. */
const DRAIN_MS = 1000;

const groups = new Set();

/** Set once a signal is ending this process. */
let ending = false;

function groupAlive(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

async function endGroup(pid) {
  signalGroup(pid, "SIGTERM");
  const deadline = Date.now() + GRACE_MS;
  while (groupAlive(pid) && Date.now() < deadline) await delay(25);
  signalGroup(pid, "SIGKILL");
  groups.delete(pid);
}

/** Ends every child still running, and what each of them started. */
export async function endAll() {
  await Promise.all([...groups].map(endGroup));
}

/** Ends all children, then this process, with the shell's exit code for a signal. */
async function endBySignal(code) {
  if (ending) return;
  ending = true;
  await endAll();
  process.exit(code);
}

const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
for (const [signal, code] of Object.entries(SIGNAL_EXIT_CODES)) {
  process.on(signal, () => endBySignal(code));
}
// The last resort: an exit that came some other way leaves no group behind either.
process.on("exit", () => groups.forEach((pid) => signalGroup(pid, "SIGKILL")));

// npm passes a signal to its shell only, which dies without passing it on: notice that.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && endBySignal(143), 250).unref();
}

/**
 * Starts a child in its own group with no standard input. `onOutput` gets its
 * text as it comes. `exited` resolves to the exit code (1 for a signal) once its
 * output and whatever it left behind have ended; it never rejects.
 */
export function start(command, args = [], { cwd = ROOT, env = {}, onOutput = write } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: childEnv(env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid) groups.add(child.pid);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", onOutput);
  }
  const exited = new Promise((resolve) => {
    child.once("error", (error) => {
      onOutput(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.once("exit", (code) => {
      if (ending) return; // nobody needs to hear of it: a signal ends this process too
      signalGroup(child.pid, "SIGKILL"); // what it left behind
      groups.delete(child.pid);
      // Its last output, unless something that left the group holds the pipe open.
      setTimeout(resolve, DRAIN_MS, code ?? 1).unref();
      child.once("close", () => resolve(code ?? 1));
    });
  });
  return { pid: child.pid, exited, stop: () => endGroup(child.pid) };
}

/**
 * Runs a child to its end and returns its exit code and output. `quiet` shows
 * the output only if it fails; `check: false` lets it fail without an error.
 */
export async function run(command, args = [], options = {}) {
  const { quiet = false, check = true, timeoutMs, cwd, env } = options;
  let output = "";
  const onOutput = (text) => {
    output = (output + text).slice(-KEPT_CHARACTERS);
    if (!quiet) write(text);
  };
  const child = start(command, args, { cwd, env, onOutput });
  const timer = timeoutMs && setTimeout(() => child.stop(), timeoutMs);
  const code = await child.exited;
  clearTimeout(timer);
  if (code !== 0 && check) {
    if (quiet) write(output);
    const failure = new Stop(`"${[command, ...args].join(" ")}" ended with exit code ${code}.`);
    throw Object.assign(failure, { output });
  }
  return { code, output };
}

/** Exit code 0, without a word. */
export async function succeeds(command, args = [], options = {}) {
  const { code } = await run(command, args, { quiet: true, check: false, timeoutMs: 20_000, ...options });
  return code === 0;
}

/** Whether a server could listen on 127.0.0.1:`port` now. */
export function portIsFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Waits until `check` returns true, at most `deadlineMs`; false when it never did. */
export async function waitFor(check, deadlineMs) {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    if (await check()) return true;
    await delay(100);
  }
  return false;
}

/** Whether `url` answers 2xx. */
export async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
