/** Times as they are given and shown. Pure. */

import { usage } from "./errors.ts";

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `2h` ago, or an ISO time, as ISO. */
export function timeIn(text: string, option: string, now = Date.now()): string {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ago = count && unit ? now - Number(count) * UNITS[unit as keyof typeof UNITS] : undefined;
  const at = ago ?? (/^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN);
  if (Number.isNaN(at) || Math.abs(at) > 8.64e15)
    throw usage(`${option} must be a time such as 2h, 30m or 2026-11-26T10:00:00Z, not "${text}".`);
  return new Date(at).toISOString();
}

const two = (number: number) => String(number).padStart(2, "0");

/** The time on this machine's clock. Of another day: with the date. */
export function shown(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** `12 ms`, `3.4 s`. */
export function lasting(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "-";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
