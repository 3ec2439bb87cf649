/** The questions, as somebody at a terminal answers them. */

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { choose, Left } from "../choose.ts";
import { type Asked, parseFlags } from "../flags.ts";

const ENTER = "\r";
const DOWN = "\x1b[B";
const SPACE = " ";
const CTRL_C = "\x03";
const DEADLINE_MS = 10_000;

/** A terminal at which somebody waits for a question, and then presses keys. */
class Person {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  #seen = "";

  constructor() {
    Object.assign(this.input, { isTTY: true, setRawMode: () => {} });
    Object.assign(this.output, { columns: 120, rows: 40 });
    this.output.on("data", (text) => (this.#seen += text));
  }

  async answer(question: RegExp, ...keys: string[]): Promise<void> {
    const end = Date.now() + DEADLINE_MS;
    while (!question.test(this.#seen)) {
      assert.ok(Date.now() < end, `${question} was not asked: ${this.#seen}`);
      await new Promise((resolve) => this.output.once("data", resolve));
    }
    this.#seen = "";
    for (const key of keys) {
      this.input.write(key);
      // Each key is handled before the next: it is in a queue of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const flags = (...args: string[]) => parseFlags(args) as Asked;

test("all that no flag says is asked for", async () => {
  const person = new Person();
  const chosen = choose(flags(), () => undefined, person);
  await person.answer(/Where\?/, "asked", ENTER);
  await person.answer(/Which providers\?/, DOWN, SPACE, ENTER);
  await person.answer(/Who signs your users in\?/, DOWN, DOWN, ENTER);
  await person.answer(/Frontend API URL/, "https://clerk.acme.dev", ENTER);
  await person.answer(/origins of your pages/, ENTER);
  const { folder, choice } = await chosen;
  assert.equal(folder, "asked");
  assert.deepEqual(
    choice.providers.map(({ name }) => name),
    ["mynth", "modelriver"],
  );
  assert.equal(choice.signIn.name, "clerk");
  assert.deepEqual(choice.answers, { issuer: "https://clerk.acme.dev", parties: "" });
});

test("a name that will not do is said at once, and another can be given", async () => {
  const person = new Person();
  const obstacle = (folder: string) => (folder === "mine" ? "exists already" : undefined);
  const asked = flags("--provider", "mynth", "--auth", "firebase", "--set", "project=fox");
  const chosen = choose(asked, obstacle, person);
  await person.answer(/Where\?/, "mine", ENTER);
  await person.answer(/mine exists already\./, "!", ENTER);
  await person.answer(/mine! cannot be a Worker's name/, "\x7f", "2", ENTER);
  const { choice } = await chosen;
  assert.equal(choice.name, "mine2");
  assert.deepEqual(choice.answers, { project: "fox" });
});

test("what a flag has said is not asked again", async () => {
  const asked = flags("my-app", "--provider", "mynth", "--auth", "workos", "--set", "client=c");
  const { choice } = await choose(asked, () => undefined, new Person());
  assert.equal(choice.signIn.name, "workos");
});

test("Ctrl-C leaves, and nothing is chosen", async () => {
  const person = new Person();
  const chosen = assert.rejects(
    choose(flags("my-app"), () => undefined, person),
    Left,
  );
  await person.answer(/Which providers\?/, CTRL_C);
  await chosen;
});
