/** What is printed: a line each minute, and the conclusion. Pure except for the CPU usage. */

import { availableParallelism } from "node:os";
import type { Book } from "./book.ts";
import { compareThirds, cpuOf, GROWTH, type Memory } from "./memory.ts";

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** How busy workerd and this process were since the last call, in percent of all cores. */
export function busyMeter(workerd: number): () => string {
  const now = () => ({ at: performance.now(), workerd: cpuOf(workerd), own: cpuOf(process.pid) });
  let before = now();
  return () => {
    const { at, workerd, own } = now();
    const share = (ms: number) => `${Math.round((ms / (at - before.at) / availableParallelism()) * 100)} %`;
    const said = `CPU ${share(workerd - before.workerd)} and ${share(own - before.own)}`;
    before = { at, workerd, own };
    return said;
  };
}

export function minute(number: number, book: Book, memory: Memory, seconds: number, busy: string): string {
  const erased = book.of("tasks erased") + book.of("rows of content erased");
  return [
    `minute ${number}: workerd ${megabytes(memory.last(seconds))}`,
    busy,
    `${book.of("started")} started`,
    `${book.of("webhooks")} webhooks`,
    `${book.of("frames")} frames`,
    `${erased} erased and ${book.of("people erased")} people`,
    `violations: ${book.kinds}`,
  ].join(", ");
}

/** workerd takes ten minutes or more to warm up. In a shorter run the second third is still part of that. */
const JUDGED_FROM_MINUTES = 20;

/** The last lines, and whether all is well. */
export function conclusion(book: Book, memory: Memory, minutes: number): { lines: string[]; isWell: boolean } {
  const thirds = compareThirds(memory.samples);
  const isJudged = minutes >= JUDGED_FROM_MINUTES;
  const growth = ((thirds.last / thirds.second - 1) * 100).toFixed(1);
  const verdict = thirds.isFlat ? "flat" : `NOT flat, which is ${GROWTH * 100} % at most`;
  const flat = isJudged ? verdict : `not judged in less than ${JUDGED_FROM_MINUTES} minutes`;
  const lines = [
    `memory of workerd (VmRSS in /proc, each second): ${megabytes(thirds.second)} in the second third, ${megabytes(thirds.last)} in the last: ${growth} %, ${flat}`,
    `started ${book.of("started")}, accounted for ${book.of("accounted for")}; the others were started while their user was erased`,
    `erased: ${book.of("tasks erased")} tasks, ${book.of("rows of content erased")} rows of content, ${book.of("people erased")} times everything of a person (${book.of("tasks and channels erased with them")} tasks and channels)`,
    `webhooks ${book.of("webhooks")}, of them copies ${book.of("webhooks that are copies")}, of what was erased ${book.of("webhooks of what was erased")}`,
    `requests ${book.of("requests")}, sockets ${book.of("sockets opened")}, frames ${book.of("frames")}`,
    `sockets that the server closed: ${book.under("close: ")}`,
    `answers of 400 and more: ${book.under("error: ")}`,
  ];
  if (memory.problem) lines.push(`VIOLATION: ${memory.problem}`);
  for (const [kind, { count, told }] of book.violations)
    lines.push(`VIOLATION: ${kind}, ${count} times`, ...told.map((text) => `  ${text}`));
  return { lines, isWell: (thirds.isFlat || !isJudged) && memory.problem === null && book.violated === 0 };
}
