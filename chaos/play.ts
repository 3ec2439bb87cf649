/** Performs the steps of a run, one after another. A step that makes no sense at its place does nothing. */

import { setTimeout as delay } from "node:timers/promises";
import type { DeliverOptions } from "../emulator/emulator.ts";
import type { Cast } from "./cast.ts";
import { eraseTask, eraseUser, mayBeForgotten } from "./erase.ts";
import { until } from "./losses.ts";
import { Random } from "./random.ts";
import { list, readBack } from "./reads.ts";
import { type Corruption, lineOf, type Sight, type Step } from "./steps.ts";
import type { Order, Wish } from "./truth.ts";
import type { Viewer } from "./watchers.ts";

/** Keys are remembered for a day; this is shorter by more than any skew. */
const KEY_LIFE_MS = 20 * 3_600_000;
/**
 * A task whose only event is dropped has to be polled before its room gives up after an hour. A
 * quarter of that, because the room's clock may be wrong by 20 minutes at either end.
 */
const SURELY_WAITED_FOR_MS = 15 * 60_000;
const VIEWERS_EACH = 2;

export const isRepeatable = (cast: Cast, order: Order) =>
  order.isKeyed && cast.world.now() - order.sentAt < KEY_LIFE_MS && !mayBeForgotten(cast, order);

/** Whether a task without a webhook has been waited for long enough. */
const isLate = (cast: Cast, wish: Wish, inMs = 0) => cast.world.now() + inMs - wish.order.sentAt > SURELY_WAITED_FOR_MS;

/** Ways to forge a webhook, which must be refused. */
function corruption(how: Corruption, now: number): DeliverOptions {
  const flip = (text: string) => text.slice(0, -2) + (text.at(-2) === "a" ? "b" : "a") + text.slice(-1);
  const signature = /signature$/;
  switch (how) {
    case "body":
      return { tamper: (sealed) => (sealed.body = sealed.body.replace("a", "e")) };
    case "signature":
      return {
        tamper: ({ headers }) => {
          for (const [name, value] of Object.entries(headers))
            if (signature.test(name)) headers[name] = flip(value.slice(0, -4)) + value.slice(-4);
        },
      };
    case "secret":
      return { secret: "whsec_c29tZWJvZHkgZWxzZSdz" };
    case "stale":
      return { signedAt: Math.floor(now / 1000) - 10_000 };
    case "unsigned":
      return {
        tamper: ({ headers }) => {
          for (const name of Object.keys(headers)) if (signature.test(name)) delete headers[name];
        },
      };
  }
}

/** The provider completes a task without a webhook. */
function lose({ world }: Cast, wish: Wish): void {
  wish.isDropped = true;
  if (!wish.task || wish.hasEnded) return;
  world.emulator.finish(wish.task.id);
  wish.endedAt = world.now();
  wish.looksInVain = wish.looks;
}

/** A task without a batch is watched by itself. */
function sightOf({ order }: Wish, sight: Sight): Sight {
  return sight === "batch" && !order.isBatch ? "task" : sight;
}

/** The name of the object that shows this. */
function objectOf(cast: Cast, wish: Wish, sight: Sight): string {
  switch (sight) {
    case "task":
      return wish.task?.id ?? "";
    case "batch":
      return `batch:${wish.order.batchId}`;
    case "feed":
      return `tasks:${cast.user}`;
  }
}

/** A watcher who is not connected: a new one, or one who comes back. */
function viewerOf(cast: Cast, wish: Wish | undefined, wanted: Sight): Viewer | undefined {
  if (!wish) return undefined;
  const { order } = wish;
  const sight = sightOf(wish, wanted);
  const id = { task: wish.told, batch: order.batchId, feed: "" }[sight];
  if (id === null) return undefined;
  const mine = cast.viewers.filter((viewer) => viewer.sight === sight && viewer.id === id);
  if (mine.length >= VIEWERS_EACH) return mine.find(({ isOpen }) => !isOpen);
  // The answer to a start has a ticket for what it started.
  const isOfOrder = sight === (order.isBatch ? "batch" : "task");
  return cast.viewer(sight, id, isOfOrder ? order.ticket : null);
}

export async function play(cast: Cast, step: Step): Promise<void> {
  const { world, history } = cast;
  const wish = "slot" in step ? cast.wishes.get(step.slot) : undefined;
  switch (step.do) {
    case "start":
    case "kind":
    case "batch": {
      if (wish) return;
      const order = cast.order(step);
      await cast.send(order);
      if (!world.isUp) await world.start();
      await Promise.all(order.wishes.map((each) => readBack(cast, each)));
      return;
    }
    case "repeat": {
      if (!wish || !isRepeatable(cast, wish.order)) return;
      history.inject("repeat");
      await Promise.all(Array.from({ length: step.times }, () => cast.send(wish.order)));
      return;
    }
    case "finish": {
      if (!wish?.task || wish.hasEnded) return;
      history.inject("delay");
      world.emulator.finish(wish.task.id);
      return;
    }
    case "deliver": {
      if (!wish?.task || wish.isDropped) return;
      if (step.copies > 1 || wish.isAcknowledged) history.inject("duplicate");
      await cast.deliver(wish, { copies: step.copies });
      return readBack(cast, wish);
    }
    case "content":
      return cast.content.deliver(step.number, step.copies);
    case "erase":
      if (!wish?.told) return;
      history.inject("erase");
      await eraseTask(cast, wish);
      return readBack(cast, wish);
    case "eraseUser":
      history.inject("erase-all");
      return eraseUser(cast);
    case "drop": {
      if (!wish?.task || !wish.told || wish.isAcknowledged || isLate(cast, wish)) return;
      history.inject("drop");
      lose(cast, wish);
      return;
    }
    case "lose": {
      if (!wish?.task || wish.hasEnded) return;
      await until(cast, wish.order.sentAt + step.afterSeconds * 1000);
      history.inject("drop");
      lose(cast, wish);
      return;
    }
    case "reorder": {
      const held = [...cast.wishes.values()].filter((each) => each.hasEnded && !each.isDropped);
      if (held.length > 1) history.inject("reorder");
      for (const each of new Random("reorder", step.seed).shuffled(held)) await cast.deliver(each);
      return;
    }
    case "contradict": {
      if (!wish?.isAcknowledged) return;
      history.inject("contradict");
      await cast.claim(wish, {});
      return readBack(cast, wish);
    }
    case "gossip": {
      if (!wish?.task) return;
      history.inject("gossip");
      return cast.gossip(wish.task);
    }
    case "corrupt": {
      if (!wish?.task) return;
      history.inject("corrupt");
      world.emulator.finish(wish.task.id);
      const statuses = await cast.claim(wish, corruption(step.how, world.now()));
      const taken = statuses.find((status) => status !== null && status < 400);
      if (taken !== undefined) history.blame("forged", `a webhook with a wrong ${step.how} was answered ${taken}`);
      return;
    }
    case "pass": {
      const late = [...cast.wishes.values()].some((each) => each.isDropped && isLate(cast, each, step.seconds * 1000));
      if (late) cast.isProviderAway = false;
      return world.pass(step.seconds * 1000, cast.alarms);
    }
    case "skew":
      if (step.seconds !== 0) history.inject("skew");
      return world.skew(step.seconds * 1000, cast.alarms);
    case "d1":
      history.inject(`d1-${step.mode}`);
      cast.hasTroubledD1 = true;
      return world.failD1(step.mode, step.calls);
    case "outage": {
      const late = [...cast.wishes.values()].some((each) => each.isDropped && isLate(cast, each));
      if (step.isAway) history.inject("outage");
      cast.isProviderAway = step.isAway && !late;
      return;
    }
    case "evict":
      if (!wish?.task) return;
      history.inject("evict");
      return world.evict(step.of === "task" ? "TaskRoom" : "FeedRoom", objectOf(cast, wish, step.of), step.sockets);
    case "kill": {
      history.inject("kill");
      const during = step.during ? play(cast, step.during) : Promise.resolve();
      await delay(step.afterMs);
      await world.kill();
      await during;
      if (!world.isUp) await world.start();
      for (const each of cast.wishes.values()) await readBack(cast, each);
      return;
    }
    case "watch": {
      const viewer = viewerOf(cast, wish, step.sight);
      await viewer?.open(step);
      return;
    }
    case "leave": {
      const open = cast.viewers.filter(({ isOpen }) => isOpen);
      const viewer = open[step.which % open.length];
      if (!viewer) return;
      history.inject("disconnect");
      viewer.leave();
      return;
    }
    case "read":
      if (wish) await readBack(cast, wish);
      return;
    case "list":
      await list(cast, step.limit);
      return;
    case "together":
      await Promise.all(step.steps.map((each) => play(cast, each)));
      return;
  }
}

/** Plays a step, with a line in the history. */
export async function playOn(cast: Cast, step: Step): Promise<void> {
  cast.history.note(lineOf(step));
  await play(cast, step);
}
