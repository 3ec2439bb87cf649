// Chooses the page: a shared task, the studio of a signed-in user, the operator's page, or the sign-in.
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { useRoute } from "wouter";
import { useLocationProperty } from "wouter/use-browser-location";
import { NotLoaded } from "./components/NotLoaded.tsx";
import { SignIn } from "./components/SignIn.tsx";
import { Studio } from "./components/Studio.tsx";
import { PATHS, ROUTES, ticketIn } from "./routes.ts";
import { openSession, type Session } from "./session.ts";
import { Shared } from "./views/Shared.tsx";

/** Nobody but operators needs it, so it comes only where it is opened. */
const Admin = lazy(() => import("./admin/Admin.tsx").catch(() => ({ default: NotLoaded })));

let opening: Promise<Session> | undefined;

/** A sign-in that returns can be completed only once, so a remounted component must not open a second session. */
function openOnce(): Promise<Session> {
  opening ??= openSession();
  return opening;
}

export function App() {
  const [isTask, params] = useRoute(ROUTES.task);
  const ticket = ticketIn(useLocationProperty(() => location.hash));
  if (isTask && ticket !== null) return <Shared key={ticket} id={params.id} ticket={ticket} />;
  return <WithSession />;
}

function WithSession() {
  const [session, setSession] = useState<Session | null>(null);
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    openOnce().then(setSession, () => setFailed(true));
  }, []);

  if (hasFailed) {
    return <SignIn notice="The server could not be reached. Check your connection and load the page again." />;
  }
  // The settings load in a moment. Until then the page is empty, so that nothing flashes.
  return session === null ? <Opening /> : <Opened session={session} />;
}

function Opening() {
  return <div className="opening" role="status" aria-label="Loading" />;
}

function Opened({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.current);
  const [isAdmin] = useRoute(PATHS.admin);
  if (state.status === "signed-out") return <SignIn notice={state.notice} onSignIn={session.signIn} />;
  if (isAdmin) {
    return (
      <Suspense fallback={<Opening />}>
        <Admin key={state.userId} session={session} name={state.name} />
      </Suspense>
    );
  }
  return <Studio key={state.userId} session={session} name={state.name} />;
}
