/** What was chosen for a new project. */

import type { Provider } from "./providers.ts";
import type { SignIn } from "./sign_in.ts";

export interface Choice {
  /** The project, its Worker and its database. */
  name: string;
  providers: readonly Provider[];
  signIn: SignIn;
  /** About the sign-in, by the name of the field. */
  answers: Readonly<Record<string, string>>;
  /** The address of the deployment; empty while it is not known. */
  url: string;
}

/** The addresses to register, with where. */
export function webhooksOf({ name, providers, url }: Choice): { address: string; where: string }[] {
  const base = url || `https://${name}.YOUR-SUBDOMAIN.workers.dev`;
  return providers.flatMap(({ webhook }) => (webhook ? [{ address: base + webhook.path, where: webhook.where }] : []));
}
