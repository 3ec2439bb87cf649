/** The providers that a project can choose. A new one is an entry here. */

export interface Secret {
  name: string;
  /** What it is, and where it is found. */
  about: string;
}

export interface Provider {
  name: string;
  /** As it writes itself. */
  title: string;
  /** What one gets of it. */
  offers: string;
  /** What the names of its variables begin with. */
  prefix: string;
  secrets: readonly Secret[];
  /** Variables that a deployment may set, with what to say of each. */
  variables: readonly { name: string; value: string; about: string }[];
  /** Where its webhooks are registered. Without it there is nothing to register. */
  webhook?: { path: string; where: string };
  /** Every deployment needs it. */
  isRequired?: true;
}

export const PROVIDERS: readonly Provider[] = [
  {
    name: "mynth",
    title: "Mynth",
    offers: "images, video, analysis",
    prefix: "MYNTH_",
    secrets: [
      { name: "MYNTH_API_KEY", about: "Mynth's API key: mak_…" },
      {
        name: "MYNTH_WEBHOOK_SECRET",
        about: "The secret of the webhook that you register in Mynth's dashboard: whsec_…",
      },
    ],
    variables: [],
    webhook: { path: "/webhooks/mynth", where: "Mynth's dashboard, as a webhook for all events" },
    isRequired: true,
  },
  {
    name: "modelriver",
    title: "ModelRiver",
    offers: "text and data",
    prefix: "MODELRIVER_",
    secrets: [
      { name: "MODELRIVER_API_KEY", about: "ModelRiver's API key: mr_live_…" },
      {
        name: "MODELRIVER_WEBHOOK_SECRET",
        about: "The secret of the webhook that you register in ModelRiver's dashboard",
      },
    ],
    variables: [
      {
        name: "MODELRIVER_PUBLIC",
        value: "false",
        about: 'Whether rows that name no owner are everyone\'s who is signed in: "true", or "false" for nobody\'s.',
      },
    ],
    webhook: { path: "/webhooks/modelriver", where: "ModelRiver's dashboard" },
  },
  {
    name: "replicate",
    title: "Replicate",
    offers: "any of its models",
    prefix: "REPLICATE_",
    secrets: [
      { name: "REPLICATE_API_TOKEN", about: "Replicate's API token: r8_…" },
      {
        name: "REPLICATE_WEBHOOK_SECRET",
        about: "The secret of your webhooks, whsec_…: GET https://api.replicate.com/v1/webhooks/default/secret",
      },
    ],
    variables: [],
  },
  {
    name: "fal",
    title: "fal",
    offers: "any of its models",
    prefix: "FAL_",
    secrets: [{ name: "FAL_KEY", about: "fal's API key" }],
    variables: [],
  },
];

export const TOKEN_SECRET: Secret = {
  name: "TASKWIRE_TOKEN_SECRET",
  about: "Signs the tickets of live connections: 32 random bytes, from `openssl rand -base64 32`",
};
