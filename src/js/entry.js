/**
 * What the runtime sees of the Worker: a class for requests and the cron trigger, and one for each kind of Durable
 * Object. They only pass calls on to Rust. `scripts/bundle.mjs` puts this in the place of worker-build's own entry,
 * which wraps each of them in a Proxy with twelve traps, and makes one for every request.
 */

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
// wasm-bindgen makes it.
import * as wasm from "./index.js";

// A panic's stack has ten frames of the panic itself.
Error.stackTraceLimit = 100;

/** `instanceId` changes when the module is made anew: after a panic that left it in no state to go on. */
const module = wasm.__worker_init_state();

export default class extends WorkerEntrypoint {
  fetch(request) {
    return wasm.fetch(request, this.env, this.ctx);
  }

  scheduled(event) {
    return wasm.scheduled(event, this.env, this.ctx);
  }
}

/** A class of Durable Objects. What Rust has of an object is gone with its module, and is made again for the next call. */
function durable(Room) {
  class Durable {
    #state;
    #env;
    #room;
    #instanceId;

    constructor(state, env) {
      this.#state = state;
      this.#env = env;
      this.#make();
    }

    #make() {
      this.#room = new Room(this.#state, this.#env);
      this.#instanceId = module.instanceId;
    }

    get #current() {
      if (this.#instanceId !== module.instanceId) this.#make();
      return this.#room;
    }

    fetch(request) {
      return this.#current.fetch(request);
    }

    /** A message of our own Worker's, by RPC. */
    message(target, text) {
      return this.#current.message(target, text);
    }

    alarm() {
      return this.#current.alarm();
    }

    webSocketMessage(socket, message) {
      return this.#current.webSocketMessage(socket, message);
    }

    webSocketClose(socket, code, reason, wasClean) {
      return this.#current.webSocketClose(socket, code, reason, wasClean);
    }

    webSocketError(socket, error) {
      return this.#current.webSocketError(socket, error);
    }
  }
  // The runtime takes messages for classes that extend its own. Without its constructor, which takes no wrapped state:
  // tests wrap it.
  return Object.setPrototypeOf(Durable, DurableObject);
}

export const TaskRoom = durable(wasm.TaskRoom);
export const FeedRoom = durable(wasm.FeedRoom);
