// Decides which of the page's two faces is shown: the sign-in, or the studio of the person who is signed in.
import { useEffect, useState, useSyncExternalStore } from "react";
import { SignIn } from "./components/SignIn.tsx";
import { Studio } from "./components/Studio.tsx";
import { openSession, type Session } from "./session.ts";

/** A sign-in that comes back can be finished once only, so this must not start again when a component does. */
const opening = openSession();

export function App() {
  const [session, setSession] = useState<Session | null>(null);
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    opening.then(setSession, () => setFailed(true));
  }, []);

  if (hasFailed) {
    return <SignIn notice="The server could not be reached. Check your connection and load the page again." />;
  }
  // Reading the settings takes an instant: nothing is better than a flash of something else.
  return session === null ? <div className="opening" role="status" aria-label="Loading" /> : <Opened session={session} />;
}

function Opened({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.current);
  if (state.status === "signed-out") return <SignIn notice={state.notice} onSignIn={session.signIn} />;
  return <Studio key={state.userId} session={session} name={state.name} />;
}
