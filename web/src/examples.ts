// Models to try, with an input that each of them takes. Pure.

export interface Example {
  provider: string;
  model: string;
  input: Record<string, unknown>;
}

export const EXAMPLES: readonly Example[] = [
  {
    provider: "replicate",
    model: "black-forest-labs/flux-schnell",
    input: { prompt: "A lighthouse in morning fog, soft watercolour", aspect_ratio: "3:2" },
  },
  {
    provider: "replicate",
    model: "meta/meta-llama-3-8b-instruct",
    input: { prompt: "Write a haiku about a lighthouse.", max_tokens: 128 },
  },
  {
    provider: "fal",
    model: "fal-ai/flux/dev",
    input: { prompt: "A lighthouse in morning fog, soft watercolour", image_size: "landscape_4_3" },
  },
  {
    provider: "fal",
    model: "fal-ai/kling-video/v1.6/standard/text-to-video",
    input: { prompt: "Waves around a lighthouse", duration: "5" },
  },
];

/** The providers of the examples, each once. */
export const RUNNERS: readonly string[] = [...new Set(EXAMPLES.map(({ provider }) => provider))];

/** The input of a model as text: that of its example, or of another one of the same provider. */
export function inputFor(provider: string, model: string): string {
  const of = EXAMPLES.filter((example) => example.provider === provider);
  const example = of.find((each) => each.model === model) ?? of[0];
  return JSON.stringify(example?.input ?? {}, null, 2);
}

/** The object that a text is, or why it is none. */
export function readInput(text: string): { input: Record<string, unknown> } | { problem: string } {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) {
      return { input: input as Record<string, unknown> };
    }
    return { problem: "The input must be a JSON object, such as the example." };
  } catch (error) {
    return { problem: `The input is not JSON: ${(error as Error).message}` };
  }
}
