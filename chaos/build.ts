/** The folder of the Worker that is tested: the build, or what `CHAOS_BUILD` names. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const { CHAOS_BUILD } = process.env;

export const BUILD = CHAOS_BUILD ? resolve(CHAOS_BUILD) : fileURLToPath(new URL("../build", import.meta.url));
