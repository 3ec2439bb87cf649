/**
 * What a user of the packages does, from `npm create taskwire` to an upgrade, on a machine with node, npm and git alone.
 * The packages come from a registry on this machine.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKAGES, PACKED, releaseVersion } from "../../scripts/lib/packages.mjs";
import { type Registry, startRegistry } from "../../scripts/lib/registry.mjs";
import { openBrowser, visiting } from "../browser/support/visit.ts";
import { call } from "../worker/support/api.ts";
import { eventually } from "../worker/support/eventually.ts";
import { Environment } from "./support/environment.ts";
import { onFreePorts, type Project, runDev, tokenOf } from "./support/project.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const VERSION = releaseVersion();

/** The version before, in the range that a project of it asks for. */
const BEFORE = `${VERSION}-0`;
const MIGRATIONS_BEFORE = 3;

const CREATE = ["create", "--yes", "taskwire@latest"];
const CHOICE = ["--yes", "--provider", "mynth", "--provider", "modelriver", "--auth", "clerk"];

let registry: Registry;
let user: Environment;

const seconds = (since: number) => (performance.now() - since) / 1000;
const spent = { create: 0, picture: 0, dryRun: 0 };

/** The package of today with the migrations of then. Its code is never run. */
async function publishBefore(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "taskwire-before-"));
  cpSync(join(PACKED, "worker"), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, version: BEFORE }));
  for (const name of readdirSync(join(folder, "migrations")).sort().slice(MIGRATIONS_BEFORE))
    rmSync(join(folder, "migrations", name));
  await registry.publish(folder, "before");
  rmSync(folder, { recursive: true });
}

/** As a release does. */
async function publishAll(): Promise<string> {
  const { host } = new URL(registry.url);
  const flags = ["--registry", registry.url, `--//${host}/:_authToken=anyone`];
  const { stdout } = await promisify(execFile)(process.execPath, [at("../../scripts/publish.mjs"), ...flags]);
  return stdout;
}

before(async () => {
  registry = await startRegistry();
  await publishBefore();
  await publishAll();
  assert.equal((await publishAll()).match(/published already/g)?.length, PACKAGES.length, "a second time does nothing");
  user = new Environment(registry.url);
});

after(async () => {
  user?.close();
  await registry?.close();
});

const exists = (...path: string[]) => existsSync(user.at(...path));

test("the machine has no compiler", async () => {
  for (const name of ["cargo", "rustc", "rustup", "cc", "gcc", "clang"]) {
    const { code } = await user.run(user.work, "sh", ["-c", `command -v ${name}`]);
    assert.notEqual(code, 0, name);
  }
  await user.do(user.work, "git", "--version");
});

test("npm create makes a project, and says what comes next", async () => {
  const started = performance.now();
  const said = await user.do(user.work, "npm", ...CREATE, "my-app", "--", ...CHOICE);
  spent.create = seconds(started);
  for (const path of [".dev.vars", ".dev.vars.example", "wrangler.jsonc", "package-lock.json", "node_modules"])
    assert.ok(exists("my-app", path), path);
  for (const line of [
    "npm run dev",
    "fill in AUTH_ISSUER, AUTH_PARTIES in wrangler.jsonc",
    "https://my-app.YOUR-SUBDOMAIN.workers.dev/webhooks/mynth",
    "https://my-app.YOUR-SUBDOMAIN.workers.dev/webhooks/modelriver",
  ])
    assert.ok(said.includes(line), `${line}\n${said}`);
});

test("npm run dev shows a picture to somebody who has signed in", async (t) => {
  const project = await onFreePorts(user.at("my-app"));
  const started = performance.now();
  const dev = await runDev(user, project);
  const browser = await openBrowser();
  try {
    await visiting(browser, async (visit) => {
      await visit.signIn(project.url, "ada");
      const task = await visit.generate("a fox", 2);
      await task.shows(2);
    });
    spent.picture = seconds(started);
    // The key of .dev.vars is for this machine, so that a new project can be asked at once.
    const { code, output } = await user.run(project.folder, "npm", ["run", "doctor"], { TASKWIRE_URL: project.url });
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /^(warn|fail) /m);
  } finally {
    await browser.close();
    await dev.stop();
  }
  t.diagnostic(`from npm create to the first picture: ${(spent.create + spent.picture).toFixed(1)} s`);
  assert.equal(await isFree(project), true, "nothing listens any more");
});

async function isFree({ url, emulator }: Project): Promise<boolean> {
  const refused = (address: string) =>
    fetch(address).then(
      () => false,
      () => true,
    );
  await eventually(async () => (await refused(url)) && (await refused(emulator)), 10_000, "both have ended");
  return true;
}

test("a dry run of the deployment has all bindings and the page", async (t) => {
  const started = performance.now();
  const said = await user.do(user.at("my-app"), "npx", "wrangler", "deploy", "--dry-run");
  spent.dryRun = seconds(started);
  for (const binding of ["env.TASKS (TaskRoom)", "env.FEEDS (FeedRoom)", "env.DB (my-app)", "env.ASSETS"])
    assert.ok(said.includes(binding), `${binding}\n${said}`);
  assert.match(said, /files from the assets directory .*node_modules\/@taskwire\/worker\/page/);
  assert.doesNotMatch(said, /emulator only|mak_|whsec_|WARNING/);
  t.diagnostic(`from npm create to a finished dry run: ${(spent.create + spent.dryRun).toFixed(1)} s`);
});

test("a dry run of the staging environment, uncommented, has a database of its own", async () => {
  const file = user.at("my-app", "wrangler.jsonc");
  const text = readFileSync(file, "utf8");
  const start = text.indexOf('  // "env": {');
  writeFileSync(file, text.slice(0, start) + text.slice(start).replace(/^ {2}\/\/ /gm, "  "));
  const said = await user.do(user.at("my-app"), "npx", "wrangler", "deploy", "--dry-run", "--env", "staging");
  for (const binding of [
    "env.TASKS (TaskRoom)",
    "env.DB (my-app-staging)",
    "env.ASSETS",
    'env.MODELRIVER_PUBLIC ("false")',
  ])
    assert.ok(said.includes(binding), `${binding}\n${said}`);
});

test("the template installs from its lock, passes its tests and can be deployed", async () => {
  cpSync(at("../../template"), user.at("template"), { recursive: true });
  await user.do(user.at("template"), "npm", "ci");
  const said = await user.do(user.at("template"), "npm", "test");
  assert.ok(Number(/^ℹ pass (\d+)$/m.exec(said)?.[1]) >= 5, said);
  assert.match(said, /^ℹ fail 0$/m);
  assert.match(await user.do(user.at("template"), "npx", "wrangler", "deploy", "--dry-run"), /--dry-run: exiting/);
  // Made at the first `npm run dev`: a clone has none.
  assert.equal(exists("template", ".dev.vars"), false);
});

test("an update is npm update and the migrations, and until those are applied /readyz says why not", async (t) => {
  await user.do(user.work, "npm", ...CREATE, "older", "--", ...CHOICE, "--no-install");
  const folder = user.at("older");
  const tell = async (command: string, ...args: string[]) => {
    t.diagnostic(`$ ${[command, ...args].join(" ")}`);
    return user.do(folder, command, ...args);
  };
  const installed = () =>
    JSON.parse(readFileSync(join(folder, "node_modules/@taskwire/worker/package.json"), "utf8")).version;

  await user.do(folder, "npm", "install", `@taskwire/worker@${BEFORE}`);
  assert.equal(installed(), BEFORE);
  const project = await onFreePorts(folder);
  const get = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${await tokenOf(project, "ada")}`, "content-type": "application/json" };
    return call(project.url + path, { ...init, headers });
  };
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await get(path, init);
    t.diagnostic(`  ${init.method ?? "GET"} ${path}: ${answer.status} ${answer.body?.error?.message ?? ""}`);
    return answer;
  };
  t.diagnostic(`@taskwire/worker ${installed()}`);
  await tell("npx", "wrangler", "d1", "migrations", "apply", "DB", "--local");
  cpSync(at("support/before.sql"), join(folder, "before.sql"));
  await tell("npx", "wrangler", "d1", "execute", "DB", "--local", "--file", "before.sql");

  await tell("npm", "update");
  assert.equal(installed(), VERSION);
  t.diagnostic(`@taskwire/worker ${installed()}`);

  // As if only the code had been deployed.
  t.diagnostic("$ npm run dev --ignore-scripts   (the code alone)");
  let dev = await runDev(user, project, "--ignore-scripts");
  try {
    const ready = await ask("/readyz");
    assert.equal(ready.status, 503);
    assert.match(ready.body.error.message, /^D1 lacks 0004_provider\.sql, .*: apply the migrations/);
    assert.equal((await ask("/tasks")).status, 503);
    const start = { method: "POST", body: JSON.stringify({ prompt: "a fox", model: "tsu/base" }) };
    assert.equal((await ask("/generate", start)).status, 503);
  } finally {
    await dev.stop();
  }

  t.diagnostic("$ npm run dev   (migrations first, as npm run deploy does)");
  dev = await runDev(user, project);
  try {
    assert.equal((await ask("/readyz")).status, 200);
    const { tasks } = (await ask("/tasks")).body;
    assert.deepEqual(
      tasks.map((task: any) => [task.taskId, task.status, task.images.map((image: any) => image.status)]),
      [
        [null, "failed", []],
        ["tsk_before2", "completed", []],
        ["tsk_before1", "completed", ["success", "failed"]],
      ],
    );
    const { task } = (await ask("/tasks/tsk_before1")).body;
    assert.equal(task.prompt, "a fox from before");
    assert.equal(task.images[0].url, "https://pictures.example/fox.png");
    assert.deepEqual((await ask("/tasks/tsk_before2")).body.task.result, { text: "A fox." });
    assert.equal((await ask("/content")).body.content[0].title, "A title from before");
    assert.equal((await ask("/content/cnt_before")).status, 200);
    const start = { method: "POST", body: JSON.stringify({ prompt: "a fox of today", model: "tsu/base" }) };
    const { taskId } = (await ask("/generate", start)).body;
    const isDone = async () => (await get(`/tasks/${taskId}`)).body.task.status === "completed";
    await eventually(isDone, 30_000, "the task of today is done");
    assert.equal((await ask("/tasks/tsk_before1", { method: "DELETE" })).status, 204);
  } finally {
    await dev.stop();
  }
});
