// Builds a package for npm into its dist/: a module for each entry, and the declarations. The modules are not minified:
// that is for the bundler of the app, which can leave out what the app does not use.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { declarations } from "./declarations.mjs";

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

/** `modules` has the text of each entry. The package's tsconfig.build.json makes the declarations; `declared` are their entries. */
export function writePackage(folder, modules, declared) {
  const dist = join(folder, "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [entry, text] of Object.entries(modules)) writeFileSync(join(dist, `${entry}.js`), text);
  declarations(join(folder, "tsconfig.build.json"), dist, declared);
}
