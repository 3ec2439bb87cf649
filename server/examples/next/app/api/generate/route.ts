// The page asks its own backend, and the backend asks taskwire. The key never leaves the backend.
import { createTaskwireServer, TaskwireError } from "@taskwire/server";
import { userOf } from "../../session";

/** Made with each request: while Next.js builds there is no key yet. */
const taskwireFor = (user: string) =>
  createTaskwireServer({ url: process.env.TASKWIRE_URL ?? "", key: process.env.TASKWIRE_KEY ?? "" }).as(user);

/** Starts a picture. With the ticket in `live`, the page watches it arrive. */
export async function POST(request: Request): Promise<Response> {
  const user = await userOf(request);
  if (!user) return Response.json({ message: "Sign in first." }, { status: 401 });
  const { prompt } = await request.json();
  try {
    // The page makes a key for each click. Should it send the request again, there is still one picture.
    const idempotencyKey = request.headers.get("idempotency-key") ?? undefined;
    const { taskId, live } = await taskwireFor(user).generate({ prompt, model: "auto" }, { idempotencyKey });
    return Response.json({ taskId, live }, { status: 201 });
  } catch (error) {
    // What the user can mend is said. Anything else is for your log.
    if (!(error instanceof TaskwireError) || error.status !== 422) throw error;
    return Response.json({ message: error.message, issues: error.issues }, { status: 422 });
  }
}

/** The user's newest pictures. */
export async function GET(request: Request): Promise<Response> {
  const user = await userOf(request);
  if (!user) return Response.json({ message: "Sign in first." }, { status: 401 });
  const { items } = await taskwireFor(user).tasks().list({ limit: 20, kind: "image.generate" });
  return Response.json({ tasks: items });
}
