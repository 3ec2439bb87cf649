/** `DELETE /content/{id}`: the row is gone wherever it was shown, and no retry brings it back. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { ask, contentRow, contentRows, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const [ada, eve] = [await app.as("ada"), await app.as("eve")];
const timeout = 60_000;

const erase = (user: Api, id: string) => user.call(`/content/${id}`, { method: "DELETE" });

/** A row of ada's. */
async function made(title = "Inception"): Promise<{ id: string; channelId: string; event: object }> {
  const channelId = inventedChannelId();
  const event = eventOf(channelId, { title }, { customer_data: { user_id: "ada" } });
  await tell(app.base, event);
  return { id: (await contentRow(app, channelId)).id, channelId, event };
}

describe("erasing a row of content", { timeout }, () => {
  test("takes it from D1, the list and its channel, and leaves the others", async () => {
    const [one, other] = [await made("one"), await made("other")];
    const answer = await erase(ada, one.id);
    assert.deepEqual([answer.status, answer.text], [204, ""]);
    assert.deepEqual(await contentRows(app, one.channelId), []);
    assertRefused(await ada.call(`/content/${one.id}`), 404, "not_found");
    const ids = (await ada.call("/content?limit=100")).body.content.map(({ id }: any) => id);
    assert.deepEqual([ids.includes(one.id), ids.includes(other.id)], [false, true]);
    assertRefused(await erase(ada, one.id), 404, "not_found");
  });

  test("is for its owner alone: unknown rows, those of others and what is everyone's are 404, and stay", async () => {
    const { id } = await made();
    for (const wrong of [id, "cnt_AAAAAAAAAAAAAAAAAAAAAA", "not%20an%20id"]) {
      assertRefused(await erase(eve, wrong), 404, "not_found");
    }
    assert.equal((await ada.call(`/content/${id}`)).status, 200);
  });

  test("is told to the owner's feed and to who watches the channel", async () => {
    const { channelId, live } = await ask(ada, "a film [no-callback]");
    const feed = await watchContent(ada);
    const watcher = await watchRiver(app.base, live);
    await app.emulator.modelriver.deliver(channelId);
    const { content } = await watcher.channel("completed");
    await feed.row(content.id);
    assert.equal((await erase(ada, content.id)).status, 204);
    await feed.until(({ erased }) => erased.includes(content.id));
    const shown = await watcher.until(({ frames }) => frames.find((frame) => frame.channel?.version > 2));
    assert.deepEqual([shown.channel.status, shown.content], ["completed", null]);
    const read = (await ada.call(`/channels/${channelId}`)).body;
    assert.deepEqual([read.channel.status, read.content], ["completed", null]);
    feed.close();
    watcher.close();
  });

  test("holds against a retry of its webhook, and after an eviction", async () => {
    const { id, channelId, event } = await made();
    assert.equal((await erase(ada, id)).status, 204);
    await tell(app.base, event);
    await app.evictChannel(channelId);
    await tell(app.base, event);
    assert.deepEqual(await contentRows(app, channelId), []);
  });

  test("does not hide the next row from who has seen that one", async () => {
    const watcher = await watchContent(ada);
    const newest = await made("newest");
    await watcher.row(newest.id);
    assert.equal((await erase(ada, newest.id)).status, 204);
    const next = await made("next");
    await watcher.row(next.id);
    watcher.close();
  });

  test("does not end a list that goes on after it", async () => {
    const [first, last] = [await made("first"), await made("last")];
    const page = (await ada.call("/content?limit=1")).body;
    assert.equal(page.content[0].id, last.id);
    assert.equal((await erase(ada, last.id)).status, 204);
    const cursor = encodeURIComponent(page.nextCursor);
    const rest = (await ada.call(`/content?limit=1&cursor=${cursor}`)).body;
    assert.equal(rest.content[0].id, first.id);
  });
});
