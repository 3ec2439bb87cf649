// The models that fields suggest.
import { MODELS } from "../shapes.ts";

export function ModelList() {
  return (
    <datalist id="models">
      {MODELS.map((name) => <option key={name} value={name} />)}
    </datalist>
  );
}
