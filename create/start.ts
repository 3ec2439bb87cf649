/** The wrangler.jsonc that a project by hand begins with: it is in @taskwire/worker. */

import type { Base } from "./base.ts";
import type { Choice } from "./choice.ts";
import { PROVIDERS } from "./providers.ts";
import { SIGN_INS, type SignIn } from "./sign_in.ts";
import { wranglerConfig } from "./wrangler.ts";

/** All providers, and an issuer that is still to be named. */
export const everything = (name: string): Choice => ({
  name,
  providers: PROVIDERS,
  signIn: SIGN_INS.find((each) => each.name === "other") as SignIn,
  answers: {},
  url: "",
});

export const startConfig = (base: Base) => wranglerConfig(everything("taskwire"), base);
