// The client's types, from openapi.json: a plain interface for everything that a signed-in caller
// sends and gets. Knows the part of JSON Schema that the document uses, and refuses any other. No I/O.

const HEAD = `// The JSON of the API, as the server writes and reads it: plain interfaces, and nothing that runs.
// Written by \`npm run openapi\` from openapi.json, which is written from the server's own types: change those.`;

/** Queries, by the path that takes them. */
const QUERIES = { ListQuery: "/content", TaskQuery: "/tasks" };

/** What follows from the others. */
const TAIL = `/** What each kind of task is asked with. */
export type Requests = { [Each in TaskRequest as Each["kind"]]: Each["request"] };

/** What each kind of task returns. */
export type Results = { [Each in TaskResult as Each["kind"]]: Each["result"] };

/** How far a task has come: from 0 to 1, or null where the provider does not say. */
export interface TaskProgress {
  value: number | null;
  message?: string | undefined;
}

export interface Task {
  /** While it is pending and watched on its own, where the provider says so. It has no version. */
  progress?: TaskProgress | undefined;
}

/** A task of a kind that is known, with what it returns once it is completed. */
export type TaskOf<Kind extends keyof Results> = Task & { kind: Kind; result: Results[Kind] | null };`;

/** Everything about a schema that becomes a type or its comment, or says no more than the server checks. */
const KNOWN = new Set([
  "$ref",
  "additionalProperties",
  "allOf",
  "anyOf",
  "const",
  "default",
  "description",
  "enum",
  "format",
  "items",
  "maxItems",
  "maxLength",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "oneOf",
  "pattern",
  "properties",
  "required",
  "type",
  "unevaluatedProperties",
]);

const COLUMNS = 120;

const nameOf = (reference) => reference.split("/").at(-1);

const union = (types) => [...new Set(types)].join(" | ");

/** The schema as a type, on one line if it can be. */
function typeOf(schema, indent = "") {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown) throw new Error(`${unknown} is not known here: ${JSON.stringify(schema)}`);
  if (schema.$ref) return nameOf(schema.$ref);
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return union(any.map((each) => typeOf(each, indent)));
  if (!schema.type) return "unknown";
  return union([schema.type].flat().map((type) => ofType(type, schema, indent)));
}

function ofType(type, schema, indent) {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array": {
      const items = typeOf(schema.items ?? {}, indent);
      return items.includes(" | ") ? `(${items})[]` : `${items}[]`;
    }
    case "object":
      return schema.properties ? short(fields(schema, indent)) : "Record<string, unknown>";
    default:
      throw new Error(`no type ${type}`);
  }
}

/** The fields in the order in which the server has them: that of what is required. */
function fields({ properties, required = [], additionalProperties }, indent) {
  const names = [...required, ...Object.keys(properties).filter((name) => !required.includes(name))];
  const inner = `${indent}  `;
  const lines = names.map((name) => {
    const schema = properties[name];
    return `${comment(schema, inner)}${inner}${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema, inner)};\n`;
  });
  if (additionalProperties === true) lines.push(`${inner}[more: string]: unknown;\n`);
  return `{\n${lines.join("")}${indent}}`;
}

/** The same fields on one line, if they say little. */
function short(type) {
  const line = type.replace(/;\n\s*\}$/, " }").replace(/\n\s*/g, " ");
  return type.includes("/**") || line.length > COLUMNS / 2 + 20 ? type : line;
}

/** What a type cannot say of a schema's limits. */
function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, default: usual, items = {} }) {
  const range = (least, most, unit) => (least ? `${least} to ${most}${unit}` : `At most ${most}${unit}`);
  const left = usual === undefined ? "" : `, ${usual} if it is left out`;
  if (maximum !== undefined) return `${range(minimum, maximum, "")}${left}.`;
  if (maxLength !== undefined)
    return `${minLength === maxLength ? maxLength : range(minLength, maxLength, "")} characters.`;
  if (maxItems === undefined) return "";
  const each = items.maxLength ? `, each of ${items.maxLength} characters at most` : "";
  return `${range(minItems, maxItems, "")}${each}.`;
}

function comment(schema, indent = "") {
  const text = [schema.description, limits(schema)].filter(Boolean).join(" ");
  if (!text) return "";
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && `${indent} * ${lines.at(-1)} ${word} */`.length > COLUMNS) lines.push("");
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

function alias(name, type) {
  const line = `export type ${name} = ${type};`;
  return line.length > COLUMNS ? `export type ${name} =\n  | ${type.split(" | ").join("\n  | ")};` : line;
}

function declaration(name, schema) {
  const isObject = schema.type === "object" && schema.properties;
  const base = schema.allOf?.map(({ $ref }) => nameOf($ref)).join(", ");
  const text = isObject
    ? `export interface ${name}${base ? ` extends ${base}` : ""} ${fields(schema, "")}`
    : alias(name, typeOf(schema));
  return comment(schema) + text;
}

/** A query is written by the client: null is as good as nothing there. */
function query(name, { parameters }) {
  const own = parameters.filter((each) => each.in === "query");
  const lines = own.map((each) => {
    const schema = { description: each.description, ...each.schema };
    return `${comment(schema, "  ")}  ${each.name}?: ${typeOf(schema)} | null;\n`;
  });
  return `export interface ${name} {\n${lines.join("")}}`;
}

/** The names that a schema is made of. */
function* names(value) {
  if (Array.isArray(value)) for (const each of value) yield* names(each);
  else if (value && typeof value === "object") {
    if (value.$ref?.startsWith("#/components/schemas/")) yield nameOf(value.$ref);
    for (const each of Object.values(value)) yield* names(each);
  }
}

/** What signed-in callers meet, and what that is made of. */
function reachable({ paths, components }) {
  const found = new Set(["Frame", "ApiErrorBody", "TaskResult", "WebConfig"]);
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  for (const name of names(operations.filter(({ security }) => security.length > 0))) found.add(name);
  for (const name of found) for (const inner of names(components.schemas[name])) found.add(inner);
  return found;
}

/** The text of the client's wire.ts. */
export function wireTypes(document) {
  const { schemas } = document.components;
  const wanted = reachable(document);
  const types = Object.keys(schemas)
    .filter((name) => wanted.has(name))
    .map((name) => declaration(name, schemas[name]));
  const queries = Object.entries(QUERIES).map(([name, path]) => query(name, document.paths[path].get));
  return `${[HEAD, ...types, ...queries, TAIL].join("\n\n")}\n`;
}
