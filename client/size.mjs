// What each entry weighs in a page: minified and gzipped, without React. `node size.mjs` prints it.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundle, ENTRIES } from "./bundle.mjs";

export async function sizeOf(entry) {
  return gzipSync(await bundle(entry, { minify: true }), { level: 9 }).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const entry of ENTRIES) console.log(`${entry}: ${await sizeOf(entry)} bytes gzipped`);
}
