// The bar on top: where one is, where one can go, whether all is live, and who is signed in.
import { PATHS, type Route } from "../routes.ts";
import { ConnectionPill } from "./ConnectionPill.tsx";
import { Link } from "./Link.tsx";
import { Logo } from "./Logo.tsx";

const PLACES = [
  { path: PATHS.gallery, label: "Gallery", views: ["gallery"] },
  { path: PATHS.compare, label: "Compare", views: ["compare", "batch"] },
  { path: PATHS.history, label: "History", views: ["history", "task"] },
  { path: PATHS.feed, label: "Feed", views: ["feed"] },
] as const;

interface Props {
  view: Route["view"];
  name: string;
  onSignOut: () => void;
}

export function Bar({ view, name, onSignOut }: Props) {
  return (
    <header className="bar">
      <Link href={PATHS.gallery} className="brand">
        <Logo /> taskwire
      </Link>
      <nav className="places" aria-label="Views">
        {PLACES.map(({ path, label, views }) => (
          <Link key={path} href={path} aria-current={views.some((each) => each === view) ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <ConnectionPill />
      <span className="who" title={name}>
        {name}
      </span>
      <button type="button" className="button quiet" data-testid="sign-out" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  );
}
