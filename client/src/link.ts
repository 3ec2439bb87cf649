// One WebSocket that reconnects, and polling where sockets are blocked. The link knows tickets and frames. What a frame
// means, only its source knows.
import { backoff, pause } from "./backoff.ts";
import { erased, isFinal, SIGNED_OUT } from "./error.ts";
import type { Cell } from "./live.ts";
import type { BatchAnswer, ChannelAnswer, ContentAnswer, ProgressFrame, TaskAnswer, Ticket, Usage } from "./wire.ts";

/** `connecting` is the first attempt only. Later attempts are `reconnecting`. */
export type LinkState = "connecting" | "live" | "polling" | "reconnecting";

/** The parts of a frame or an answer that carry values. A frame of type `current` has none. */
export type Said = Partial<
  TaskAnswer &
    BatchAnswer &
    Omit<ChannelAnswer, "content"> & { content: ContentAnswer["content"] | null } & Omit<ProgressFrame, "type"> & {
      usage: Usage;
    }
>;

/** What a frame of type `erased` names. */
export interface Erased {
  taskId?: string;
  /** Null: all of the channel. */
  contentId?: string | null;
  channelId?: string;
}

/** What a link watches. Its functions write to the cell that they are given. */
export interface Source<T> {
  /** The path of the resource. Its socket is at `<path>/live`, its tickets are at `<path>/ticket`. */
  path: string;
  /** The id, if it is a task or a channel. */
  id?: string;
  /** The only credential for this resource. It takes the place of the token. */
  ticket?: string | undefined;
  /** A ticket that was given. It is tried again after a refusal, because there may be no other. */
  lent?: Ticket | undefined;
  /** The query from which a socket resumes. */
  query?: (cell: Cell<T>) => string | undefined;
  /** That query may name what was erased meanwhile. After a refusal, the value is read again. */
  isFragile?: boolean;
  /** Reads the value over HTTP. */
  load: (cell: Cell<T>, signal: AbortSignal) => Promise<void>;
  /** Writes what a frame or an answer says. */
  take: (cell: Cell<T>, said: Said) => void;
  /** The value without what was erased. The same value if it has none of that. */
  strip?: (value: T) => T;
  /** Whether a new socket leaves a gap that has to be loaded over HTTP. */
  hasGap?: (cell: Cell<T>, isFirst: boolean) => boolean;
  /** Whether this value is the last one. */
  isFinal?: (value: T) => boolean;
}

export interface Transport {
  open: (address: string, ticket: string) => WebSocket;
  renew: (path: string, options: { signal?: AbortSignal | undefined } | undefined) => Promise<Ticket>;
  onErased: (erased: Erased) => void;
}

export interface Link {
  /** The network or the tab is back: pings an open socket, and connects at once without one. */
  wake(): void;
  close(): void;
}

export const PING_EVERY_MS = 25_000;
export const PONG_WITHIN_MS = 5_000;
export const OPEN_WITHIN_MS = 10_000;
/** How many attempts may fail in a row before polling begins. */
export const TRIES_BEFORE_POLLING = 3;
/** The backoff attempt whose pause is two to four seconds. */
const POLL_BACKOFF = 2;
/** How often a link that waits for a sign-in looks for a token. It sends nothing for that. */
const SIGN_IN_MS = 1_000;
/** The server closes with this code what exists no longer. */
const ERASED_CODE = 4404;
/** A ticket is renewed this long before it expires. */
const TICKET_MARGIN_MS = 5_000;
/** The close code of a socket whose ticket has expired. */
const EXPIRED = 4401;
/** A socket that has lasted so long and expires is replaced at once. */
export const LASTING_MS = 60_000;

/** Without a ticket, the link asks for one. An error that no retry can change fails the cell. */
export function openLink<T>(
  source: Source<T>,
  cell: Cell<T>,
  transport: Transport,
  ticket: Ticket | undefined,
  onState: (state: LinkState | undefined) => void,
): Link {
  let isLoaded = cell.current !== undefined;
  /** Aborts everything that belongs to the current attempt. */
  let current: AbortController | undefined;
  let polling: AbortController | undefined;
  let socket: WebSocket | undefined;
  let tries = 0;
  let isFirst = true;
  /** Waits for the next attempt, or for a socket that is silent. Never for both. */
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Ends the attempt without waiting for its close event. On a dead network that event may take minutes. */
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

  function retryLater(wait = backoff(tries++)): void {
    stop();
    timer = setTimeout(connect, wait);
    if (polling) return;
    onState("reconnecting");
    if (tries < TRIES_BEFORE_POLLING) return;
    polling = new AbortController();
    void poll(polling.signal);
  }

  function failed(error: unknown): void {
    if (!isFinal(error)) retryLater();
    else {
      close();
      // Whoever signs in next may see a value that nobody has seen. One that is shown is somebody's, and ends.
      if (error.cause === SIGNED_OUT && cell.current === undefined) {
        onState(undefined);
        timer = setTimeout(connect, SIGN_IN_MS);
      } else cell.fail(error);
    }
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

  /** Runs one step of an attempt. If the step fails, the attempt fails. */
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
    /** When the first message came. */
    let spokenAt = 0;
    socket = transport.open(`${source.path}/live${source.query?.(cell) ?? ""}`, secret);
    timer = setTimeout(retryLater, OPEN_WITHIN_MS);
    socket.onopen = probe;
    socket.onmessage = ({ data }) => {
      if (signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(probe, PING_EVERY_MS);
      if (!spokenAt) spoke(signal);
      spokenAt ||= Date.now();
      receive(data);
    };
    socket.onclose = ({ code }) => {
      if (signal.aborted) return;
      if (code === ERASED_CODE) return failed(erased());
      const hasExpired = code === EXPIRED;
      // A browser does not say why a socket was refused. The likeliest reason is the ticket, so it is renewed. Where
      // there may be no other ticket, a request over HTTP tells whether the resource can be read at all.
      if (!spokenAt || hasExpired) {
        ticket = source.lent;
        isLoaded = !ticket && !source.isFragile;
      }
      // Where a fresh ticket expires too, a clock is wrong, and the next one will do no better.
      retryLater(hasExpired && Date.now() - spokenAt > LASTING_MS ? 0 : undefined);
    };
  }

  /** The first message proves that the server was reached. An open socket does not: a proxy may have accepted it. */
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
    let frame: (Said & Erased & { type?: string }) | undefined;
    try {
      frame = JSON.parse(text);
    } catch {
      // A pong, or a message that this version does not know.
    }
    if (frame?.type === "erased") transport.onErased(frame);
    else if (frame) source.take(cell, frame);
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
