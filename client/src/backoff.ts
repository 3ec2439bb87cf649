// Exponential backoff with jitter.

const FIRST_MS = 500;
const LAST_MS = 16_000;

/** Doubles with each attempt, up to 16 s. The jitter spreads clients that were dropped at the same moment. */
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
