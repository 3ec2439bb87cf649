import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { FLAGS, helpText, parseFlags } from "../flags.ts";
import { AUDIENCE, CLIENT_ID } from "../oidc/tokens.ts";
import { DEFAULTS } from "../options.ts";
import { env } from "./worker_env.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

async function firstLine(child: ChildProcess): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const [chunk] = await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data", { signal });
  return String(chunk).split("\n")[0] ?? "";
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`the program says where it listens, and leaves on ${signal}`, async () => {
    const child = spawn(process.execPath, [MAIN, "--port", "0", "--webhook-url", ""], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [, url] = /^emulator ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(await firstLine(child)) ?? [];
      assert.ok(url);
      assert.equal((await fetch(`${url}/models`)).status, 200);
      const left = once(child, "exit", { signal: AbortSignal.timeout(5000) });
      child.kill(signal);
      assert.deepEqual(await left, [0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });
}

test("flags are read, and a bad one is named", () => {
  const read = parseFlags([
    "--generation",
    "g2",
    "--retry-scale=0.01",
    "--client-redirects",
    "http://a, http://b",
    "--webhook-url",
    "",
  ]);
  assert.notEqual(read, "help");
  assert.deepEqual(read, {
    ...DEFAULTS,
    generation: "g2",
    retryScale: 0.01,
    clientRedirects: ["http://a", "http://b"],
    webhookUrl: "",
  });
  const river = parseFlags(["--modelriver-scheme=b", "--modelriver-webhook-url=", "--modelriver-latency-ms=5"]);
  const expected = { ...DEFAULTS.modelriver, scheme: "b", webhookUrl: "", latencyMs: 5 };
  assert.deepEqual(river, { ...DEFAULTS, modelriver: expected });
  assert.equal(DEFAULTS.modelriver.scheme, "a");
  assert.throws(() => parseFlags(["--generation", "g5"]), /--generation/);
  assert.throws(() => parseFlags(["--modelriver-scheme", "c"]), /--modelriver-scheme/);
  assert.throws(() => parseFlags(["--modelriver-api-key", ""]), /--modelriver-api-key/);
  assert.throws(() => parseFlags(["--port", "x"]), /--port/);
  assert.throws(() => parseFlags(["--receiver-plan", "500,sometimes"]), /--receiver-plan.*"sometimes"/);
  assert.throws(() => parseFlags(["--webhook-url", "x"]), /--webhook-url/);
  assert.equal(parseFlags(["--help"]), "help");
  for (const { name } of FLAGS) assert.ok(helpText().includes(`--${name}`));
});

test("worker.env matches the defaults of the emulator and its issuer", () => {
  const url = `http://${DEFAULTS.host}:${DEFAULTS.port}`;
  assert.equal(env.AUTH_ISSUER, url);
  assert.equal(env.EVENTS_URL, `${url}/receiver`);
  assert.equal(env.EVENTS_SECRET, DEFAULTS.receiverSecret);
  assert.equal(env.AUTH_AUDIENCE, AUDIENCE);
  assert.equal(env.AUTH_CLIENT_ID, CLIENT_ID);
  assert.ok(DEFAULTS.clientRedirects.includes(env.PUBLIC_URL ?? ""));
  assert.ok(DEFAULTS.clientRedirects.includes(env.ALLOWED_ORIGINS ?? ""));
});
