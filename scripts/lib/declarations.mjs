// The declarations of a package, as its users' compilers read them: those that its entries lead to, each naming
// the module beside it by what that is once it is built.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const IMPORT = /(["'])(\.\.?\/[^"']+)\.ts\1/g;

/** Makes those of `config` in `folder`, and keeps what `entries` need. */
export function declarations(config, folder, entries) {
  execFileSync(process.execPath, [TSC, "-p", config], { stdio: "inherit" });
  const needed = new Set();
  const visit = (file) => {
    if (needed.has(file)) return;
    needed.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, , path] of text.matchAll(IMPORT)) visit(join(dirname(file), `${path}.d.ts`));
    writeFileSync(file, text.replace(IMPORT, "$1$2.js$1"));
  };
  for (const entry of entries) visit(join(folder, entry));
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = join(folder, name);
    if (name.endsWith(".d.ts") && !needed.has(file)) rmSync(file);
  }
  return [...needed].map((file) => relative(folder, file));
}
