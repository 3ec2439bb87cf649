// How long to wait before the next try.

const FIRST_MS = 500;
const LAST_MS = 16_000;

/** Between half and all of a doubling span, so that clients dropped together do not come back together. */
export function backoff(attempt: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** (attempt + 1)) * (0.5 + Math.random() / 2);
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal?.addEventListener("abort", resolve, { once: true });
  });
}
