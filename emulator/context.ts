/** What the emulator has for each of its providers. It closes the timers and the courier itself. */

import type { Courier } from "./courier.ts";
import type { Journal } from "./journal.ts";
import type { SharedOptions } from "./shared_options.ts";
import type { Timers } from "./timers.ts";

export interface Context {
  /** Read when used: tests change them while the emulator runs. */
  options: SharedOptions;
  journal: Journal;
  timers: Timers;
  courier: Courier;
  /** The address of the provider's API, prefix included; known once the emulator listens. */
  base(): string;
}
