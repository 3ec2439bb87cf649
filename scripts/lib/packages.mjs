// The npm packages: which there are, and how a folder of this repository becomes what is published. One version for
// all: that of the root's package.json.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npm } from "./node_modules.mjs";
import { inRoot, NODE } from "./paths.mjs";
import { run } from "./process.mjs";
import { Stop } from "./steps.mjs";

/** Git-ignored: a folder and a .tgz of each package. */
export const PACKED = inRoot("dist/packages");

/** The project's own Node reads TypeScript; the one that runs this may not. */
const wranglerConfig = (file) => run(NODE, [inRoot("create/write.mjs"), "start", file], { quiet: true });

/**
 * A package is its folder: package.json with `files`, README.md, and build.mjs if something has to be built first.
 * `from` says where files are that are made elsewhere; `made` writes those that are made here.
 */
export const PACKAGES = [
  {
    folder: "worker",
    from: {
      "index.js": "build/index.js",
      "index_bg.wasm": "build/index_bg.wasm",
      migrations: "migrations",
      page: "web/dist",
    },
    made: { "wrangler.jsonc": wranglerConfig },
  },
  { folder: "emulator" },
  { folder: "client" },
  { folder: "server" },
  { folder: "create" },
  { folder: "cli" },
];

const json = (file) => JSON.parse(readFileSync(file, "utf8"));

export const releaseVersion = () => json(inRoot("package.json")).version;

/** What users of a package have no use for. */
const OURS = ["scripts", "devDependencies", "private"];

/** Packages of this repository need each other as they are. */
function atOneVersion(dependencies, version) {
  const pinned = ([name, range]) => [name, /^(@taskwire\/|create-taskwire$)/.test(name) ? `^${version}` : range];
  return dependencies && Object.fromEntries(Object.entries(dependencies).map(pinned));
}

function published(manifest, version) {
  const kept = Object.entries(manifest).filter(([key]) => !OURS.includes(key));
  return {
    ...Object.fromEntries(kept),
    version,
    ...(manifest.dependencies && { dependencies: atOneVersion(manifest.dependencies, version) }),
    ...(manifest.peerDependencies && { peerDependencies: atOneVersion(manifest.peerDependencies, version) }),
    publishConfig: { access: "public" },
  };
}

async function stage({ folder, from = {}, made = {} }, version) {
  const manifest = json(inRoot(folder, "package.json"));
  const target = join(PACKED, folder);
  mkdirSync(target, { recursive: true });
  for (const file of manifest.files) {
    if (made[file]) {
      await made[file](join(target, file));
      continue;
    }
    const source = from[file] ? inRoot(from[file]) : inRoot(folder, file);
    if (!existsSync(source)) throw new Stop(`${manifest.name} needs ${source}, which is not there.`);
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(source, join(target, file), { recursive: true });
  }
  cpSync(inRoot("LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "package.json"), `${JSON.stringify(published(manifest, version), null, 2)}\n`);
  return target;
}

/** Where npm packs it. */
export const fileOf = ({ name, version }) => join(PACKED, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);

async function pack(target) {
  const [command, args] = npm();
  await run(command, [...args, "pack", target, "--pack-destination", PACKED, "--silent"], { quiet: true });
}

/** The .tgz of each package. */
export const packedFiles = () =>
  readdirSync(PACKED)
    .filter((file) => file.endsWith(".tgz"))
    .map((file) => join(PACKED, file));

/** Builds every package into dist/packages/. The Worker and the page have been built. */
export async function buildPackages() {
  rmSync(PACKED, { recursive: true, force: true });
  const version = releaseVersion();
  for (const { folder } of PACKAGES)
    if (existsSync(inRoot(folder, "build.mjs"))) await run(NODE, [inRoot(folder, "build.mjs")], { quiet: true });
  for (const one of PACKAGES) await pack(await stage(one, version));
  return `${version}: ${packedFiles().length} packages`;
}

const PUBLINT = inRoot("node_modules/publint/src/cli.js");
const ATTW = inRoot("node_modules/@arethetypeswrong/cli/dist/index.js");

/** publint and are-the-types-wrong, on what would be published. */
export async function checkPackages() {
  for (const { folder } of PACKAGES) {
    const target = join(PACKED, folder);
    const manifest = json(join(target, "package.json"));
    const { exports } = manifest;
    await run(NODE, [PUBLINT, "run", target, "--strict", "--pack", "false"], { quiet: true });
    const isCode = (entry) => typeof entry !== "string" || /\.(js|json)$/.test(entry);
    const files = Object.keys(exports).filter((entry) => !isCode(exports[entry]));
    const excluded = files.length > 0 ? ["--exclude-entrypoints", ...files] : [];
    await run(NODE, [ATTW, fileOf(manifest), "--profile", "esm-only", ...excluded], { quiet: true });
  }
  return "";
}
