/** What a CPU profile says: time by category, and by function. */

/** As the DevTools protocol has it. */
export interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  /** Before each sample, in microseconds. */
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string };
  children?: number[];
}

export type Category = "wasm" | "JavaScript" | "runtime" | "garbage collector";

export interface Times {
  name: string;
  category: Category;
  selfMs: number;
  /** With all that it called. */
  totalMs: number;
}

/** Longest that one sample counts for, in milliseconds. One that is late says that the machine was busy with others. */
const MOST_MS = 1;

/** The Worker waits, or the sample says nothing of what it did. */
const IDLE = "(idle)";
const ROOT = "(root)";
/** The runtime's own code, where no function is known. */
const NATIVE = "(program)";

function categoryOf({ functionName, url }: ProfileNode["callFrame"]): Category {
  if (functionName === "(garbage collector)") return "garbage collector";
  if (url.startsWith("wasm:")) return "wasm";
  return url === "" ? "runtime" : "JavaScript";
}

/** Without the hashes of the crates, as in `core[0123456789abcdef]::ptr`. */
function nameOf({ functionName }: ProfileNode["callFrame"]): string {
  if (functionName === NATIVE) return "the runtime's own code";
  const name = functionName.replace(/\[[0-9a-f]{16}\]/g, "");
  return name || "(anonymous)";
}

/** Every function, the most self time first. */
export function timesOf({ nodes, samples, timeDeltas }: Profile): Times[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const times = new Map<string, Times>();
  const parentOf = ({ id }: ProfileNode) => byId.get(parents.get(id) ?? -1);
  const of = (node: ProfileNode) => {
    const category = categoryOf(node.callFrame);
    const parent = parentOf(node);
    // The caller of a function of the runtime, or of its glue, tells what it is for.
    const isGlue = category === "runtime" || node.callFrame.functionName.startsWith("__wbg_");
    const from = isGlue && parent ? `, from ${nameOf(parent.callFrame)}` : "";
    const name = nameOf(node.callFrame) + from;
    const key = `${category} ${name}`;
    const known = times.get(key) ?? { name, category, selfMs: 0, totalMs: 0 };
    times.set(key, known);
    return known;
  };
  samples.forEach((id, index) => {
    const ms = Math.min((timeDeltas[index] ?? 0) / 1000, MOST_MS);
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === IDLE || node.callFrame.functionName === ROOT) return;
    of(node).selfMs += ms;
    // A function that calls itself counts once.
    const above = new Set<Times>();
    for (let each: ProfileNode | undefined = node; each; each = parentOf(each)) {
      if (each.callFrame.functionName !== ROOT) above.add(of(each));
    }
    for (const each of above) each.totalMs += ms;
  });
  return [...times.values()].sort((a, b) => b.selfMs - a.selfMs);
}

export function byCategory(times: readonly Times[]): [Category, number][] {
  const sums = new Map<Category, number>();
  for (const { category, selfMs } of times) sums.set(category, (sums.get(category) ?? 0) + selfMs);
  return [...sums].sort(([, a], [, b]) => b - a);
}
