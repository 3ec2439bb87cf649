// npm run template: writes template/ anew, from what `npm create taskwire` writes. The tests fail while it is not so.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { buildPage, buildWorker } from "./lib/build.mjs";
import { ensureNodeModules, npm } from "./lib/node_modules.mjs";
import { buildPackages, packedFiles } from "./lib/packages.mjs";
import { inRoot, NODE } from "./lib/paths.mjs";
import { run } from "./lib/process.mjs";
import { startRegistry } from "./lib/registry.mjs";
import { main, step } from "./lib/steps.mjs";

const LOCK = inRoot("template/package-lock.json");

/** Any registry may serve it, and our own packages may be built anew. */
function portable() {
  const lock = JSON.parse(readFileSync(LOCK, "utf8"));
  for (const [path, entry] of Object.entries(lock.packages)) {
    delete entry.resolved;
    if (path.startsWith("node_modules/@taskwire/")) delete entry.integrity;
  }
  writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
}

async function lock() {
  const registry = await startRegistry();
  try {
    for (const file of packedFiles()) await registry.publish(file);
    const [command, args] = npm();
    await run(command, [...args, "install", "--package-lock-only", "--registry", registry.url], {
      cwd: inRoot("template"),
      quiet: true,
    });
  } finally {
    await registry.close();
  }
  portable();
  return "";
}

await main(async () => {
  await ensureNodeModules();
  await buildWorker();
  await buildPage();
  await step("packages", buildPackages);
  await step("template/", async () => {
    rmSync(inRoot("template"), { recursive: true, force: true });
    await run(NODE, [inRoot("create/write.mjs"), "template", inRoot("template")]);
    return "";
  });
  await step("template/package-lock.json", lock);
});
