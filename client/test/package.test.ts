// The published package: its size, its imports, and its types in an app.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sizeOf } from "../size.mjs";

const run = promisify(execFile);
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The largest size of the core, minified and gzipped. */
const CORE_LIMIT = 5300;

test(`the core has at most ${CORE_LIMIT} bytes`, async (t) => {
  const size = await sizeOf("index");
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= CORE_LIMIT, `${size} bytes`);
});

describe("an app that installs it", { timeout: 60_000 }, () => {
  let app = "";

  before(async () => {
    await run(process.execPath, [at("../build.mjs")]);
    app = await mkdtemp(join(tmpdir(), "taskwire-client-"));
    const home = join(app, "node_modules/@taskwire/client");
    await cp(at("../package.json"), join(home, "package.json"), { recursive: true });
    await cp(at("../dist"), join(home, "dist"), { recursive: true });
    for (const name of ["react", "react-dom"])
      await symlink(at(`../../node_modules/${name}`), join(app, "node_modules", name));
    await symlink(at("../../node_modules/@types"), join(app, "node_modules/@types"));
    await writeFile(join(app, "package.json"), '{"type":"module"}');
  });

  after(() => rm(app, { recursive: true, force: true }));

  test("needs nothing else: the core has no imports, the hooks import React", async () => {
    const imports = async (file: string) =>
      [...(await readFile(at(`../dist/${file}`), "utf8")).matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(await imports("index.js"), []);
    assert.deepEqual(await imports("react.js"), ["react"]);
    assert.deepEqual(await imports("config.js"), []);
    assert.deepEqual(await imports("admin.js"), []);
    assert.match(await readFile(at("../dist/react.js"), "utf8"), /^"use client";/);
    const { dependencies } = JSON.parse(await readFile(at("../package.json"), "utf8"));
    assert.equal(dependencies, undefined);
  });

  test("has the operators' calls in an entry of their own, and none of them in the core", async () => {
    assert.match(await readFile(at("../dist/admin.js"), "utf8"), /\/admin\//);
    for (const entry of ["index", "react"])
      assert.doesNotMatch(await readFile(at(`../dist/${entry}.js`), "utf8"), /\/admin/, entry);
  });

  test("has all declarations, and their imports resolve", async () => {
    const files = (await readdir(at("../dist"))).filter((file) => file.endsWith(".d.ts"));
    assert.ok(["index", "react", "config", "admin"].every((entry) => files.includes(`${entry}.d.ts`)));
    for (const file of files) {
      for (const [, name] of (await readFile(at(`../dist/${file}`), "utf8")).matchAll(/"(\.[^"]*)"/g)) {
        assert.ok(
          name?.endsWith(".js") && files.includes(name.slice(2).replace(/\.js$/, ".d.ts")),
          `${file} names ${name}`,
        );
      }
    }
  });

  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    test(`has types under ${moduleResolution}`, async () => {
      await writeFile(join(app, "app.ts"), APP);
      const compilerOptions = {
        module,
        moduleResolution,
        strict: true,
        noEmit: true,
        lib: ["ES2022", "DOM"],
        target: "ES2022",
        types: [],
        exactOptionalPropertyTypes: true,
      };
      await writeFile(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["app.ts"] }));
      const { stdout } = await run(process.execPath, [at("../../node_modules/typescript/bin/tsc"), "-p", app]).catch(
        (error) => error,
      );
      assert.equal(stdout, "");
    });
  }

  test("can import every entry without a page and without WebSocket", async () => {
    const text = `
      for (const name of ["WebSocket", "fetch", "navigator", "EventSource"]) delete globalThis[name];
      const { createTaskwire } = await import("@taskwire/client");
      const hooks = await import("@taskwire/client/react");
      const { readConfig } = await import("@taskwire/client/config");
      const { taskwireAdmin } = await import("@taskwire/client/admin");
      const taskwire = createTaskwire();
      console.log(taskwire.connectionState.current, taskwire.task("tsk_1").current, typeof hooks.useTask, typeof readConfig);
      console.log(Object.keys(taskwireAdmin({ getToken: () => "key" })).length);
    `;
    await writeFile(join(app, "main.js"), text);
    const { stdout } = await run(process.execPath, [join(app, "main.js")]);
    assert.equal(stdout, "idle undefined function function\n11\n");
  });
});

/** An app's code. The lines after `@ts-expect-error` must not compile. */
const APP = `
import { createTaskwire, isKind, TaskwireError, type Task } from "@taskwire/client";
import { taskwireAdmin } from "@taskwire/client/admin";
import { readConfig } from "@taskwire/client/config";
import { useDeleteTask, useGenerate, useGenerateBatch, useTask, useTasks } from "@taskwire/client/react";

const taskwire = createTaskwire({ url: "https://taskwire.example", getToken: async () => "jwt" });
export const stop: () => void = taskwire.task("tsk_1").subscribe((task: Task) => console.log(task.images[0]?.url));
taskwire.start("image.rate", { url: "https://pictures.example/fox.png" }).catch((error: unknown) => {
  if (error instanceof TaskwireError) console.log(error.code, error.issues[0]?.path);
});
// @ts-expect-error an unknown kind
taskwire.start("image.sing", { url: "" });
// @ts-expect-error the prompt is missing
taskwire.generate({ model: "m" });
// @ts-expect-error batch() takes the id of a batch
taskwire.batch({ prompts: ["a fox"], models: ["m"] });
// @ts-expect-error a live value is read-only
taskwire.task("tsk_1").current = undefined;

export const sayLevel = (task: Task) => isKind(task, "image.rate") && task.result?.level.toUpperCase();
// @ts-expect-error a result has a type only after isKind()
export const untold = (task: Task) => task.result.level;
export const verdict: Promise<string> = taskwireAdmin({ getToken: () => "key" })
  .deliveries({ verdict: "applied,stale", limit: 1 })
  .then(({ deliveries }) => deliveries[0]?.verdict ?? "none");
export const issuer: Promise<string> = readConfig("https://taskwire.example").then(({ issuer }) => issuer);

export function App() {
  const generate = useGenerate();
  const generateBatch = useGenerateBatch();
  const deleteTask = useDeleteTask();
  const task: Task | undefined = useTask("skip");
  const { results, status, loadMore } = useTasks({ initialNumItems: 20 });
  if (status === "CanLoadMore") loadMore(20);
  void generate({ prompt: "a fox", model: "m" }).then(({ taskId }) => taskId.length);
  void generateBatch({ prompts: ["a fox"], models: ["m"] }).then(({ batchId }) => batchId.length);
  void deleteTask("tsk_1").then(() => taskwire.deleteContent("row")).then(() => taskwire.deleteMe());
  return [task?.version, results[0]?.isOptimistic];
}
`;
