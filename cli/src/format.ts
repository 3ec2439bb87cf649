/** What people read: tables, and a line for each thing. Pure. */

import type { Delivery, EventOut } from "./admin_types.ts";
import { type Colors, plain } from "./output.ts";
import { lasting, shown } from "./times.ts";

/** Columns as wide as what is in them. `paint` colours a cell once its width is known. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colors: Colors,
  paint: (cell: string, column: number) => string = (cell) => cell,
): string[] {
  const clean = rows.map((row) => row.map((cell) => plain(cell).replaceAll(/\s+/g, " ")));
  const widths = head.map((title, i) => Math.max(title.length, ...clean.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number) => (i === head.length - 1 ? cell : cell.padEnd(widths[i] ?? 0));
  const line = (row: readonly string[], by: (cell: string, i: number) => string) =>
    row
      .map((cell, i) => by(pad(cell, i), i))
      .join("  ")
      .trimEnd();
  return [line(head, (cell) => colors.dim(cell)), ...clean.map((row) => line(row, paint))];
}

/** `name  value` lines. What has no value is left out. */
export function fields(
  pairs: readonly (readonly [name: string, value: string | number | null | undefined])[],
  colors: Colors,
) {
  const said = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(0, ...said.map(([name]) => name.length));
  return said.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${plain(String(value))}`);
}

const GOOD = /^(applied|delivered|completed|ok)\b/;
const BAD = /^(bad_signature|malformed|too_large|failed|fail)\b/;
const ODD = /^(duplicate|stale|early|noted|unknown_type|unknown_task|waiting|warn)\b/;

/** A verdict or a state in its colour. */
export function judged(word: string, colors: Colors): string {
  if (GOOD.test(word)) return colors.green(word);
  if (BAD.test(word)) return colors.red(word);
  return ODD.test(word) ? colors.yellow(word) : word;
}

export const DELIVERY_HEAD = ["id", "at", "verdict", "status", "provider", "event", "task", "took"];
export const VERDICT_COLUMN = 2;

export const deliveryRow = (delivery: Delivery): string[] => [
  delivery.id,
  shown(delivery.at),
  delivery.verdict,
  String(delivery.status),
  delivery.provider,
  delivery.event ?? "-",
  delivery.taskId ?? "-",
  lasting(delivery.ms),
];

export const EVENT_HEAD = ["id", "at", "state", "type", "about", "roads"];

/** `receiver: failed after 3 (HTTP 500)` for each road. */
export function roadsOf({ roads }: EventOut): string[] {
  return Object.entries(roads).map(([name, { state, attempts, status, reason, nextAt }]) => {
    const last = status ? ` (HTTP ${status})` : reason ? ` (${reason})` : "";
    const next = state === "waiting" && nextAt ? `, again at ${shown(nextAt)}` : "";
    return `${name}: ${state}${attempts > 1 ? ` after ${attempts}` : ""}${state === "delivered" ? "" : last}${next}`;
  });
}

export const eventRow = (event: EventOut): string[] => [
  event.id,
  shown(event.at),
  event.state,
  event.type,
  event.taskId,
  roadsOf(event).join("; ") || "-",
];

/** A line while following. */
export function deliveryLine(delivery: Delivery, colors: Colors): string {
  const { at, verdict, provider, event, taskId, ms, reason } = delivery;
  return [
    colors.dim(shown(at)),
    judged(verdict.padEnd(13), colors),
    plain(provider.padEnd(10)),
    plain(event ?? "-"),
    plain(taskId ?? "-"),
    colors.dim(lasting(ms)),
    reason ? colors.dim(plain(reason)) : "",
  ]
    .filter(Boolean)
    .join("  ");
}

export function eventLine({ at, type, taskId, id, state }: EventOut, colors: Colors): string {
  return [
    colors.dim(shown(at)),
    judged(state.padEnd(9), colors),
    plain(type),
    plain(taskId),
    colors.dim(plain(id)),
  ].join("  ");
}

/** A body, indented where it is JSON. */
export function bodyLines(body: string): string[] {
  let text = body;
  try {
    text = JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // It is shown as it is.
  }
  return plain(text).split("\n");
}
