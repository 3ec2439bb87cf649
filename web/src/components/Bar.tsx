// The bar on top: the views, the state of the connection, and who is signed in.
import { Link, useRoute } from "wouter";
import { PATHS } from "../routes.ts";
import { Account } from "./Account.tsx";
import { ConnectionPill } from "./ConnectionPill.tsx";
import { Logo } from "./Logo.tsx";

/** `covers` matches every address that belongs to the place. */
const PLACES = [
  { path: PATHS.gallery, label: "Gallery", covers: /^\/$/ },
  { path: PATHS.compare, label: "Compare", covers: /^\/compare\b/ },
  { path: PATHS.run, label: "Models", covers: /^\/run\b/ },
  { path: PATHS.history, label: "History", covers: /^\/(history|t)\b/ },
  { path: PATHS.feed, label: "Feed", covers: /^\/feed\b/ },
];

interface Props {
  name: string;
  onSignOut: () => void;
}

export function Bar({ name, onSignOut }: Props) {
  return (
    <header className="bar">
      <Link href={PATHS.gallery} className="brand">
        <Logo /> taskwire
      </Link>
      <nav className="places" aria-label="Views">
        {PLACES.map((place) => (
          <Place key={place.path} {...place} />
        ))}
      </nav>
      <ConnectionPill />
      <Account name={name} onSignOut={onSignOut} />
    </header>
  );
}

function Place({ path, label, covers }: (typeof PLACES)[number]) {
  const [isHere] = useRoute(covers);
  return (
    <Link href={path} aria-current={isHere ? "page" : undefined}>
      {label}
    </Link>
  );
}
