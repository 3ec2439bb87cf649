/**
 * What a provider is to the emulator. A provider is a folder that exports one of these, and an entry in providers.ts.
 *
 * A provider owns its options, its flags, its routes, its webhooks and what tests may do with it. The emulator owns
 * the server, the clock and the delivery of webhooks, and closes them: a provider has nothing to close.
 */

import type { Context } from "./context.ts";
import type { Flag } from "./flag.ts";
import type { Route } from "./http.ts";

/** The words in square brackets that make a request go another way, for the index page. */
export interface Words {
  heading: string;
  /** Where in a request they are looked for. */
  where: string;
  meanings: Readonly<Record<string, string>>;
}

/** A provider that has been started. */
export interface RunningProvider<Control extends object = object> {
  routes: readonly Route[];
  /** What tests look at and do. It is one object for as long as the emulator runs. */
  control: Control;
  /** The index page's account of what was asked last: up to `most` table rows of HTML, newest first. */
  recent(most: number): string[];
}

/** `Options` are changed by tests while the emulator runs: they are read when used. */
export interface EmulatedProvider<
  Name extends string = string,
  Options extends object = object,
  Control extends object = object,
> {
  /** Its options and its control are found under this name, and its flags begin with it. */
  name: Name;
  /** As it writes itself. */
  title: string;
  /** What it provides, as in "the image provider". */
  role: string;
  /** Before the path of each of its routes, as in `/name`; left out, they are at the root. */
  prefix?: string;
  /** Those of worker.env, where they have to agree with the Worker. */
  defaults: Readonly<Options>;
  flags: readonly Flag<Options>[];
  words: Words;
  /** The index page's heading for `recent`. */
  recentHeading: string;
  /** Begins with `options` of its own, which the emulator has filled from the defaults. */
  start(options: Options, context: Context): RunningProvider<Control>;
}
