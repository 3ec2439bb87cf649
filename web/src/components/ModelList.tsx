// The suggestions of the model field.
import { useModels } from "../use_models.ts";

export function ModelList() {
  return (
    <datalist id="models">
      {useModels().map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </datalist>
  );
}
