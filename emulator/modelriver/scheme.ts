/** How a webhook is signed: `a` as the documentation says, `b` as the sample servers check it. */

export const SCHEMES = ["a", "b"] as const;
export type Scheme = (typeof SCHEMES)[number];
