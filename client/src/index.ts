// @taskwire/client: starts AI tasks, and keeps their values up to date.

export type { CallerOptions, Page, TicketOptions } from "./calls.ts";
export type {
  ConnectionState,
  LiveContent,
  LiveList,
  LiveTask,
  LiveUsage,
  Taskwire,
  TaskwireOptions,
} from "./client.ts";
export { createTaskwire } from "./client.ts";
export { TaskwireError } from "./error.ts";
export type { GetToken, GetTokenOptions, StartOptions } from "./http.ts";
export { isKind } from "./kind.ts";
export type { List } from "./list.ts";
export type { Live, SubscribeOptions } from "./live.ts";
export type * from "./wire.ts";
