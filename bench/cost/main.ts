/** `npm run cost`: what Cloudflare bills for a million tasks, by the counts of one task. See README.md. */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { built, bundled } from "../harness/code.ts";
import { type Bill, billOf } from "./life.ts";
import type { Counts } from "./meter.ts";
import { CPU_MS, PRICES, type Priced } from "./prices.ts";

const IMAGES = [1, 4, 20];
const MINUTES_A_MONTH = 43_200;
const MILLION = 1_000_000;

const NAMES = Object.keys(PRICES) as Priced[];

/** The price of a million times these counts, in dollars. */
function dollars(counts: Counts): number {
  return NAMES.map((name) => counts[name] * PRICES[name].perMillion).reduce((sum, each) => sum + each);
}

const money = (value: number) => `$${value.toFixed(value !== 0 && value < 0.1 ? 3 : 2)}`;

/** A table in Markdown: text left, figures right. */
function table(head: string[], lines: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? title).length)),
  );
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const row = (line: string[]) => `| ${line.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [row(head), row(rule), ...lines.map(row)].join("\n");
}

/** What one task is billed for, and the price of a million. */
function totals(bills: Map<string, Bill>): string {
  const all = [...bills];
  const head = ["one task", ...all.map(([name]) => name), ...all.map(([name]) => `${name}, a million`)];
  const lines = NAMES.map((priced) => {
    const counts = all.map(([, { total }]) => total[priced]);
    const cost = counts.map((count) => money(count * PRICES[priced].perMillion));
    return [PRICES[priced].what, ...counts.map(String), ...cost];
  });
  const sums = all.map(([, { total }]) => money(dollars(total)));
  return table(head, [...lines, ["all", ...all.map(() => ""), ...sums]]);
}

/** The rows written by each step, which are most of the bill. */
function steps(bills: Map<string, Bill>): string {
  const all = [...bills];
  const written = ({ d1Written, storageWritten, alarms }: Counts) => `${d1Written} + ${storageWritten} + ${alarms}`;
  const names = [...new Set(all.flatMap(([, bill]) => bill.steps.map(({ name }) => name)))];
  const lines = names.map((step) => {
    const counts = all.map(([, bill]) => bill.steps.find(({ name }) => name === step)?.counts);
    return [step, ...counts.map((each) => (each ? written(each) : ""))];
  });
  return table(["rows written: D1 + object + alarms", ...all.map(([name]) => name)], lines);
}

const { values } = parseArgs({
  options: {
    images: { type: "string", default: IMAGES.join(",") },
    build: { type: "string", default: "build" },
    other: { type: "string" },
    json: { type: "string" },
  },
});
const asked = values.images.split(",").map(Number);
if (asked.some((images) => !Number.isInteger(images) || images < 1 || images > 20)) {
  console.error("--images must be whole numbers from 1 to 20, separated by commas.");
  process.exit(2);
}
const codes = [
  built("ours", values.build),
  ...(values.other === undefined ? [] : [built("other", values.other)]),
  await bundled("baseline", "worker.ts"),
];

const found: { images: number; bills: Record<string, Bill & { dollarsAMillion: number }> }[] = [];
for (const images of asked) {
  const bills = new Map<string, Bill>();
  for (const code of codes) bills.set(code.name, await billOf(code, images));
  console.log(`\n${images} ${images === 1 ? "image" : "images"}, one watcher\n`);
  console.log(totals(bills));
  console.log(`\n${steps(bills)}`);
  const priced = [...bills].map(([name, bill]) => [name, { ...bill, dollarsAMillion: dollars(bill.total) }]);
  found.push({ images, bills: Object.fromEntries(priced) });
}
console.log("\nBesides, whether there are tasks or not:");
for (const [name, { sweep }] of Object.entries(found[0]?.bills ?? {})) {
  console.log(`  ${name}: ${money((dollars(sweep) * MINUTES_A_MONTH) / MILLION)} a month for the cron trigger`);
}
console.log(
  `Each millisecond of ${CPU_MS.what.split(",")[0]} for a task is ${money(CPU_MS.perMillion)} a million tasks more, and is not in the sums.`,
);
if (values.json !== undefined) {
  const prices = { ...PRICES, cpu: CPU_MS };
  writeFileSync(values.json, `${JSON.stringify({ prices, tasks: found }, null, 2)}\n`);
}
