// Tickets that are made here, and those that the server would have made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type MintTicketOptions, mintTicket } from "../src/index.ts";

interface Vector {
  secret: string;
  claims: { user: string; scope: { kind: string; id?: string }; expiresAt: number };
  ticket: string;
}

/** Read by the tests of the Rust code as well. */
const VECTORS: Vector[] = JSON.parse(
  readFileSync(new URL("../../tests/signature/tickets.json", import.meta.url), "utf8"),
);

const SECRET = "0123456789abcdef0123456789abcdef";
const HOUR = 3_600_000;

function optionsOf({ secret, claims: { user, scope } }: Vector): MintTicketOptions {
  const { kind, id } = scope;
  if (kind === "shared") return { secret, user, task: id ?? "", share: true };
  return { secret, user, [kind]: id ?? true } as unknown as MintTicketOptions;
}

test("every ticket is the text that the server would sign", async (t) => {
  assert.equal(VECTORS.length, 6);
  t.mock.timers.enable({ apis: ["Date"] });
  for (const vector of VECTORS) {
    const { expiresAt } = vector.claims;
    t.mock.timers.setTime(expiresAt - HOUR);
    assert.deepEqual(await mintTicket(optionsOf(vector)), {
      ticket: vector.ticket,
      expiresAt: new Date(expiresAt).toISOString(),
    });
  }
});

test("a ticket lasts as long as it should: an hour, or less", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_795_168_800_000 });
  const lasts = async (expiresIn?: number) =>
    Date.parse((await mintTicket({ secret: SECRET, user: "ada", tasks: true, expiresIn })).expiresAt) - Date.now();
  assert.equal(await lasts(), HOUR);
  assert.equal(await lasts(3600), HOUR);
  assert.equal(await lasts(1), 1_000);
  assert.equal(await lasts(1.5), 1_500);
});

test("a wrong argument is an error that names it, and does not say what it was", async () => {
  const good = { secret: SECRET, user: "ada", task: "tsk_1" };
  const wrong: [string, object][] = [
    ["secret", { secret: undefined }],
    ["secret", { secret: "" }],
    ["secret", { secret: SECRET.slice(1) }],
    ["secret", { secret: `${SECRET}, short` }],
    ["secret", { secret: `short ${SECRET}` }],
    ["secret", { secret: " whsec_ " }],
    ["secret", { secret: new TextEncoder().encode(SECRET) }],
    ["user", { user: undefined }],
    ["user", { user: "" }],
    ["user", { user: 7 }],
    ["user", { user: "\ud83e" }],
    ["user", { user: "é".repeat(128) }],
    ["expiresIn", { expiresIn: 0 }],
    ["expiresIn", { expiresIn: 3601 }],
    ["expiresIn", { expiresIn: Number.NaN }],
    ["expiresIn", { expiresIn: "60" }],
    ["task, batch, channel, tasks, content", { task: undefined }],
    ["task, batch, channel, tasks, content", { batch: "b1" }],
    ["task", { task: "" }],
    ["task", { task: "../users/me" }],
    ["task", { task: "x".repeat(129) }],
    ["batch", { task: undefined, batch: true }],
    ["channel", { task: undefined, channel: 7 }],
    ["tasks", { task: undefined, tasks: false }],
    ["content", { task: undefined, content: "c1" }],
    ["share", { share: "yes" }],
    ["share", { task: undefined, tasks: true, share: true }],
  ];
  for (const [name, change] of wrong) {
    await assert.rejects(mintTicket({ ...good, ...change } as MintTicketOptions), (error: Error) => {
      assert.ok(error.message.startsWith(`mintTicket: ${name} must `), `${JSON.stringify(change)}: ${error.message}`);
      return error instanceof TypeError && !error.message.includes("0123");
    });
  }
  await mintTicket({ ...good, share: false, user: "é".repeat(127) });
  // The server reads eight secrets, and no more.
  await mintTicket({ ...good, secret: `${`${SECRET} `.repeat(8)}short` });
});
