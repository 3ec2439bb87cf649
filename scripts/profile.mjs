// npm run profile: builds the Worker with the names of its functions, and shows where its requests spend their
// time. See bench/README.md.

import { buildNamedWorker } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { main } from "./lib/steps.mjs";

await main(async () => {
  await ensureNodeModules();
  await buildNamedWorker();
});
