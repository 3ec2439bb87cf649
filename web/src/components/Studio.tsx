// The page of a signed-in user: the bar, one view, and their client.
import { createTaskwire } from "@taskwire/client";
import { TaskwireProvider } from "@taskwire/client/react";
import { useEffect, useMemo } from "react";
import { Link, Route, Router, Switch, useLocation } from "wouter";
import { fromTheTop } from "../from_the_top.ts";
import { PATHS, ROUTES } from "../routes.ts";
import type { Session } from "../session.ts";
import { BatchView } from "../views/BatchView.tsx";
import { Compare } from "../views/Compare.tsx";
import { Feed } from "../views/Feed.tsx";
import { Gallery } from "../views/Gallery.tsx";
import { History } from "../views/History.tsx";
import { Models } from "../views/Models.tsx";
import { TaskView } from "../views/TaskView.tsx";
import { Announcer } from "./Announcer.tsx";
import { Bar } from "./Bar.tsx";
import { Boundary } from "./Boundary.tsx";
import { Deletion } from "./Deletion.tsx";
import { JumpLink } from "./JumpLink.tsx";
import { Refused } from "./Refused.tsx";

interface Props {
  session: Session;
  name: string;
}

export function Studio({ session, name }: Props) {
  const client = useMemo(() => createTaskwire({ getToken: session.getToken }), [session]);
  useEffect(() => () => client.close(), [client]);
  const [path] = useLocation();

  return (
    <TaskwireProvider client={client}>
      <Router aroundNav={fromTheTop}>
        <Deletion>
          <JumpLink to="main" className="skip">
            Skip to the content
          </JumpLink>
          <Bar name={name} onSignOut={() => void session.signOut()} />
          <main id="main" className="studio" tabIndex={-1}>
            <Boundary
              key={path}
              fallback={(error) => (
                <Refused title="This could not be loaded">
                  <p>{error.message}</p>
                </Refused>
              )}
            >
              <Views />
            </Boundary>
          </main>
          <Boundary fallback={() => null}>
            <Announcer />
          </Boundary>
        </Deletion>
      </Router>
    </TaskwireProvider>
  );
}

function Views() {
  return (
    <Switch>
      <Route path={PATHS.gallery} component={Gallery} />
      <Route path={PATHS.history} component={History} />
      <Route path={ROUTES.task}>{({ id }) => <TaskView id={id} />}</Route>
      <Route path={PATHS.compare} component={Compare} />
      <Route path={ROUTES.batch}>{({ id }) => <BatchView id={id} />}</Route>
      <Route path={PATHS.run} component={Models} />
      <Route path={PATHS.feed} component={Feed} />
      <Route>
        <Refused title="There is nothing here">
          <p>
            <Link href={PATHS.gallery}>Go to the gallery</Link>
          </p>
        </Refused>
      </Route>
    </Switch>
  );
}
