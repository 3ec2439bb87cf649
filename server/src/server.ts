// The calls of one backend: its key proves who it is, and each of its calls is for one user.
import {
  type CallerOptions,
  type Calls,
  type ContentCalls,
  contentCalls,
  createCalls,
  type ListCalls,
  listCalls,
  pathOf,
  type TaskCalls,
  taskCalls,
  type UsageCalls,
  usageCalls,
} from "../../client/src/calls.ts";
import { type Authorize, createHttp } from "../../client/src/http.ts";
import type { BatchAnswer, ChannelAnswer, Task, TaskQuery, Ticket } from "../../client/src/wire.ts";
import { wrong } from "./wrong.ts";

export interface TaskwireServerOptions {
  /** The address of your taskwire, `https://…`. */
  url: string;
  /** One of `TASKWIRE_SERVER_KEYS`, `twk_…`. It may do everything for every user: it must never reach a browser. */
  key: string;
  /** Another `fetch` than the global one. */
  fetch?: typeof fetch | undefined;
}

export interface WithTicket {
  /** A ticket for the socket of this, valid for an hour. It allows nothing else. */
  ticket(options?: CallerOptions): Promise<Ticket>;
}

/** What can be done for one user. The names are those of `@taskwire/client`; what watches there, reads here. */
export interface ForUser extends Calls {
  task(id: string): TaskCalls;
  tasks(): ListCalls<Task, TaskQuery> & WithTicket;
  batch(id: string): WithTicket & {
    /** In the order of the request, refused tasks too. */
    get(options?: CallerOptions): Promise<Task[]>;
  };
  content(): ContentCalls & WithTicket;
  channel(id: string): WithTicket & {
    get(options?: CallerOptions): Promise<ChannelAnswer>;
  };
  usage(): UsageCalls;
}

export interface TaskwireServer {
  /** The calls for this user: the id that your users have as `sub` in their tokens, or any other of yours. */
  as(userId: string): ForUser;
}

export function createTaskwireServer({ url, key, fetch }: TaskwireServerOptions): TaskwireServer {
  const base = addressOf(url);
  if (typeof key !== "string" || !/^twk_[\x21-\x7e]{28,}$/.test(key)) {
    throw wrong("createTaskwireServer", "key", "must be one of TASKWIRE_SERVER_KEYS: twk_…, 32 characters or more");
  }
  return {
    as(userId) {
      // The header can carry nothing else, and it is trimmed.
      if (typeof userId !== "string" || !/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(userId)) {
        throw wrong("as", "userId", "must be 1 to 255 visible ASCII characters, with no space at either end");
      }
      const headers = { Authorization: `Bearer ${key}`, "Taskwire-User": userId };
      const authorize: Authorize = async (refused) => {
        // There is no other key to try.
        if (refused) throw refused;
        return headers;
      };
      return forUser(createHttp(base, authorize, fetch));
    },
  };
}

function addressOf(url: string): string {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash) {
    throw wrong(
      "createTaskwireServer",
      "url",
      "must be the address of your taskwire, such as https://tasks.example.com",
    );
  }
  return url.replace(/\/+$/, "");
}

function forUser(http: ReturnType<typeof createHttp>): ForUser {
  const { call } = http;
  const ticketOf = (path: string): WithTicket => ({
    ticket: (options) => call(`${path}/ticket`, { ...options, body: {} }),
  });
  return {
    ...createCalls(http),
    task: (id) => taskCalls(call, pathOf("tasks", id)),
    tasks: () => ({ ...listCalls(call, "/tasks"), ...ticketOf("/tasks") }),
    batch(id) {
      const path = pathOf("batches", id);
      // The newest is the first in the answer, and the last in the request.
      return { get: async (options) => (await call<BatchAnswer>(path, options)).tasks.reverse(), ...ticketOf(path) };
    },
    content: () => ({ ...contentCalls(call), ...ticketOf("/content") }),
    channel(id) {
      const path = pathOf("channels", id);
      return { get: (options) => call(path, options), ...ticketOf(path) };
    },
    usage: () => usageCalls(call),
  };
}
