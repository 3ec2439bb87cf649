/** What is to be measured, from the command line. */

import { parseArgs } from "node:util";
import type { Scenario, Size, WorkerName } from "./harness/scenario.ts";
import { SCENARIOS } from "./scenarios/all.ts";

const NAMES: readonly WorkerName[] = ["ours", "other", "baseline", "floor"];

/** The command line is not valid. */
export class Wrong extends Error {}

/** @throws {Wrong} */
export function readCommand() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "3" },
      scale: { type: "string", default: "1" },
      full: { type: "boolean", default: false },
      workers: { type: "string" },
      build: { type: "string", default: "build" },
      other: { type: "string" },
      "other-set": { type: "string", multiple: true, default: [] },
      state: { type: "string" },
      json: { type: "string" },
    },
  });
  const rounds = Number(values.rounds);
  const scale = Number(values.scale);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Wrong("--rounds must be a whole number from 1 up.");
  if (!(scale > 0)) throw new Wrong("--scale must be a number above 0.");
  const settings = values["other-set"].map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  const wrong = settings.find(([name, value]) => !name || value === undefined);
  if (wrong) throw new Wrong(`--other-set must be NAME=VALUE, and not ${wrong[0]}.`);
  const isOther = values.other !== undefined || settings.length > 0;
  const usual = NAMES.filter((name) => name !== "other" || isOther);
  const workers = values.workers?.split(",") ?? usual;
  const unknown = workers.find((name) => !usual.includes(name as WorkerName));
  if (unknown !== undefined) throw new Wrong(`--workers: there is no ${unknown}. There are ${usual.join(", ")}.`);
  const size: Size = { of: (count) => Math.max(1, Math.round(count * scale)), isFull: values.full };
  const rowsOf = (scenario: Scenario) => scenario.rows(size).map(({ name }) => name);
  const isAsked = (scenario: Scenario) => (name: string) => scenario.name === name || rowsOf(scenario).includes(name);
  const known = SCENARIOS.flatMap((scenario) => [scenario.name, ...rowsOf(scenario)]);
  const strange = positionals.find((name) => !known.includes(name));
  if (strange !== undefined) throw new Wrong(`There is no ${strange}. There are ${[...new Set(known)].join(", ")}.`);
  const isUsual = ({ isLong = false }: Scenario) => positionals.length === 0 && (!isLong || values.full);
  const asked = SCENARIOS.filter((scenario) => isUsual(scenario) || positionals.some(isAsked(scenario)));
  const rows = (scenario: Scenario) =>
    scenario.rows(size).filter(({ name }) => {
      return positionals.length === 0 || positionals.includes(name) || positionals.includes(scenario.name);
    });
  const { build, other, state, json } = values;
  const vars: Record<string, string> = Object.fromEntries(settings);
  return { rounds, size, workers: workers as WorkerName[], build, other, vars, state, json, asked, rows, scale };
}

export type Command = ReturnType<typeof readCommand>;
