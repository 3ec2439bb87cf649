/** What `listen` shows, what it sends on, and what it says of arguments. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { verifyEvent } from "../../server/src/verify_event.ts";
import { Machine, type Running } from "./support/cli.ts";
import { FakeDeployment } from "./support/fake.ts";
import { Receiver } from "./support/receiver.ts";

let machine: Machine;
let fake: FakeDeployment;
let receiver: Receiver;

beforeEach(async () => {
  machine = new Machine();
  [fake, receiver] = await Promise.all([FakeDeployment.start(), Receiver.start()]);
});
afterEach(() => Promise.all([machine.close(), fake.close(), receiver.close()]));

const listen = (...args: string[]): Running =>
  machine.start(["listen", "--url", fake.base, "--json", "--interval", "0.1", ...args]);
const forwarding = (...args: string[]) => listen("--forward-to", `${receiver.url}/hook`, ...args);
const isListening = (running: Running) => running.until(() => running.err.includes("Listening to"));
const secretOf = async () => (await machine.run(["listen", "--print-secret"])).out.trim();

test("nothing is signed that its provider has not: an attacker's words would look genuine", async () => {
  for (const verdict of ["bad_signature", "too_large", "failed"]) fake.arrive({ verdict, status: 401 });
  fake.arrive({ isComplete: false });
  fake.arrive({ body: null, bytes: 9 });
  fake.arrive({ provider: "another" });
  fake.arrive({ verdict: "unknown_task" });
  const running = forwarding("--from", "start");
  await running.until(() => running.lines.length === 7);
  await running.stop();
  assert.deepEqual(receiver.taken, ["7"]);
  const said = running.lines.map(({ forward }) => forward.notSent);
  for (const each of said.slice(0, 3)) assert.match(each, /signature was not verified/);
  assert.match(said[3], /not kept as a whole/);
  assert.match(said[4], /not kept any more/);
  assert.match(said[5], /does not know/);
});

test("a filter has a place of its own, and {provider} in the target is the provider", async () => {
  fake.arrive({ taskId: "tsk_a" });
  fake.arrive({ taskId: "tsk_b", provider: "modelriver", body: '{"type":"task.completed","channel_id":"tsk_b"}' });
  fake.arrive({ taskId: "tsk_b", verdict: "duplicate" });
  const target = ["--forward-to", `${receiver.url}/webhooks/{provider}`, "--from", "start"];
  const one = listen(...target, "--task", "tsk_b");
  await one.until(() => one.lines.length === 2);
  await one.stop();
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ["/webhooks/modelriver", "/webhooks/mynth"],
  );
  const two = listen(...target, "--verdict", "applied");
  await two.until(() => two.lines.length === 2);
  await two.stop();
  assert.equal(readdirSync(join(machine.state, "taskwire")).filter((name) => name.startsWith("deliveries-")).length, 2);
});

test("with a filter too, nothing old is taken for new", async () => {
  fake.arrive({ verdict: "stale" });
  for (let i = 0; i < 130; i++) fake.arrive();
  const running = listen("--verdict", "stale");
  await isListening(running);
  fake.arrive({ verdict: "stale" });
  await running.until(() => running.lines.length > 0);
  await running.stop();
  assert.deepEqual(
    running.lines.map(({ delivery }) => delivery.id),
    ["132"],
  );
});

test("events go out as the app's own backend checks them", async () => {
  fake.tell();
  const running = forwarding("--events");
  await isListening(running);
  fake.tell();
  fake.tell();
  await running.until(() => running.lines.length === 2);
  await running.stop();
  const secret = await secretOf();
  const events = await Promise.all(
    receiver.received.map(({ body, headers }) => verifyEvent(body, headers as Record<string, string>, { secret })),
  );
  assert.deepEqual(
    events.map(({ id }) => id),
    ["evt_tsk_2_2", "evt_tsk_3_2"],
  );
  assert.deepEqual(
    running.lines.map(({ event }) => event.id),
    ["evt_tsk_2_2", "evt_tsk_3_2"],
  );
});

test("without a target it shows a line for each", async () => {
  const running = machine.start(["listen", "--url", fake.base, "--interval", "0.1"]);
  await isListening(running);
  fake.arrive({ event: "evil\x1b[2J", verdict: "bad_signature", reason: "no match" });
  await running.until(() => running.out.includes("\n"));
  const { code, out } = await running.stop("SIGTERM");
  assert.equal(code, 0);
  assert.match(out, /^\d\d:\d\d:\d\d {2}bad_signature {2}mynth {7}evil\\u001b\[2J {2}tsk_1 {2}12 ms {2}no match\n$/);
});

test("a key that is not known ends it with 3, and a cursor that is not known with advice", async () => {
  const wrong = await machine.run(["listen", "--url", fake.base], { TASKWIRE_KEY: "twk_wrong" });
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /The key is not known\.\n$/);
  const running = listen("--from", "start");
  await isListening(running);
  await running.stop();
  const folder = join(machine.state, "taskwire");
  const [name = ""] = readdirSync(folder);
  const saved = JSON.parse(readFileSync(join(folder, name), "utf8"));
  const cursor = Buffer.from('["another","1"]').toString("base64url");
  writeFileSync(join(folder, name), JSON.stringify({ ...saved, cursor }));
  const lost = await listen().ended;
  assert.equal(lost.code, 1);
  assert.match(lost.err, /does not know the cursor of the last time: give --from start or --from now/);
  const anew = listen("--from", "now");
  await isListening(anew);
  assert.equal((await anew.stop()).code, 0);
});

test("what cannot be done together is said", async () => {
  for (const [args, why] of [
    [["--events", "--verdict", "applied"], /--verdict is for deliveries/],
    [["--forward-to", "localhost:3000"], /--forward-to must be an http or https address/],
    [["--no-wait"], /--no-wait is for --forward-to/],
    [["--from", "yesterday"], /--from must be one of cursor, now, start/],
    [["--interval", "0"], /--interval must be a number from 0\.1 to 60/],
  ] as const) {
    const { code, err } = await machine.run(["listen", "--url", fake.base, ...args]);
    assert.equal(code, 2, err);
    assert.match(err, why);
  }
});
