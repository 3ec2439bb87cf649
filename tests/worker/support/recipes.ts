/** The recipes of docs/sign-in.md: the variables and the `getToken` that people copy. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { GetToken } from "../../../client/src/index.ts";

export interface Recipe {
  /** As they are written, with the document's placeholders. */
  written: Record<string, string>;
  /** The option for the client. */
  code: string | undefined;
}

const text = readFileSync(new URL("../../../docs/sign-in.md", import.meta.url), "utf8");

function variablesOf(toml: string): Record<string, string> {
  const pairs = toml
    .trimEnd()
    .split("\n")
    .map((line) => {
      const found = /^([A-Z_]+) = (?:"([^"]*)"|'([^']*)')(?:\s+#.*)?$/.exec(line);
      assert.ok(found, `not a variable: ${line}`);
      return [found[1], found[2] ?? found[3]];
    });
  return Object.fromEntries(pairs);
}

/** Everything under a title that sets `AUTH_ISSUER`, by title. */
export const RECIPES: ReadonlyMap<string, Recipe> = new Map(
  text.split(/^## /m).flatMap((section): [string, Recipe][] => {
    const title = section.slice(0, section.indexOf("\n"));
    const toml = /^```toml\n(.*?)^```$/ms.exec(section)?.[1];
    if (!toml?.includes("AUTH_ISSUER")) return [];
    return [[title, { written: variablesOf(toml), code: /^```ts\n(.*?)^```$/ms.exec(section)?.[1] }]];
  }),
);

export function recipeOf(title: string): Recipe {
  const recipe = RECIPES.get(title);
  assert.ok(recipe, `docs/sign-in.md has no recipe ${title}`);
  return recipe;
}

/** The variables of a deployment that follows the recipe. Each placeholder has to be in it. */
export function followed(title: string, placeholders: Record<string, string>): Record<string, string | null> {
  const { written } = recipeOf(title);
  const fill = (value: string) =>
    Object.entries(placeholders).reduce((filled, [from, to]) => filled.replaceAll(from, to), value);
  for (const from of Object.keys(placeholders)) {
    assert.ok(Object.values(written).join("\n").includes(from), `${title} does not say ${from}`);
  }
  const filled = Object.entries(written).map(([name, value]) => [name, fill(value)]);
  // The tests' usual audience is not the recipe's.
  return { AUTH_AUDIENCE: null, ...Object.fromEntries(filled) };
}

/** The recipe's `getToken`, over what its code takes from the app around it. */
export function getTokenOf(title: string, around: Record<string, unknown>): GetToken {
  const { code } = recipeOf(title);
  assert.ok(code?.startsWith("getToken: "), `${title} has no getToken`);
  return new Function(...Object.keys(around), `return ({\n${code}\n}).getToken;`)(...Object.values(around));
}
