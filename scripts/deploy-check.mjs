// npm run deploy:check: everything a deploy does but the upload, and what it weighs.

import { buildPage, buildWorker, wasmSize } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { inRoot, LOCAL, NODE } from "./lib/paths.mjs";
import { run } from "./lib/process.mjs";
import { main, say, step } from "./lib/steps.mjs";

await main(async () => {
  await ensureNodeModules();
  await buildWorker();
  await buildPage();
  await step("wrangler deploy --dry-run", () =>
    run(
      NODE,
      [inRoot("node_modules/wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", `${LOCAL}/dry-run`],
      {
        env: { TASKWIRE_PREBUILT: "1" },
      },
    ).then(() => ""),
  );
  say(`The Worker is ${wasmSize()}.`);
});
