// Codes, times and counts as text. Pure.

/** `CONTENT_POLICY` and `content_policy` both read "Content policy". */
export function codeInWords(code: string): string {
  const words = code.replace(/[_-]+/g, " ").trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** 7 s, 1 min 05 s, 2 h 10 min. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** The time today, or the day and the time. */
export function moment(iso: string, now: Date = new Date()): string {
  const then = new Date(iso);
  const time = TIME.format(then);
  return then.toDateString() === now.toDateString() ? time : `${DAY.format(then)}, ${time}`;
}

/** `0.05000000` reads 0.05, and `3.00` reads 3. */
export function decimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The title of a task: its prompt, or else its kind. */
export function titleOf({ prompt, kind }: { prompt: string | null; kind: string }): string {
  return prompt || codeInWords(kind.replaceAll(".", " "));
}

/** Today, Yesterday, or the date. */
export function day(iso: string, now: Date = new Date()): string {
  const then = new Date(iso).toDateString();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (then === now.toDateString()) return "Today";
  return then === yesterday.toDateString() ? "Yesterday" : LONG_DAY.format(new Date(iso));
}

/** The key of a task in a list. A task without an id has at least the id of its first row. */
export function keyOf({
  taskId,
  images,
  createdAt,
}: {
  taskId: string | null;
  images: { id: string }[];
  createdAt: string;
}): string {
  return taskId ?? images[0]?.id ?? createdAt;
}
