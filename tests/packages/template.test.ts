/** template/ is what `npm create taskwire` makes, and what Cloudflare's button and gallery ask for. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readBase } from "../../create/base.mjs";
import { secretsOf } from "../../create/files.ts";
import { everything } from "../../create/start.ts";
import { BUTTON, templateFiles } from "../../create/template.ts";

const FOLDER = new URL("../../template/", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(FOLDER, path), "utf8");
const LOCK = "package-lock.json";

const base = JSON.parse(JSON.stringify(readBase()));

test("it is what npm create makes: `npm run template` writes it anew", () => {
  const files = templateFiles(base);
  const there = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(FOLDER, file)).isFile())
    .filter((file) => !/^(node_modules|\.wrangler|\.dev\.vars$)/.test(file));
  assert.deepEqual(there.sort(), [...files.keys(), LOCK].sort());
  for (const [path, text] of files) assert.equal(read(path), text, path);
});

test("its lock is of these packages, for any registry and any build of ours", () => {
  const { packages } = JSON.parse(read(LOCK));
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  assert.deepEqual(packages[""].dependencies, dependencies);
  assert.deepEqual(packages[""].devDependencies, devDependencies);
  for (const [path, entry] of Object.entries<any>(packages).slice(1)) {
    const isOurs = path.startsWith("node_modules/@taskwire/");
    assert.equal(entry.resolved, undefined, path);
    assert.equal(entry.integrity === undefined, isOurs, path);
    if (isOurs) assert.equal(entry.version, base.version, path);
  }
});

test("the button is on top of its README, and stands in ours", () => {
  assert.match(read("README.md"), /^# taskwire\n\n\[!\[Deploy to Cloudflare\]/);
  assert.match(read("README.md"), /<!-- dash-content-start -->.*<!-- dash-content-end -->/s);
  assert.ok(readFileSync(join(FOLDER, "../README.md"), "utf8").includes(BUTTON));
});

test("the gallery finds a label, at most three products, a name that ends in -template, and five tests", () => {
  const { name, cloudflare, scripts } = JSON.parse(read("package.json"));
  assert.match(name, /-template$/);
  assert.match(read("wrangler.jsonc"), /"name": "taskwire-template"/);
  assert.ok(cloudflare.label.length > 0);
  assert.ok(cloudflare.products.length <= 3);
  assert.ok((read("test/worker.test.js").match(/^test\(/gm)?.length ?? 0) >= 5);
  assert.equal(scripts.deploy, "wrangler d1 migrations apply DB --remote && wrangler deploy");
});

test("all that the button asks for is described, and no id of a resource is a placeholder", () => {
  const { bindings } = JSON.parse(read("package.json")).cloudflare;
  for (const { name } of secretsOf(everything("x"))) {
    assert.ok(bindings[name].description.length > 10, name);
    assert.match(read(".dev.vars.example"), new RegExp(`^${name}=$`, "m"));
  }
  for (const name of ["AUTH_ISSUER", "AUTH_AUDIENCE", "PUBLIC_URL"]) assert.ok(bindings[name].description.length > 10);
  assert.doesNotMatch(read("wrangler.jsonc"), /database_id/);
});
