// What is published of each entry: one module, and what it leaves to its peers.
import { build } from "esbuild";

export const ENTRIES = ["index", "react", "config"];

const at = (path) => new URL(path, import.meta.url).pathname;

export async function bundle(entry, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [at(`src/${entry}.ts`)],
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: ["react"],
    write: false,
    legalComments: "none",
    ...options,
  });
  return outputFiles[0].text;
}
