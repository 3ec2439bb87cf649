/** A request of ours that its object knows nothing of: D1 says whose it is, before its webhook can make it anybody's. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const [ada, eve] = [await app.as("ada"), await app.as("eve")];

/** As a start leaves it whose object could not be reached: the row, and no more. */
async function forgotten(): Promise<string> {
  const [id, now] = [inventedChannelId(), new Date().toISOString()];
  await app.sql("INSERT INTO channels VALUES (?, 'ada', 'films', 'pending', 1, NULL, ?, ?)", id, now, now);
  return id;
}

describe("a request that only D1 knows", { timeout: 30_000 }, () => {
  test("is its owner's alone, whatever its webhook says or leaves out", async () => {
    for (const more of [{}, { customer_data: { user_id: "eve" } }]) {
      const id = await forgotten();
      const hers = await watchContent(eve);
      const his = await watchContent(ada);
      await tell(app.base, eventOf(id, { title: "A secret" }, more));
      const row = await contentRow(app, id);
      assert.equal(row.user_id, "ada");
      await his.row(row.id);
      await hers.settled();
      assert.deepEqual(hers.ids, []);
      assert.equal((await eve.call(`/content/${row.id}`)).status, 404);
      assert.equal((await eve.call(`/channels/${id}`)).status, 404);
      for (const watcher of [hers, his]) watcher.terminate();
    }
  });

  test("goes on from the version that was seen", async () => {
    const id = await forgotten();
    const { ticket } = (await ada.call(`/channels/${id}/ticket`, { method: "POST" })).body;
    const live = { url: `/channels/${id}/live`, ticket };
    const watcher = await watchRiver(app.base, live);
    await watcher.channel("pending");
    assert.equal(watcher.version, 1);
    watcher.terminate();
    await tell(app.base, eventOf(id));
    const again = await watchRiver(app.base, live, "?version=1");
    const { content } = await again.channel("completed");
    assert.equal(content.title, "Inception");
    assert.deepEqual(await app.sql("SELECT status FROM channels WHERE channel_id = ?", id), [{ status: "completed" }]);
    again.terminate();
  });
});
