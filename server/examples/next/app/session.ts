// Stands in for your sign-in: put yours here. The backend asks in this user's name, so take them from a session that you
// have verified, and never from the body of a request.
const sessions = new Map<string, string>();

/** Returns the cookie of a new session. */
export function signIn(user: string): string {
  const id = crypto.randomUUID();
  sessions.set(id, user);
  return `session=${id}`;
}

export async function userOf(request: Request): Promise<string | null> {
  const [, id = ""] = /(?:^|; )session=([^;]+)/.exec(request.headers.get("cookie") ?? "") ?? [];
  return sessions.get(id) ?? null;
}
