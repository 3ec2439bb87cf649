/** `listen` over everything that may go wrong: nothing is missed, and the order stays. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Webhook } from "standardwebhooks";
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

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
const listen = (...args: string[]): Running =>
  machine.start(["listen", "--url", fake.base, "--json", "--interval", "0.1", ...args]);
const forwarding = (...args: string[]) => listen("--forward-to", `${receiver.url}/hook`, ...args);
const isListening = (running: Running) => running.until(() => running.err.includes("Listening to"));
const secretOf = async () => (await machine.run(["listen", "--print-secret"])).out.trim();

test("what comes is forwarded once and in order, as its provider signs it, and Ctrl-C ends it with 0", async () => {
  fake.arrive();
  const running = forwarding();
  await isListening(running);
  for (let i = 0; i < 3; i++) fake.arrive();
  await running.until(() => running.lines.length === 3);
  const { code } = await running.stop();
  assert.equal(code, 0);
  assert.deepEqual(receiver.taken, ["2", "3", "4"], "what was there before it began is not sent");
  const secret = await secretOf();
  for (const { path, headers, body } of receiver.received) {
    assert.equal(path, "/hook");
    new Webhook(secret).verify(body, headers as Record<string, string>);
    assert.equal(headers["taskwire-provider"], "mynth");
    assert.equal(headers["taskwire-verdict"], "applied");
  }
  const { delivery, forward } = running.lines[0] ?? {};
  assert.equal(delivery.id, "2");
  assert.equal(forward.status, 200);
  assert.equal(forward.attempts, 1);
});

test("over an outage of the program, ten deliveries come once each and in order", async () => {
  const first = forwarding("--from", "start");
  await isListening(first);
  fake.arrive();
  await first.until(() => first.lines.length === 1);
  await first.stop();
  for (let i = 0; i < 10; i++) fake.arrive();
  const second = forwarding();
  await second.until(() => second.lines.length === 10);
  assert.match(second.err, /going on from the last time/);
  await second.stop();
  assert.deepEqual(receiver.taken, numbers(1, 11));
});

test("more than a page is read on at once", async () => {
  for (let i = 0; i < 105; i++) fake.arrive();
  const running = listen("--from", "start", "--interval", "60");
  await running.until(() => running.lines.length === 105);
  await running.stop();
  assert.deepEqual(
    running.lines.map(({ delivery }) => delivery.id),
    numbers(1, 105),
  );
});

test("a target that is down holds back what comes after, and gets all in order when it is up", async () => {
  const { port } = receiver;
  await receiver.close();
  for (let i = 0; i < 3; i++) fake.arrive();
  const running = forwarding("--from", "start");
  await running.until(() => running.err.includes("cannot be reached (ECONNREFUSED)"));
  assert.match(running.err, /: again in 1 s\. What comes after waits\./);
  assert.equal(running.out, "");
  receiver = await Receiver.start(port);
  await running.until(() => running.lines.length === 3);
  await running.stop();
  assert.deepEqual(receiver.taken, numbers(1, 3));
  assert.ok(running.lines[0]?.forward.attempts > 1);
  assert.equal(running.lines[1]?.forward.attempts, 1);
});

test("an answer that is no 2xx is none: it comes again, signed anew", async () => {
  fake.arrive();
  fake.arrive();
  receiver.answer = (nth) => [500, 302, 200][nth - 1] ?? 200;
  const running = forwarding("--from", "start");
  await running.until(() => running.lines.length === 2);
  await running.stop();
  const ids = receiver.received.map(({ headers }) => headers["taskwire-delivery"]);
  assert.deepEqual(ids, ["1", "1", "1", "2"]);
  assert.notEqual(
    receiver.received[0]?.headers["webhook-timestamp"],
    receiver.received[2]?.headers["webhook-timestamp"],
  );
});

test("--no-wait goes on with the next, and says which was left", async () => {
  for (let i = 0; i < 3; i++) fake.arrive();
  receiver.answer = (nth) => (nth === 2 ? 500 : 200);
  const running = forwarding("--from", "start", "--no-wait");
  await running.until(() => running.lines.length === 3);
  await running.stop();
  assert.deepEqual(receiver.taken, ["1", "3"]);
  assert.equal(running.lines[1]?.forward.isTaken, false);
});

test("killed between a forward and its note, it repeats that one at most", async () => {
  for (let i = 0; i < 4; i++) fake.arrive();
  let killed: Running | undefined;
  receiver.answer = (nth) => {
    // It dies before it has the answer.
    if (nth === 3) killed?.child.kill("SIGKILL");
    return 200;
  };
  killed = forwarding("--from", "start");
  const { code } = await killed.ended;
  assert.equal(code, null);
  const again = forwarding();
  await again.until(() => receiver.taken.includes("4"));
  await again.stop();
  assert.deepEqual(receiver.taken, ["1", "2", "3", "3", "4"]);
});

test("stopped while an answer is under way, it waits for that and notes it", async () => {
  fake.arrive();
  fake.arrive();
  const answer = Promise.withResolvers<number>();
  receiver.answer = (nth) => (nth === 1 ? answer.promise : 200);
  const running = forwarding("--from", "start");
  await running.until(() => receiver.received.length === 1);
  running.child.kill("SIGINT");
  setTimeout(() => answer.resolve(200), 100);
  assert.equal((await running.ended).code, 0);
  const again = forwarding();
  await again.until(() => receiver.taken.length === 2);
  await again.stop();
  assert.deepEqual(receiver.taken, ["1", "2"]);
});

test("while the deployment is away it waits, and misses nothing", async () => {
  const running = forwarding("--from", "start");
  await isListening(running);
  fake.isAway = true;
  await running.until(() => running.err.includes("Trying again until it answers"));
  for (let i = 0; i < 2; i++) fake.arrive();
  fake.isAway = false;
  await running.until(() => running.lines.length === 2);
  assert.match(running.err, /The deployment answers again/);
  await running.stop();
  assert.deepEqual(receiver.taken, ["1", "2"]);
});
