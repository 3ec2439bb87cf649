/** What an operator sees and does at /admin, and who is no operator. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { forge, OPERATOR, openAdmin, startOperated, startTask } from "./support/operator.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startOperated(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 90_000;

/** The row of a delivery about this task. */
const rowOf = (visit: Visit, taskId: string, verdict: string) =>
  visit.page.locator(`[data-testid=delivery][data-verdict=${verdict}]`).filter({ hasText: taskId });

const following = (visit: Visit, state: string) =>
  visit.page.locator(`[data-testid=following][data-state=${state}]`).waitFor();

test(
  "a webhook appears as it comes, is found by filters, opened, and replayed; its task shows its way",
  {
    timeout,
  },
  () =>
    visiting(browser, async (visit) => {
      const { page } = visit;
      const [taskId, other] = [await startTask(site, "A kite"), await startTask(site, "A crane")];
      await openAdmin(visit, site, "?view=deliveries");
      await following(visit, "live");
      assert.equal(page.url(), `${site.url}/admin?view=deliveries`);

      await site.emulator.deliver(taskId);
      const row = rowOf(visit, taskId, "applied");
      await row.and(page.locator("[data-fresh=true]")).waitFor();
      await visit.at("said").getByText("1 new delivery: 1 applied.").waitFor({ state: "attached" });
      await site.emulator.deliver(other);
      await site.emulator.deliver(other);
      await forge(site);
      await rowOf(visit, other, "duplicate").waitFor();
      const forged = page.locator("[data-testid=delivery][data-verdict=bad_signature]");
      await forged.waitFor();

      await visit.at("filter-verdict").selectOption({ label: "Whatever is unusual" });
      await forged.waitFor();
      await row.waitFor({ state: "detached" });
      await visit.at("clear-filters").click();
      await row.waitFor();
      await visit.at("filter-task").fill(taskId);
      await visit.at("filter-task").press("Enter");
      await rowOf(visit, other, "applied").waitFor({ state: "detached" });
      assert.equal(new URL(page.url()).searchParams.get("task"), taskId);
      await row.waitFor();

      await row.getByRole("link").first().click();
      await visit.at("delivery-sheet").waitFor();
      await page.waitForFunction(() => document.activeElement?.tagName === "H1");
      const body = await visit.at("body").innerText();
      assert.ok(body.includes(taskId) && body.startsWith("{\n  "), body.slice(0, 200));
      await visit.at("replay").click();
      await visit.at("confirm-dialog").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Cancel");
      await visit.at("confirm").click();
      await page.locator("[data-testid=replayed][data-verdict=duplicate]").waitFor();
      await page.keyboard.press("Escape");
      await visit.at("confirm-dialog").waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Replay…");

      await page.getByRole("link", { name: "Its task" }).click();
      await page.locator(`[data-testid=task-sheet][data-task-id="${taskId}"][data-status=completed]`).waitFor();
      const whats = await visit
        .at("timeline")
        .locator("li")
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.what));
      assert.deepEqual(whats.slice(0, 2), ["created", "accepted"]);
      for (const what of ["delivery", "ended"]) assert.ok(whats.includes(what), `${what} in ${whats}`);
      assert.equal(await visit.at("timeline-chart").locator(".dot").count(), whats.length);
      await visit.at("reconcile").click();
      await visit.at("reconciled").getByText("It has ended: completed.").waitFor();

      await page.goBack();
      await page.goBack();
      await row.waitFor();
    }),
);

test("a paused list stays as it is, counts what comes, and shows it when asked", { timeout }, () =>
  visiting(browser, async (visit) => {
    const taskId = await startTask(site, "A swing");
    await openAdmin(visit, site, `?view=deliveries&task=${taskId}`);
    await following(visit, "live");
    await visit.at("pause").click();
    await following(visit, "paused");
    await site.emulator.deliver(taskId);
    await visit.at("pause").getByText("Show 1 new").waitFor();
    assert.equal(await visit.at("delivery").count(), 0);
    await visit.at("pause").click();
    await rowOf(visit, taskId, "applied").waitFor();
    await following(visit, "live");
  }),
);

test("while the server is away the list says so, and misses nothing", { timeout }, () =>
  visiting(
    browser,
    async (visit) => {
      const taskId = await startTask(site, "A gull");
      await openAdmin(visit, site, `?view=deliveries&task=${taskId}`);
      await following(visit, "live");
      site.wire.cut();
      try {
        await following(visit, "reconnecting");
        await site.emulator.deliver(taskId);
      } finally {
        site.wire.mend();
      }
      await rowOf(visit, taskId, "applied").waitFor();
      await following(visit, "live");
    },
    { expected: /ERR_(EMPTY_RESPONSE|CONNECTION_\w+|NETWORK_CHANGED|SOCKET_NOT_CONNECTED)/ },
  ),
);

test("an event out is shown with its road, and goes out again under its own id", { timeout }, () =>
  visiting(browser, async (visit) => {
    const taskId = await startTask(site, "A heron");
    await site.emulator.deliver(taskId);
    const came = () =>
      site.emulator.receiver.received.filter(({ body }) => body?.data?.taskId === taskId).map(({ id }) => id);
    await site.emulator.until(() => came().length > 0, 30_000);
    await openAdmin(visit, site, `?view=events&task=${taskId}`);
    const row = visit.page.locator("[data-testid=event][data-state=delivered]");
    await row.waitFor({ timeout: 30_000 });
    await row.getByRole("link").first().click();
    await visit.at("event-sheet").waitFor();
    assert.match(await visit.at("road").first().innerText(), /Delivered/);
    assert.ok((await visit.at("body").innerText()).includes(taskId));
    await visit.at("resend").click();
    await visit.at("confirm").click();
    await visit.at("resent").waitFor();
    await site.emulator.until(() => came().length > 1, 30_000);
    assert.equal(new Set(came()).size, 1);
  }),
);

test("the overview has the day in figures, and finds a task by its id", { timeout }, () =>
  visiting(browser, async (visit) => {
    const taskId = await startTask(site, "An anvil");
    await site.emulator.deliver(taskId);
    await openAdmin(visit, site);
    await visit.at("stages").waitFor();
    await visit.page.locator(".bar-part").first().waitFor();
    assert.equal(await visit.page.title(), "Overview · taskwire");
    await visit.at("find-task").fill(taskId);
    await visit.at("find-task").press("Enter");
    await visit.page.locator(`[data-testid=task-sheet][data-task-id="${taskId}"]`).waitFor();
  }),
);

test("what is not there is said to be not there", { timeout }, () =>
  visiting(
    browser,
    async (visit) => {
      await openAdmin(visit, site, "?task=tsk_nowhere");
      await visit.page.getByRole("heading", { name: "There is no such task" }).waitFor();
      for (const [query, words] of [
        ["?delivery=999999", "There is no such delivery"],
        ["?event=evt_nowhere_1", "There is no such event"],
      ] as const) {
        await visit.page.goto(`${site.url}/admin${query}`);
        await visit.page.getByRole("heading", { name: words }).waitFor();
      }
    },
    { expected: /status of 404/ },
  ),
);

test("somebody without the claims is told so, and what asks for them", { timeout }, () =>
  visiting(
    browser,
    async (visit) => {
      await openAdmin(visit, site, "?view=deliveries", "mallory");
      await visit.page.getByRole("heading", { level: 1, name: "This page is for operators" }).waitFor();
      assert.match(await visit.at("refused").innerText(), /Mallory.*AUTH_ADMIN_CLAIMS/s);
      assert.equal(await visit.at("delivery").count(), 0);
      await visit.page.getByRole("link", { name: "Go to the gallery" }).click();
      await visit.at("generate").waitFor();
    },
    { expected: /status of 403/ },
  ),
);

test("a setting that cannot be read is named, and lets nobody in", { timeout }, async (t) => {
  const broken = await startOperated({ AUTH_ADMIN_CLAIMS: "{" });
  t.after(() => broken.close());
  await visiting(
    browser,
    async (visit) => {
      await openAdmin(visit, broken);
      await visit.page.getByRole("heading", { level: 1, name: "This page is not set up" }).waitFor();
      assert.match(await visit.at("refused").innerText(), /AUTH_ADMIN_CLAIMS/);
    },
    { expected: /status of 503/ },
  );
});

test("nothing of it is loaded where it is not opened", { timeout }, () =>
  visiting(browser, async (visit) => {
    const loaded: string[] = [];
    visit.page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
    const ofAdmin = () => loaded.filter((path) => /admin/i.test(path));
    await visit.signIn(site.url, OPERATOR);
    for (const name of ["History", "Gallery"]) await visit.view(name);
    await visit.page.waitForLoadState("networkidle");
    assert.ok(loaded.some((path) => path.startsWith("/assets/index-")));
    assert.deepEqual(ofAdmin(), []);
    await visit.page.goto(`${site.url}/admin`);
    await visit.at("stages").waitFor();
    assert.ok(ofAdmin().some((path) => path.endsWith(".js")) && ofAdmin().some((path) => path.endsWith(".css")));
  }),
);
