/** What is in the packages: nothing that is not needed, and all that a registry asks for. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { fileOf, PACKAGES, PACKED, releaseVersion } from "../../scripts/lib/packages.mjs";

const read = (path: string) => readFileSync(path, "utf8");
const json = (path: string) => JSON.parse(read(path));
const root = new URL("../../", import.meta.url).pathname;
const VERSION = releaseVersion();

/** A package's files, by what may be there. */
const CONTENTS: Record<string, RegExp[]> = {
  worker: [
    /^index\.(js|d\.ts)$/,
    /^index_bg\.wasm$/,
    /^wrangler\.jsonc$/,
    /^migrations\/\d{4}_\w+\.sql$/,
    /^page\/(index\.html|_headers|favicon\.svg)$/,
    /^page\/assets\/index-[\w-]+\.(js|css)$/,
    // The operator's page, which is loaded only where it is opened.
    /^page\/assets\/[Aa]dmin-[\w-]+\.(js|css)$/,
  ],
  emulator: [/^worker\.env$/, /^dist\/(emulator|main|shared)\.js$/, /^dist\/(\w+\/)?\w+\.d\.ts$/],
  client: [/^dist\/\w+\.(js|d\.ts)$/, /^src\/\w+\.ts$/],
  server: [/^dist\/index\.js$/, /^dist\/types\/(client|server)\/src\/\w+\.d\.ts$/],
  create: [/^index\.js$/, /^dist\/main\.js$/, /^dist\/base\.json$/],
  cli: [/^index\.js$/, /^dist\/main\.js$/],
};
const EVERYWHERE = [/^package\.json$/, /^README\.md$/, /^LICENSE$/];

/** The largest .tgz, in bytes: what grows by more than a little should be seen. */
const LIMITS: Record<string, number> = {
  worker: 1_000_000,
  emulator: 70_000,
  client: 55_000,
  server: 20_000,
  create: 20_000,
  cli: 40_000,
};

const filesOf = (folder: string) =>
  readdirSync(join(PACKED, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(PACKED, folder, file)).isFile(),
  );

for (const { folder } of PACKAGES) {
  const manifest = json(join(PACKED, folder, "package.json"));

  test(`${manifest.name} has what it needs and nothing else`, () => {
    const allowed = [...EVERYWHERE, ...(CONTENTS[folder] ?? [])];
    const files = filesOf(folder);
    for (const file of files)
      assert.ok(
        allowed.some((pattern) => pattern.test(file)),
        `${file} is not needed`,
      );
    for (const pattern of allowed)
      assert.ok(
        files.some((file) => pattern.test(file)),
        `${pattern} is missing`,
      );
  });

  test(`${manifest.name} says what it is, whose it is and where it comes from`, () => {
    assert.equal(manifest.version, VERSION);
    assert.equal(manifest.license, "MIT");
    assert.equal(manifest.repository.url, "git+https://github.com/taskwire/taskwire.git");
    assert.equal(manifest.repository.directory, folder);
    assert.deepEqual(manifest.publishConfig, { access: "public" });
    assert.ok(manifest.description.length > 20);
    for (const ours of ["scripts", "devDependencies", "private", "workspaces"])
      assert.equal(ours in manifest, false, ours);
    assert.match(read(join(PACKED, folder, "LICENSE")), /MIT License/);
    assert.match(read(join(PACKED, folder, "README.md")), new RegExp(`^# ${manifest.name}\n`));
  });

  test(`${manifest.name} weighs no more than it should`, (t) => {
    const { size } = statSync(fileOf(manifest));
    t.diagnostic(`${size} bytes`);
    assert.ok(size <= (LIMITS[folder] ?? 0), `${size} bytes`);
  });

  test(`nothing in ${manifest.name} names a place on this machine`, () => {
    for (const file of filesOf(folder)) {
      const text = read(join(PACKED, folder, file));
      assert.equal(text.includes(root), false, file);
    }
  });
}

test("every package of the repository has the one version", () => {
  const manifests = PACKAGES.map(({ folder }) => json(join(root, folder, "package.json")));
  for (const { name, version } of manifests) assert.equal(version, VERSION, name);
  assert.match(read(join(root, "Cargo.toml")), new RegExp(`^version = "${VERSION}"$`, "m"));
});

test("the Worker's declarations name every Durable Object that its configuration binds", () => {
  const config = read(join(PACKED, "worker/wrangler.jsonc"));
  const classes = new Set([...config.matchAll(/"class_name": "(\w+)"/g)].map(([, name]) => name));
  assert.ok(classes.size >= 2);
  for (const name of classes) {
    assert.match(read(join(PACKED, "worker/index.d.ts")), new RegExp(`^export class ${name} `, "m"));
    assert.match(read(join(PACKED, "worker/index.js")), new RegExp(`\\b${name}\\b`));
  }
});

test("a program's dependencies are those that it was tested with", () => {
  const tested = json(join(root, "package.json")).devDependencies;
  for (const folder of ["emulator", "create", "cli"])
    for (const [name, range] of Object.entries(json(join(root, folder, "package.json")).dependencies))
      assert.equal(range, `^${tested[name]}`, name);
});

test("all that a package imports is its own, Node's, or among its dependencies", async () => {
  for (const { folder } of PACKAGES) {
    const { dependencies = {}, peerDependencies = {} } = json(join(PACKED, folder, "package.json"));
    const known = { ...dependencies, ...peerDependencies };
    const code = filesOf(folder).filter((file) => /^(\w+|dist\/\w+)\.js$/.test(file));
    const { metafile } = await build({
      entryPoints: code.map((file) => join(PACKED, folder, file)),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      external: ["cloudflare:*", "*.wasm"],
      outdir: "nowhere",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const outside = new Set(imports.filter(({ external }) => external).map(({ path }) => path));
    for (const path of outside) {
      if (/^(node|cloudflare):|\.wasm$/.test(path)) continue;
      const name = path
        .split("/")
        .slice(0, path.startsWith("@") ? 2 : 1)
        .join("/");
      assert.ok(name in known, `${folder}: ${path}`);
    }
  }
});
