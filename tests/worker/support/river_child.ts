/** ModelRiver's half in a process that can be killed: the Worker, its emulator, and its rows on disk. */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Emulator } from "../../../emulator/emulator.ts";
import type { Api } from "./api.ts";
import { type Child, startChild } from "./child.ts";

export class RiverChild {
  readonly child: Child;
  readonly emulator: Emulator;
  readonly ada: Api;
  readonly #state: string;

  constructor(child: Child, emulator: Emulator, ada: Api, state: string) {
    this.child = child;
    this.emulator = emulator;
    this.ada = ada;
    this.#state = state;
  }

  /** All rows, as their user sees them. */
  async rows(): Promise<any[]> {
    const answer = await this.ada.call("/content?limit=100");
    if (answer.status !== 200) throw new Error(`the list answered ${answer.status} ${answer.text}`);
    return answer.body.content;
  }

  /** Deletes the state of all objects, but not D1's. Only while nothing runs. */
  async wipeObjects(): Promise<void> {
    const objects = join(this.#state, "do");
    if ((await readdir(objects)).length === 0) throw new Error("there are no objects to wipe");
    await rm(objects, { recursive: true });
  }
}

export async function startRiverChild(t: TestContext): Promise<RiverChild> {
  const { child, emulator, ada, state } = await startChild(t);
  return new RiverChild(child, emulator, ada, state);
}
