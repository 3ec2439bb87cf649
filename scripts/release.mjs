// npm run release: the npm packages, in dist/packages/: a folder and a .tgz of each. Publishes nothing.

import { statSync } from "node:fs";
import { basename } from "node:path";
import { buildPage, buildWorker } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { buildPackages, checkPackages, packedFiles } from "./lib/packages.mjs";
import { main, say, step } from "./lib/steps.mjs";

await main(async () => {
  await ensureNodeModules();
  await buildWorker();
  await buildPage();
  await step("packages", buildPackages);
  await step("publint and are-the-types-wrong", checkPackages);
  say();
  for (const file of packedFiles())
    say(`  ${String(Math.round(statSync(file).size / 1000)).padStart(5)} KB  ${basename(file)}`);
});
