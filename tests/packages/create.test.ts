/** `npm create taskwire` where something is wrong: what it says, and that it leaves everything as it was. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKED } from "../../scripts/lib/packages.mjs";

const PROGRAM = join(PACKED, "create/index.js");
const work = mkdtempSync(join(tmpdir(), "taskwire-create-"));
after(() => rmSync(work, { recursive: true, force: true }));

interface Ended {
  code: number;
  said: string;
}

function create(args: string[], { env = {}, node = [] as string[] } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const all = { ...process.env, npm_execpath: "", ...env };
    const child = execFile(process.execPath, [...node, PROGRAM, ...args], { cwd: work, env: all }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, said: out + err }),
    );
    child.stdin?.end();
  });
}

const OFFLINE = ["--no-install", "--yes"];

test("a bad name is said before anything is written", async () => {
  for (const [name, why] of [
    ["My_App", /My_App cannot be a Worker's name at Cloudflare/],
    ["http", /http cannot be a package's name for npm/],
    ["x".repeat(64), /has 64 characters/],
  ] as const) {
    const { code, said } = await create([name, ...OFFLINE]);
    assert.equal(code, 1);
    assert.match(said, why);
  }
  assert.deepEqual(readdirSync(work), []);
});

test("a folder that exists is left as it is, even an empty one", async () => {
  mkdirSync(join(work, "mine"));
  writeFileSync(join(work, "mine", "wrangler.jsonc"), "mine");
  mkdirSync(join(work, "empty"));
  for (const name of ["mine", "empty"]) {
    const { code, said } = await create([name, ...OFFLINE]);
    assert.equal(code, 1);
    assert.match(said, /exists already: choose another name/);
  }
  assert.deepEqual(readdirSync(join(work, "mine")), ["wrangler.jsonc"]);
  assert.equal(readFileSync(join(work, "mine", "wrangler.jsonc"), "utf8"), "mine");
  assert.deepEqual(readdirSync(join(work, "empty")), []);
});

test("a flag that cannot be followed is named, and nothing is written", async () => {
  for (const [args, why] of [
    [["a1", "--provider", "openai"], /--provider openai is not known/],
    [["a1", "--provider", "modelriver"], /Mynth is needed in every deployment/],
    [["a1", "--auth", "facebook"], /--auth facebook is not known/],
    [["a1", "--colour"], /--colour/],
    [[], /Name the folder/],
  ] as const) {
    const { code, said } = await create([...args, ...OFFLINE]);
    assert.equal(code, 1, said);
    assert.match(said, why);
    assert.doesNotMatch(said, /\bat .*\.js:\d/, "no stack");
  }
  assert.equal(existsSync(join(work, "a1")), false);
});

test("without a terminal and without --yes it says which flags there are to give", async () => {
  const { code, said } = await create(["a2", "--no-install"]);
  assert.equal(code, 1);
  assert.match(said, /no terminal to ask in: give --yes/);
  assert.equal(existsSync(join(work, "a2")), false);
});

test("a Node that is too old hears so in one sentence with the version", async () => {
  for (const version of ["16.20.2", "20.19.0", "22.11.0"]) {
    const old = join(work, `${version}.cjs`);
    writeFileSync(old, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
    const { code, said } = await create(["a3", ...OFFLINE], { node: ["--require", old] });
    rmSync(old);
    assert.equal(code, 1);
    assert.equal(said, `taskwire needs Node 22.12 or newer, and this is ${version}.\n`);
  }
  assert.equal(existsSync(join(work, "a3")), false);
});

test("without a network it says what could not be had, and how to go on", async () => {
  const env = { npm_config_registry: "http://127.0.0.1:9/", npm_config_cache: join(work, "cache") };
  const { code, said } = await create(["offline", "--yes"], { env });
  assert.equal(code, 1);
  assert.match(said, /http:\/\/127\.0\.0\.1:9\/\S+ could not be reached \(ECONNREFUSED\)/);
  assert.match(said, /go on with npm install/);
  assert.match(said, /cd offline\s.*npm install\s.*npm run dev/s);
  assert.ok(existsSync(join(work, "offline", "wrangler.jsonc")), "the project is written");
});

test("a project in a folder of others has the name of its own folder", async () => {
  const { code, said } = await create(["apps/tasks", "--url", "https://tasks.example.com", ...OFFLINE]);
  assert.equal(code, 0, said);
  assert.match(readFileSync(join(work, "apps/tasks/wrangler.jsonc"), "utf8"), /"name": "tasks"/);
  assert.match(said, /https:\/\/tasks\.example\.com\/webhooks\/mynth/);
});
