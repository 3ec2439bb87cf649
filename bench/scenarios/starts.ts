/** Starts with few and with many images. Starts with four are in tasks.ts. */

import { ALL, measureOf, type Scenario, warmUp } from "../harness/scenario.ts";

const STARTS = 300;

export const starts: Scenario = {
  name: "starts",
  workers: ALL,
  rows: () => [
    { name: "generate-1", title: "POST /generate, 1 image, 16 at once", by: "perSecond", goal: 1 },
    { name: "generate-20", title: "POST /generate, 20 images, 16 at once", by: "perSecond", goal: 1 },
  ],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const one = await site.spend(() => site.start(size.of(STARTS), { images: 1 }));
      const many = await site.spend(() => site.start(size.of(STARTS), { images: 20 }));
      return { "generate-1": measureOf(one), "generate-20": measureOf(many) };
    }),
};
