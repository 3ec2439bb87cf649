/** Whose a row is that names no owner, and whose one is that comes before its request has been answered. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused, call } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import {
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
});

async function feed(user: Api): Promise<RiverWatcher> {
  const watcher = await watchContent(user);
  open.push(watcher);
  return watcher;
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
