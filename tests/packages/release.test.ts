/** What a tag sets off: the text of the release, and the workflow that publishes. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { sectionOf } from "../../scripts/lib/changelog.mjs";
import { releaseVersion } from "../../scripts/lib/packages.mjs";

const at = (path: string) => new URL(`../../${path}`, import.meta.url).pathname;

const CHANGELOG = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- Foxes: [a picture](https://pictures.example).

## [0.1.0] - 2026-11-20

First.

[0.2.0]: https://example.com/0.2.0
`;

test("a release's text is its section of the changelog", () => {
  assert.equal(sectionOf(CHANGELOG, "0.2.0"), "### Added\n\n- Foxes: [a picture](https://pictures.example).\n");
  assert.equal(sectionOf(CHANGELOG, "0.1.0"), "First.\n");
});

test("a version without a section, or with an empty one, is no release", () => {
  assert.throws(() => sectionOf(CHANGELOG, "0.3.0"), /no section for 0\.3\.0: it has Unreleased, 0\.2\.0, 0\.1\.0/);
  assert.throws(() => sectionOf(CHANGELOG, "0.2"), /no section for 0\.2/);
  assert.throws(() => sectionOf(CHANGELOG, "Unreleased"), /nothing for Unreleased/);
});

test("a tag that is not the version of package.json is refused", async () => {
  const run = promisify(execFile)(process.execPath, [at("scripts/changelog.mjs"), "v9.9.9"]);
  await assert.rejects(run, new RegExp(`v9\\.9\\.9 is not v${releaseVersion().replaceAll(".", "\\.")}`));
});

test("the workflow tests and builds before it publishes, with provenance", () => {
  const text = readFileSync(at(".github/workflows/release.yml"), "utf8");
  const order = [
    "tags:",
    "id-token: write",
    "scripts/changelog.mjs",
    ".ci/run",
    "npm run release",
    "publish.mjs --provenance",
  ];
  const places = [...order, "gh release create"].map((part) => text.indexOf(part));
  assert.ok(!places.includes(-1), order[places.indexOf(-1)]);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});
