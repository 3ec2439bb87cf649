// The models that fields suggest: the provider's, and until they are here, or if they cannot be had, some of ours.
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
    // Any other model may be written: that there are no suggestions is nothing to bother anybody with.
    client.models({ signal }).then(
      ({ models }) => signal.aborted || setModels(models),
      () => {},
    );
    return () => asking.abort();
  }, [client]);
  return models;
}
