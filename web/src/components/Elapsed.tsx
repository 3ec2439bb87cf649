// How long something has been going on. Ticks by itself, so that nothing around it is drawn again.
import { useNow } from "../use_now.ts";
import { duration } from "../words.ts";

export function Elapsed({ since }: { since: string }) {
  return (
    <span className="elapsed" data-testid="elapsed">
      {duration(useNow() - Date.parse(since))}
    </span>
  );
}
