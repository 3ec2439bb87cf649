/** The index page: what the emulator is, how it is set, and what it did last. Pure: values in, HTML out. */

import { allFlags, standsInFor } from "./flags.ts";
import { code, escapeHtml, row, table } from "./markup.ts";
import type { EmulatorOptions } from "./options.ts";
import { page } from "./page.ts";
import type { EmulatedProvider, RunningProvider, Words } from "./provider.ts";

/** How many requests of each provider. */
const SHOWN = 20;

/** A provider, and what became of it. */
export interface Shown {
  provider: EmulatedProvider;
  running: RunningProvider;
}

function wordsSection({ heading, where, meanings }: Words): string {
  const rows = Object.entries(meanings).map(([word, means]) => row(code(`[${word}]`), escapeHtml(means)));
  return `<h2>${escapeHtml(heading)}</h2>
<p>In square brackets, anywhere in ${escapeHtml(where)}.</p>
${table(rows)}`;
}

function recentSection({ provider, running }: Shown): string {
  return `<h2>${escapeHtml(provider.recentHeading)}</h2>
${table(running.recent(SHOWN))}`;
}

export function indexPage(options: EmulatorOptions, all: readonly Shown[]): string {
  const providers = all.map(({ provider }) => provider);
  const flags = allFlags(providers).map(({ name, means, show }) =>
    row(code(`--${name}`), show(options) ? code(show(options)) : "none", escapeHtml(means)),
  );
  const names = new Intl.ListFormat("en-GB").format([...providers.map(({ title }) => title), "OIDC"]);
  return page(
    names,
    `<h1>Emulator</h1>
<p>Stands in for ${escapeHtml(standsInFor(providers))}, on this machine only: real HTTP, real signatures, real pictures, nothing paid for.</p>
${providers.map(({ words }) => wordsSection(words)).join("\n")}
<h2>Set to</h2>
${table(flags)}
${all.map(recentSection).join("\n")}
<h2>Events</h2>
<p><a href="/receiver">What the Worker has told your own backend</a>.</p>
<h2>Sign-in</h2>
<p><a href="/.well-known/openid-configuration">Discovery</a>, <a href="/jwks">keys</a>. Any name signs in.</p>`,
  );
}
