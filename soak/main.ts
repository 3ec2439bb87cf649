/**
 * `npm run soak -- --minutes N`: a steady crowd on the built Worker in workerd, for as long as you like. Its memory has
 * to stay flat, and everything that was started has to be accounted for. Exit code 1 otherwise.
 */

import { setTimeout as delay } from "node:timers/promises";
import { readFlags } from "../bench/flags.ts";
import { Random } from "../chaos/random.ts";
import { startApp } from "../tests/worker/support/app.ts";
import { account } from "./account.ts";
import { Book } from "./book.ts";
import { Crowd } from "./crowd.ts";
import { Eraser } from "./erase.ts";
import { Errands } from "./errands.ts";
import { findWorkerd, Memory } from "./memory.ts";
import { Person } from "./people.ts";
import { busyMeter, conclusion, minute } from "./report.ts";

const MINUTE_S = 60;
/** How often everything of one person is erased. */
const PERSON_EVERY_S = 45;
/** Reads for each start, and how often somebody opens or leaves a feed. */
const READS = 2;
const FEEDS = 0.5;

const { minutes, rate, people: count, erase } = readFlags({ minutes: 20, rate: 2, people: 12, erase: 15 });

const app = await startApp();
const book = new Book();
const errands = new Errands(book);
const eraser = new Eraser(book, errands, erase / 100);
const crowd = new Crowd(app, book, errands, (work) => eraser.consider(work));
const random = new Random("people");
const people = Array.from({ length: count }, (_, number) => new Person(app, `soak ${number}`));
const [doomed] = people;
const sweep = () => app.sweep();

try {
  const workerd = findWorkerd();
  const memory = new Memory(workerd);
  const busy = busyMeter(workerd);
  console.log(
    `${minutes} min, ${rate} starts a second, ${count} people, ${erase} % erased; CPU: of workerd and of this`,
  );
  const began = performance.now();
  for (let second = 1; second <= minutes * MINUTE_S; second++) {
    for (let start = 0; start < rate; start++) {
      const at = random.whole(0, 999);
      errands.after(at, "start", () => crowd.start(random.pick(people)));
      for (let read = 0; read < READS; read++) errands.after(at, "read", () => crowd.read(random.pick(people)));
      if (random.chance(FEEDS)) errands.after(at, "feed", () => crowd.comeAndGo(random.pick(people)));
    }
    if (second % PERSON_EVERY_S === 0 && doomed) errands.after(0, "erasing", () => eraser.erasePerson(doomed));
    // What the cron trigger does in production.
    if (second % MINUTE_S === 0) errands.after(0, "sweep", sweep);
    await delay(Math.max(0, began + second * 1000 - performance.now()));
    if (second % MINUTE_S === 0) console.log(minute(second / MINUTE_S, book, memory, MINUTE_S, busy()));
  }
  memory.stop();
  console.log("waiting for what is under way, then accounting");
  await errands.idle();
  for (const { feeds } of people) for (const feed of feeds.values()) feed.leave(true);
  await account(book, people, sweep);
  const { lines, isWell } = conclusion(book, memory, minutes);
  for (const line of lines) console.log(line);
  process.exitCode = isWell ? 0 : 1;
} finally {
  await app.close();
}
