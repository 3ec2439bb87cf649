// Builds the package into dist/: the program, and what new projects take from this repository.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { readBase } from "./base.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));
await build({
  entryPoints: [here("main.ts")],
  outdir: here("dist"),
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node22",
  legalComments: "none",
});
writeFileSync(here("dist/base.json"), `${JSON.stringify(readBase(), null, 2)}\n`);
