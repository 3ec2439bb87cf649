/** The text provider ModelRiver, as the list of providers takes it. */

import type { EmulatedProvider } from "../provider.ts";
import { controlOf, type ModelRiverControl } from "./control.ts";
import { KEYWORDS } from "./keywords.ts";
import { MODELRIVER_DEFAULTS, MODELRIVER_FLAGS, type ModelRiverOptions } from "./options.ts";
import { ModelRiver } from "./provider.ts";
import { recentChannels } from "./recent.ts";
import { modelRiverRoutes } from "./routes.ts";

export const modelriver: EmulatedProvider<"modelriver", ModelRiverOptions, ModelRiverControl> = {
  name: "modelriver",
  title: "ModelRiver",
  role: "the text provider",
  defaults: MODELRIVER_DEFAULTS,
  flags: MODELRIVER_FLAGS,
  words: { heading: "Words in a message to ModelRiver", where: "the last message of the user", meanings: KEYWORDS },
  recentHeading: "Last requests to ModelRiver",
  start(options, context) {
    const provider = new ModelRiver(options, context);
    const control = controlOf(provider);
    return { control, routes: modelRiverRoutes(options, provider), recent: (most) => recentChannels(control, most) };
  },
};
