// One socket, kept open through drops, and what stands in for it where sockets are blocked. Knows tickets and
// frames; what a frame means is the source's.
import { backoff, pause } from "./backoff.ts";
import { isFinal } from "./error.ts";
import type { Cell } from "./live.ts";
import type { BatchAnswer, ChannelAnswer, ContentAnswer, TaskAnswer, Ticket } from "./wire.ts";

/** `connecting` is the first try; after that, whatever is neither `live` nor `polling` is `reconnecting`. */
export type LinkState = "connecting" | "live" | "polling" | "reconnecting";

/** What a socket or an answer says, whatever it is of. A frame that says that all is current carries none of these. */
export type Said = Partial<
  TaskAnswer & BatchAnswer & Omit<ChannelAnswer, "content"> & { content: ContentAnswer["content"] | null }
>;

/** What a link serves. Its functions are given the cell that they fill. */
export interface Source<T> {
  /** Of the resource: its socket is at `/live` below it, and its tickets are at `/ticket`. */
  path: string;
  /** Where it is a task. */
  id?: string;
  /** All that it may be read with, instead of the token. */
  ticket?: string | undefined;
  /** A ticket that came from elsewhere, and may be the only one that there is. */
  lent?: Ticket | undefined;
  /** What its socket resumes from: a query, or nothing. */
  query?: (cell: Cell<T>) => string | undefined;
  /** Brings it up to date over HTTP. */
  load: (cell: Cell<T>, signal: AbortSignal) => Promise<void>;
  /** Puts what a frame or an answer says. */
  take: (cell: Cell<T>, said: Said) => void;
  /** Whether what came while no socket was open has to be loaded once one is. */
  hasGap?: (cell: Cell<T>, isFirst: boolean) => boolean;
  /** Nothing more will ever come. */
  isFinal?: (value: T) => boolean;
}

export interface Transport {
  open: (address: string, ticket: string) => WebSocket;
  renew: (path: string, options: { signal?: AbortSignal | undefined } | undefined) => Promise<Ticket>;
}

export interface Link {
  /** Something hints that the network is back or was away: try now, or prove that the socket is alive. */
  wake(): void;
  close(): void;
}

export const PING_EVERY_MS = 25_000;
export const PONG_WITHIN_MS = 5_000;
export const OPEN_WITHIN_MS = 10_000;
/** Tries in a row of which nothing came, before polling stands in. */
export const TRIES_BEFORE_POLLING = 3;
/** Two to four seconds. */
const POLL_BACKOFF = 2;
/** A ticket about to expire is not worth a refused socket. */
const TICKET_MARGIN_MS = 5_000;

/** Without a ticket, the first is asked for. Where there is no use in trying again, the cell fails. */
export function openLink<T>(
  source: Source<T>,
  cell: Cell<T>,
  transport: Transport,
  ticket: Ticket | undefined,
  onState: (state: LinkState) => void,
): Link {
  let isLoaded = cell.current !== undefined;
  /** Of the try under way: whatever belongs to it ends with it. */
  let current: AbortController | undefined;
  let polling: AbortController | undefined;
  let socket: WebSocket | undefined;
  let tries = 0;
  let isFirst = true;
  /** To the next try, or to the end of patience with an open socket. There is never both. */
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Ends the try under way, without waiting for its close event: a dead network may hold that back for minutes. */
  function stop(): void {
    clearTimeout(timer);
    current?.abort();
    socket?.close(1000);
    socket = undefined;
  }

  function stopPolling(): void {
    polling?.abort();
    polling = undefined;
  }

  function close(): void {
    stopPolling();
    stop();
  }

  function retryLater(): void {
    stop();
    timer = setTimeout(connect, backoff(tries++));
    if (polling) return;
    onState("reconnecting");
    if (tries < TRIES_BEFORE_POLLING) return;
    polling = new AbortController();
    void poll(polling.signal);
  }

  function failed(error: unknown): void {
    if (isFinal(error)) {
      close();
      cell.fail(error);
    } else retryLater();
  }

  async function poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const error = await source.load(cell, signal).catch((error: unknown) => error);
      if (signal.aborted) return;
      if (isFinal(error)) return failed(error);
      onState(error ? "reconnecting" : "polling");
      await pause(backoff(POLL_BACKOFF), signal);
    }
  }

  function connect(): void {
    stop();
    current = new AbortController();
    within(current.signal, attempt);
  }

  /** Does a step of a try; when that fails, so does the try. */
  function within(signal: AbortSignal, step: (signal: AbortSignal) => Promise<void>): void {
    step(signal).catch((error) => {
      if (!signal.aborted) failed(error);
    });
  }

  async function attempt(signal: AbortSignal): Promise<void> {
    if (!isLoaded) await source.load(cell, signal);
    isLoaded = true;
    if (signal.aborted) return;
    if (!ticket || Date.parse(ticket.expiresAt) - Date.now() < TICKET_MARGIN_MS) {
      ticket = await transport.renew(source.path, { signal });
    }
    if (!signal.aborted) dial(ticket.ticket, signal);
  }

  function dial(secret: string, signal: AbortSignal): void {
    let hasSpoken = false;
    socket = transport.open(`${source.path}/live${source.query?.(cell) ?? ""}`, secret);
    timer = setTimeout(retryLater, OPEN_WITHIN_MS);
    socket.onopen = probe;
    socket.onmessage = ({ data }) => {
      if (signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(probe, PING_EVERY_MS);
      if (!hasSpoken) spoke(signal);
      hasSpoken = true;
      receive(data);
    };
    socket.onclose = () => {
      if (signal.aborted) return;
      // A browser does not say why a socket was refused; the ticket is the likeliest reason, and cheap to replace.
      // Where that may not be possible, a look over HTTP shows whether there is anything to wait for.
      if (!hasSpoken) {
        ticket = source.lent;
        isLoaded = !ticket;
      }
      retryLater();
    };
  }

  /** An open socket proves little, with all that there may be between: a word from the server does. */
  function spoke(signal: AbortSignal): void {
    stopPolling();
    tries = 0;
    onState("live");
    if (source.hasGap?.(cell, isFirst)) within(signal, (signal) => source.load(cell, signal));
    isFirst = false;
  }

  function probe(): void {
    if (socket?.readyState !== 1) return;
    clearTimeout(timer);
    timer = setTimeout(retryLater, PONG_WITHIN_MS);
    socket.send("ping");
  }

  function receive(text: string): void {
    let frame: Said | undefined;
    try {
      frame = JSON.parse(text);
    } catch {
      // A pong, or a word of tomorrow's.
    }
    if (frame) source.take(cell, frame);
  }

  onState("connecting");
  connect();

  return {
    wake() {
      if (socket?.readyState === 1) return probe();
      tries = 0;
      connect();
    },
    close,
  };
}
