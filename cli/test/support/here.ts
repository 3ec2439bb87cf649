/** The program in this process, with a terminal or without. */

import assert from "node:assert/strict";
import type { Io } from "../../src/io.ts";
import { run } from "../../src/program.ts";
import type { Machine } from "./cli.ts";
import { type FakeDeployment, KEY } from "./fake.ts";

export interface Told {
  code: number;
  out: string;
  err: string;
  /** What was asked at the terminal. */
  asked: string[];
}

export interface Around extends Partial<Io> {
  /** What is answered at the terminal, in turn. Without answers there is none. */
  answers?: boolean[];
}

export class Here {
  readonly #machine: Machine;
  readonly #fake: FakeDeployment;

  constructor(machine: Machine, fake: FakeDeployment) {
    this.#machine = machine;
    this.#fake = fake;
  }

  async run(args: string[], { answers = [], env = {}, ...io }: Around = {}): Promise<Told> {
    let [out, err] = ["", ""];
    const asked: string[] = [];
    const sink = (add: (text: string) => void) => ({ write: add });
    const code = await run(args, {
      out: sink((text) => {
        out += text;
      }),
      err: sink((text) => {
        err += text;
      }),
      env: { TASKWIRE_KEY: KEY, XDG_STATE_HOME: this.#machine.state, TASKWIRE_URL: this.#fake.base, ...env },
      folder: this.#machine.folder,
      hasTerminal: answers.length > 0,
      ask: async (question) => {
        asked.push(question);
        return answers.shift() ?? false;
      },
      stopped: () => new AbortController().signal,
      ...io,
    });
    return { code, out, err, asked };
  }

  /** What a command prints as JSON. It must be well. */
  async json(args: string[]): Promise<any> {
    const { code, out, err } = await this.run([...args, "--json"]);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }
}
