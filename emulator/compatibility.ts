/**
 * The provider at the top level. Mynth was once the only provider, and tests were written for that: its options are
 * beside the emulator's own, its flags have no prefix, and the fields of its control are fields of the emulator.
 * Every other provider has all of these under its name.
 *
 * Owns that exception, and the names of providers' types that the emulator exports. The control's fields are copied,
 * so none of them may be a getter.
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
