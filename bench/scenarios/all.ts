/** Every scenario, in the order in which they are run. */

import type { Scenario } from "../harness/scenario.ts";
import { crowds } from "./crowds.ts";
import { evicted } from "./evicted.ts";
import { feeds } from "./feeds.ts";
import { frames } from "./frames.ts";
import { fresh } from "./fresh.ts";
import { life } from "./life.ts";
import { little } from "./little.ts";
import { many } from "./many.ts";
import { memory } from "./memory.ts";
import { starts } from "./starts.ts";
import { tasks } from "./tasks.ts";
import { webhooks } from "./webhooks.ts";

export const SCENARIOS: readonly Scenario[] = [
  starts,
  tasks,
  webhooks,
  little,
  frames,
  crowds,
  fresh,
  evicted,
  feeds,
  many,
  memory,
  life,
];
