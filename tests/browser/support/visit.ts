/**
 * One person's visit to the page: a browser context of its own, and what that person does and sees.
 *
 * Whatever the browser complains of on the way is a failure: errors on the console, exceptions,
 * requests that fail, anything that the page's policy forbids. A test that makes trouble names the
 * complaints that it expects.
 */

import assert from "node:assert/strict";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";

/** For one step: far above what any takes on a busy machine, but for the room's own wait. */
const DEADLINE_MS = 15_000;

const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** What the page says of one task. */
export interface TaskView {
  card: Locator;
  taskId: string;
  images: Locator;
  /** Waits until every tile is in its final state: the statuses, in order. */
  settled(deadlineMs?: number): Promise<string[]>;
  /** Waits until this many pictures are on the screen, loaded and with pixels in them. */
  shows(pictures: number, deadlineMs?: number): Promise<void>;
}

export class Visit {
  readonly page: Page;
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(DEADLINE_MS);
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`exception: ${error.message}`));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A page that is left behind takes its requests with it.
      if (why !== "net::ERR_ABORTED") this.complaints.push(`request: ${request.method()} ${request.url()} ${why}`);
    });
  }

  /** Hears of what the page's policy forbids, from the page itself: not all of it is on the console. */
  async listen(): Promise<void> {
    await this.page.exposeFunction("complain", (text: string) => this.complaints.push(`policy: ${text}`));
    await this.page.addInitScript(() => {
      const { complain } = window as unknown as { complain: (text: string) => void };
      addEventListener("securitypolicyviolation", (event) =>
        complain(`${event.effectiveDirective} ${event.blockedURI}`),
      );
    });
  }

  at(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async signIn(url: string, name: string): Promise<void> {
    await this.page.goto(url);
    await this.passSignIn(name);
    await this.at("generate").waitFor();
    await this.page.waitForURL(`${url}/`);
    await this.connection("live");
  }

  /** From the page's first face to the issuer and back. */
  async passSignIn(name: string): Promise<void> {
    await this.at("sign-in").click();
    await this.page.locator("#name").fill(name);
    await this.page.locator("#sign-in").click();
    await this.at("account").waitFor();
  }

  async signOut(): Promise<void> {
    await this.at("account").click();
    await this.at("sign-out").click();
  }

  /** Goes to another view by the bar on top. */
  async view(name: string): Promise<void> {
    await this.page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name, exact: true }).waitFor({ state: "attached" });
  }

  /** Names the models of a comparison, after the page has suggested some. */
  async nameModels(models: readonly string[]): Promise<void> {
    await this.at("model-choice").first().waitFor();
    await this.at("models").fill(models.join("\n"));
  }

  /** Fills in the form and sends it. */
  async ask(prompt: string, count: number): Promise<void> {
    await this.at("prompt").fill(prompt);
    await this.at("count").fill(String(count));
    await this.at("generate").click();
  }

  /** Starts a task and waits until the page has its id. */
  async generate(prompt: string, count: number): Promise<TaskView> {
    await this.ask(prompt, count);
    return this.task(prompt);
  }

  /** The newest of this name. */
  async task(prompt: string): Promise<TaskView> {
    const card = this.at("task")
      .filter({ has: this.page.getByRole("heading", { name: prompt, exact: true }) })
      .first();
    await card.waitFor();
    const taskId = (await card.getAttribute("data-task-id")) ?? "";
    const images = card.getByTestId("image");
    return {
      card,
      taskId,
      images,
      settled: async (deadlineMs = DEADLINE_MS) => {
        await card
          .and(this.page.locator("[data-status=completed], [data-status=failed]"))
          .waitFor({ timeout: deadlineMs });
        return images.evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("data-status") ?? ""));
      },
      shows: async (pictures, deadlineMs = DEADLINE_MS) => {
        const shown = card.locator("img[data-state=shown]");
        if (pictures > 0) await shown.nth(pictures - 1).waitFor({ timeout: deadlineMs });
        const widths = await shown.evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
        assert.deepEqual([widths.length, widths.every((width) => width > 0)], [pictures, true]);
      },
    };
  }

  connection(state: string): Promise<void> {
    return this.page.locator(`[data-testid=connection][data-state=${state}]`).waitFor();
  }
}

export interface VisitOptions extends BrowserContextOptions {
  /** The complaints that are no failure. */
  expected?: RegExp;
  /** Somebody's who is there already: another tab. */
  context?: BrowserContext;
}

/** Takes a visit from a fresh context to its end; fails on any complaint that was not expected. */
export async function visiting(
  browser: Browser,
  act: (visit: Visit) => Promise<void>,
  { expected, context: shared, ...options }: VisitOptions = {},
): Promise<void> {
  const context = shared ?? (await browser.newContext(options));
  const page = await context.newPage();
  try {
    const visit = new Visit(page);
    await visit.listen();
    await act(visit).catch(async (error: Error) => {
      const seen = await page
        .locator("body")
        .innerText({ timeout: 1000 })
        .catch(() => "");
      error.message += `\ncomplaints: ${visit.complaints.join("; ") || "none"}\nat: ${page.url()}\nthe page: ${seen.slice(0, 1500)}`;
      throw error;
    });
    assert.deepEqual(
      visit.complaints.filter((each) => !expected?.test(each)),
      [],
    );
  } finally {
    await (shared ? page.close() : context.close());
  }
}
