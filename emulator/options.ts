/** All that can be set: the shared options, and each provider's own under its name or, for one of them, beside them. */

import { isTopLevel, type TopLevel } from "./compatibility.ts";
import type { EmulatedProvider } from "./provider.ts";
import { PROVIDERS } from "./providers.ts";
import { SHARED_DEFAULTS, type SharedOptions } from "./shared_options.ts";

export { GENERATIONS, type Generation } from "./compatibility.ts";
export type { Refusal } from "./refusal.ts";

type Named = Exclude<(typeof PROVIDERS)[number], TopLevel>;
type OptionsOf<P extends EmulatedProvider> = Parameters<P["start"]>[0];

type BesideOthers = SharedOptions & OptionsOf<TopLevel>;

/** A provider's own are changed field by field. */
export type EmulatorOptions = BesideOthers & { readonly [P in Named as P["name"]]: OptionsOf<P> };

/** Any of the options, at any depth. */
export type EmulatorSettings = Partial<BesideOthers> & { [P in Named as P["name"]]?: Partial<OptionsOf<P>> };

/** A provider's own options. */
export function optionsOf(provider: EmulatedProvider, all: EmulatorOptions): object {
  return isTopLevel(provider) ? all : (all[provider.name as keyof EmulatorOptions] as object);
}

/** Options of their own: changing them changes no default. */
export function withDefaults(
  given: EmulatorSettings = {},
  providers: readonly EmulatedProvider[] = PROVIDERS,
): EmulatorOptions {
  const settings = given as Record<string, unknown>;
  const beside = providers.filter(isTopLevel).map(({ defaults }) => defaults);
  const named = providers
    .filter((provider) => !isTopLevel(provider))
    .map(({ name, defaults }) => [name, { ...defaults, ...(settings[name] as object | undefined) }]);
  return Object.assign({ ...SHARED_DEFAULTS }, ...beside, given, Object.fromEntries(named));
}

export const DEFAULTS: Readonly<EmulatorOptions> = withDefaults();
