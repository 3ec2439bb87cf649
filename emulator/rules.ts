/** What the fields of a request must be, and the issues that are found. Pure. */

import { isHttpUrl, isObject, type Json } from "./json.ts";

export interface Issue {
  /** The field, with dots for what is inside another. */
  path: string;
  message: string;
}

/** What one field takes, and how that is said to who sent another thing. */
export interface Rule {
  isRequired?: boolean;
  fits(value: unknown): boolean;
  expected: string;
}

export function required(rule: Rule): Rule {
  return { ...rule, isRequired: true };
}

/** A string that is not empty. */
export function filled(expected: string): Rule {
  return { fits: (value) => typeof value === "string" && value !== "", expected };
}

/** One of these words. */
export function words(...all: string[]): Rule {
  return { fits: (value) => all.includes(value as string), expected: `Expected ${all.join(" or ")}` };
}

/** For fields whose values are nowhere written down. */
export const ANYTHING: Rule = { fits: () => true, expected: "" };
export const TEXT: Rule = { fits: (value) => typeof value === "string", expected: "Expected a string" };
export const OBJECT: Rule = { fits: isObject, expected: "Expected an object" };
export const HTTP_URL: Rule = { fits: isHttpUrl, expected: "Expected an http or https URL" };

/** The issue of a body that is no object, in which no field can be looked at. */
export const NO_OBJECT: Issue = { path: "", message: "Expected a JSON object" };

/** The issues of the fields that have rules, in the order of the rules. */
export function* fieldIssues(rules: Readonly<Record<string, Rule>>, body: Json): Generator<Issue> {
  for (const [path, { isRequired = false, fits, expected }] of Object.entries(rules)) {
    const value = body[path];
    if (value === undefined ? isRequired : !fits(value)) yield { path, message: expected };
  }
}

/** The issues of fields that have no rule, for providers that mind them. */
export function* unknownFields(known: object, body: Json, prefix = ""): Generator<Issue> {
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(known, name)) yield { path: prefix + name, message: "Unknown field" };
  }
}
