/** A task as it is stored and shown in different places, converted to the form of the ground truth. */

import type { Ending } from "./truth.ts";

export type Row = Record<string, any>;

export interface View {
  version: number;
  ending: Ending;
}

/** In D1: the task's row and its images'. */
export function inRows(row: Row, images: Row[]): View {
  const own = images.filter(({ task_id: id }) => id === row.id).sort((a, b) => a.position - b.position);
  return {
    version: row.version,
    ending: {
      kind: row.kind,
      status: row.status,
      error: JSON.parse(row.error)?.code ?? null,
      images: own.map(({ status, image_id: imageId, url }) => ({ status, imageId, url })),
      result: JSON.parse(row.result),
    },
  };
}

/** In an answer or a list. */
export function inAnswer(task: Row | null | undefined): View | null {
  if (!task) return null;
  const images = task.images.map(({ status, imageId, url }: Row) => ({ status, imageId, url }));
  const { kind, status, error, result, version } = task;
  return { version, ending: { kind, status, error: error?.code ?? null, images, result } };
}

/** In its object's storage: the JSON text that is stored there. */
export function inRoom(kept: string | null): View | null {
  const task: Row | undefined = kept === null ? undefined : JSON.parse(kept).task;
  if (!task) return null;
  const images = task.images.map(({ status, image_id: imageId, url }: Row) => ({ status, imageId, url }));
  const { kind, status, error, result, version } = task;
  return { version, ending: { kind, status, error: error?.code ?? null, images, result } };
}
