/** The Worker that is played with: the build, or the one in the folder that `CHAOS_BUILD` names. */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { CHAOS_BUILD } = process.env;

export const BUILD = CHAOS_BUILD ? pathToFileURL(`${resolve(CHAOS_BUILD)}/`) : new URL("../build/", import.meta.url);
