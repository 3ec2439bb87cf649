/** The variables in worker.env, for tests that a Worker started with them and the emulator's defaults agree. */

import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

export const env = parseEnv(readFileSync(new URL("../worker.env", import.meta.url), "utf8"));
