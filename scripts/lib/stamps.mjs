// Freshness by content: a step whose inputs hash to what they were when its outputs
// were made has nothing to do. Times are not looked at: a checkout changes them.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot, LOCAL } from "./paths.mjs";

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "target"]);

const stampFile = (name) => join(LOCAL, "stamps", name);

/** Every file under a path of the project, sorted; a missing path has none. */
export function filesUnder(path) {
  const full = inRoot(path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !(entry.isDirectory() && SKIPPED_FOLDERS.has(entry.name)))
    .flatMap((entry) => filesUnder(join(path, entry.name)))
    .sort();
}

/** One hash over the names and contents of everything under `paths`. */
export function hashOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesUnder)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(inRoot(file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/**
 * Runs `make` unless the outputs exist and were made from these very inputs.
 * The inputs are hashed before the work, so an edit made meanwhile is not missed.
 */
export async function unlessFresh(name, { inputs, outputs }, make) {
  const hash = hashOf(inputs);
  const file = stampFile(name);
  const stamped = existsSync(file) && readFileSync(file, "utf8") === hash;
  if (stamped && outputs.every((output) => existsSync(inRoot(output)))) return "up to date";
  await make();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
  return "";
}
