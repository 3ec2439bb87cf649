/** Whose a row is that names no owner, and whose one is that comes before its request has been answered. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused, call } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import {
  aiRequest,
  aiStarts,
  ask,
  bodyHeaders,
  contentRow,
  contentRows,
  eventOf,
  inventedChannelId,
  sendRiver,
  tell,
} from "./support/river.ts";
import { type RiverWatcher, watchContent } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const [ada, eve] = [await app.as("ada"), await app.as("eve")];
const options = app.emulator.options.modelriver;
const timeout = 60_000;

const open: RiverWatcher[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.terminate();
  options.onStart = undefined;
  options.refuseStart = undefined;
});

async function feed(user: Api): Promise<RiverWatcher> {
  const watcher = await watchContent(user);
  open.push(watcher);
  return watcher;
}

/** An id as the Worker makes them, of a time. */
const intentId = (time: number) =>
  time.toString(16).padStart(12, "0") + inventedChannelId().replaceAll("-", "").slice(0, 16);

async function intended(user: string): Promise<string> {
  const id = intentId(Date.now());
  await app.sql("INSERT INTO intents VALUES (?, ?, 'films')", id, user);
  return id;
}

async function seesNothing(of: App, user: Api, channelId: string): Promise<void> {
  const { id } = await contentRow(of, channelId);
  assertRefused(await user.call(`/content/${id}`), 404, "not_found");
  assertRefused(await user.call(`/channels/${channelId}`), 404, "not_found");
  assert.ok(!(await user.call("/content?limit=100")).text.includes(id));
}

describe("a row that names no owner", { timeout }, () => {
  test("is kept, and shown to nobody", async () => {
    const feeds = [await feed(ada), await feed(eve)];
    for (const customer of [undefined, {}, { user_id: "" }, { user_id: { id: "ada" } }, { user_id: "x".repeat(256) }]) {
      const channelId = inventedChannelId();
      await tell(app.base, eventOf(channelId, { title: "T" }, customer && { customer_data: customer }));
      assert.equal((await contentRow(app, channelId)).user_id, "");
      for (const user of [ada, eve]) await seesNothing(app, user, channelId);
    }
    const channelId = inventedChannelId();
    await tell(app.base, eventOf(channelId, { title: "T" }, { customer_data: { user_id: "ada" } }));
    await feeds[0]?.row((await contentRow(app, channelId)).id);
    await feeds[1]?.settled();
    assert.deepEqual(
      feeds.map(({ ids }) => ids.length),
      [1, 0],
    );
  });

  test("is everyone's where the deployment says so", async () => {
    const open = await startApp({ vars: { MODELRIVER_PUBLIC: "true" } });
    try {
      const channelId = inventedChannelId();
      await tell(open.base, eventOf(channelId));
      const { id, user_id } = await contentRow(open, channelId);
      assert.equal(user_id, null);
      for (const name of ["ada", "eve"]) assert.equal((await (await open.as(name)).call(`/content/${id}`)).status, 200);
    } finally {
      await open.close();
    }
  });

  test("is refused where it cannot be read what the deployment says, and /readyz names it", async () => {
    const unclear = await startApp({ vars: { MODELRIVER_PUBLIC: "yes" } });
    try {
      const ready = await call(`${unclear.base}/readyz`);
      assertRefused(ready, 503, "not_configured");
      assert.deepEqual(ready.body.error.issues, [{ path: "MODELRIVER_PUBLIC", message: "must be true or false" }]);
      const channelId = inventedChannelId();
      const body = JSON.stringify(eventOf(channelId));
      const answer = await sendRiver(unclear.base, body, bodyHeaders(body));
      assertRefused(answer, 503, "not_configured");
      assert.deepEqual(await contentRows(unclear, channelId), []);
      assert.equal((await (await unclear.as("ada")).call("/content")).status, 200);
    } finally {
      await unclear.close();
    }
  });
});

describe("an answer that comes before its request is answered", { timeout }, () => {
  test("and names nobody is nobody's until then, and then comes to its owner, live", async () => {
    const [his, hers] = [await feed(ada), await feed(eve)];
    let late = "";
    options.onStart = async ({ id }) => {
      await app.emulator.modelriver.deliver(id, {
        mutate: (body: any) => {
          delete body.customer_data;
        },
      });
      for (const user of [ada, eve]) await seesNothing(app, user, id);
      // One that comes in later is shown at once: the early one is behind what the feed has shown.
      const channelId = inventedChannelId();
      await tell(app.base, eventOf(channelId, { title: "T" }, { customer_data: { user_id: "ada" } }));
      late = (await contentRow(app, channelId)).id;
      await his.row(late);
    };
    const { channelId } = await ask(ada, "a film [no-callback]");
    const { id } = await contentRow(app, channelId);
    const { userId } = await his.row(id);
    assert.equal(userId, "ada");
    await hers.settled();
    assert.deepEqual([his.ids, hers.ids], [[late, id], []]);
    await seesNothing(app, eve, channelId);
    assert.equal((await contentRow(app, channelId)).user_id, "ada");
    // Who has been away since the one before it gets it as well.
    const back = await watchContent(ada, `?after=${late}`);
    open.push(back);
    await back.row(id);
  });

  test("finds its owner by the intent, whatever else it says, and though no answer ever comes", async () => {
    const hers = await feed(eve);
    for (const customer of [{}, { user_id: "eve" }]) {
      const channelId = inventedChannelId();
      const customer_data = { ...customer, taskwire_intent: await intended("ada") };
      await tell(app.base, eventOf(channelId, { title: "T" }, { customer_data }));
      const row = await contentRow(app, channelId);
      assert.equal(row.user_id, "ada");
      assert.ok(!row.metadata.includes("intent"));
      assert.equal((await ada.call(`/channels/${channelId}`)).body.channel.workflow, "films");
      assert.deepEqual(await app.sql("SELECT user_id, status FROM channels WHERE channel_id = ?", channelId), [
        { user_id: "ada", status: "completed" },
      ]);
      await seesNothing(app, eve, channelId);
    }
    await hers.settled();
    assert.deepEqual(hers.ids, []);
  });

  test("and says that it failed is its owner's too", async () => {
    const channelId = inventedChannelId();
    const customer_data = { taskwire_intent: await intended("ada") };
    await tell(app.base, {
      type: "task.completed",
      status: "error",
      channel_id: channelId,
      error: "No.",
      customer_data,
    });
    assert.equal((await ada.call(`/channels/${channelId}`)).body.channel.status, "failed");
    assertRefused(await eve.call(`/channels/${channelId}`), 404, "not_found");
  });

  test("with an intent that is not ours is nobody's", async () => {
    const channelId = inventedChannelId();
    const customer_data = { taskwire_intent: intentId(Date.now()) };
    await tell(app.base, eventOf(channelId, { title: "T" }, { customer_data }));
    await seesNothing(app, ada, channelId);
  });

  test("and whose room could not be reached after it is found when its owner asks", async () => {
    const [channelId, now] = [inventedChannelId(), new Date().toISOString()];
    const his = await feed(ada);
    await tell(app.base, eventOf(channelId));
    await seesNothing(app, ada, channelId);
    await app.sql("INSERT INTO channels VALUES (?, 'ada', 'films', 'pending', 1, NULL, ?, ?)", channelId, now, now);
    const { body } = await ada.call(`/channels/${channelId}`);
    assert.deepEqual([body.channel.status, body.content.userId], ["completed", "ada"]);
    await his.row(body.content.id);
    assertRefused(await eve.call(`/channels/${channelId}`), 404, "not_found");
  });
});

describe("an intent", { timeout }, () => {
  test("of a start that was refused is gone", async () => {
    options.refuseStart = { status: 402, body: { error: { code: "insufficient_balance", message: "No." } } };
    assertRefused(await ada.post("/ai", aiRequest()), 502, "insufficient_balance");
    const { taskwire_intent: id } = aiStarts(app).at(-1)?.body.metadata ?? {};
    assert.match(id, /^[0-9a-f]{12}[\w-]{16}$/);
    assert.deepEqual(await app.sql("SELECT id FROM intents WHERE id = ?", id), []);
  });

  test("is deleted by the sweep when it is a day old", async () => {
    const [old, young] = [25, 23].map((hours) => intentId(Date.now() - hours * 3_600_000));
    for (const id of [old, young]) await app.sql("INSERT INTO intents VALUES (?, 'ada', 'films')", id);
    await app.sweep();
    assert.deepEqual(await app.sql("SELECT id FROM intents WHERE id IN (?, ?)", old, young), [{ id: young }]);
  });
});
