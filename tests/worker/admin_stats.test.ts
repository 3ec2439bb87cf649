/** Figures, held against rows that were counted by hand. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { get, logged, OPERATOR_VARS, operate } from "./support/operator.ts";

const timeout = 60_000;
const HOUR = 3600_000;

const app = await startApp({ vars: OPERATOR_VARS });
after(() => app.close());

const now = Date.now();
const thisHour = now - (now % HOUR);
const iso = (at: number) => new Date(at).toISOString();
const hourOf = (at: number) => iso(at).slice(0, 13);

describe("figures", { timeout }, () => {
  test("are those of the rows", async () => {
    const settled = (kind: string, status: string, stages: object) => JSON.stringify({ kind, status, stages });
    const rows = [
      { at: thisHour - HOUR, settled: settled("k", "completed", { start: 10, provider: 900, apply: 1, d1: 4 }) },
      { at: thisHour - HOUR + 1, settled: settled("k", "completed", { start: 30, provider: 700, apply: 1, d1: 6 }) },
      { at: thisHour - 1, settled: settled("l", "failed", { apply: 3, d1: 2 }), provider: "fal" },
      { at: thisHour, verdict: "stale" },
      { at: thisHour, verdict: "failed", status: 503 },
      { at: thisHour - 30 * HOUR, verdict: "duplicate" },
    ];
    for (const row of [...rows].sort((a, b) => a.at - b.at)) await logged(app, { ...row, at: iso(row.at) });
    const count = "INSERT INTO delivery_counts (hour, provider, verdict, count) VALUES (?, ?, ?, ?)";
    await app.sql(count, hourOf(thisHour - HOUR), "mynth", "bad_signature", 40);
    await app.sql(count, hourOf(thisHour), "mynth", "polled", 2);
    await app.sql(count, hourOf(thisHour - 40 * HOUR), "mynth", "polled", 9);
    const ada = await app.as("ada");
    await ada.start();
    await ada.start();
    const { since, until, hours, pending, problems, ...figures } = await get(app, "/admin/stats");
    assert.equal(since, iso(thisHour - 24 * HOUR));
    assert.ok(Date.parse(until) >= now);
    assert.deepEqual(figures, {
      isPartial: false,
      verdicts: { applied: 3, stale: 1, failed: 1, bad_signature: 40, polled: 2 },
      providers: { mynth: 44, fal: 1 },
      statuses: { completed: 2, failed: 1 },
      kinds: { k: 2, l: 1 },
      stages: {
        start: { count: 2, p50: 10, p99: 30 },
        provider: { count: 2, p50: 700, p99: 900 },
        apply: { count: 3, p50: 1, p99: 3 },
        d1: { count: 3, p50: 4, p99: 6 },
      },
      events: { waiting: 0, failed: 0, delivered: 0 },
      destinations: [],
    });
    const filled = hours.filter(({ verdicts }: any) => Object.keys(verdicts).length > 0);
    assert.deepEqual(filled, [
      { at: iso(thisHour - HOUR), verdicts: { applied: 3, bad_signature: 40 } },
      { at: iso(thisHour), verdicts: { stale: 1, failed: 1, polled: 2 } },
    ]);
    assert.ok(hours.length >= 25 && hours[0].at === since);
    assert.equal(pending.count, 2);
    assert.ok(Math.abs(Date.parse(pending.oldestAt) - now) < 60_000);
    assert.deepEqual(
      problems.map(({ what }: any) => what),
      ["deliveries_refused", "deliveries_failed", "webhooks_missing"],
    );
    const earlier = await get(app, `/admin/stats?since=${iso(thisHour - 31 * HOUR)}`);
    assert.equal(earlier.verdicts.duplicate, 1);
    assert.equal((await get(app, "/admin/stats?since=2001-01-01T00:00:00Z")).verdicts.polled, 11);
  });

  test("name what should be looked at: destinations, events, tasks", async () => {
    const ago = (hours: number) => iso(now - hours * HOUR);
    const failing = "INSERT INTO event_destinations (destination, failing_since) VALUES (?, ?)";
    await app.sql(failing, "url:a", ago(1));
    await app.sql(failing, "url:b", ago(121));
    const event =
      "INSERT INTO events (id, at, type, subject, version, state, roads) VALUES (?, ?, 't', 's', 1, ?, '{}')";
    for (const [id, state] of ["failed", "waiting", "waiting", "delivered"].entries()) {
      await app.sql(event, `evt_${id}`, ago(0), state);
    }
    await app.sql("UPDATE tasks SET created_at = ? WHERE status = 'pending'", ago(2));
    const { events, destinations, problems } = await get(app, "/admin/stats");
    assert.deepEqual(events, { waiting: 2, failed: 1, delivered: 1 });
    assert.deepEqual(destinations, [
      { destination: "url:a", failingSince: ago(1), isOff: false },
      { destination: "url:b", failingSince: ago(121), isOff: true },
    ]);
    const words = problems.map(({ what }: any) => what);
    for (const word of ["destination_failing", "destination_off", "events_failed", "tasks_pending"]) {
      assert.ok(words.includes(word), `${word}: ${words}`);
    }
  });

  test("refuse a time that is none, or is to come, and what is not known", async () => {
    for (const query of ["since=now", `since=${iso(now + HOUR)}`, "until=2026-11-20T10:00:00Z"]) {
      const answer = await operate(app, `/admin/stats?${query}`);
      assertRefused(answer, 422, "validation_error", query);
      assert.equal(answer.body.error.issues[0].path, query.split("=")[0]);
    }
  });

  test("are there for Prometheus, of this hour and the one before", async () => {
    const answer = await operate(app, "/metrics");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const [{ id }] = (await app.sql("SELECT max(id) AS id FROM deliveries")) as [{ id: number }];
    for (const line of [
      `taskwire_deliveries_total ${id}`,
      'taskwire_recent_deliveries{verdict="bad_signature"} 40',
      'taskwire_recent_deliveries_of{provider="fal"} 1',
      'taskwire_stage_milliseconds{stage="start",quantile="0.5"} 10',
      "taskwire_tasks_pending 2",
      'taskwire_events{state="failed"} 1',
      'taskwire_problems{what="destination_off"} 1',
    ]) {
      assert.ok(answer.text.split("\n").includes(line), `${line} in\n${answer.text}`);
    }
    assert.doesNotMatch(answer.text, /duplicate/);
  });
});
