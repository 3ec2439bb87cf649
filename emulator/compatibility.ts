/**
 * What is kept for those who wrote for an emulator that had one provider, Mynth: its options are beside the
 * emulator's own, its flags have no name before them, and its control is the emulator itself. Every other provider
 * has all of these under its name.
 *
 * Owns that exception, and the names of providers' types that the emulator exports.
 */

import { mynth } from "./mynth/index.ts";
import type { EmulatedProvider } from "./provider.ts";

export type { ModelRiverControl } from "./modelriver/control.ts";
export type { Attempt, DeliverOptions, MynthControl, Outcome, Task } from "./mynth/control.ts";
export { GENERATIONS, type Generation } from "./mynth/generation.ts";

export type TopLevel = typeof mynth;

export function isTopLevel(provider: EmulatedProvider): boolean {
  return provider.name === mynth.name;
}
