/** Credits are taken exactly once: in workerd, behind the service binding, with kills and with duplicates. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { type Emulator, startEmulator } from "../../../emulator/emulator.ts";
import { Api, call } from "../../../tests/worker/support/api.ts";
import { freePort } from "../../../tests/worker/support/child.ts";
import { variables } from "../../../tests/worker/support/deployment.ts";
import { eventually } from "../../../tests/worker/support/eventually.ts";
import type { Job } from "./serve.ts";

const SECRET = "whsec_Y3JlZGl0cyBvZiBhbiBleGFtcGxlLCAzMiBieXRlcw==";
const FIRST = 100;
/** After a kill, an alarm that was under way fires again, or a retry comes after five seconds or five minutes. */
const SETTLED_MS = 60_000;

class Pair {
  readonly job: Job;
  #child: ChildProcess | undefined;

  constructor(job: Job) {
    this.job = job;
  }

  async start(migrate = false): Promise<void> {
    const job = JSON.stringify({ ...this.job, migrate });
    const serve = new URL("serve.ts", import.meta.url).pathname;
    const args = ["--conditions=@taskwire/source", serve, job];
    this.#child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text) => (said += text));
    await eventually(() => said.includes("ready"), 30_000, "both Workers start");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child?.pid || child.exitCode !== null) return;
    const gone = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await gone;
    const answers = () =>
      fetch(`${this.base}/healthz`).then(
        () => true,
        () => false,
      );
    await eventually(async () => !(await answers()), 5000, "workerd ends");
  }

  get base(): string {
    return `http://127.0.0.1:${this.job.port}`;
  }

  get credits(): string {
    return `http://127.0.0.1:${this.job.creditsPort}`;
  }

  async of(user: string): Promise<number> {
    return (await call(`${this.credits}/users/${user}`)).body.credits;
  }
}

let emulator: Emulator;
let pair: Pair;
let persist: string;

before(async () => {
  persist = await mkdtemp(join(tmpdir(), "taskwire-credits-"));
  emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, latencyMs: 0 });
  const [port, creditsPort] = [await freePort(), await freePort()];
  pair = new Pair({ port, creditsPort, persist, vars: variables(emulator.url), secret: SECRET, migrate: false });
  await pair.start(true);
  emulator.options.webhookUrl = `${pair.base}/webhooks/mynth`;
});

after(async () => {
  await pair.kill();
  await emulator.close();
  await rm(persist, { recursive: true, force: true });
});

const as = async (sub: string) => new Api(pair.base, await emulator.token({ sub }));

/** An event as taskwire sends it, straight to the credits. */
function event(taskId: string, userId: string, { type = "task.completed", version = 2, pictures = 1 } = {}) {
  const images = Array.from({ length: pictures }, () => ({ status: "success" }));
  const data = { taskId, userId, version, images };
  const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  const id = `evt_${taskId}_${version}`;
  const at = new Date();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(SECRET).sign(id, at, body),
  };
  return () => fetch(pair.credits, { method: "POST", body, headers }).then(({ status }) => status);
}

describe("credits", { timeout: 280_000 }, () => {
  test("are taken for the pictures that were made, and not for a failure", async () => {
    const ada = await as("ada");
    for (const prompt of ["a fox", "a fox [fail]", "two foxes [partial]"]) {
      const { taskId } = await ada.start({ prompt, count: 2 });
      await emulator.deliver(taskId);
    }
    // Two, none, and one of two.
    await eventually(async () => (await pair.of("ada")) === FIRST - 3, SETTLED_MS);
  });

  test("are taken once of events that come twenty times, at once and one after the other", async () => {
    const one = event("tsk_many", "bob", { pictures: 3 });
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, one))), new Set([204]));
    for (let i = 0; i < 5; i++) assert.equal(await one(), 204);
    assert.equal(await pair.of("bob"), FIRST - 3);
    // A later version of the same end is the same work.
    await event("tsk_many", "bob", { version: 3, pictures: 3 })();
    assert.equal(await pair.of("bob"), FIRST - 3);
  });

  test("are not taken by who does not have the secret", async () => {
    const answer = await fetch(pair.credits, { method: "POST", body: "{}" });
    assert.equal(answer.status, 401);
  });

  test("are taken once, whenever the power is cut", async () => {
    const carol = await as("carol");
    const tasks: string[] = [];
    for (let i = 0; i < 24; i++) tasks.push((await carol.start({ prompt: `fox ${i}` })).taskId);
    // The webhooks come in four waves, and the power is cut while the events of each are on their way.
    for (const [wave, ms] of [5, 25, 60, 120].entries()) {
      const some = tasks.slice(wave * 6, wave * 6 + 6);
      const sent = Promise.all(some.map((taskId) => emulator.deliver(taskId).catch(() => [])));
      await delay(ms);
      await pair.kill();
      await sent;
      await pair.start();
      // The provider repeats what had no 2xx, and what had one.
      await Promise.all(some.map((taskId) => emulator.deliver(taskId)));
    }
    await eventually(
      async () => (await pair.of("carol")) === FIRST - tasks.length,
      SETTLED_MS,
      "every credit is taken",
    );
    await delay(2000);
    assert.equal(await pair.of("carol"), FIRST - tasks.length);
  });
});
