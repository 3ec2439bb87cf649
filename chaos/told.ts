/**
 * What the app's own backend is told in a run: the receivers at the end of the three roads, how they fail, the power
 * cut while events go out, and what must have come in the end.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Received } from "../emulator/receiver/receiver.ts";
import type { Cast } from "./cast.ts";
import { UNHURRIED } from "./clock.ts";
import { count } from "./history.ts";
import { type Cut, type Plan, ROADS, type Road } from "./steps.ts";
import type { Row } from "./views.ts";

/** From a 2xx to the Worker having stored it, in real time on a busy machine. */
const UNHEARD_MS = 1500;
/** A Worker starts in a second. Where that takes so long, a 2xx may come too late for who waits five seconds for it. */
const TOO_BUSY_MS = 4000;

export class Told {
  readonly #cast: Cast;
  readonly #receivers: Plan["receivers"];
  #cut: Cut | undefined;
  #came = 0;
  #cutting: Promise<void> | undefined;
  readonly #problems: string[] = [];
  /** Events that came before their rows. */
  readonly premature: string[] = [];

  constructor(cast: Cast, { receivers, cut }: Plan) {
    this.#cast = cast;
    this.#receivers = receivers;
    this.#cut = cut;
    cast.world.slowestStartMs = 0;
    const { receiver } = cast.world.emulator;
    for (const road of ROADS) receiver.plans.set(road, receivers?.[road] ?? "");
    receiver.onReceived = (received) => this.#receive(received);
  }

  async #receive(received: Received): Promise<void> {
    const subject = this.#subjectOf(received);
    if (subject === undefined) return;
    const { name, refused, isTaken, status } = received;
    if (refused !== null) this.#problems.push(`an event was refused at ${name}: ${refused}`);
    else if (this.#cast.content.rows.includes(subject)) await this.#readBack(received, subject);
    if (isTaken) count(this.#cast.history.told, name);
    if (status === null || status >= 300) this.#cast.history.inject("unheard");
    this.#came += 1;
    if (this.#came !== this.#cut?.attempt) return;
    const { afterMs } = this.#cut;
    const later = afterMs === null ? Promise.resolve() : delay(afterMs);
    this.#cutting = later.then(() => this.#kill());
    if (afterMs === null) await this.#cutting;
  }

  async #kill(): Promise<void> {
    this.#cast.history.inject("cut off events");
    this.#cast.history.note("  the power is cut while an event is on its way");
    await this.#cast.world.kill();
  }

  /** The tasks and rows of content that events may be about. */
  get #subjects(): string[] {
    return [...this.#cast.rooms, ...this.#cast.content.rows];
  }

  #subjectOf({ id }: Received): string | undefined {
    return this.#subjects.find((subject) => id.startsWith(`evt_${subject}_`));
  }

  /** The row of an event can be read once the event comes, and is what it says. */
  async #readBack({ id, name, body }: Received, rowId: string): Promise<void> {
    const { world, user, erasures } = this.#cast;
    const kills = world.kills.length;
    const { data = {}, type } = body ?? {};
    if (type !== "content.created" || data.id !== rowId)
      this.#problems.push(`${name} was told ${type} ${data.id} as ${id}`);
    // The shim reads D1 past its faults. Without the Worker nobody can read anything.
    const stored = await world.tell({ rows: user }).catch(() => undefined);
    if (stored === undefined || !world.isUp || world.kills.length > kills || erasures.length > 0) return;
    const row = stored.content.find((each) => each.id === rowId);
    if (row === undefined || row.version < Number(id.slice(`evt_${rowId}_`.length)))
      this.premature.push(`${id} came to ${name} before its row: D1 has version ${row?.version}`);
  }

  /** After the cut, the Worker starts again. */
  async restart(): Promise<void> {
    await this.#cutting;
    if (!this.#cast.world.isUp) await this.#cast.world.start();
  }

  /** Nothing more is cut off. The receivers fail on by their plans, which end. */
  heal(): void {
    this.#cut = undefined;
  }

  leave(): void {
    this.#cast.world.emulator.receiver.onReceived = undefined;
  }

  #of(road: string, subject: string): Received[] {
    return this.#cast.world.emulator.receiver.received.filter(
      ({ id, name }) => name === road && id.startsWith(`evt_${subject}_`),
    );
  }

  /** The roads on which a row of content was not told of. */
  *missingOf(rowId: string): Generator<string> {
    for (const road of this.#open)
      if (!this.#of(road, rowId).some(({ isTaken }) => isTaken)) yield `${road} was not told of the row ${rowId}`;
  }

  /** The roads that no receiver has ended, which it may do. */
  get #open(): Road[] {
    return ROADS.filter((road) => !this.#receivers?.[road]?.includes("410"));
  }

  /** What was not told of a task whose row is as it will stay. */
  *missing(task: string, row: Row): Generator<string> {
    if (row.status === "pending") return;
    for (const road of this.#open) {
      const taken = this.#of(road, task).filter(({ isTaken }) => isTaken);
      const version = (received: Received) => Number(received.id.slice(`evt_${task}_`.length));
      const last = taken.toSorted((a, b) => version(a) - version(b)).at(-1);
      if (last?.body?.type !== `task.${row.status}` || version(last) > row.version)
        yield `${road} was last told ${last?.id} ${last?.body?.type} of ${task}, and it is ${row.status} ${row.version}`;
    }
  }

  /**
   * What was told again, though its 2xx must have been heard. On a fast clock, or a machine that is too busy, it may have
   * come too late, so there only forgeries are found.
   */
  *repeated(): Generator<string> {
    yield* this.#problems;
    const { kills, clock, slowestStartMs } = this.#cast.world;
    if (clock.rate > UNHURRIED) return;
    if (slowestStartMs > TOO_BUSY_MS) return this.#cast.history.inject("too busy");
    for (const subject of this.#subjects)
      for (const road of ROADS)
        for (const again of this.#of(road, subject).filter(({ isRepeated }) => isRepeated)) {
          const before = this.#of(road, subject).filter(
            ({ id, at, isTaken, status }) => id === again.id && at < again.at && isTaken && status !== null,
          );
          const isExcused = before.every(({ at }) => kills.some((kill) => kill >= at - 50 && kill <= at + UNHEARD_MS));
          const ago = (times: readonly number[]) => times.map((at) => `${again.at - at}`).join(" ");
          if (!isExcused)
            yield `${again.id} came again at ${road}, though its 2xx was heard ${ago(before.map(({ at }) => at))} ms before, and the power cut ${ago(kills)} ms`;
        }
  }
}
