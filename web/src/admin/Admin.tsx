// The operator's page. It is loaded only where it is opened, with its styles.
import { taskwireAdmin } from "@taskwire/client/admin";
import { useMemo } from "react";
import { Router, useSearch } from "wouter";
import { Boundary } from "../components/Boundary.tsx";
import { JumpLink } from "../components/JumpLink.tsx";
import { fromTheTop } from "../from_the_top.ts";
import type { Session } from "../session.ts";
import styles from "../styles/admin.css?url";
import { AdminBar } from "./AdminBar.tsx";
import { type Address, readAddress } from "./address.ts";
import { AdminContext } from "./context.ts";
import { Deliveries } from "./Deliveries.tsx";
import { DeliveryView } from "./DeliveryView.tsx";
import { Events } from "./Events.tsx";
import { EventView } from "./EventView.tsx";
import { NotAllowed } from "./NotAllowed.tsx";
import { Overview } from "./Overview.tsx";
import { TaskView } from "./TaskView.tsx";

interface Props {
  session: Session;
  name: string;
}

export default function Admin({ session, name }: Props) {
  const admin = useMemo(() => taskwireAdmin({ getToken: session.getToken }), [session]);
  const address = readAddress(useSearch());
  return (
    <AdminContext value={admin}>
      {/* React waits for it before it shows what is below. */}
      <link rel="stylesheet" href={styles} precedence="default" />
      <Router aroundNav={fromTheTop}>
        <JumpLink to="main" className="skip">
          Skip to the content
        </JumpLink>
        <AdminBar view={address.view} name={name} onSignOut={() => void session.signOut()} />
        <main id="main" className="studio admin" tabIndex={-1}>
          <Boundary
            key={"id" in address ? `${address.view} ${address.id}` : address.view}
            fallback={(error) => <NotAllowed error={error} name={name} />}
          >
            <View address={address} />
          </Boundary>
        </main>
      </Router>
    </AdminContext>
  );
}

const choiceOf = <A extends { view: string }>({ view: _, ...choice }: A): Omit<A, "view"> => choice;

function View({ address }: { address: Address }) {
  switch (address.view) {
    case "overview":
      return <Overview />;
    case "deliveries":
      return <Deliveries choice={choiceOf(address)} />;
    case "delivery":
      return <DeliveryView id={address.id} />;
    case "task":
      return <TaskView id={address.id} />;
    case "events":
      return <Events choice={choiceOf(address)} />;
    case "event":
      return <EventView id={address.id} />;
  }
}
