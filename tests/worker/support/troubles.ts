/** Ways to make D1 fail under a Worker with the shim, and to heal it. */

import type { TestContext } from "node:test";
import { type App, startApp } from "./app.ts";

export interface Trouble {
  begin(app: App): Promise<unknown>;
  end(app: App): Promise<unknown>;
}

/** An object waits 2 s for D1, then answers. */
export const ANSWER_MS = 2800;
/** Long before that, so without waiting for D1. */
export const SHOWN_MS = 1500;

type Change = "INSERT" | "UPDATE";

/** Makes every such change of a table fail. */
export function refusal(table: string, change: Change): Trouble {
  const trigger = `CREATE TRIGGER broken BEFORE ${change} ON ${table} BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END`;
  return { begin: (app) => app.sql(trigger), end: (app) => app.sql("DROP TRIGGER broken") };
}

/** Ways in which a webhook's change of a table can fail. */
export function troubles(table: string, change: Change): [name: string, trouble: Trouble][] {
  return Object.entries({
    "the table is gone": {
      begin: (app) => app.sql(`ALTER TABLE ${table} RENAME TO away`),
      end: (app) => app.sql(`ALTER TABLE away RENAME TO ${table}`),
    },
    "every change is refused": refusal(table, change),
    "it does not answer": { begin: (app) => app.shim("hang"), end: (app) => app.shim("ok") },
    "it writes, and says that it failed": { begin: (app) => app.shim("lost"), end: (app) => app.shim("ok") },
  } satisfies Record<string, Trouble>);
}

/** A Worker of the test's own: others break theirs at the same time. */
export async function startOwn(t: TestContext) {
  const app = await startApp({ shim: true });
  t.after(() => app.close());
  return { app, ada: await app.as("ada"), river: app.emulator.modelriver };
}
