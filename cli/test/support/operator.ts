/** A built Worker with the emulator, keys for operators and a road for events, and the program beside it. */

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import type { Api } from "../../../tests/worker/support/api.ts";
import { type App, startApp } from "../../../tests/worker/support/app.ts";
import { Machine, type Running } from "./cli.ts";
import { KEY } from "./fake.ts";
import { Receiver } from "./receiver.ts";

/** Without the scope. */
export const READER = KEY.replace("twk_", "twk_other");

const KEYS = JSON.stringify([
  { name: "cli", key: KEY, scopes: ["admin"] },
  { name: "backend", key: READER, scopes: ["read"] },
]);

export class Operator {
  app!: App;
  machine!: Machine;
  ada!: Api;
  #receiver: Receiver | undefined;

  /** For the tests of a file. */
  static forTests(): Operator {
    const operator = new Operator();
    before(async () => {
      operator.app = await startApp({
        vars: ({ url, options }) => ({
          TASKWIRE_SERVER_KEYS: KEYS,
          EVENTS_URL: `${url}/receiver/own`,
          EVENTS_SECRET: options.receiverSecret,
        }),
      });
      operator.machine = new Machine({ TASKWIRE_URL: operator.app.base });
      operator.ada = await operator.app.as("ada");
    });
    afterEach(async () => {
      await operator.#receiver?.close();
      operator.#receiver = undefined;
    });
    after(async () => {
      await operator.machine?.close();
      await operator.app?.close();
    });
    return operator;
  }

  /** Where things are forwarded to, until the test ends. */
  async receiver(): Promise<Receiver> {
    this.#receiver = await Receiver.start();
    return this.#receiver;
  }

  /** What a command prints. It must be well. */
  async json(...args: string[]): Promise<any> {
    const { code, out, err } = await this.machine.run([...args, "--json"]);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }

  async localSecret(): Promise<string> {
    return (await this.machine.run(["listen", "--print-secret"])).out.trim();
  }

  /** Starts tasks and delivers their webhooks, one after the other: their ids. */
  async ended(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const { taskId } = await this.ada.start();
      await this.app.emulator.deliver(taskId);
      ids.push(taskId);
    }
    return ids;
  }

  async listen(...args: string[]): Promise<Running> {
    const running = this.machine.start(["listen", "--json", "--interval", "0.1", ...args]);
    await running.until(() => running.err.includes("Listening to"));
    return running;
  }
}
