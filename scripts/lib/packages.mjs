// Builds a package for npm into its dist/: a module for each entry, and the declarations. The modules are not minified:
// that is for the bundler of the app, which can leave out what the app does not use.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { inRoot } from "./paths.mjs";

/** The text of one module, with all that it imports from sources. */
export async function bundle(file, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    write: false,
    legalComments: "none",
    ...options,
  });
  return outputFiles[0].text;
}

/** `modules` has the text of each entry. The package's tsconfig.build.json says where the declarations go. */
export function writePackage(folder, modules) {
  const dist = join(folder, "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [entry, text] of Object.entries(modules)) writeFileSync(join(dist, `${entry}.js`), text);
  const tsc = inRoot("node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(folder, "tsconfig.build.json")], { stdio: "inherit" });
  // A declaration names the module beside it by what that is once it is built.
  for (const file of readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".d.ts"))) {
    const text = readFileSync(join(dist, file), "utf8");
    writeFileSync(join(dist, file), text.replace(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1"));
  }
}
