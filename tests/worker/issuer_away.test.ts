/** An issuer that hangs: whoever has a token that good keys signed does not wait for new ones. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Api } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { type HttpProxy, startProxy } from "./support/proxy.ts";

const MINUTE_MS = 60_000;
/** Keys are renewed when they are ten minutes old. */
const STALE_MS = 11 * MINUTE_MS;
/** A fetch of keys is given up after 5 s. */
const GIVEN_UP_MS = 5000;

let issuer: HttpProxy | undefined;
const app = await startApp({
  shim: true,
  provider: async ({ url }) => {
    issuer = await startProxy(url);
    return url;
  },
  vars: () => ({ AUTH_JWKS_URL: `${issuer?.url}/jwks` }),
});
after(async () => {
  await app.close();
  await issuer?.close();
});

const fetches = () => issuer?.requests.length;
const isHanging = (is: boolean) => {
  if (issuer) issuer.instead = () => (is ? "hang" : undefined);
};

describe("while the issuer hangs", { timeout: 60_000 }, () => {
  test("every request waited five seconds with good keys in the cache", async () => {
    const user = new Api(app.base, await app.emulator.token({ sub: "ada", expiresIn: 24 * 3600 }));
    await user.list();
    assert.equal(fetches(), 1);

    isHanging(true);
    await app.putClockForward(STALE_MS);
    const before = Date.now();
    for (let i = 0; i < 20; i++) await user.list();
    await Promise.all(Array.from({ length: 20 }, () => user.list()));
    assert.ok(Date.now() - before < GIVEN_UP_MS, `40 requests took ${Date.now() - before} ms`);
    assert.equal(fetches(), 2, "one renewal, behind an answer");

    // Once that has been given up, there is a minute's rest.
    await eventually(
      () => app.logs.some((line) => line.startsWith("issuer: ")),
      3 * GIVEN_UP_MS,
      "the fetch is given up",
    );
    for (let i = 0; i < 20; i++) await user.list();
    assert.equal(fetches(), 2);

    isHanging(false);
    await app.putClockForward(STALE_MS + 2 * MINUTE_MS);
    await user.list();
    await eventually(() => fetches() === 3, GIVEN_UP_MS, "the keys are renewed");
    await user.list();
    assert.equal(fetches(), 3);
  });
});
