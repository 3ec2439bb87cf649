// node scripts/changelog.mjs v0.1.0: what CHANGELOG.md says of a version, which must be that of package.json.

import { readFileSync } from "node:fs";
import { sectionOf } from "./lib/changelog.mjs";
import { releaseVersion } from "./lib/packages.mjs";
import { inRoot } from "./lib/paths.mjs";

const [tag = ""] = process.argv.slice(2);
const version = tag.replace(/^v/, "");

try {
  if (version !== releaseVersion())
    throw new Error(`${tag || "no tag"} is not v${releaseVersion()}, which package.json has.`);
  process.stdout.write(sectionOf(readFileSync(inRoot("CHANGELOG.md"), "utf8"), version));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
