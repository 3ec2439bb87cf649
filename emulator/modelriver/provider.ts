/**
 * The provider's working day: takes a request, lets it take its time, sends the webhook.
 *
 * Owns the timers between those. HTTP is the routes' business, shapes are the wire's.
 */

import { Courier, type Parcel, type Sealed } from "../courier.ts";
import type { Journal } from "../journal.ts";
import type { Json } from "../json.ts";
import type { EmulatorOptions } from "../options.ts";
import { CallbackDesk } from "./callbacks.ts";
import { type AsyncRequest, type Channel, ChannelBook, type Form, type Outcome, settle } from "./channels.ts";
import { type Attempt, attemptOf, type Letter, parcelOf } from "./delivery.ts";
import type { Scheme } from "./options.ts";
import { asksForCallback, callbackUrl, webhookBody, write } from "./wire.ts";

/** How a test has one webhook sent. */
export interface DeliverOptions {
  /** Sent at the same time, each the same event. */
  copies?: number;
  scheme?: Scheme;
  form?: Form;
  /** Ends a pending channel so; for an ended one it is only what the webhook claims. */
  outcome?: Outcome;
  /** Changes the body before it is signed, in place or by returning another. */
  mutate?: (body: Json) => Json | void;
  /** Changes headers and body after signing. */
  tamper?: (sealed: Sealed) => void;
  /** Spaces a level, over several lines; 0 writes the body on one. */
  indent?: number;
  /** Unix seconds to sign with. */
  signedAt?: number;
  secret?: string;
  /** Instead of the request's webhook or the registered one. */
  url?: string;
  /** true follows the retry schedule; otherwise each copy is tried once. */
  retry?: boolean;
}

export interface ReplayOptions {
  /** Sent at the same time. */
  copies?: number;
  url?: string;
}

const PRETTY = 2;

export class ModelRiver {
  readonly book = new ChannelBook();
  readonly desk: CallbackDesk;
  readonly deliveries: Attempt[] = [];
  /** The last attempts of webhooks that were never taken. */
  readonly deadLetters: Attempt[] = [];
  /** The emulator's own address, for callbacks; known once it listens. */
  base = "";
  readonly #options: EmulatorOptions;
  readonly #journal: Journal;
  readonly #courier = new Courier();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: EmulatorOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
    this.desk = new CallbackDesk(options.modelriver, journal, this.book, () => this.base);
  }

  /** Starts a request; it settles and reports by itself unless a test has taken that over. */
  start(request: AsyncRequest): Channel {
    const channel = this.book.create(request, this.#options.modelriver);
    if (this.#options.autoDeliver) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#conclude(channel);
      }, channel.durationMs);
      this.#timers.add(timer.unref());
    }
    this.#journal.changed();
    return channel;
  }

  async #conclude(channel: Channel): Promise<void> {
    this.finish(channel.id);
    if (channel.keywords.has("lost")) return;
    await this.deliver(channel.id, { copies: channel.keywords.has("twice") ? 2 : 1, retry: true });
  }

  /** Ends a channel in the provider's own books and sends nothing: a lost webhook. */
  finish(channelId: string, outcome?: Outcome): Channel {
    const channel = this.#find(channelId);
    settle(channel, outcome);
    this.#journal.changed();
    return channel;
  }

  /** Sends the channel's webhook now; resolves when each copy's first attempt has its answer. */
  async deliver(channelId: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    const channel = this.finish(channelId, how.outcome);
    const url = how.url ?? channel.request.webhook_url ?? this.#options.modelriver.webhookUrl;
    if (url === "") return [];
    const letter = this.#letter(channel, url, how);
    return this.#copies(how.copies, parcelOf(letter), letter, how.retry);
  }

  /** Sends what an earlier attempt sent, to the byte and with its old signature. */
  async replay(attempt: Attempt, how: ReplayOptions = {}): Promise<Attempt[]> {
    const { headers, body } = attempt;
    const parcel = { url: how.url ?? attempt.url, seal: () => ({ headers, body }), waitAfter: () => undefined };
    return this.#copies(how.copies, parcel, attempt);
  }

  callbackUrl(channelId: string): string {
    return callbackUrl(this.#find(channelId), this.base);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#courier.close();
  }

  #find(channelId: string): Channel {
    const channel = this.book.byId.get(channelId);
    if (!channel) throw new Error(`no channel ${channelId}`);
    return channel;
  }

  #letter(channel: Channel, url: string, how: DeliverOptions): Letter {
    const { modelriver, retryScale } = this.#options;
    const outcome = how.outcome ?? (channel.status === "failed" ? "failed" : "completed");
    const form = how.form ?? channel.form;
    const draft = webhookBody(channel, form, outcome, this.base);
    const body = how.mutate?.(draft) ?? draft;
    const asks = asksForCallback(channel, form, outcome);
    const isInHeader = asks && channel.keywords.has("header-callback");
    return {
      channelId: channel.id,
      type: String(body.type ?? (body.data as Json | undefined)?.type),
      url,
      written: write(body, how.indent ?? (channel.keywords.has("pretty") ? PRETTY : 0)),
      scheme: how.scheme ?? channel.scheme,
      secret: how.secret ?? modelriver.webhookSecret,
      headers: isInHeader ? { "x-modelriver-callback-url": callbackUrl(channel, this.base) } : {},
      delays: how.retry ? modelriver.retryDelaysMs.map((delay) => delay * retryScale) : [],
      ...(how.signedAt === undefined ? {} : { signedAt: how.signedAt }),
      ...(how.tamper ? { tamper: how.tamper } : {}),
      onTry: (now) => {
        if (asks) channel.offeredAt = now;
      },
    };
  }

  #copies(copies = 1, parcel: Parcel, about: Parameters<typeof attemptOf>[0], isRetried = false): Promise<Attempt[]> {
    const send = () =>
      this.#courier.send(parcel, (returned) => {
        const attempt = attemptOf(about, returned);
        if (isRetried && returned.isLast) this.deadLetters.push(attempt);
        this.#journal.add(this.deliveries, attempt);
        return attempt;
      });
    return Promise.all(Array.from({ length: copies }, send));
  }
}
