/** How a seed becomes the steps of a run. */

import type { Kind } from "../emulator/mynth/kinds.ts";
import type { Generation } from "../emulator/options.ts";
import type { Random } from "./random.ts";
import type { D1Mode } from "./shim.ts";
import {
  type Corruption,
  type End,
  type Meanwhile,
  type Plan,
  type Road,
  type Sight,
  type Start,
  type Step,
  tasksOf,
} from "./steps.ts";

/** The share of runs with a power cut. It takes most of a second, everything else a few milliseconds. */
const KILLED_RUNS = 0.05;

/** The share of runs in which a user erases everything, which leaves little to check. */
const EMPTIED_RUNS = 0.1;

/** The share of runs with rows of content, and of those about events. */
const CONTENT_RUNS = 0.4;
const CONTENT_EVENT_RUNS = 0.7;

/** The share of starts that are watched at once, as the page does. */
const WATCHED = 0.6;

/** Keywords that the emulated provider obeys; most tasks succeed. */
const WORDS = [
  "",
  "",
  "",
  "",
  "[fail]",
  "[fail-silent]",
  "[partial]",
  "[missing]",
  "[extra]",
  "[nourl]",
  "[refuse-402]",
  "[refuse-500]",
];

const KINDS: readonly Kind[] = [
  ...(["image.rate", "image.rate", "video.generate", "video.generate"] as const),
  ...(["image.alt", "image.review", "image.remove_background", "image.upscale", "image.generate"] as const),
];

const WIRES: readonly Generation[] = ["g1", "g2", "g3", "g4", "g4"];

/** How receivers fail, most of them not at all. */
const RECEIVERS = ["", "", "", "500", "reset", "lost", "500,lost", "429:2", "410"];

/** A run that is cleaned takes half as long again. */
const ENDS: Record<End, number> = { agreed: 90, cleaned: 5, outlived: 5 };

const WEIGHTS = {
  deliver: 16,
  finish: 8,
  drop: 5,
  reorder: 6,
  contradict: 5,
  gossip: 4,
  corrupt: 7,
  pass: 9,
  skew: 5,
  d1: 8,
  outage: 3,
  evict: 8,
  watch: 11,
  leave: 7,
  erase: 6,
  read: 4,
  list: 3,
  repeat: 6,
  together: 12,
};

/** Times at which something changes: the first search for rows, the polls, a ticket's expiry, the clean-up. */
const PASSES = [1, 3, 3, 21, 21, 60, 400, 3700, 90_000];

/** The Worker's clock skew, up to more than a webhook's age limit. */
const SKEWS = [0, 0, -1200, -280, -2, 2, 280, 1200];

function startOf(random: Random, slot: number): Start {
  const common = {
    slot,
    keyed: random.chance(0.5),
    meanwhile: random.weighted<Meanwhile>({ nothing: 14, webhook: 4, cut: 3, kill: 0 }),
  };
  switch (random.weighted({ start: 5, kind: 3, batch: 2 })) {
    case "start":
      return { do: "start", ...common, count: random.whole(1, 4), word: random.pick(WORDS) };
    case "kind":
      return { do: "kind", ...common, kind: random.pick(KINDS), word: random.pick(WORDS) };
    case "batch": {
      const [prompts, models] = random.pick([
        [1, 2],
        [2, 1],
        [2, 2],
        [3, 1],
        [1, 3],
      ] as const);
      const words = Array.from({ length: prompts }, () => random.pick(WORDS));
      const at = slot + random.whole(0, prompts * models - 1);
      return { do: "batch", ...common, words, models, count: random.whole(1, 2), at };
    }
  }
}

function watchOf(random: Random, slot: number): Step {
  const sight = random.weighted<Sight>({ task: 3, batch: 5, feed: 3 });
  return { do: "watch", slot, sight, knows: random.chance(0.5), byTicket: random.chance(0.5) };
}

function anyStep(random: Random, slots: number): Step {
  const slot = random.whole(0, slots - 1);
  const name = random.weighted(WEIGHTS);
  switch (name) {
    case "deliver":
      return { do: name, slot, copies: random.chance(0.3) ? random.whole(2, 4) : 1 };
    case "repeat":
      return { do: name, slot, times: random.whole(1, 3) };
    case "reorder":
      return { do: name, seed: random.whole(0, 1e6) };
    case "corrupt":
      return { do: name, slot, how: random.pick<Corruption>(["body", "signature", "secret", "stale", "unsigned"]) };
    case "pass":
      return { do: name, seconds: random.pick(PASSES) };
    case "skew":
      return { do: name, seconds: random.pick(SKEWS) };
    case "d1":
      return { do: name, mode: random.pick<D1Mode>(["away", "lost", "slow"]), calls: random.whole(1, 4) };
    case "outage":
      return { do: name, isAway: random.chance(0.5) };
    case "evict":
      return {
        do: name,
        slot,
        of: random.weighted<Sight>({ task: 5, batch: 1, feed: 2 }),
        sockets: random.chance(0.8) ? "hibernate" : "close",
      };
    case "watch":
      return watchOf(random, slot);
    case "leave":
      return { do: name, which: random.whole(0, 5) };
    case "list":
      return { do: name, limit: random.pick([1, 3, 100]) };
    case "together":
      return { do: name, steps: Array.from({ length: random.whole(2, 4) }, () => momentary(random, slots)) };
    default:
      return { do: name, slot };
  }
}

/** A step that can run concurrently with others: not one that moves the common clock. */
function momentary(random: Random, slots: number): Step {
  for (;;) {
    const step = anyStep(random, slots);
    if (!["together", "pass", "skew", "reorder"].includes(step.do)) return step;
  }
}

/** One power cut: while the provider accepts a start, or in the middle of something else. */
function addPowerCut(random: Random, slots: number, starts: Start[], steps: Step[]): void {
  if (random.chance(0.3)) {
    random.pick(starts).meanwhile = "kill";
    return;
  }
  const slot = random.whole(0, slots - 1);
  const during = random.pick<Step | null>([
    null,
    { do: "erase", slot },
    { do: "eraseUser" },
    { do: "deliver", slot, copies: 1 },
    { do: "deliver", slot, copies: 3 },
    momentary(random, slots),
  ]);
  steps.splice(random.whole(0, steps.length), 0, { do: "kill", during, afterMs: random.pick([0, 1, 2, 3, 5, 8, 13]) });
}

/** One start after the other, each with slots of its own. */
function startsOf(
  random: Random,
  many: number,
  make: (random: Random, slot: number) => Start,
): { starts: Start[]; slots: number } {
  const starts: Start[] = [];
  let slots = 0;
  for (let i = 0; i < many; i++) {
    const start = make(random, slots);
    starts.push(start);
    slots += tasksOf(start);
  }
  return { starts, slots };
}

/** A run in which anything may go wrong. */
export function planOf(random: Random): Plan {
  const { starts, slots } = startsOf(random, random.whole(2, 4), startOf);
  const length = random.whole(6, 30);
  const steps: Step[] = Array.from({ length }, () => anyStep(random, slots));
  // In the first half, so that much happens to each: a step on a task not started yet does nothing.
  for (const start of starts) {
    const own: Step[] = [start];
    if (random.chance(WATCHED)) own.push(watchOf(random, start.slot + random.whole(0, tasksOf(start) - 1)));
    steps.splice(random.whole(0, Math.floor(steps.length / 2)), 0, ...own);
  }
  if (random.chance(EMPTIED_RUNS)) steps.splice(random.whole(0, steps.length), 0, { do: "eraseUser" });
  if (random.chance(KILLED_RUNS)) addPowerCut(random, slots, starts, steps);
  const plan = { generation: random.pick(WIRES), end: random.weighted(ENDS), receivers: receiversOf(random) };
  return { ...plan, steps: withContent(random, CONTENT_RUNS, 0, steps) };
}

/** Some runs also get rows of content: their webhooks come once or several times, anywhere after the first `from` steps. */
function withContent(random: Random, share: number, from: number, steps: Step[]): Step[] {
  if (!random.chance(share)) return steps;
  const all = [...steps];
  for (let i = random.whole(1, 4); i > 0; i--) {
    const step: Step = { do: "content", number: random.whole(0, 2), copies: random.chance(0.3) ? 2 : 1 };
    all.splice(random.whole(from, all.length), 0, step);
  }
  return all;
}

/** What attempts at an event meet. Two failures cost five minutes of virtual time, and three would cost an hour. */
function receiversOf(random: Random): Record<Road, string> {
  const plan = () => random.pick(RECEIVERS);
  return { url: plan(), queue: "", hook: plan() };
}

/** What may happen in a run about events. */
function stepBetween(random: Random, slots: number): Step {
  const slot = random.whole(0, slots - 1);
  switch (random.weighted({ d1: 3, evict: 2, pass: 3, again: 1, drop: 1 })) {
    case "d1":
      return { do: "d1", mode: random.pick<D1Mode>(["away", "lost", "slow"]), calls: random.whole(1, 3) };
    case "evict":
      return { do: "evict", slot, of: "task", sockets: "hibernate" };
    case "pass":
      return { do: "pass", seconds: random.pick([1, 3, 21, 400]) };
    case "again":
      return { do: "deliver", slot, copies: 2 };
    case "drop":
      return { do: "drop", slot };
  }
}

/** A run about events: a few tasks that end, little else, and a power cut somewhere on the way of their events. */
export function planOfEvents(random: Random): Plan {
  const { starts, slots } = startsOf(random, random.whole(1, 2), startOf);
  const ends = Array.from({ length: slots }, (_, slot): Step => ({ do: "deliver", slot, copies: 1 }));
  const more = Array.from({ length: random.whole(0, 4) }, () => stepBetween(random, slots));
  const late: Step[] = [
    { do: "pass", seconds: 1 },
    { do: "pass", seconds: 6 },
    { do: "pass", seconds: 400 },
  ];
  const steps = [...starts, ...random.shuffled([...ends, ...more]), ...late];
  // Half of the cuts are when an attempt has come, the others at the birth of an event and on its way to D1.
  const cut = { attempt: random.whole(1, 3 * slots), afterMs: random.pick([null, null, 0, 1, 2, 3, 5, 8]) };
  const during: Step = { do: "deliver", slot: random.whole(0, slots - 1), copies: 1 };
  const kill: Step = { do: "kill", during, afterMs: random.pick([0, 1, 2, 3, 5, 8, 13, 21]) };
  const plan = { generation: random.pick(WIRES), end: random.weighted<End>({ agreed: 9, cleaned: 1, outlived: 0 }) };
  const receivers = receiversOf(random);
  const isCut = random.chance(0.6);
  const own = isCut ? steps : steps.toSpliced(random.whole(starts.length, starts.length + slots), 0, kill);
  const all = withContent(random, CONTENT_EVENT_RUNS, starts.length, own);
  if (isCut) return { ...plan, receivers, cut, steps: all };
  // Half of these cuts are in the middle of a webhook that brings a row.
  const rows: Step = { do: "content", number: random.whole(0, 2), copies: 1 };
  const isOfRow = random.chance(0.5);
  const aimed = all.map((step): Step => (isOfRow && step === kill ? { ...kill, during: rows } : step));
  return { ...plan, receivers, steps: aimed };
}

/** How long a task takes, in seconds: as often seconds as minutes, seldom an hour. */
const QUICKEST_S = 2;
const SLOWEST_S = 3000;
/** Videos are waited for three times as long. */
const SLOWEST_VIDEO_S = 9000;

/** A run in which everything goes well, except that no webhook is ever sent. */
export function planOfLosses(random: Random): Plan {
  const calm = (random: Random, slot: number): Start => {
    const start: Start = { ...startOf(random, slot), meanwhile: "nothing" };
    const plain = (word: string) => (word.startsWith("[refuse") ? "" : word);
    return start.do === "batch" ? { ...start, words: start.words.map(plain) } : { ...start, word: plain(start.word) };
  };
  const { starts, slots } = startsOf(random, random.whole(2, 3), calm);
  const kindOf = (slot: number) => {
    const start = starts.findLast((each) => each.slot <= slot);
    return start?.do === "kind" ? start.kind : "image.generate";
  };
  const all = Array.from({ length: slots }, (_, slot) => slot);
  const watches = all.flatMap((slot): Step[] =>
    (["task", "batch", "feed"] as const).map((sight) => ({
      do: "watch",
      slot,
      sight,
      knows: false,
      byTicket: random.chance(0.5),
    })),
  );
  const losses = all.map((slot) => {
    const slowest = kindOf(slot) === "video.generate" ? SLOWEST_VIDEO_S : SLOWEST_S;
    const afterSeconds = Math.round(QUICKEST_S * (slowest / QUICKEST_S) ** random.next());
    return { do: "lose" as const, slot, afterSeconds };
  });
  losses.sort((a, b) => a.afterSeconds - b.afterSeconds);
  const end = random.chance(0.1) ? "cleaned" : "agreed";
  return { generation: random.pick(WIRES), end, losesAll: true, steps: [...starts, ...watches, ...losses] };
}
