// node scripts/publish.mjs [npm's flags]: publishes what `npm run release` has built. What is published already is left
// out, so that a release that ended half-way can be run again.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./lib/node_modules.mjs";
import { fileOf, PACKAGES, PACKED } from "./lib/packages.mjs";
import { run } from "./lib/process.mjs";
import { main, step } from "./lib/steps.mjs";

await main(async () => {
  const flags = process.argv.slice(2);
  const [command, args] = npm();
  for (const { folder } of PACKAGES) {
    const manifest = JSON.parse(readFileSync(join(PACKED, folder, "package.json"), "utf8"));
    const name = `${manifest.name}@${manifest.version}`;
    await step(name, async () => {
      const view = [...args, "view", name, "version", ...flags];
      const { code, output } = await run(command, view, { quiet: true, check: false });
      if (code === 0 && output.includes(manifest.version)) return "published already";
      await run(command, [...args, "publish", fileOf(manifest), ...flags], { quiet: true });
      return "";
    });
  }
});
