/** `--vars`, and a command that runs beside the emulator. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseFlags } from "../flags.ts";
import { DEFAULTS } from "../options.ts";
import { settingsFrom, takeVarsFlag, usualVars } from "../vars.ts";

const folder = mkdtempSync(join(tmpdir(), "taskwire-vars-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const MAIN = new URL("../main.ts", import.meta.url).pathname;

function fileOf(text: string): string {
  const file = join(folder, `${Math.random()}.vars`);
  writeFileSync(file, text);
  return file;
}

test("a file that is not there is made of the usual variables, and fits the defaults", () => {
  const file = join(folder, ".dev.vars");
  const options = settingsFrom(file);
  assert.equal(readFileSync(file, "utf8"), usualVars());
  assert.deepEqual(options, DEFAULTS);
});

test("the variables say where to listen, where webhooks go and who may sign in", () => {
  const moved = usualVars().replaceAll(":8787", ":9001").replaceAll(":8788", ":9002");
  const options = settingsFrom(fileOf(moved));
  assert.equal(options.port, 9002);
  assert.equal(options.webhookUrl, "http://127.0.0.1:9001/webhooks/mynth");
  assert.equal(options.modelriver.webhookUrl, "http://127.0.0.1:9001/webhooks/modelriver");
  assert.deepEqual(options.clientRedirects, ["http://127.0.0.1:9001", "http://localhost:9001"]);
});

test("a flag comes before the variables", () => {
  assert.deepEqual(takeVarsFlag(["--port", "1", "--vars", "x", "--host", "y"]), {
    file: "x",
    rest: ["--port", "1", "--host", "y"],
  });
  assert.deepEqual(takeVarsFlag(["--vars=x", "--port", "1"]), { file: "x", rest: ["--port", "1"] });
  assert.deepEqual(takeVarsFlag(["--port", "1"]), { file: undefined, rest: ["--port", "1"] });
  assert.throws(() => takeVarsFlag(["--vars"]), /--vars needs the name of a file/);
  const options = parseFlags(["--port", "1"], settingsFrom(fileOf(usualVars())));
  assert.equal(options !== "help" && options.port, 1);
});

test("variables of a real issuer, or without addresses, are refused by name", () => {
  assert.throws(() => settingsFrom(fileOf("PUBLIC_URL=http://127.0.0.1:1\n")), /AUTH_ISSUER must be an address/);
  assert.throws(() => settingsFrom(fileOf("AUTH_ISSUER=http://127.0.0.1:1\n")), /PUBLIC_URL must be an address/);
  const real = "AUTH_ISSUER=https://id.example\nPUBLIC_URL=http://127.0.0.1:1\n";
  assert.throws(
    () => settingsFrom(fileOf(real)),
    /AUTH_ISSUER must be the emulator's address, not https:\/\/id.example/,
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function beside(port: number, program: string) {
  const vars = fileOf(usualVars().replaceAll(":8788", `:${port}`));
  const args = [MAIN, "--vars", vars, "--", process.execPath, "--input-type=module", "-e", program];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  const ended = once(child, "exit", { signal: AbortSignal.timeout(20_000) });
  return { child, ended, said: () => said };
}

test("a command runs beside the emulator, which ends with it and with its exit code", async () => {
  const port = await freePort();
  const program = `console.log("status", (await fetch("http://127.0.0.1:${port}/models")).status); process.exit(7);`;
  const { ended, said } = await beside(port, program);
  assert.deepEqual(await ended, [7, null]);
  assert.match(said(), /status 200/);
});

test("a signal is the command's, and the emulator waits for it", async () => {
  const file = join(folder, "left");
  const program = `
    import { writeFileSync } from "node:fs";
    process.on("SIGTERM", () => { writeFileSync(${JSON.stringify(file)}, "yes"); process.exit(0); });
    setInterval(() => {}, 1000);
    console.log("waiting");`;
  const { child, ended, said } = await beside(await freePort(), program);
  while (!said().includes("waiting")) await once(child.stdout, "data", { signal: AbortSignal.timeout(20_000) });
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  assert.ok(existsSync(file));
});

test("a command that is not there is named", async () => {
  const child = spawn(process.execPath, [MAIN, "--port", "0", "--", "no-such-command"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  assert.deepEqual(await once(child, "close", { signal: AbortSignal.timeout(20_000) }), [1, null]);
  assert.match(said, /cannot run no-such-command/);
});
