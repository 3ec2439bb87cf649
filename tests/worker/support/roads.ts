/** Apps whose events go out, and what has come of them. */

import assert from "node:assert/strict";
import type { Received } from "../../../emulator/receiver/receiver.ts";
import { SHARED_DEFAULTS } from "../../../emulator/shared_options.ts";
import { Api } from "./api.ts";
import { type App, type AppOptions, type Row, startApp } from "./app.ts";
import { eventually } from "./eventually.ts";

export const EVENTS_SECRET = SHARED_DEFAULTS.receiverSecret;

/** The pauses between attempts that Standard Webhooks names, in seconds. */
export const PAUSES_S = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** An app that sends its events to receivers of these names, by signed webhooks. */
export function startTelling(names: string[], options: AppOptions = {}): Promise<App> {
  return startApp({
    shim: true,
    ...options,
    vars: (emulator) => ({
      EVENTS_URL: names.map((name) => `${emulator.url}/receiver/${name}`).join(" "),
      EVENTS_SECRET,
      ...(typeof options.vars === "function" ? options.vars(emulator) : options.vars),
    }),
  });
}

const OPERATOR_KEY = "twk_0123456789abcdef0123456789abcdef";

/** The same, with an operator who may see how the events stand. */
export async function startOperated(names: string[], options: AppOptions = {}): Promise<{ app: App; operator: Api }> {
  const keys = [{ name: "operator", key: OPERATOR_KEY, scopes: ["admin"] }];
  const app = await startTelling(names, {
    ...options,
    vars: (emulator) => ({
      TASKWIRE_SERVER_KEYS: JSON.stringify(keys),
      ...(names.length === 0 ? { EVENTS_URL: null, EVENTS_SECRET: null } : {}),
      ...(typeof options.vars === "function" ? options.vars(emulator) : options.vars),
    }),
  });
  return { app, operator: new Api(app.base, OPERATOR_KEY) };
}

/** An event as operators see it, once it stands so. */
export async function standing(operator: Api, id: string, state: string): Promise<Row> {
  let last: unknown;
  await eventually(async () => {
    const { status, body } = await operator.call(`/admin/events/${id}`);
    last = body;
    return status === 200 && body.event.state === state;
  }, 10_000).catch(() => assert.fail(`${id} is not ${state}: ${JSON.stringify(last)}`));
  return (last as { event: Row }).event;
}

/** What one receiver got of one event, oldest first. */
export function attemptsAt(app: App, name: string, id?: string): Received[] {
  return app.emulator.receiver.received.filter((each) => each.name === name && (id === undefined || each.id === id));
}

/** Lets alarms of the room fire, until there is what is waited for: so many at most. */
export async function ringUntil<T>(app: App, room: string, seen: () => T | false, most = 40): Promise<T> {
  for (let rings = 0; rings < most; rings++) {
    const found = await app.emulator.until(seen, 300).catch(() => null);
    if (found) return found;
    await app.ring(room);
  }
  throw new Error(`not seen after ${most} alarms of ${room}: ${seen}`);
}

/** Waits for so many attempts, and lets alarms of the room fire until they have come. */
export function untilTried(app: App, room: string, name: string, times: number): Promise<Received[]> {
  const came = () => attemptsAt(app, name).length >= times && attemptsAt(app, name);
  return ringUntil(app, room, came, 3 * times + 40);
}

/** Lets so many alarms of the room fire, and time for what they send. */
export async function ringOften(app: App, room: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await app.ring(room);
    await app.emulator.until(() => false, 150).catch(() => null);
  }
}

/** The pauses between attempts, by the sender's clock, are these within a fifth; a second is what it counts in. */
export function assertPauses(attempts: readonly Received[], pauses: readonly number[]): void {
  const times = attempts.map(({ timestamp }) => timestamp);
  const found = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  assert.equal(found.length, pauses.length, `${found}`);
  for (const [i, pause] of pauses.entries())
    assert.ok(Math.abs((found[i] ?? 0) - pause) <= Math.max(pause / 5, 1), `${found[i]} s and not ${pause} s`);
}

/** Starts a task and delivers its webhook, which must be taken. */
export async function ended(app: App, user: string, prompt = "a fox"): Promise<string> {
  const { taskId } = await (await app.as(user)).start({ prompt });
  const [attempt] = await app.emulator.deliver(taskId, { signedAt: Math.floor(app.now() / 1000) });
  assert.equal(attempt?.status, 200);
  return taskId;
}
