/** Whose a row is: its user's and nobody else's, or of everyone who is signed in. Asked in every way there is. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { ask, contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { contentLive, watchContent, watchRiver } from "./support/river_watcher.ts";
import { type Live, upgrade } from "./support/watcher.ts";

const app = await startApp({ vars: { MODELRIVER_PUBLIC: "true" } });
after(() => app.close());
const [ada, eve] = [await app.as("ada"), await app.as("eve")];
const timeout = 30_000;

interface Made {
  id: string;
  channelId: string;
}

/** A row that somebody else's request has made, for this user or for everyone. */
async function made(user?: string | number): Promise<Made> {
  const channelId = inventedChannelId();
  await tell(
    app.base,
    eventOf(channelId, { title: `for ${user}` }, user === undefined ? {} : { customer_data: { user_id: user } }),
  );
  return { id: (await contentRow(app, channelId)).id, channelId };
}

const listed = async (user: Api) => (await user.call("/content?limit=100")).body.content.map(({ id }: Made) => id);
const ticketOf = (user: Api, path: string) => user.call(path, { method: "POST" });

/** Sees the row, however it is asked for. */
async function sees(user: Api, { id, channelId }: Made): Promise<void> {
  const { content } = (await user.call(`/content/${id}`)).body;
  assert.equal(content.id, id);
  const shown = (await user.call(`/channels/${channelId}`)).body;
  assert.deepEqual(shown.content, content);
  assert.ok((await listed(user)).includes(id));
  const { ticket } = (await ticketOf(user, `/channels/${channelId}/ticket`)).body;
  const watcher = await watchRiver(app.base, { url: `/channels/${channelId}/live`, ticket });
  assert.deepEqual((await watcher.channel("completed")).content, content);
  watcher.terminate();
  assert.equal(
    (await upgrade(`${app.base}/channels/${channelId}/live`, { headers: { authorization: `Bearer ${user.token}` } }))
      .status,
    101,
  );
  assert.equal(
    (await upgrade(`${app.base}/content/live?after=${id}`, { headers: { authorization: `Bearer ${user.token}` } }))
      .status,
    101,
  );
}

/** Does not: it is as if there were none. */
async function seesNothing(user: Api, { id, channelId }: Made): Promise<void> {
  const none = await user.call("/content/cnt_none");
  for (const path of [`/content/${id}`, `/channels/${channelId}`]) {
    const answer = await user.call(path);
    assertRefused(answer, 404, "not_found", path);
    assert.equal(answer.text, none.text);
  }
  assertRefused(await ticketOf(user, `/channels/${channelId}/ticket`), 404, "not_found");
  assert.ok(!(await listed(user)).includes(id));
  const headers = { authorization: `Bearer ${user.token}` };
  const live = await upgrade(`${app.base}/channels/${channelId}/live`, { headers });
  assert.deepEqual([live.status, live.text], [404, none.text]);
  const after = await upgrade(`${app.base}/content/live?after=${id}`, { headers });
  assert.deepEqual([after.status, JSON.parse(after.text).error.issues[0].path], [422, "after"]);
  const page = await user.call(`/content?limit=100&cursor=${id}`);
  assert.ok(page.status === 422 || !JSON.stringify(page.body).includes(id));
}

describe("a row", { timeout }, () => {
  test("with a user is that user's, and nobody else's", async () => {
    const [hers, mine] = [await made("eve"), await made("ada")];
    await sees(ada, mine);
    await sees(eve, hers);
    await seesNothing(ada, hers);
    await seesNothing(eve, mine);
  });

  test("without one is everyone's who is signed in", async () => {
    const everyones = await made();
    for (const user of [ada, eve, await app.as("somebody new")]) await sees(user, everyones);
  });

  test("is its user's to the letter", async () => {
    const row = await made("ada");
    for (const name of ["Ada", "ada ", "ad", "a%", "ad_", "*", "' OR 1=1 --", "null"])
      await seesNothing(await app.as(name), row);
    const numbered = await made(42);
    await sees(await app.as("42"), numbered);
    await seesNothing(await app.as("42.0"), numbered);
  });

  test("of a request that ada has made is ada's, before and after it is there", async () => {
    const { channelId, live } = await ask(ada);
    assertRefused(await eve.call(`/channels/${channelId}`), 404, "not_found");
    assertRefused(await ticketOf(eve, `/channels/${channelId}/ticket`), 404, "not_found");
    assert.equal(
      (await upgrade(`${app.base}/channels/${channelId}/live`, { headers: { authorization: `Bearer ${eve.token}` } }))
        .status,
      404,
    );
    assert.equal((await ada.call(`/channels/${channelId}`)).body.channel.status, "pending");
    await app.emulator.modelriver.deliver(channelId);
    const { id } = await contentRow(app, channelId);
    await sees(ada, { id, channelId });
    await seesNothing(eve, { id, channelId });
    assert.equal((await call(`${app.base}/channels/${channelId}?ticket=${live.ticket}`)).body.content.id, id);
  });

  test("comes on the feed to who may see it, and to nobody else", async () => {
    const feeds = await Promise.all([ada, ada, eve, await app.as("bob")].map((user) => watchContent(user)));
    const [mine, everyones, hers] = [await made("ada"), await made(), await made("eve")];
    const last = await made();
    for (const feed of feeds) await feed.row(last.id);
    assert.deepEqual(
      feeds.map(({ ids }) => ids),
      [
        [mine.id, everyones.id, last.id],
        [mine.id, everyones.id, last.id],
        [everyones.id, hers.id, last.id],
        [everyones.id, last.id],
      ],
    );
    for (const feed of feeds) {
      for (const { type, content } of feed.frames) {
        assert.equal(type, "content");
        const reader = content.userId === "eve" ? eve : ada;
        assert.deepEqual(content, (await reader.call(`/content/${content.id}`)).body.content);
      }
      feed.terminate();
    }
  });
});

describe("a channel that is not there", { timeout }, () => {
  test("is a 404, however it is called, and gets no object", async () => {
    for (const id of [inventedChannelId(), "none", "x".repeat(129), "a%20b", "channel:x", "%2e%2e"]) {
      assertRefused(await ada.call(`/channels/${id}`), 404, "not_found", id);
      assertRefused(await ticketOf(ada, `/channels/${id}/ticket`), 404, "not_found", id);
      assert.equal(
        (await upgrade(`${app.base}/channels/${id}/live`, { headers: { authorization: `Bearer ${ada.token}` } }))
          .status,
        404,
        id,
      );
    }
    for (const id of ["none", "x".repeat(65), "%27", "a%20b"])
      assertRefused(await ada.call(`/content/${id}`), 404, "not_found", id);
  });
});

describe("nobody", { timeout }, () => {
  test("reads, lists, asks or watches without signing in", async () => {
    const { id, channelId } = await made();
    for (const headers of [{}, { authorization: "Bearer x" }, { authorization: `Basic ${ada.token}` }] as Record<
      string,
      string
    >[]) {
      for (const path of ["/content", `/content/${id}`, `/channels/${channelId}`]) {
        assertRefused(await call(app.base + path, { headers }), 401, "unauthorized", path);
      }
      for (const path of ["/ai", "/content/ticket", `/channels/${channelId}/ticket`]) {
        assertRefused(await call(app.base + path, { method: "POST", headers }), 401, "unauthorized", path);
      }
      for (const path of ["/content/live", `/channels/${channelId}/live`]) {
        assert.equal((await upgrade(app.base + path, { headers })).status, 401, path);
      }
    }
  });
});

describe("a ticket", { timeout }, () => {
  test("is for one thing, and opens nothing else", async () => {
    const mine = await made("ada");
    const [asked, other, task] = [await ask(ada), await ask(ada), await ada.start()];
    const all = await contentLive(ada);
    const tasks = (await ticketOf(ada, "/tasks/ticket")).body;
    const url = (channelId: string) => `/channels/${channelId}/live`;
    const wrong: [at: string, ticket: string][] = [
      ["/content/live", asked.live.ticket],
      ["/content/live", task.live.ticket],
      ["/content/live", tasks.ticket],
      [asked.live.url, all.ticket],
      [asked.live.url, other.live.ticket],
      [asked.live.url, task.live.ticket],
      [url(mine.channelId), asked.live.ticket],
      [url(mine.channelId), all.ticket],
      [task.live.url, asked.live.ticket],
      ["/tasks/live", all.ticket],
      ["/content/live", "v1.e30.AAAA"],
      ["/content/live", `${all.ticket}x`],
    ];
    for (const [at, ticket] of wrong) {
      const answer = await upgrade(app.base + at, { protocols: ["taskwire", `ticket.${ticket}`] });
      assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [401, "invalid_ticket"], at);
      assert.equal((await upgrade(`${app.base}${at}?ticket=${ticket}`)).status, 401, at);
    }
    for (const { ticket } of [all, other.live]) {
      assertRefused(await call(`${app.base}/channels/${asked.channelId}?ticket=${ticket}`), 401, "invalid_ticket");
    }
    // It reads, and does nothing else.
    assertRefused(await call(`${app.base}/content?ticket=${all.ticket}`), 401, "unauthorized");
    assertRefused(await call(`${app.base}/content/${mine.id}?ticket=${all.ticket}`), 401, "unauthorized");
    assertRefused(await call(`${app.base}/ai?ticket=${asked.live.ticket}`, { method: "POST" }), 401, "unauthorized");
  });

  test("opens what it is for, in the header and in the query; not from a foreign page, and not as plain HTTP", async () => {
    const { channelId, live } = await ask(ada);
    for (const { url, ticket } of [live, await contentLive(ada)] as Live[]) {
      const protocols = ["taskwire", `ticket.${ticket}`];
      assert.equal((await upgrade(app.base + url, { protocols })).status, 101);
      assert.equal((await upgrade(`${app.base}${url}?ticket=${ticket}`)).status, 101);
      assert.equal((await upgrade(app.base + url, { protocols, headers: { origin: app.base } })).status, 101);
      for (const origin of ["https://evil.example", "null", `${app.base}.evil.example`]) {
        const answer = await upgrade(app.base + url, { protocols, headers: { origin } });
        assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [403, "forbidden_origin"], origin);
      }
      assertRefused(await ada.call(url), 426, "upgrade_required");
    }
    assert.equal((await ada.call(`/channels/${channelId}`)).status, 200);
  });
});
