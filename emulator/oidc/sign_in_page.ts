/** The two pages a person sees at the issuer. Pure: values in, HTML out. */

import { escapeHtml } from "../markup.ts";
import { page } from "../page.ts";

/** The parameters of an authorization request, carried through the form. */
export type Carried = Record<string, string>;

export function signInPage(carried: Carried): string {
  const hidden = Object.entries(carried)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join("");
  return page(
    "Sign in",
    `<main class="card">
<h1>Sign in</h1>
<p>The emulator stands in for your identity provider. Any name will do; no password is asked for.</p>
<form method="post" action="/authorize">${hidden}
<label for="name">Name</label>
<input id="name" name="name" value="ada" maxlength="64" autocomplete="off" autofocus required>
<button id="sign-in">Sign in</button>
<button id="sign-in-grace" class="quiet" name="as" value="grace">Sign in as grace</button>
</form>
</main>`,
  );
}

export function messagePage(title: string, message: string): string {
  return page(title, `<main class="card"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p></main>`);
}
