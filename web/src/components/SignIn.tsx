// What a visitor sees first.
import { useEffect, useState } from "react";
import { Logo } from "./Logo.tsx";

interface Props {
  notice: string | null;
  /** Without it there is no button, only the notice. */
  onSignIn?: () => Promise<void>;
}

export function SignIn({ notice, onSignIn }: Props) {
  const [isLeaving, setLeaving] = useState(false);
  const [hasFailed, setFailed] = useState(false);

  // "Back" from the sign-in service may restore this page as it was left, with the button busy.
  useEffect(() => {
    const stay = () => setLeaving(false);
    addEventListener("pageshow", stay);
    return () => removeEventListener("pageshow", stay);
  }, []);

  function leave() {
    if (isLeaving || !onSignIn) return;
    setLeaving(true);
    setFailed(false);
    onSignIn().catch(() => {
      setLeaving(false);
      setFailed(true);
    });
  }

  const message = hasFailed ? "The sign-in service could not be reached. Please try again in a moment." : notice;
  return (
    <main className="welcome">
      <div className="welcome-tiles" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <p className="brand">
        <Logo /> taskwire
      </p>
      <h1>Turn a prompt into pictures, and see each one the moment it is ready.</h1>
      {message !== null && (
        <p className="notice" role="alert" data-testid="error">
          {message}
        </p>
      )}
      {onSignIn && (
        <button
          type="button"
          className="button primary large"
          data-testid="sign-in"
          aria-disabled={isLeaving}
          onClick={leave}
        >
          {isLeaving ? "Signing in…" : "Sign in"}
        </button>
      )}
    </main>
  );
}
