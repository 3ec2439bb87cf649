// Every call of the HTTP API by its name: what a page and a server can both do. No state and no sockets.
import type { Http, StartOptions } from "./http.ts";
import type {
  AiRequest,
  Batch,
  BatchRequest,
  ChannelStarted,
  Content,
  ContentAnswer,
  Estimate,
  GenerateRequest,
  ListQuery,
  Models,
  Requests,
  RunRequest,
  Started,
  Task,
  TaskAnswer,
  Ticket,
  Usage,
} from "./wire.ts";

export interface CallerOptions {
  signal?: AbortSignal | undefined;
}

export interface TicketOptions extends CallerOptions {
  /** The ticket is for somebody else: its holder sees neither whose the task is, nor its cost and metadata. */
  share?: boolean | undefined;
}

export interface Calls {
  generate(request: GenerateRequest, options?: StartOptions): Promise<Started>;
  generateBatch(request: BatchRequest, options?: StartOptions): Promise<Batch>;
  start<K extends keyof Requests>(kind: K, request: Requests[K], options?: StartOptions): Promise<Started>;
  /** Starts any model of a provider that runs many, with the model's own input. */
  run(request: RunRequest, options?: StartOptions): Promise<Started>;
  /**
   * Asks the provider to cancel a task, and returns it as it is then. It fails with `canceled` once the provider says so. A
   * result that came first stays. Rejects with `not_cancelable` where the provider cannot.
   */
  cancel(taskId: string, options?: CallerOptions): Promise<Task>;
  estimate(request: GenerateRequest, options?: CallerOptions): Promise<Estimate>;
  ai(request: AiRequest, options?: StartOptions): Promise<ChannelStarted>;
  /** The models that a request can name. */
  models(options?: CallerOptions): Promise<Models>;
  /** Deletes a task with its images, running or not. Nothing is left of it for anyone who watches it. */
  deleteTask(id: string, options?: CallerOptions): Promise<void>;
  /** Deletes a row of content. Its channel stays, without it. */
  deleteContent(id: string, options?: CallerOptions): Promise<void>;
  /**
   * Deletes everything that the user has: tasks, images, content and channels. It takes the server some minutes. What is
   * started from now on stays. Unlike the other calls it is not sent again if the answer is lost.
   */
  deleteMe(options?: CallerOptions): Promise<void>;
}

export interface TaskCalls {
  get(options?: CallerOptions): Promise<Task>;
  /** A ticket with which anyone can watch this task for an hour. It allows nothing else. */
  ticket(options?: TicketOptions): Promise<Ticket>;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface ListCalls<T, Query> {
  /** Reads one page. A filtered page may be empty and still have a `nextCursor`: go on with that. */
  list(query?: Query, options?: CallerOptions): Promise<Page<T>>;
}

export interface ContentCalls extends ListCalls<Content, ListQuery> {
  get(id: string, options?: CallerOptions): Promise<Content>;
}

export interface UsageCalls {
  /** What is used of the user's limits, and what is left. */
  get(options?: CallerOptions): Promise<Usage>;
}

/** The path of one resource. */
export const pathOf = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

export const createCalls = ({ call, start, erase }: Http): Calls => ({
  generate: (request, options) => start("/generate", request, options),
  generateBatch: (request, options) => start("/generate/batch", request, options),
  start: (kind, request, options) => start("/tasks", { kind, request }, options),
  run: (request, options) => start("/tasks", request, options),
  cancel: async (id, options) =>
    (await call<TaskAnswer>(`${pathOf("tasks", id)}/cancel`, { ...options, body: {} })).task,
  estimate: (body, options) => call("/estimate", { ...options, body }),
  ai: (request, options) => start("/ai", request, options),
  models: (options) => call("/models", options),
  deleteTask: (id, options) => erase(pathOf("tasks", id), options),
  deleteContent: (id, options) => erase(pathOf("content", id), options),
  deleteMe: (options) => call("/users/me", { ...options, method: "DELETE" }).then(() => {}),
});

/** With a ticket, the task is read without a token. */
export const taskCalls = (call: Http["call"], path: string, ticket?: string): TaskCalls => ({
  get: async (options) => (await call<TaskAnswer>(path, { ...options, ticket })).task,
  ticket: (options) => call(`${path}/ticket${options?.share ? "?share=true" : ""}`, { ...options, body: {} }),
});

export const listCalls = <T, Query extends object>(call: Http["call"], path: string): ListCalls<T, Query> => ({
  async list(query, options) {
    const given = Object.entries<string>({ ...query }).filter(([, value]) => value != null);
    const answer = await call<Record<string, unknown>>(`${path}?${new URLSearchParams(given)}`, options);
    return { items: answer[path.slice(1)] as T[], nextCursor: answer.nextCursor as string | null };
  },
});

export const contentCalls = (call: Http["call"]): ContentCalls => ({
  ...listCalls(call, "/content"),
  get: async (id, options) => (await call<ContentAnswer>(pathOf("content", id), options)).content,
});

export const usageCalls = (call: Http["call"]): UsageCalls => ({ get: (options) => call("/usage", options) });
