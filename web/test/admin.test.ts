// The operator's page: its addresses, its words and its list, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivery } from "@taskwire/client/admin";
import { type Address, linkTo, NO_DELIVERY_CHOICE, readAddress, sinceOf } from "../src/admin/address.ts";
import { percent, pretty, size, took } from "../src/admin/figures.ts";
import { begin, EMPTY, extend, isFresh, MOST, release, restart, take } from "../src/admin/log.ts";
import { meaningOf, reasonInWords, replayedAs, summaryOf, toneOf, UNUSUAL, VERDICTS } from "../src/admin/verdicts.ts";

test("every view has one address, from which it is read again", () => {
  const all: Address[] = [
    { view: "overview" },
    { view: "deliveries", ...NO_DELIVERY_CHOICE },
    { view: "deliveries", verdict: "stale,failed", provider: "fal", task: "a&b=c", since: "24h" },
    { view: "delivery", id: "12" },
    { view: "task", id: "tsk_1 #?&/" },
    { view: "events", status: "failed", task: "" },
    { view: "event", id: "evt_tsk_1_4" },
  ];
  for (const address of all) {
    const { pathname, search } = new URL(linkTo(address), "https://taskwire.example");
    assert.equal(pathname, "/admin");
    assert.deepEqual(readAddress(search), address);
  }
  assert.deepEqual(readAddress("?view=nothing"), { view: "overview" });
});

test("no address has a parameter that a return from the sign-in has", () => {
  const text = linkTo({ view: "events", status: "failed", task: "t" }) + linkTo({ view: "task", id: "t" });
  assert.doesNotMatch(text, /[?&](state|code|error)=/);
});

test("a choice of time is so long ago, or a time of its own, or none", () => {
  const now = Date.parse("2026-11-26T10:00:00.000Z");
  assert.equal(sinceOf("1h", now), "2026-11-26T09:00:00.000Z");
  assert.equal(sinceOf("2026-11-26T08:30:00Z", now), "2026-11-26T08:30:00.000Z");
  for (const none of ["", "tomorrow"]) assert.equal(sinceOf(none, now), undefined);
});

test("JSON gets line breaks and indents, and keeps every digit and every character", () => {
  const text = '{"id":12345678901234567890,"a":[],"b":{},"c":[1.50,{"d":"x, {y}: \\"z\\" \\u00e9"}],"e":null}';
  const shown = pretty(text);
  assert.equal(
    shown,
    `{
  "id": 12345678901234567890,
  "a": [],
  "b": {},
  "c": [
    1.50,
    {
      "d": "x, {y}: \\"z\\" \\u00e9"
    }
  ],
  "e": null
}`,
  );
  assert.equal(pretty(shown), shown);
  assert.deepEqual(JSON.parse(shown ?? ""), JSON.parse(text));
  for (const scalar of ['"a b"', "-1e5", "true"]) assert.equal(pretty(scalar), scalar);
});

test("what is no JSON is left as it came", () => {
  for (const text of ["", "hello", '{"a":', "<html>"]) assert.equal(pretty(text), null);
});

test("figures have the unit that fits", () => {
  assert.deepEqual([8, 1234, 90_000, 7_200_000, 259_200_000].map(took), ["8 ms", "1.2 s", "1.5 min", "2 h", "3 days"]);
  assert.deepEqual([512, 1400, 2_000_000].map(size), ["512 B", "1.4 kB", "2 MB"]);
  assert.deepEqual(
    [percent(1, 3), percent(9999, 10_000), percent(5, 5), percent(0, 0)],
    ["33 %", "99.9 %", "100 %", "–"],
  );
});

test("each verdict has a sentence and a tone, and the unusual ones are those that are not as they should be", () => {
  for (const verdict of VERDICTS) assert.match(meaningOf(verdict), /\.$|\?$/);
  assert.deepEqual(UNUSUAL.split(","), [
    "unknown_type",
    "unknown_task",
    "bad_signature",
    "malformed",
    "too_large",
    "failed",
  ]);
  assert.deepEqual(["applied", "polled", "timeout", "of tomorrow"].map(toneOf), ["good", "warm", "bad", "calm"]);
  assert.match(replayedAs("duplicate"), /changed nothing/);
  assert.match(reasonInWords("gone"), /^Given up/);
  assert.equal(reasonInWords("of_tomorrow"), "Of tomorrow");
  assert.match(replayedAs("stale"), /^It was taken again\. It was older/);
});

test("what has come is said in one sentence", () => {
  const of = (...verdicts: string[]) => summaryOf(verdicts.map((verdict) => ({ verdict }) as Delivery));
  assert.equal(of("applied", "bad_signature", "applied"), "3 new deliveries: 2 applied, 1 bad signature.");
  assert.equal(of("stale"), "1 new delivery: 1 stale.");
});

const some = (...ids: number[]): Delivery[] => ids.map((id) => ({ id: String(id), verdict: "applied" }) as Delivery);
const idsOf = (list: readonly Delivery[]): string[] => list.map(({ id }) => id);
const loaded = begin(EMPTY, { deliveries: some(3, 2), nextCursor: "two" });

test("what comes is on top, and highlighted until the highlight ends", () => {
  const log = take(take(loaded, some(4, 5)), some(6));
  assert.deepEqual(idsOf(log.items), ["6", "5", "4", "3", "2"]);
  assert.deepEqual(
    log.items.map((each) => isFresh(log, each)),
    [true, true, true, false, false],
  );
  assert.deepEqual(idsOf(log.unsaid), ["4", "5", "6"]);
  assert.deepEqual(idsOf(extend(log, { deliveries: some(1), nextCursor: null }).items).at(-1), "1");
});

test("what is known already comes only once", () => {
  const log = take(loaded, some(2, 3));
  assert.deepEqual([idsOf(log.items), log.unsaid, log.freshAfter], [["3", "2"], [], null]);
  assert.deepEqual(idsOf(take(loaded, some(3, 4)).items), ["4", "3", "2"]);
  const paused = take({ ...loaded, isPaused: true }, some(4));
  assert.deepEqual(idsOf(take(paused, some(4, 5)).held), ["5", "4"]);
});

test("while it is paused nothing moves, and afterwards nothing is missing", () => {
  const paused = take(take({ ...loaded, isPaused: true }, some(4, 5)), some(6));
  assert.deepEqual(
    [idsOf(paused.items), idsOf(paused.held)],
    [
      ["3", "2"],
      ["6", "5", "4"],
    ],
  );
  const log = release(paused);
  assert.deepEqual([idsOf(log.items), log.held, log.isPaused], [["6", "5", "4", "3", "2"], [], false]);
  assert.equal(isFresh(log, some(4)[0] as Delivery), true);
});

test("another list keeps what is seen until it has come, and nothing else", () => {
  const log = restart(take({ ...loaded, isPaused: true }, some(4)));
  assert.deepEqual(
    [idsOf(log.items), log.held, log.nextCursor, log.isLoaded, log.isPaused],
    [["3", "2"], [], null, false, true],
  );
  assert.deepEqual(idsOf(begin(log, { deliveries: some(9), nextCursor: null }).items), ["9"]);
});

test("a list that grows by itself is cut at its end, and says so", () => {
  const many = Array.from({ length: MOST }, (_, at) => at + 4);
  const log = take(loaded, some(...many));
  assert.deepEqual([log.items.length, log.items.at(-1)?.id, log.isCut, log.nextCursor], [MOST, "4", true, null]);
  const held = take({ ...loaded, isPaused: true }, some(...many, MOST + 4));
  assert.equal(held.held.length, MOST);
});
