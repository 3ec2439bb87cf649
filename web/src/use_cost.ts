// What a comparison will cost, as the provider estimates it: each model once, for all prompts.
import { useTaskwire } from "@taskwire/client/react";
import { useEffect, useState } from "react";
import { costOf, sumOf } from "./limits.ts";

/** A pause in typing. */
const PAUSE_MS = 400;

export interface Asked {
  prompts: readonly string[];
  models: readonly string[];
  count: number;
}

/** Null while it is not known, or where the provider does not say. */
export function useCost({ prompts, models, count }: Asked): string | null {
  const client = useTaskwire();
  const [cost, setCost] = useState<string | null>(null);
  const [prompt] = prompts;
  const many = prompts.length;
  const names = models.join("\n");
  useEffect(() => {
    setCost(null);
    if (!prompt || names === "" || !Number.isInteger(count) || count < 1) return;
    const aborter = new AbortController();
    const { signal } = aborter;
    const ask = async (): Promise<void> => {
      const estimates = names.split("\n").map((model) => client.estimate({ prompt, model, count }, { signal }));
      const costs = (await Promise.all(estimates)).map(costOf);
      const known = costs.filter((each) => each !== null);
      // A sum that lacks one of them would be wrong.
      if (known.length === costs.length) setCost(sumOf(Array.from({ length: many }, () => known).flat()));
    };
    const timer = setTimeout(() => void ask().catch(() => {}), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [client, prompt, many, names, count]);
  return cost;
}
