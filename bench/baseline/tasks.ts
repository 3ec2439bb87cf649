/** Tasks and their images in D1. Each function is one call to D1. */

import type { Event, ImageResult } from "./webhook.ts";

interface Row {
  id: string;
  user_id: string;
  mynth_task_id: string;
  status: string;
  version: number;
  prompt: string;
  requested_model: string;
  model: string | null;
  error: string | null;
  cost: string | null;
  metadata: string;
  created_at: string;
  updated_at: string;
  /** JSON. */
  images: string;
}

export interface NewTask {
  id: string;
  user: string;
  prompt: string;
  model: string;
  count: number;
  metadata: Record<string, unknown>;
}

const TASK = `SELECT t.*, (SELECT json_group_array(json_object('position', i.position, 'status', i.status,
    'image_id', i.image_id, 'url', i.url, 'error', json(i.error)))
  FROM (SELECT * FROM images WHERE task_id = t.id ORDER BY position) i) AS images FROM tasks t`;

/** Ids sort by time, and so do a user's tasks. */
export function newId(): string {
  return Date.now().toString(16).padStart(12, "0") + crypto.randomUUID().replaceAll("-", "").slice(8);
}

export function imageIds(task: NewTask): string[] {
  return Array.from({ length: task.count }, (_, position) => `${task.id}_${position}`);
}

/** The JSON of answers and frames. */
export function viewOf(row: Row) {
  const { mynth_task_id, requested_model } = row;
  const images = JSON.parse(row.images) as (ImageResult & { position: number; error: object | null })[];
  return {
    taskId: mynth_task_id,
    mynthTaskId: mynth_task_id,
    provider: "mynth",
    kind: "image.generate",
    userId: row.user_id,
    status: row.status,
    version: row.version,
    prompt: row.prompt,
    requestedModel: requested_model,
    model: row.model,
    error: row.error === null ? null : JSON.parse(row.error),
    cost: row.cost,
    metadata: JSON.parse(row.metadata),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    images: images.map(({ position, status, image_id, url, error }) => ({
      id: `${row.id}_${position}`,
      position,
      mynthTaskId: mynth_task_id,
      requestedModel: requested_model,
      status,
      imageId: image_id,
      url,
      error,
    })),
    result: null,
    outputs: images.flatMap(({ url }) => (url === null ? [] : [{ type: "image", url }])),
  };
}

export type View = ReturnType<typeof viewOf>;

export const frameOf = (task: View): string => JSON.stringify({ type: "task", task });

/** Called before the provider is. Returns the row as inserted. */
export async function insert(db: Database, task: NewTask): Promise<Row> {
  const now = new Date().toISOString();
  const metadata = JSON.stringify(task.metadata);
  await db.batch([
    db
      .prepare(
        `INSERT INTO tasks (id, user_id, status, version, prompt, requested_model, metadata, created_at, updated_at)
         VALUES (?1, ?2, 'pending', 0, ?3, ?4, ?5, ?6, ?6)`,
      )
      .bind(task.id, task.user, task.prompt, task.model, metadata, now),
    db
      .prepare("INSERT INTO images (task_id, position, status) SELECT ?1, value, 'pending' FROM json_each(?2)")
      .bind(task.id, JSON.stringify([...Array(task.count).keys()])),
  ]);
  const images = Array.from({ length: task.count }, (_, position) => {
    return { position, status: "pending", image_id: null, url: null, error: null };
  });
  return {
    id: task.id,
    user_id: task.user,
    mynth_task_id: "",
    status: "pending",
    version: 0,
    prompt: task.prompt,
    requested_model: task.model,
    model: null,
    error: null,
    cost: null,
    metadata,
    created_at: now,
    updated_at: now,
    images: JSON.stringify(images),
  };
}

/** The provider has accepted it. */
export async function attach(db: Database, id: string, mynthTaskId: string): Promise<void> {
  await db
    .prepare("UPDATE tasks SET mynth_task_id = ?2, version = 1 WHERE id = ?1 AND mynth_task_id IS NULL")
    .bind(id, mynthTaskId)
    .run();
}

/** The provider has refused it. */
export async function remove(db: Database, id: string): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM images WHERE task_id = ?1").bind(id),
    db.prepare("DELETE FROM tasks WHERE id = ?1").bind(id),
  ]);
}

/** It is not known whether the provider has accepted it. */
export async function fail(db: Database, id: string): Promise<void> {
  const error = JSON.stringify({ code: "provider_unavailable", message: "The provider did not answer." });
  await db
    .prepare("UPDATE tasks SET status = 'failed', error = ?2 WHERE id = ?1 AND status = 'pending'")
    .bind(id, error)
    .run();
}

/** A task of any user. */
export async function read(db: Database, mynthTaskId: string): Promise<View | null> {
  const row = await db.prepare(`${TASK} WHERE t.mynth_task_id = ?1`).bind(mynthTaskId).first<Row>();
  return row && viewOf(row);
}

/** The newest tasks of a user, newest first. */
export async function newest(db: Database, user: string, limit: number): Promise<View[]> {
  const { results } = await db
    .prepare(`${TASK} WHERE t.user_id = ?1 AND t.mynth_task_id IS NOT NULL ORDER BY t.id DESC LIMIT ?2`)
    .bind(user, limit)
    .all<Row>();
  return results.map(viewOf);
}

/**
 * Applies a delivery once, in one transaction: if it fails, nothing is written and the provider sends it
 * again. Null if the task is not known (yet).
 */
export async function take(db: Database, event: Event): Promise<{ isNew: boolean; task: View } | null> {
  const { delivery, taskId, status, model, cost, error, images } = event;
  const now = new Date().toISOString();
  const [taken, , , found] = await db.batch([
    db
      .prepare(
        `INSERT OR IGNORE INTO deliveries (id, received_at)
         SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM tasks WHERE mynth_task_id = ?3)`,
      )
      .bind(delivery, now, taskId),
    db
      .prepare(
        `UPDATE images SET status = ?2 ->> ('$[' || position || '].status'),
           image_id = ?2 ->> ('$[' || position || '].image_id'), url = ?2 ->> ('$[' || position || '].url'),
           error = ?2 ->> ('$[' || position || '].error')
         WHERE task_id = (SELECT id FROM tasks WHERE mynth_task_id = ?1 AND status = 'pending')
           AND position < json_array_length(?2) AND status = 'pending'`,
      )
      .bind(taskId, JSON.stringify(images)),
    db
      .prepare(
        `UPDATE tasks SET status = ?2, version = version + 1, model = ?3, cost = ?4, error = ?5, updated_at = ?6
         WHERE mynth_task_id = ?1 AND status = 'pending'`,
      )
      .bind(taskId, status, model, cost, error, now),
    db.prepare(`${TASK} WHERE t.mynth_task_id = ?1`).bind(taskId),
  ]);
  const row = found?.results[0] as Row | undefined;
  return row ? { isNew: taken?.meta.changes === 1, task: viewOf(row) } : null;
}
