/** The providers that the emulator stands in for. A new one is its folder and its entry here. */

import { fal } from "./fal/index.ts";
import { modelriver } from "./modelriver/index.ts";
import { mynth } from "./mynth/index.ts";
import { replicate } from "./replicate/index.ts";

export const PROVIDERS = [mynth, modelriver, replicate, fal] as const;
