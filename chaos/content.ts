/**
 * Rows of content: requests that somebody has made at ModelRiver for the user. The webhook of each brings a row, and the
 * row an event for the app's own backend.
 */

import { createHash } from "node:crypto";
import type { Channel } from "../emulator/modelriver/control.ts";
import { count, type History } from "./history.ts";
import type { World } from "./world.ts";

/** Some ask for a callback, which shares its room's outbox with the event. */
const FORMS = ["[standard]", "", "[choices-json]"];

/** One request, which brings one row. */
export interface Made {
  number: number;
  channelId: string;
  /** The id of its row, as the contract has it: made of the channel and the type of its webhook. */
  rowId: string;
  /** The provider got a 2xx for its webhook. */
  isAcknowledged: boolean;
}

function rowOf({ id, form }: Channel): string {
  const type = form === "standard" ? "task.completed" : "task.ai_generated";
  const hash = createHash("sha256").update(id).update(Buffer.of(0)).update(type).digest();
  return `cnt_${hash.subarray(0, 16).toString("base64url")}`;
}

export class Content {
  readonly made = new Map<number, Made>();
  readonly #world: World;
  readonly #history: History;
  readonly #user: string;

  constructor(world: World, history: History, user: string) {
    this.#world = world;
    this.#history = history;
    this.#user = user;
    world.emulator.options.modelriver.webhookUrl = `${world.base}/webhooks/modelriver`;
  }

  /** The objects that may exist. */
  get rooms(): string[] {
    return [...this.made.values()].map(({ channelId }) => `channel:${channelId}`);
  }

  get rows(): string[] {
    return [...this.made.values()].map(({ rowId }) => rowId);
  }

  /** The request of this number, made when it is first asked for. */
  #of(number: number): Made {
    const content = `a film for ${this.#user} ${FORMS[number % FORMS.length]}`;
    const request = { workflow: "films", messages: [{ role: "user", content }], metadata: { user_id: this.#user } };
    let made = this.made.get(number);
    if (made === undefined) {
      const channel = this.#world.emulator.modelriver.start(request);
      made = { number, channelId: channel.id, rowId: rowOf(channel), isAcknowledged: false };
      this.made.set(number, made);
      count(this.#history.started, "content");
    }
    return made;
  }

  /** The provider sends the webhook of a request, signed now. */
  async deliver(number: number, copies = 1): Promise<void> {
    const made = this.#of(number);
    const signedAt = Math.floor(this.#world.now() / 1000);
    const attempts = await this.#world.emulator.modelriver.deliver(made.channelId, { signedAt, copies });
    const statuses = attempts.map(({ status }) => status);
    made.isAcknowledged ||= statuses.some((status) => status !== null && status >= 200 && status < 300);
    this.#history.note(`  webhook of content ${number}: ${statuses.join(" ")}`);
  }

  /** What had no 2xx is sent until it has one. */
  async insist(times: number): Promise<void> {
    for (const made of this.made.values())
      for (let i = 0; i < times && !made.isAcknowledged; i++) await this.deliver(made.number);
  }

  /** What is wrong with the rows in D1. Rows may be missing if `isErased`. */
  *missing(rows: Record<string, any>[], isErased: boolean): Generator<string> {
    for (const { number, channelId, rowId, isAcknowledged } of this.made.values()) {
      const its = rows.filter(({ channel_id: id }) => id === channelId);
      if (!isAcknowledged) yield `content ${number} (${channelId}) was never taken`;
      else if (its.length > 1 || its.some(({ id }) => id !== rowId) || (its.length === 0 && !isErased))
        yield `content ${number} is to have the row ${rowId}, and D1 has ${JSON.stringify(its)}`;
    }
  }
}
