/** The image provider Mynth, as the list of providers takes it. */

import type { EmulatedProvider } from "../provider.ts";
import { controlOf, type MynthControl } from "./control.ts";
import { KEYWORDS } from "./keywords.ts";
import { MYNTH_DEFAULTS, MYNTH_FLAGS, type MynthOptions } from "./options.ts";
import { Mynth } from "./provider.ts";
import { recentTasks } from "./recent.ts";
import { mynthRoutes } from "./routes.ts";

export const mynth: EmulatedProvider<"mynth", MynthOptions, MynthControl> = {
  name: "mynth",
  title: "Mynth",
  role: "the image provider",
  defaults: MYNTH_DEFAULTS,
  flags: MYNTH_FLAGS,
  words: { heading: "Words in a prompt to Mynth", where: "the prompt", meanings: KEYWORDS },
  recentHeading: "Last tasks",
  start(options, context) {
    const provider = new Mynth(options, context);
    const control = controlOf(provider);
    return { control, routes: mynthRoutes(options, provider), recent: (most) => recentTasks(control, most) };
  },
};
