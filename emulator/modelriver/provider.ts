/**
 * ModelRiver at work: takes a request, lets it take its time, sends the webhook, takes the callback.
 *
 * HTTP is the routes' business, shapes are the wire's.
 */

import type { Context } from "../context.ts";
import { takeCourse } from "../course.ts";
import type { Json } from "../json.ts";
import { type Letter, mutated, Outbox, type ReplayOptions, type SendOptions } from "../outbox.ts";
import { CallbackDesk } from "./callbacks.ts";
import { type AsyncRequest, type Channel, ChannelBook, type Form, type Outcome, settle } from "./channels.ts";
import { type About, type Attempt, headersOf } from "./delivery.ts";
import type { ModelRiverOptions } from "./options.ts";
import type { Scheme } from "./scheme.ts";
import { asksForCallback, callbackUrl, webhookBody, write } from "./wire.ts";

/** How a test has one webhook sent: `url` is instead of the request's webhook or the registered one. */
export interface DeliverOptions extends SendOptions {
  scheme?: Scheme;
  form?: Form;
  /** Ends a pending channel so; for an ended one it is only what the webhook claims. */
  outcome?: Outcome;
  /** Spaces a level, over several lines; 0 writes the body on one. */
  indent?: number;
}

const PRETTY = 2;

export class ModelRiver {
  readonly book = new ChannelBook();
  readonly desk: CallbackDesk;
  readonly outbox: Outbox<About>;
  readonly #options: ModelRiverOptions;
  readonly #context: Context;

  constructor(options: ModelRiverOptions, context: Context) {
    this.#options = options;
    this.#context = context;
    this.outbox = new Outbox(context);
    this.desk = new CallbackDesk(options, context.journal, this.book, () => this.base);
  }

  /** For callbacks. */
  get base(): string {
    return this.#context.base();
  }

  /** Starts a request; it settles and reports by itself unless tests have taken that over. */
  start(request: AsyncRequest): Channel {
    const channel = this.book.create(request, this.#options);
    takeCourse(channel, this, this.#context);
    this.#context.journal.changed();
    return channel;
  }

  /** Ends a channel in the provider's own books and sends nothing: a lost webhook. */
  finish(channelId: string, outcome?: Outcome): Channel {
    const channel = this.#find(channelId);
    settle(channel, outcome);
    this.#context.journal.changed();
    return channel;
  }

  /** Sends the channel's webhook now; resolves when each copy's first attempt has its answer. */
  async deliver(channelId: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    const channel = this.finish(channelId, how.outcome);
    const url = how.url ?? channel.request.webhook_url ?? this.#options.webhookUrl;
    return url === "" ? [] : this.outbox.send(this.#letter(channel, url, how), how);
  }

  /** Sends what an earlier attempt sent, to the byte and with its old signature. */
  replay(attempt: Attempt, how?: ReplayOptions): Promise<Attempt[]> {
    return this.outbox.replay(attempt, how);
  }

  callbackUrl(channelId: string): string {
    return callbackUrl(this.#find(channelId), this.base);
  }

  #find(channelId: string): Channel {
    const channel = this.book.byId.get(channelId);
    if (!channel) throw new Error(`no channel ${channelId}`);
    return channel;
  }

  #letter(channel: Channel, url: string, how: DeliverOptions): Letter<About> {
    const outcome = how.outcome ?? (channel.status === "failed" ? "failed" : "completed");
    const form = how.form ?? channel.form;
    const body = mutated(webhookBody(channel, form, outcome, this.base), how);
    const written = write(body, how.indent ?? (channel.keywords.has("pretty") ? PRETTY : 0));
    const about: About = {
      channelId: channel.id,
      type: String(body.type ?? (body.data as Json | undefined)?.type),
      scheme: how.scheme ?? channel.scheme,
    };
    const secret = how.secret ?? this.#options.webhookSecret;
    const asks = asksForCallback(channel, form, outcome);
    const isInHeader = asks && channel.keywords.has("header-callback");
    const more: Record<string, string> = isInHeader
      ? { "x-modelriver-callback-url": callbackUrl(channel, this.base) }
      : {};
    return {
      about,
      url,
      body: written.body,
      headers: (timestamp) => ({ ...headersOf(about, secret, written, timestamp), ...more }),
      delays: this.#options.retryDelaysMs,
      onTry: (now) => {
        if (asks) channel.offeredAt = now;
      },
    };
  }
}
