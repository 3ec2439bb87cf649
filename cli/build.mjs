// Builds the program into dist/. What it shares with the client and the emulator is taken from their sources.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
await build({
  entryPoints: [here("src/main.ts")],
  outdir: here("dist"),
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node22.12",
  conditions: ["@taskwire/source"],
  legalComments: "none",
});
