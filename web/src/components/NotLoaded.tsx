// Shown in place of a part of the page whose files could not be loaded: the server is away, or has newer ones.
import { Refused } from "./Refused.tsx";

export function NotLoaded() {
  return (
    <main className="studio">
      <Refused title="This could not be loaded">
        <p>Check your connection and load the page again.</p>
      </Refused>
    </main>
  );
}
