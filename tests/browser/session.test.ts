/** Who is at the page, what they may see, and what the form says when it is filled in wrongly. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;
const concurrency = 2;

describe("a session", { timeout, concurrency }, () => {
  test("begins at the issuer, and leaves nothing of that in the address bar", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ada");
      assert.equal(visit.page.url(), `${site.url}/`);
      assert.equal(await visit.page.locator(".who").innerText(), "Ada");
    }));

  test("ends up where it was begun, when that was not the first view", () =>
    visiting(browser, async (visit) => {
      await visit.page.goto(`${site.url}/history`);
      await visit.passSignIn("ada");
      await visit.page.getByRole("heading", { level: 1, name: "History" }).waitFor();
      assert.equal(visit.page.url(), `${site.url}/history`);
    }));

  test("goes by the ID token where the issuer's access tokens are not for the server", async (t) => {
    const other = await startSite({ AUTH_AUDIENCE: "taskwire-web", AUTH_PAGE_TOKEN: "id_token" });
    t.after(() => other.close());
    await visiting(browser, async (visit) => {
      const asked = (response: { url(): string }) => new URL(response.url()).pathname.startsWith("/tasks");
      const [answer] = await Promise.all([visit.page.waitForResponse(asked), visit.signIn(other.url, "ada")]);
      assert.equal(answer.status(), 200);
    });
  });

  test("at an unknown address is told so, and shown the way to the gallery", () =>
    visiting(browser, async (visit) => {
      await visit.page.goto(`${site.url}/history/1`);
      await visit.passSignIn("ada");
      await visit.page.getByRole("heading", { level: 1, name: "There is nothing here" }).waitFor();
      await visit.page.getByRole("link", { name: "Go to the gallery" }).click();
      await visit.at("generate").waitFor();
      assert.equal(visit.page.url(), `${site.url}/`);
    }));

  test("outlasts a reload, and ends with the sign-out", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ada");
      await visit.page.reload();
      await visit.signOut();
      await visit.at("sign-in").waitFor();
      assert.equal(await visit.at("prompt").count(), 0);
      await visit.page.reload();
      await visit.at("sign-in").waitFor();
    }));

  test("that the server no longer takes ends with a word, and goes on where it was", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "ada");
        await visit.view("Compare");
        await visit.page.evaluate(() => {
          for (const [key, value] of Object.entries(sessionStorage)) {
            if (key.startsWith("oidc.user:"))
              sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), access_token: "a.b.c" }));
          }
        });
        await visit.page.reload();
        await visit.page.getByText("Your session has ended. Sign in again to go on.").waitFor();
        await visit.passSignIn("ada");
        await visit.page.getByRole("heading", { level: 1, name: "Compare" }).waitFor();
      },
      { expected: /status of 401/ },
    ));

  test("shows one's own pictures and nobody else's", async () => {
    await visiting(browser, async (visit) => {
      await visit.signIn(site.url, "grace");
      const task = await visit.generate("A secret garden", 1);
      await site.emulator.deliver(task.taskId);
      await task.shows(1);
    });
    await visiting(browser, async (visit) => {
      await visit.signIn(site.url, "mallory");
      await visit.page.getByText("Your pictures will be here.").waitFor();
      assert.equal(await visit.at("task").count(), 0);
    });
    await visiting(browser, async (visit) => {
      await visit.signIn(site.url, "grace");
      await (await visit.task("A secret garden")).shows(1);
    });
  });
});

describe("the form", { timeout, concurrency }, () => {
  test("says what is wrong beside the field, and asks nobody", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "hope");
      await visit.ask("", 21);
      for (const [name, words] of [
        ["prompt", "Write what the pictures should show."],
        ["count", "1 to 20."],
      ] as const) {
        const field = visit.page.locator(`.field-${name}`);
        assert.equal(await field.getByTestId("error").innerText(), words);
        const control = field.getByTestId(name);
        assert.equal(await control.getAttribute("aria-invalid"), "true");
        assert.equal(
          await control.getAttribute("aria-describedby"),
          await field.getByTestId("error").getAttribute("id"),
        );
      }
      assert.equal(await visit.at("prompt").evaluate((field) => field === document.activeElement), true);
      assert.equal(await visit.at("task").count(), 0);
    }));

  test("puts the server's word beside the field that it is about", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "iris");
        await visit.at("model").fill("m".repeat(5000));
        await visit.ask("A fox", 1);
        const problem = visit.page.locator(".field-model").getByTestId("error");
        await problem.waitFor();
        assert.match(await problem.innerText(), /\S/);
        assert.equal(await visit.at("task").count(), 0);
      },
      { expected: /status of 422/ },
    ));

  test("keeps the prompt when the provider refuses, and says why", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "june");
        await visit.ask("A castle of gold [refuse-402]", 1);
        const notice = visit.page.locator(".composer .notice");
        await notice.waitFor();
        assert.match(await notice.innerText(), /\S/);
        assert.equal(await visit.at("prompt").inputValue(), "A castle of gold [refuse-402]");
      },
      { expected: /status of 502/ },
    ));
});
