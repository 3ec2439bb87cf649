// The package as npm packs it: alone in an app, in Node and in workerd, with its types, and with the README's examples.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { type App, startApp } from "../../tests/worker/support/app.ts";
import { addressOf, run as runInWorkerd } from "../../tests/worker/support/deployment.ts";
import { SECRET } from "../../tests/worker/support/tickets.ts";
import { upgrade } from "../../tests/worker/support/watcher.ts";

const run = promisify(execFile);
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const KEY = "twk_0123456789abcdef0123456789abcdef";

/** An app that has installed the packed package, and nothing else. */
let home = "";
let installed = "";
let app: App;

before(
  async () => {
    home = await mkdtemp(join(tmpdir(), "taskwire-server-"));
    installed = join(home, "node_modules/@taskwire/server");
    await mkdir(installed, { recursive: true });
    await run("npm", ["pack", "--pack-destination", home], { cwd: at("..") });
    const [tarball = ""] = (await readdir(home)).filter((name) => name.endsWith(".tgz"));
    await run("tar", ["-xzf", join(home, tarball), "-C", installed, "--strip-components=1"]);
    await writeFile(join(home, "package.json"), '{"type":"module"}');
    await cp(at("../examples"), join(home, "examples"), { recursive: true });
    const keys = [{ name: "backend", key: KEY, scopes: ["start", "read"] }];
    app = await startApp({ vars: { TASKWIRE_SERVER_KEYS: JSON.stringify(keys) }, emulator: { autoDeliver: true } });
  },
  { timeout: 120_000 },
);

after(async () => {
  await app?.close();
  await rm(home, { recursive: true, force: true });
});

test("it is one module without imports, and its declarations, and needs no other package", async () => {
  const files = (await readdir(installed, { recursive: true })).filter((file) => /\.\w+$/.test(file));
  const unexpected = files.filter(
    (file) => !/^(package\.json|README\.md|dist\/index\.js|dist\/types\/.+\.d\.ts)$/.test(file),
  );
  assert.deepEqual(unexpected, []);
  const text = await readFile(join(installed, "dist/index.js"), "utf8");
  assert.doesNotMatch(text, /^import |\bimport\(|\brequire\(|\bprocess\b|\bBuffer\b/m);
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
  for (const file of files.filter((file) => file.endsWith(".d.ts"))) {
    const folder = join(installed, file, "..");
    for (const [, name = ""] of (await readFile(join(installed, file), "utf8")).matchAll(/from "(\.[^"]*)"/g)) {
      await readFile(join(folder, name.replace(/\.js$/, ".d.ts")));
    }
  }
});

for (const [module, moduleResolution] of [
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
]) {
  test(`it has types under ${moduleResolution}`, async () => {
    const folder = join(home, `types-${moduleResolution}`);
    await mkdir(folder);
    await writeFile(join(folder, "app.ts"), APP);
    const lib = ["ES2022", "DOM"];
    const strict = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, types: [] };
    const compilerOptions = { module, moduleResolution, lib, target: "ES2022", ...strict };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["app.ts"] }));
    const tsc = at("../../node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", folder]).catch((error) => error);
    assert.equal(stdout, "");
  });
}

/** An app's code. The lines after `@ts-expect-error` must not compile. */
const APP = `
import { createTaskwireServer, isKind, mintTicket, TaskwireError, type Task, type Ticket } from "@taskwire/server";

const ada = createTaskwireServer({ url: "https://tasks.example.com", key: "twk_" }).as("ada");
export const started: Promise<string> = ada.generate({ prompt: "a fox", model: "m" }).then(({ taskId }) => taskId);
export const read: Promise<Task[]> = ada.tasks().list({ status: "completed" }).then(({ items }) => items);
export const level = (task: Task) => isKind(task, "image.rate") && task.result?.level.toUpperCase();
export const ticket: Promise<Ticket> = mintTicket({ secret: "", user: "ada", task: "tsk_1", share: true, expiresIn: 60 });
void mintTicket({ secret: "", user: "ada", tasks: true });
ada.deleteMe().catch((error: unknown) => error instanceof TaskwireError && error.issues[0]?.path);
// @ts-expect-error nobody is named
createTaskwireServer({ url: "", key: "" }).generate({ prompt: "a fox", model: "m" });
// @ts-expect-error the prompt is missing
ada.generate({ model: "m" });
// @ts-expect-error an unknown kind
ada.start("image.sing", { url: "" });
// @ts-expect-error a ticket for nothing
void mintTicket({ secret: "", user: "ada" });
`;

test("it runs in workerd, with nothing of Node's", { timeout: 120_000 }, async () => {
  const contents = `
    import { createTaskwireServer, mintTicket } from "./taskwire.js";
    globalThis.Buffer = globalThis.process = undefined;
    export default {
      async fetch(request, { url, key, secret }) {
        const ada = createTaskwireServer({ url, key }).as("ada");
        const { taskId } = await ada.generate({ prompt: "a fox", model: "auto" });
        const { ticket } = await mintTicket({ secret, user: "ada", task: taskId });
        const { items } = await ada.tasks().list();
        return Response.json({ taskId, ticket, newest: items[0].taskId });
      },
    };`;
  const taskwire = await readFile(join(installed, "dist/index.js"), "utf8");
  const worker = runInWorkerd(
    { "main.js": { type: "esm", contents }, "taskwire.js": { type: "esm", contents: taskwire } },
    { vars: { url: app.base, key: KEY, secret: SECRET } },
  );
  try {
    const { taskId, ticket, newest } = await (await fetch(await addressOf(worker))).json();
    assert.equal(newest, taskId);
    assert.equal((await upgrade(`${app.base}/tasks/${taskId}/live?ticket=${ticket}`)).status, 101);
  } finally {
    await worker.dispose();
  }
});

test("the README quotes its examples to the letter", async () => {
  const readme = await readFile(at("../README.md"), "utf8");
  for (const [file, language] of [
    ["examples/script.mjs", "js"],
    ["examples/next/app/api/generate/route.ts", "ts"],
  ] as const) {
    const text = await readFile(at(`../${file}`), "utf8");
    assert.ok(readme.includes(`\`\`\`${language}\n${text}\`\`\`\n`), `${file} is not as it is quoted`);
    assert.ok(readme.includes(`](${file})`), file);
  }
});

describe("the README's script", { timeout: 120_000 }, () => {
  const script = (...args: string[]) =>
    run(process.execPath, [join(home, "examples/script.mjs"), ...args], {
      env: { PATH: process.env.PATH, TASKWIRE_URL: app.base, TASKWIRE_KEY: KEY },
    });

  test("prints the address of the picture that it has made for a user", async () => {
    const { stdout, stderr } = await script("ada", "a lighthouse");
    assert.match(stdout, /^http:\S+\n$/);
    assert.equal(stderr, "");
    const { tasks } = await (await app.as("ada")).list("?limit=1");
    assert.deepEqual([tasks[0].prompt, tasks[0].images[0].url], ["a lighthouse", stdout.trim()]);
  });

  test("fails where the picture does", async () => {
    await assert.rejects(script("ada", "[fail] a lighthouse"), ({ code, stdout }: { code: number; stdout: string }) => {
      assert.match(stdout, /\S/);
      return code === 1;
    });
  });

  test("says what is wrong, and not the key", async () => {
    await assert.rejects(script("", "a lighthouse"), ({ stderr }: { stderr: string }) => {
      assert.match(stderr, /as: userId must be/);
      return !stderr.includes(KEY);
    });
  });
});

describe("the README's route handler", { timeout: 120_000 }, () => {
  let backend: Server;
  let url = "";
  let cookie = "";

  before(async () => {
    // As Next.js does it: the route, its imports and the installed package become one module.
    const contents = 'export * from "./app/api/generate/route"; export { signIn } from "./app/session";';
    const outfile = join(home, "route.mjs");
    const stdin = { contents, resolveDir: join(home, "examples/next") };
    await build({ stdin, outfile, bundle: true, format: "esm", platform: "node", logLevel: "silent" });
    const route = await import(pathToFileURL(outfile).href);
    process.env.TASKWIRE_URL = app.base;
    process.env.TASKWIRE_KEY = KEY;
    cookie = route.signIn("grace");
    backend = createServer(async (incoming, answer) => {
      const chunks = await incoming.toArray();
      const request = new Request(`http://backend.example${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers: incoming.headers as Record<string, string>,
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      const handle: (request: Request) => Promise<Response> = route[request.method];
      const response = await handle(request).catch(() => new Response("", { status: 500 }));
      answer.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    });
    await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/api/generate`;
  });

  after(() => {
    delete process.env.TASKWIRE_URL;
    delete process.env.TASKWIRE_KEY;
    backend.closeAllConnections();
    backend.close();
  });

  async function ask(body?: object, headers: Record<string, string> = { cookie }) {
    const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const response = await fetch(url, { ...init, headers });
    return { status: response.status, body: await response.json().catch(() => null) };
  }

  test("starts for the user of the session, and the page watches with the ticket", async () => {
    const { status, body } = await ask({ prompt: "a lighthouse" });
    assert.equal(status, 201);
    const watcher = await app.watch(body.live);
    assert.equal((await watcher.task("completed")).userId, "grace");
    watcher.close();
    const { body: list } = await ask();
    assert.deepEqual(
      list.tasks.map(({ taskId }: { taskId: string }) => taskId),
      [body.taskId],
    );
  });

  test("makes one picture of a request that comes twice", async () => {
    const headers = { cookie, "idempotency-key": "click-1" };
    const [one, two] = [await ask({ prompt: "a fox" }, headers), await ask({ prompt: "a fox" }, headers)];
    assert.deepEqual([one.status, two.status, two.body.taskId], [201, 201, one.body.taskId]);
  });

  test("refuses whoever is not signed in, and says what is wrong with a request", async () => {
    for (const headers of [{}, { cookie: "session=guessed" }] as Record<string, string>[]) {
      assert.equal((await ask({ prompt: "a fox" }, headers)).status, 401);
      assert.equal((await ask(undefined, headers)).status, 401);
    }
    const { status, body } = await ask({ prompt: "" });
    assert.deepEqual([status, body.issues[0].path], [422, "prompt"]);
    process.env.TASKWIRE_KEY = `${KEY}0`;
    assert.deepEqual(await ask({ prompt: "a fox" }), { status: 500, body: null });
    process.env.TASKWIRE_KEY = KEY;
  });
});
