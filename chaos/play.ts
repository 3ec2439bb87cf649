/** Does the steps of a run, one after another. A step that makes no sense where it stands does nothing. */

import { setTimeout as delay } from "node:timers/promises";
import type { DeliverOptions } from "../emulator/emulator.ts";
import type { Cast } from "./cast.ts";
import { Random } from "./random.ts";
import { type Corruption, lineOf, type Step } from "./steps.ts";
import type { Wish } from "./truth.ts";

/** Keys are remembered for a day; this is less, by more than any skew. */
const KEY_LIFE_MS = 20 * 3_600_000;
/**
 * A task whose only event is dropped has to be looked for before its room gives up after an hour.
 * A quarter, because the room's clock may have been wrong by 20 minutes at either end.
 */
const SURELY_WAITED_FOR_MS = 15 * 60_000;
const VIEWERS_EACH = 2;

export const isRepeatable = (cast: Cast, wish: Wish) =>
  "idempotency-key" in wish.headers && cast.world.now() - wish.sentAt < KEY_LIFE_MS;

/** What is done to a webhook that must be refused. */
function corruption(how: Corruption, now: number): DeliverOptions {
  const flip = (text: string) => text.slice(0, -2) + (text.at(-2) === "a" ? "b" : "a") + text.slice(-1);
  const signature = /signature$/;
  switch (how) {
    case "body":
      return { tamper: (sealed) => (sealed.body = sealed.body.replace("a", "e")) };
    case "signature":
      return {
        tamper: ({ headers }) => {
          for (const [name, value] of Object.entries(headers)) if (signature.test(name)) headers[name] = flip(value.slice(0, -4)) + value.slice(-4);
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

export async function play(cast: Cast, step: Step): Promise<void> {
  const { world, history } = cast;
  const wish = "slot" in step ? cast.wishes.get(step.slot) : undefined;
  switch (step.do) {
    case "start": {
      if (wish) return;
      const { slot, count, word, keyed, meanwhile } = step;
      const made = cast.wish(slot, count, word, keyed, meanwhile);
      await cast.send(made);
      if (!world.isUp) await world.start();
      return cast.readBack(made);
    }
    case "repeat": {
      if (!wish || !isRepeatable(cast, wish)) return;
      history.inject("repeat");
      await Promise.all(Array.from({ length: step.times }, () => cast.send(wish)));
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
      return cast.readBack(wish);
    }
    case "drop": {
      if (!wish?.task || !wish.told || wish.isAcknowledged || cast.world.now() - wish.sentAt > SURELY_WAITED_FOR_MS) return;
      history.inject("drop");
      wish.isDropped = true;
      world.emulator.finish(wish.task.id);
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
      return cast.readBack(wish);
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
      const late = [...cast.wishes.values()].some(
        (each) => each.isDropped && world.now() + step.seconds * 1000 - each.sentAt > SURELY_WAITED_FOR_MS,
      );
      if (late) cast.isProviderAway = false;
      return world.pass(step.seconds * 1000, cast.rooms);
    }
    case "skew":
      if (step.seconds !== 0) history.inject("skew");
      return world.skew(step.seconds * 1000, cast.rooms);
    case "d1":
      history.inject(`d1-${step.mode}`);
      return world.failD1(step.mode, step.calls);
    case "outage": {
      const late = [...cast.wishes.values()].some((each) => each.isDropped && world.now() - each.sentAt > SURELY_WAITED_FOR_MS);
      if (step.isAway) history.inject("outage");
      cast.isProviderAway = step.isAway && !late;
      return;
    }
    case "evict":
      if (!wish?.task) return;
      history.inject("evict");
      return world.evict(wish.task.id, step.sockets);
    case "kill": {
      history.inject("kill");
      const during = step.during ? play(cast, step.during) : Promise.resolve();
      await delay(step.afterMs);
      await world.kill();
      await during;
      if (!world.isUp) await world.start();
      for (const each of cast.wishes.values()) await cast.readBack(each);
      return;
    }
    case "watch": {
      const taskId = step.isFeed ? null : wish?.told;
      if (taskId === undefined) return;
      const mine = cast.viewers.filter((viewer) => viewer.taskId === taskId);
      const viewer = mine.length < VIEWERS_EACH ? cast.viewer(taskId) : mine.find(({ isOpen }) => !isOpen);
      await viewer?.open(step.knows);
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
      if (wish) await cast.readBack(wish);
      return;
    case "together":
      await Promise.all(step.steps.map((each) => play(cast, each)));
      return;
  }
}

/** The same, on the record. */
export async function playOn(cast: Cast, step: Step): Promise<void> {
  cast.history.note(lineOf(step));
  await play(cast, step);
}
