// Buttons that add a model to a list or remove it.
import type { Model } from "@taskwire/client";

interface Props {
  models: readonly Model[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

export function ModelChoices({ models, chosen, onChange }: Props) {
  return (
    <div className="choices" role="group" aria-label="Available models">
      {models.map(({ id, name }) => {
        const isChosen = chosen.includes(id);
        return (
          <button
            key={id}
            type="button"
            className="button small"
            data-testid="model-choice"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? chosen.filter((other) => other !== id) : [...chosen, id])}
          >
            {name}
          </button>
        );
      })}
    </div>
  );
}
