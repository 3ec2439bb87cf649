/** What the page may reach and who may hold it, as its headers say and as a browser keeps to them; and what it weighs. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually } from "../worker/support/eventually.ts";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;
const FIRST_LOAD_BYTES = 150_000;

/** The directives of a policy, each with its sources. */
function directives(policy: string): Record<string, string[]> {
  const all = policy.split(";").map((each) => each.trim().split(/\s+/));
  return Object.fromEntries(all.map(([name = "", ...sources]) => [name, sources]));
}

describe("the headers", { timeout }, () => {
  test("of the built page allow no plain http and no other host but for pictures", () => {
    const file = readFileSync(new URL("../../web/dist/_headers", import.meta.url), "utf8");
    const policy = directives(/Content-Security-Policy: (.*)/.exec(file)?.[1] ?? "");
    assert.deepEqual(policy["default-src"], ["'none'"]);
    assert.deepEqual(policy["script-src"], ["'self'"]);
    assert.deepEqual(policy["style-src"], ["'self'"]);
    assert.deepEqual(policy["img-src"], ["'self'", "https:"]);
    assert.deepEqual(policy["frame-ancestors"], ["'none'"]);
    assert.deepEqual(policy["base-uri"], ["'none'"]);
    assert.deepEqual(policy["connect-src"], ["'self'"]);
    assert.doesNotMatch(file, /http:|unsafe|127\.0\.0\.1|localhost|\*:/);
  });

  test("are on every page and every file, whatever its address", async () => {
    const script = /src="(\/assets\/[^"]+)"/.exec(await (await fetch(site.url)).text())?.[1] ?? "";
    for (const path of ["/", "/history", "/t/tsk_1", "/compare/btc_1", "/nowhere/at/all", "/favicon.svg", script]) {
      const { headers } = await fetch(site.url + path, { headers: { "sec-fetch-mode": "navigate" } });
      const policy = directives(headers.get("content-security-policy") ?? "");
      assert.deepEqual(policy["default-src"], ["'none'"], path);
      // A script is no page: it has the policy as it was built.
      assert.deepEqual(policy["connect-src"], path === script ? ["'self'"] : ["'self'", site.emulator.url], path);
      assert.deepEqual(policy["frame-ancestors"], ["'none'"], path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("referrer-policy"), "no-referrer", path);
      assert.match(headers.get("permissions-policy") ?? "", /camera=\(\)/, path);
    }
  });
});

const OWN = {
  "connect-src": ["'self'"],
  "img-src": ["'self'", "https:"],
};

/** Settings, and what they add to the policy that the page was built with. */
const SETTINGS: [what: string, vars: Record<string, string>, added: Partial<typeof OWN>][] = [
  ["no issuer", { AUTH_ISSUER: "" }, {}],
  ["an issuer", { AUTH_ISSUER: "https://id.example/realms/one" }, { "connect-src": ["'self'", "https://id.example"] }],
  [
    "an issuer with other origins",
    { AUTH_ISSUER: "https://id.example/pool", AUTH_ORIGINS: "https://token.example:8443/x  https://keys.example" },
    { "connect-src": ["'self'", "https://id.example", "https://token.example:8443", "https://keys.example"] },
  ],
  [
    "an emulator on this machine",
    { AUTH_ISSUER: "http://127.0.0.1:8788", MYNTH_API_URL: "http://127.0.0.1:8788" },
    { "connect-src": ["'self'", "http://127.0.0.1:8788"], "img-src": ["'self'", "http://127.0.0.1:8788", "https:"] },
  ],
  ["plain http elsewhere", { AUTH_ISSUER: "http://id.example", MYNTH_API_URL: "http://mynth.example" }, {}],
  ["what would end the directive", { AUTH_ORIGINS: "https://a.example;script-src 'unsafe-inline' * data:" }, {}],
];

describe("each setting adds its origins and nothing else", { timeout }, () => {
  for (const [what, vars, added] of SETTINGS) {
    test(what, async () => {
      const apis = { MYNTH_API_URL: "", MODELRIVER_API_URL: "", REPLICATE_API_URL: "", FAL_API_URL: "" };
      const plain = { AUTH_ISSUER: "", AUTH_ORIGINS: "", ...apis };
      const other = await startSite({ ...plain, ...vars });
      try {
        const built = /Content-Security-Policy: (.*)/.exec(
          readFileSync(new URL("../../web/dist/_headers", import.meta.url), "utf8"),
        );
        const { headers } = await fetch(other.url);
        const policy = directives(headers.get("content-security-policy") ?? "");
        assert.deepEqual(policy, { ...directives(built?.[1] ?? ""), ...OWN, ...added });
        await visiting(
          browser,
          async (visit) => {
            await visit.page.goto(other.url);
            const calls = (added["connect-src"] ?? OWN["connect-src"]).filter((source) => source !== "'self'");
            for (const origin of [...calls, "https://elsewhere.example"]) {
              await visit.page.evaluate((url) => fetch(url).catch(() => null), `${origin}/asked`);
            }
            // It is reported a little later, in the order of the calls.
            const refused = () => visit.complaints.filter((each) => each.startsWith("policy: connect-src "));
            await eventually(() => refused().length > 0, 5000);
            assert.deepEqual(refused(), ["policy: connect-src https://elsewhere.example/asked"]);
          },
          { expected: /./ },
        );
      } finally {
        await other.close();
      }
    });
  }

  test("and a page that the browser still has gets the policy of today", async () => {
    const { headers } = await fetch(site.url);
    const etag = headers.get("etag") ?? "";
    const again = await fetch(site.url, { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("content-security-policy"), headers.get("content-security-policy"));
  });
});

describe("the browser", { timeout }, () => {
  test("refuses what the policy does not allow, and a visit hears of it", async () => {
    const attempts: [what: string, act: () => unknown][] = [
      ["connect-src", () => fetch("https://elsewhere.example/").catch(() => null)],
      ["img-src", () => (new Image().src = "http://elsewhere.example/pixel.png")],
      ["style-src-elem", () => document.head.append(document.createElement("style"))],
      [
        "require-trusted-types-for",
        () => {
          try {
            document.body.innerHTML = "<img src=x onerror=alert(1)>";
          } catch {
            // Refused before it is read.
          }
        },
      ],
    ];
    for (const [directive, act] of attempts) {
      await assert.rejects(
        visiting(browser, async (visit) => {
          await visit.page.goto(site.url);
          await visit.at("sign-in").waitFor();
          await visit.page.evaluate(act);
          await visit.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
          assert.ok(
            visit.complaints.some((each) => each.startsWith(`policy: ${directive} `)),
            `${directive}: ${visit.complaints}`,
          );
        }),
        /policy: /,
        directive,
      );
    }
  });

  test("does not show the page inside of another", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.page.goto(site.emulator.url);
        const framed = await visit.page.evaluate(async (url) => {
          const frame = document.createElement("iframe");
          frame.src = url;
          const loaded = new Promise((resolve) => (frame.onload = resolve));
          document.body.append(frame);
          await loaded;
          return frame.contentWindow?.length;
        }, site.url);
        assert.equal(framed, 0);
        assert.equal(
          await visit.page
            .frames()[1]
            ?.getByTestId("sign-in")
            .count()
            .catch(() => 0),
          0,
        );
        assert.ok(
          visit.complaints.some((each) => /frame-ancestors/.test(each)),
          visit.complaints.join(),
        );
      },
      { expected: /frame-ancestors|ERR_BLOCKED_BY_RESPONSE/ },
    ));
});

test("the first load is less than 150 KB, gzipped", { timeout }, (t) =>
  visiting(browser, async (visit) => {
    const loaded: [path: string, bytes: Promise<number>][] = [];
    visit.page.on("response", (response) => {
      loaded.push([new URL(response.url()).pathname, response.body().then((body) => gzipSync(body).length)]);
    });
    await visit.page.goto(site.url, { waitUntil: "networkidle" });
    await visit.at("sign-in").waitFor();
    const sizes = await Promise.all(loaded.map(async ([path, bytes]) => [path, await bytes] as const));
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    for (const [path, bytes] of sizes) t.diagnostic(`${path}: ${bytes} bytes gzipped`);
    t.diagnostic(`first load: ${total} bytes gzipped`);
    assert.ok(sizes.some(([path]) => path.endsWith(".js")) && sizes.some(([path]) => path.endsWith(".css")));
    assert.ok(total < FIRST_LOAD_BYTES, `${total} bytes`);
  }),
);
