/** The API key goes with a callback: to the provider's own host, whatever address a webhook names. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { startProxy } from "./support/proxy.ts";
import { begin, callbacksOf, calledBack, contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";

/** Whoever gets a callback here has been lied to: it answers everything, and remembers it. */
const thief = await startProxy("http://127.0.0.1:1");
thief.instead = () => ({ status: 200 });
after(() => thief.close());

const app = await startApp({
  vars: ({ url }) => ({ MODELRIVER_CALLBACK_HOSTS: `${new URL(url).host}, api.modelriver.com callback.example:8443` }),
});
after(() => app.close());
const river = app.emulator.modelriver;
const timeout = 60_000;

const here = new URL(app.emulator.url).host;
const port = new URL(app.emulator.url).port;
const there = new URL(thief.url).host;
const path = "/v1/callback/x";

/** What the row says of a callback to this address. */
async function toldTo(url: string, more: object = {}, headers: Record<string, string> = {}) {
  const channelId = inventedChannelId();
  await tell(
    app.base,
    eventOf(channelId, { title: "Made" }, { callback_url: url, callback_required: true, ...more }),
    headers,
  );
  return contentRow(app, channelId);
}

/** Nothing that went out went to one of these addresses: neither to the thief nor, in a roundabout way, here. */
async function nothingWentOut(): Promise<void> {
  // A callback that may go out, behind those that may not.
  const { id } = begin(app);
  await river.deliver(id);
  await calledBack(app, id, "delivered");
  assert.deepEqual(thief.requests, []);
  const calls = app.emulator.requests.filter((request) => request.path.includes("/callback/"));
  assert.ok(
    calls.every((call) => !call.path.endsWith("/x")),
    JSON.stringify(calls),
  );
}

describe("a callback is not sent, and the row says that it failed,", { timeout }, () => {
  const listed: [name: string, url: string][] = [
    ["to another host", `http://${there}${path}`],
    ["to another host by https", `https://evil.example${path}`],
    ["to a listed host as the user", `https://api.modelriver.com@evil.example${path}`],
    ["to a listed host as the user, with a password", `https://api.modelriver.com:443@evil.example${path}`],
    ["to this host as the user", `http://${here}@${there}${path}`],
    ["to a listed host with a user", `https://user:pass@api.modelriver.com${path}`],
    ["to this host with a user", `http://user@${here}${path}`],
    ["to this host with an empty user", `http://@${here}${path}`],
    ["to a sub-domain", `https://x.api.modelriver.com${path}`],
    ["to the domain above", `https://modelriver.com${path}`],
    ["to a name that ends alike", `https://evilapi.modelriver.com${path}`],
    ["to a name that begins alike", `https://api.modelriver.com.evil.example${path}`],
    ["to a name with a dot behind it", `https://api.modelriver.com.${path}`],
    ["to a name with escapes in it", `https://api%2emodelriver.com${path}`],
    ["to a name in other letters", `https://apі.modelriver.com${path}`],
    ["to an address in numbers", `https://93.184.216.34${path}`],
    ["to this machine in one number", `http://2130706433:${port}${path}`],
    ["to this machine in hex", `http://0x7f000001:${port}${path}`],
    ["to this machine in octal", `http://0177.0.0.1:${port}${path}`],
    ["to this machine in short", `http://127.1:${port}${path}`],
    ["to this machine by another of its addresses", `http://127.0.0.2:${port}${path}`],
    ["to this machine by a name that is not listed", `http://localhost:${port}${path}`],
    ["to this machine by its sixth version", `http://[::1]:${port}${path}`],
    ["to this machine in the sixth version's words", `http://[::ffff:127.0.0.1]:${port}${path}`],
    ["to this machine with a dot behind it", `http://127.0.0.1.:${port}${path}`],
    ["to the machine's metadata", `http://169.254.169.254${path}`],
    ["to another port of this machine", `http://127.0.0.1:${new URL(thief.url).port}${path}`],
    ["to no port of this machine", `http://127.0.0.1${path}`],
    ["to another port of a listed host", `https://api.modelriver.com:8443${path}`],
    ["to the common port of a host listed with another", `https://callback.example${path}`],
    ["to an odd port of a listed host", `https://api.modelriver.com:0443${path}`],
    ["to an empty port of a listed host", `https://api.modelriver.com:${path}`],
    ["by http, to a host of the network", `http://api.modelriver.com${path}`],
    ["by http, to the port of https", `http://api.modelriver.com:443${path}`],
    ["by https, to this host, which has none", `https://api.modelriver.com\\@${there}${path}`],
    ["through a backslash", `http://${there}\\@${here}${path}`],
    ["through a backslash the other way", `http://${here}\\@${there}${path}`],
    ["through backslashes for slashes", `http:\\\\${there}${path}`],
    ["through a fragment", `http://${there}#@${here}${path}`],
    ["through a query", `http://${there}?@${here}${path}`],
    ["through a line break", `http://${here}\n.evil.example${path}`],
    ["through a tab", `http://12\t7.0.0.1:${port}${path}`],
    ["through a space before it", ` http://${here}${path}`],
    ["without a scheme", `//${here}${path}`],
    ["without slashes", `http:${here}${path}`],
    ["with one slash", `http:/${here}${path}`],
    ["with three slashes", `http:///${here}${path}`],
    ["to a path", path],
    ["by another scheme", `ftp://api.modelriver.com${path}`],
    ["to a file", "file:///etc/passwd"],
    ["to data", "data:text/plain,x"],
    ["to an address of 3 KB", `http://${here}${path}?${"x".repeat(3000)}`],
    ["to a word", "callback"],
  ];
  for (const [name, url] of listed) {
    test(name, async () => {
      const row = await toldTo(url);
      assert.equal(row.callback, "failed");
      // In words, for the operator; the address itself may hold anything.
      assert.match(row.callback_error, /^the callback (host|address) is not/);
      assert.equal(row.title, "Made");
    });
  }

  test("wherever it is named: in data, in the header", async () => {
    const url = `http://${there}${path}`;
    assert.equal((await toldTo("", { callback_url: undefined, data: { callback_url: url } })).callback, "failed");
    assert.equal(
      (await toldTo("", { callback_url: undefined }, { "x-modelriver-callback-url": url })).callback,
      "failed",
    );
    // The body is signed, and is believed before the header.
    assert.equal((await toldTo(url, {}, { "x-modelriver-callback-url": `http://${here}${path}` })).callback, "failed");
  });

  test("and neither key nor callback has gone anywhere", nothingWentOut);
});

describe("a callback is sent", { timeout }, () => {
  test("to a listed host at its listed port, and to no other when the list is changed", async () => {
    const { id } = begin(app);
    await river.deliver(id);
    await calledBack(app, id, "delivered");
    const [callback] = callbacksOf(app, id);
    assert.equal(callback?.headers.authorization, `Bearer ${app.emulator.options.modelriver.apiKey}`);
  });

  for (const [name, hosts] of [
    ["nobody", "none.example"],
    ["the provider, by default,", null],
  ] as const) {
    test(`not here, where ${name} is listed`, async () => {
      const other = await startApp({ vars: { MODELRIVER_CALLBACK_HOSTS: hosts } });
      try {
        const { id } = begin(other);
        await other.emulator.modelriver.deliver(id);
        assert.equal((await contentRow(other, id)).callback, "failed");
        assert.deepEqual(callbacksOf(other, id), []);
      } finally {
        await other.close();
      }
    });
  }
});
