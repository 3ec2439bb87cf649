// The bar on top of the operator's page: its views, and who is signed in.
import { useId } from "react";
import { Link } from "wouter";
import { Logo } from "../components/Logo.tsx";
import { PATHS } from "../routes.ts";
import { type Address, linkTo, NO_DELIVERY_CHOICE, NO_EVENT_CHOICE } from "./address.ts";

type View = Address["view"];

/** `covers` has the views that belong to the place. */
const PLACES: readonly { label: string; href: string; covers: readonly View[] }[] = [
  { label: "Overview", href: linkTo({ view: "overview" }), covers: ["overview"] },
  {
    label: "Deliveries",
    href: linkTo({ view: "deliveries", ...NO_DELIVERY_CHOICE }),
    covers: ["deliveries", "delivery", "task"],
  },
  { label: "Events out", href: linkTo({ view: "events", ...NO_EVENT_CHOICE }), covers: ["events", "event"] },
];

interface Props {
  view: View;
  name: string;
  onSignOut: () => void;
}

export function AdminBar({ view, name, onSignOut }: Props) {
  const id = useId();
  return (
    <header className="bar">
      <Link href={PATHS.gallery} className="brand">
        <Logo /> taskwire
      </Link>
      <nav className="places admin-places" aria-label="Views">
        {PLACES.map(({ label, href, covers }) => (
          <Link key={label} href={href} aria-current={covers.includes(view) ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <span className="pill operator">Operator</span>
      <button type="button" className="button quiet account" data-testid="account" popoverTarget={id} title={name}>
        <span className="visually-hidden">Account: </span>
        <span className="who">{name}</span>
      </button>
      <div id={id} popover="auto" className="menu">
        <Link href={PATHS.gallery} className="button quiet">
          To the gallery
        </Link>
        <button type="button" className="button quiet" data-testid="sign-out" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}
