// The page of a person who is signed in: the bar, one view, and the client that feeds it.
import { createTaskwire } from "@taskwire/client";
import { TaskwireProvider } from "@taskwire/client/react";
import { useEffect, useMemo } from "react";
import { usePlace } from "../router.ts";
import { PATHS, type Route, routeOf } from "../routes.ts";
import type { Session } from "../session.ts";
import { BatchView } from "../views/BatchView.tsx";
import { Compare } from "../views/Compare.tsx";
import { Feed } from "../views/Feed.tsx";
import { Gallery } from "../views/Gallery.tsx";
import { History } from "../views/History.tsx";
import { TaskView } from "../views/TaskView.tsx";
import { Announcer } from "./Announcer.tsx";
import { Bar } from "./Bar.tsx";
import { Boundary } from "./Boundary.tsx";
import { JumpLink } from "./JumpLink.tsx";
import { Link } from "./Link.tsx";
import { Refused } from "./Refused.tsx";

interface Props {
  session: Session;
  name: string;
}

export function Studio({ session, name }: Props) {
  const client = useMemo(() => createTaskwire({ getToken: session.getToken }), [session]);
  useEffect(() => () => client.close(), [client]);
  const { path } = usePlace();
  const route = routeOf(path);

  return (
    <TaskwireProvider client={client}>
      <JumpLink to="main" className="skip">
        Skip to the content
      </JumpLink>
      <Bar view={route.view} name={name} onSignOut={() => void session.signOut()} />
      <main id="main" className="studio" tabIndex={-1}>
        <Boundary
          key={path}
          fallback={(error) => (
            <Refused title="This could not be loaded">
              <p>{error.message}</p>
            </Refused>
          )}
        >
          <View route={route} />
        </Boundary>
      </main>
      <Boundary fallback={() => null}>
        <Announcer />
      </Boundary>
    </TaskwireProvider>
  );
}

function View({ route }: { route: Route }) {
  switch (route.view) {
    case "gallery":
      return <Gallery />;
    case "history":
      return <History />;
    case "task":
      return <TaskView id={route.id} />;
    case "compare":
      return <Compare />;
    case "batch":
      return <BatchView id={route.id} />;
    case "feed":
      return <Feed />;
    case "nowhere":
      return (
        <Refused title="There is nothing here">
          <p>
            <Link href={PATHS.gallery}>To the gallery</Link>
          </p>
        </Refused>
      );
  }
}
