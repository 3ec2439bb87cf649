/** The four wire formats Mynth has had; g4 is what it sends today. */

export const GENERATIONS = ["g1", "g2", "g3", "g4"] as const;
export type Generation = (typeof GENERATIONS)[number];
