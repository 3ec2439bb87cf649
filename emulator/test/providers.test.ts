import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type EmulatorSettings, startEmulator } from "../emulator.ts";
import { flag, number } from "../flag.ts";
import { allFlags } from "../flags.ts";
import { json } from "../http.ts";
import { requestRow } from "../markup.ts";
import { optionsOf, withDefaults } from "../options.ts";
import { Outbox } from "../outbox.ts";
import type { EmulatedProvider } from "../provider.ts";
import { PROVIDERS } from "../providers.ts";
import { startReceiver } from "./receiver.ts";

interface EchoOptions {
  apiKey: string;
  pauseMs: number;
}

interface EchoControl {
  said: string[];
}

/** A provider with an address of its own and a webhook that each request names. */
const echo: EmulatedProvider<"echo", EchoOptions, EchoControl> = {
  name: "echo",
  title: "Echo",
  role: "the repeating provider",
  prefix: "/echo",
  defaults: { apiKey: "echo_key", pauseMs: 0 },
  flags: [flag("pauseMs", "how long an echo takes", number(0))],
  words: { heading: "Words in an echo", where: "the text", meanings: { louder: "in capitals" } },
  recentHeading: "Last echoes",
  start(options, context) {
    const { base, journal, timers } = context;
    const outbox = new Outbox<{ text: string }>(context);
    const control: EchoControl = { said: [] };
    return {
      control,
      routes: [
        {
          method: "POST",
          pattern: "/say/:text",
          handle: ({ params: { text = "" }, query }) => {
            const url = query.get("webhook") ?? "";
            journal.add(control.said, text);
            timers.after(options.pauseMs, () => {
              void outbox.send(
                { about: { text }, url, body: text, headers: () => ({}), delays: [10] },
                { retry: true },
              );
            });
            return json(202, { status_url: `${base()}/say/${text}` });
          },
        },
      ],
      recent: (most) => control.said.slice(-most).map((text) => requestRow("said", text, [])),
    };
  },
};

async function startWithEcho(t: TestContext, settings: object = {}) {
  const given = { port: 0, webhookUrl: "", modelriver: { webhookUrl: "" }, ...settings } as EmulatorSettings;
  const emulator = await startEmulator(given, [...PROVIDERS, echo]);
  t.after(() => emulator.close());
  return emulator as typeof emulator & { echo: EchoControl; options: { echo: EchoOptions } };
}

test("a provider on the list has its routes, its options and its control", async (t) => {
  const emulator = await startWithEcho(t, { echo: { pauseMs: 5 } });
  assert.deepEqual(emulator.options.echo, { apiKey: "echo_key", pauseMs: 5 });
  assert.equal(echo.defaults.pauseMs, 0);
  const receiver = await startReceiver(t);
  receiver.answers.push(500);
  const answer = await fetch(`${emulator.url}/echo/say/tea?webhook=${receiver.url}`, { method: "POST" });
  assert.deepEqual(await answer.json(), { status_url: `${emulator.url}/echo/say/tea` });
  assert.deepEqual(emulator.echo.said, ["tea"]);
  await emulator.until(() => receiver.received.length === 2);
  assert.deepEqual([...emulator.tasks, ...emulator.modelriver.channels], []);
});

test("its flag begins with its name, and sets its own option", () => {
  const providers = [...PROVIDERS, echo];
  const options = withDefaults({}, providers);
  const pause = allFlags(providers).find(({ name }) => name === "echo-pause-ms") ?? assert.fail();
  pause.take(options, "7");
  assert.deepEqual([pause.show(options), optionsOf(echo, options)], ["7", { apiKey: "echo_key", pauseMs: 7 }]);
  assert.throws(() => pause.take(options, "x"), /must be a number/);
});

test("the index page tells of it", async (t) => {
  const emulator = await startWithEcho(t);
  await fetch(`${emulator.url}/echo/say/tea?webhook=${emulator.url}`, { method: "POST" });
  const text = await (await fetch(emulator.url)).text();
  for (const told of ["the repeating provider Echo", "[louder]", "--echo-pause-ms", "Last echoes", "<td>tea</td>"]) {
    assert.ok(text.includes(told), told);
  }
});

test("two providers that take the same calls cannot be started together", async () => {
  const twin = { ...echo, name: "twin" };
  await assert.rejects(startEmulator({ port: 0 }, [echo, twin]), /two routes for POST \/echo\/say\/:text/);
});

test("each provider's control is under its name, and one of them is the emulator's own besides", async (t) => {
  const emulator = await startWithEcho(t);
  assert.equal(emulator.mynth.tasks, emulator.tasks);
  assert.equal(emulator.mynth.deliveries, emulator.deliveries);
});
