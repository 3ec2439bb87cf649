// @taskwire/server: starts and reads AI tasks for the users of a backend. Needs fetch and Web Crypto, and nothing else.

export type {
  CallerOptions,
  Calls,
  ContentCalls,
  ListCalls,
  Page,
  TaskCalls,
  TicketOptions,
  UsageCalls,
} from "../../client/src/calls.ts";
export { TaskwireError } from "../../client/src/error.ts";
export type { StartOptions } from "../../client/src/http.ts";
export { isKind } from "../../client/src/kind.ts";
export type * from "../../client/src/wire.ts";
export type { MintTicketOptions, TicketScope } from "./mint_ticket.ts";
export { mintTicket } from "./mint_ticket.ts";
export type { ForUser, TaskwireServer, TaskwireServerOptions, WithTicket } from "./server.ts";
export { createTaskwireServer } from "./server.ts";
export type {
  ContentEvent,
  EventHeaders,
  EventRefusal,
  TaskEvent,
  TaskwireEvent,
  ThinContent,
  ThinTask,
  VerifyEventOptions,
} from "./verify_event.ts";
export { EventError, verifyEvent } from "./verify_event.ts";
