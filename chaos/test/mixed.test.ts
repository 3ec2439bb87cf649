/** Tasks of all providers in one world: a few runs pass, and a lost webhook is noticed in time. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { FAST } from "../clock.ts";
import { OF, PROVIDERS } from "../mixed/jobs.ts";
import { timeToKnow } from "../mixed/losses.ts";
import { mixedRun } from "../mixed/run.ts";
import { Random } from "../random.ts";
import { World } from "../world.ts";

/** Seconds until a watcher knows, at most: the longest pause between two polls, and what a busy machine adds. */
const KNOWN_WITHIN_S: Record<string, number> = { mynth: 310, replicate: 70, fal: 70 };

describe("tasks of all providers", { timeout: 240_000 }, () => {
  test("agree in the end, whatever happened to them", async () => {
    const world = await World.make(FAST, undefined, { LIMITS: "{}" });
    after(() => world.close());
    for (let number = 1; number <= 6; number += 1) {
      const { problems, lines } = await mixedRun(world, new Random("mixed test", number));
      assert.deepEqual(problems, [], lines.join("\n"));
    }
  });

  test("are asked about where their webhooks are lost", async () => {
    const world = await World.make(1, undefined, { LIMITS: "{}" });
    after(() => world.close());
    for (const provider of PROVIDERS.filter((name) => OF[name].canAsk)) {
      const seconds = await timeToKnow(world, provider, new Random("lost", provider));
      assert.ok(seconds <= (KNOWN_WITHIN_S[provider] ?? 0), `${provider}: ${seconds} s`);
    }
  });
});
