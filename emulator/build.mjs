// Builds the package into dist/: the program, what tests import, and the declarations of that.
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { declarations } from "../scripts/lib/declarations.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));
await build({
  entryPoints: [here("emulator.ts"), here("main.ts")],
  outdir: here("dist"),
  bundle: true,
  splitting: true,
  chunkNames: "shared",
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
});
declarations(here("tsconfig.build.json"), here("dist"), ["emulator.d.ts"]);
