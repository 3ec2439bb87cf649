// Builds the package into dist/: a module and its declarations for each entry. The modules are not minified: that is
// for the bundler of the app, which can leave out what the app does not use.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { declarations } from "../scripts/lib/declarations.mjs";
import { bundle, ENTRIES } from "./bundle.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));
for (const entry of ENTRIES) writeFileSync(here(`dist/${entry}.js`), await bundle(entry));

declarations(
  here("tsconfig.build.json"),
  here("dist"),
  ENTRIES.map((entry) => `${entry}.d.ts`),
);
