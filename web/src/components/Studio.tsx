// The page of a person who is signed in: header, composer, gallery, history.
import { useMemo } from "react";
import { createApi } from "../api.ts";
import type { Session } from "../session.ts";
import { useTasks } from "../use_tasks.ts";
import { Announcer } from "./Announcer.tsx";
import { Composer } from "./Composer.tsx";
import { ConnectionPill } from "./ConnectionPill.tsx";
import { Gallery } from "./Gallery.tsx";
import { Logo } from "./Logo.tsx";

interface Props {
  session: Session;
  name: string;
}

export function Studio({ session, name }: Props) {
  const api = useMemo(
    () => createApi({ accessToken: session.accessToken, onUnauthorized: session.expire }),
    [session],
  );
  const tasks = useTasks(api);

  return (
    <>
      <header className="bar">
        <p className="brand"><Logo /> taskwire</p>
        <ConnectionPill connection={tasks.connection} />
        <span className="who" title={name}>{name}</span>
        <button type="button" className="button quiet" data-testid="sign-out" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </header>
      <main className="studio">
        <h1 className="visually-hidden">Pictures from a prompt</h1>
        <Composer onGenerate={tasks.generate} />
        <Gallery current={tasks.current} drafts={tasks.drafts} history={tasks.history} />
      </main>
      <Announcer tasks={tasks.current} connection={tasks.connection} />
    </>
  );
}
