// The models that forms suggest: the provider's list, or a short one of ours if that has not loaded.
import type { Model } from "@taskwire/client";
import { useTaskwire } from "@taskwire/client/react";
import { useEffect, useState } from "react";
import { MODELS } from "./shapes.ts";

const SOME: readonly Model[] = MODELS.map((id) => ({ id, name: id }));

export function useModels(): readonly Model[] {
  const client = useTaskwire();
  const [models, setModels] = useState(SOME);
  useEffect(() => {
    const asking = new AbortController();
    const { signal } = asking;
    // An error is not shown: a user can type any model.
    client.models({ signal }).then(
      ({ models }) => signal.aborted || setModels(models),
      () => {},
    );
    return () => asking.abort();
  }, [client]);
  return models;
}
