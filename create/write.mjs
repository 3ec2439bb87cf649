// node create/write.mjs start FILE | template FOLDER: writes what this repository has of a new project. For the scripts,
// which may run on a Node that does not read TypeScript; this needs the project's own.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readBase } from "./base.mjs";
import { startConfig } from "./start.ts";
import { templateFiles } from "./template.ts";

const [what, target] = process.argv.slice(2);
const files = what === "template" ? templateFiles(readBase()) : new Map([["", startConfig(readBase())]]);
for (const [path, text] of files) {
  const file = join(target, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
