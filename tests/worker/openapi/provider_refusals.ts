/** Every refusal that begins at the provider. */

import { after, describe, test } from "node:test";
import { BODIES, PROVIDER_REFUSALS } from "../support/samples.ts";
import { ask, contract, good, proxy, refused, request, timeout } from "./deployed.ts";

describe("a provider's refusal is as described:", { timeout }, () => {
  after(() => {
    proxy.instead = () => undefined;
    request.proxy.instead = () => undefined;
  });

  for (const [code, instead] of Object.entries(PROVIDER_REFUSALS)) {
    test(`${code}, when something is started`, async () => {
      proxy.instead = (method) => (method === "POST" ? instead : undefined);
      request.proxy.instead = (_, path) => (path === "/models" ? instead : undefined);
      const elsewhere = (await request.app.as("ada")).token;
      await refused(code, async ({ name }) => {
        if (name in BODIES) return ask(name, { body: good(name) });
        // The list of models that the first deployment has got is remembered there.
        return name === "GET /models" ? contract.ask(request.app.base, name, { token: elsewhere }) : undefined;
      });
    });
  }
});
