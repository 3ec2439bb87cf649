// What is left of the user's limits, kept up to date.
import { useUsage } from "@taskwire/client/react";
import { type Left, leftOf } from "./limits.ts";
import { useNow } from "./use_now.ts";

export function useLeft(): Left {
  const usage = useUsage();
  return leftOf(usage, useNow());
}
