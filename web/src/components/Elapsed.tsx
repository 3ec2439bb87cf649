// The time since a start. Only this component renders again each second.
import { useNow } from "../use_now.ts";
import { duration } from "../words.ts";

export function Elapsed({ since }: { since: string }) {
  return (
    <span className="elapsed" data-testid="elapsed">
      {duration(useNow() - Date.parse(since))}
    </span>
  );
}
