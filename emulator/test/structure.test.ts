import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { test } from "node:test";
import { PROVIDERS } from "../providers.ts";

const ROOT = join(import.meta.dirname, "..");

/** The files that may name providers: their own folders, the list, and what is kept for one of them. */
const LIST = "providers.ts";
const COMPATIBILITY = "compatibility.ts";

const FILES = globSync("**/*.ts", { cwd: ROOT })
  .map(normalize)
  .filter((file) => !/^(test|dist)\b/.test(file))
  .sort();

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** The files of this folder that a file imports or exports from; imports of types count. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
    normalize(join(dirname(file), path as string)),
  );
}

function isOf(provider: string, file: string): boolean {
  return file.startsWith(provider + sep);
}

/** The files of a circle, the first one again at its end; undefined when there is none. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

test("no file imports itself by way of others", () => {
  const imports = new Map(FILES.map((file) => [file, importsOf(file)]));
  const unknown = [...imports.values()].flat().filter((file) => !imports.has(file));
  assert.deepEqual(unknown, [], "an import was misread");
  assert.ok([...imports.values()].flat().length > FILES.length, "imports were not found");
  assert.equal(findCircle(imports)?.join(" -> "), undefined);
});

test("a circle is found, wherever it begins", () => {
  const circle = findCircle(
    new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", []],
      ["d", ["c", "b"]],
    ]),
  );
  assert.deepEqual(circle, ["b", "d", "b"]);
});

test("a provider is named in its folder, in the list, and in no other file", () => {
  const shared = FILES.filter((file) => file !== LIST && file !== COMPATIBILITY);
  for (const { name } of PROVIDERS) {
    // A short name may be the beginning of any word.
    const word = new RegExp(name.length > 4 ? name : `(?<![a-z])${name}(?![a-z])`, "i");
    const naming = shared.filter((file) => !isOf(name, file) && word.test(read(file)));
    assert.deepEqual(naming, [], name);
  }
});

test("a provider imports nothing of another", () => {
  for (const { name } of PROVIDERS) {
    const foreign = FILES.filter((file) => isOf(name, file))
      .flatMap(importsOf)
      .filter((file) => dirname(file) !== "." && !isOf(name, file));
    assert.deepEqual(foreign, [], name);
  }
});
