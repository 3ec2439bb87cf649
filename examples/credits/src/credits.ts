/** Credits in D1. */

/** What is used of D1's binding. */
export interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}

interface Statement {
  bind(...values: unknown[]): Statement;
  first<T>(column: string): Promise<T | null>;
}

export const FIRST_CREDITS = 100;

export interface Charge {
  eventId: string;
  userId: string;
  taskId: string;
  amount: number;
}

/**
 * Takes the credits of one event, once: all of it is one transaction, and nothing is taken where the event, or another one
 * of its task, is there already.
 */
export async function charge(db: Database, { eventId, userId, taskId, amount }: Charge): Promise<void> {
  await db.batch([
    db.prepare("INSERT INTO credits (user_id) VALUES (?1) ON CONFLICT DO NOTHING").bind(userId),
    db
      .prepare(
        "UPDATE credits SET credits = credits - ?2 WHERE user_id = ?1 AND NOT EXISTS (SELECT 1 FROM charges WHERE event_id = ?3 OR task_id = ?4)",
      )
      .bind(userId, amount, eventId, taskId),
    db
      .prepare(
        "INSERT INTO charges (event_id, user_id, task_id, amount) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
      )
      .bind(eventId, userId, taskId, amount),
  ]);
}

export async function creditsOf(db: Database, userId: string): Promise<number> {
  const credits = db.prepare("SELECT credits FROM credits WHERE user_id = ?1").bind(userId);
  return (await credits.first<number>("credits")) ?? FIRST_CREDITS;
}
