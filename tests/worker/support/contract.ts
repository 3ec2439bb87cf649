/**
 * openapi.json as the Worker serves it. Every call made here is checked against it, and it tells
 * which of its promises no call has seen yet.
 */

import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Answer, call } from "./api.ts";
import { upgrade } from "./watcher.ts";

type Json = Record<string, any>;

export interface Operation {
  /** `POST /tasks/{id}/ticket` */
  name: string;
  method: string;
  path: string;
  /** Whether it becomes a socket. */
  isSocket: boolean;
  takesBody: boolean;
}

export interface Asking {
  /** Replaces what is in braces in the path. */
  id?: string;
  /** `?limit=1` */
  query?: string;
  token?: string;
  headers?: Record<string, string>;
  /** An object is sent as JSON, text as it is. */
  body?: object | string;
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const DOCUMENT = "openapi.json";
/** The headers of all answers, of HTTP itself, and of answers to pages of other origins. They are not described. */
const EVERYWHERE = [
  "cache-control",
  "strict-transport-security",
  "x-content-type-options",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "keep-alive",
  "transfer-encoding",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "vary",
];
const AS_JSON = ["content", "application/json", "schema"];

/** A JSON pointer into the document, encoded for a URL. */
const pointer = (...parts: string[]) =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll("/", "~1"))}`).join("");

/** Fields that are not described are errors here, although clients have to tolerate them. */
function close(schema: any, isBase = false): void {
  if (typeof schema !== "object" || schema === null) return;
  const isOpen = !("additionalProperties" in schema) && !("unevaluatedProperties" in schema);
  if (schema.type === "object" && schema.properties && isOpen && !isBase) schema.additionalProperties = false;
  for (const each of Object.values(schema)) close(each);
}

export class Contract {
  readonly document: Json;
  readonly operations: Operation[];
  readonly #ajv: Ajv2020;
  readonly #unseen: Set<string>;

  constructor(document: Json) {
    this.document = document;
    this.operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => METHODS.includes(method))
        .map((method) => ({
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          isSocket: "101" in methods[method].responses,
          takesBody: "requestBody" in methods[method],
        })),
    );
    this.#unseen = new Set(this.operations.flatMap((operation) => [...this.#promises(operation)]));
    const strict = structuredClone(document);
    for (const [name, schema] of Object.entries(strict.components.schemas)) close(schema, name === "GenerateOptions");
    this.#ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
    // The document is no schema, but contains schemas.
    this.#ajv.addVocabulary(Object.keys(document));
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(strict, DOCUMENT);
  }

  static async of(base: string): Promise<Contract> {
    return new Contract((await call(`${base}/openapi.json`)).body);
  }

  operation(name: string): Operation {
    const found = this.operations.find((operation) => operation.name === name);
    assert.ok(found, `${name} is not described`);
    return found;
  }

  /** The operations that may be refused with this code. */
  refusing(code: string): Operation[] {
    return this.operations.filter((operation) =>
      [...this.#promises(operation)].some((promise) => promise.endsWith(` ${code}`)),
    );
  }

  /** What was promised and has not been seen: `POST /generate 422 validation_error`. */
  get unseen(): string[] {
    return [...this.#unseen];
  }

  /** One request. Its answer has to be as described, and so has its body if it succeeded. */
  async ask(
    base: string,
    name: string,
    { id = "", query = "", token, headers = {}, body }: Asking = {},
  ): Promise<Answer> {
    const operation = this.operation(name);
    const url = base + operation.path.replace(/\{\w+\}/, id) + query;
    const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const sent = {
      method: operation.method,
      headers: { ...authorization, ...type, ...headers },
      ...(text === undefined ? {} : { body: text }),
    };
    const answer = await call(url, sent);
    this.check(operation, answer);
    if (answer.status < 300 && typeof body === "object") {
      this.#validate(body, "paths", operation.path, operation.method.toLowerCase(), "requestBody", ...AS_JSON);
    }
    return answer;
  }

  /** Tries to open a socket. */
  async dial(base: string, name: string, { id = "", query = "", token, headers = {} }: Asking = {}): Promise<Answer> {
    const operation = this.operation(name);
    const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const url = base + operation.path.replace(/\{\w+\}/, id) + query;
    const { status, text, headers: got } = await upgrade(url, { headers: { ...authorization, ...headers } });
    const answer = { status, text, headers: got, body: text ? JSON.parse(text) : null };
    this.check(operation, answer);
    return answer;
  }

  /** Checks an answer against its description, and remembers that it was seen. */
  check({ name, method, path }: Operation, { status, headers, text }: Answer): void {
    const responses = this.document.paths[path][method.toLowerCase()].responses;
    const key = String(status) in responses ? String(status) : "default";
    const response = this.#response(responses[key]);
    const shown = `${name}: ${status} ${text.slice(0, 500)}`;
    const described = Object.entries<Json>(response.headers ?? {});
    for (const [header, { required }] of described) {
      if (required) assert.ok(headers.get(header), `no ${header}: ${shown}`);
    }
    const names = [...EVERYWHERE, ...described.map(([header]) => header.toLowerCase())];
    for (const header of headers.keys()) assert.ok(names.includes(header), `${header} is not described: ${shown}`);
    if (!response.content) {
      assert.equal(text, "", shown);
      this.#unseen.delete(`${name} ${key}`);
      return;
    }
    const [type] = Object.keys(response.content);
    assert.equal(headers.get("content-type"), type, shown);
    if (type !== "application/json") {
      this.#unseen.delete(`${name} ${key}`);
      return;
    }
    const body = JSON.parse(text);
    const { $ref } = responses[key];
    const place = $ref ? $ref.slice(2).split("/") : ["paths", path, method.toLowerCase(), "responses", key];
    this.#validate(body, ...place, ...AS_JSON);
    this.#unseen.delete(`${name} ${key}${body.error ? ` ${body.error.code}` : ""}`);
  }

  /** Checks a socket's frame against its description. */
  frame(name: string, frame: unknown): void {
    this.#validate(frame, "paths", this.operation(name).path, "get", "responses", "101", "x-frames");
  }

  /** Checks a value against a schema, by its name. */
  value(schema: string, value: unknown): void {
    this.#validate(value, "components", "schemas", schema);
  }

  #response(response: Json): Json {
    return response.$ref ? this.document.components.responses[response.$ref.split("/").at(-1)] : response;
  }

  *#promises({ name, method, path }: Operation): Generator<string> {
    for (const [status, response] of Object.entries<Json>(this.document.paths[path][method.toLowerCase()].responses)) {
      const schema = this.#response(response).content?.["application/json"]?.schema;
      const codes: string[] | undefined = schema?.properties?.error?.properties.code.enum;
      if (codes) for (const code of codes) yield `${name} ${status} ${code}`;
      else yield `${name} ${status}`;
    }
  }

  #validate(value: unknown, ...place: string[]): void {
    const validate = this.#ajv.getSchema(`${DOCUMENT}#${pointer(...place)}`) as ValidateFunction | undefined;
    assert.ok(validate, `no schema at ${place.join(" ")}`);
    const isValid = validate(value);
    assert.ok(
      isValid,
      `${place.join(" ")}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 1000)}`,
    );
  }
}
