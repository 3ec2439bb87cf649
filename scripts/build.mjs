// npm run build: the Worker and the page, ready to deploy. wrangler.toml runs this
// before it bundles, so it must be quick when nothing changed.

import { buildPage, buildWorker } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { main } from "./lib/steps.mjs";

await main(async () => {
  // npm start and npm test have just built; wrangler need not ask again.
  if (process.env.TASKWIRE_PREBUILT) return;
  await ensureNodeModules();
  await buildWorker();
  await buildPage();
});
