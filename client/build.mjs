// Builds the package into dist/: a module and its declarations for each entry. The modules are not minified: that is
// for the bundler of the app, which can leave out what the app does not use.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, ENTRIES } from "./bundle.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));
for (const entry of ENTRIES) writeFileSync(here(`dist/${entry}.js`), await bundle(entry));

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
execFileSync(process.execPath, [tsc, "-p", here("tsconfig.build.json")], { stdio: "inherit" });

// A declaration names the module beside it by what that is once it is built.
for (const file of readdirSync(here("dist")).filter((file) => file.endsWith(".d.ts"))) {
  const text = readFileSync(here(`dist/${file}`), "utf8");
  writeFileSync(here(`dist/${file}`), text.replace(/(["'])(\.\/[^"']+)\.ts\1/g, "$1$2.js$1"));
}
