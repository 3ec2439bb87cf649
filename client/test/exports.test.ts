// The entries in package.json: what each condition names is published, or an app cannot import it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

interface Package {
  files: string[];
  exports: Record<string, Record<string, string>>;
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { files, exports }: Package = JSON.parse(readFileSync(at("package.json"), "utf8"));

test("every file that an entry names is published", () => {
  for (const [entry, conditions] of Object.entries(exports)) {
    for (const [condition, file] of Object.entries(conditions)) {
      assert.ok(
        files.some((folder) => file.startsWith(`./${folder}/`)),
        `${entry} ${condition}: ${file}`,
      );
    }
  }
});

test("the workspace's own condition names the sources, and comes first", () => {
  for (const [entry, conditions] of Object.entries(exports)) {
    const [condition, file = ""] = Object.entries(conditions)[0] ?? [];
    assert.equal(condition, "@taskwire/source", entry);
    assert.ok(existsSync(at(file)), file);
  }
});
