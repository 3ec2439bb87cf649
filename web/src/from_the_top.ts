// A new view starts at its top. The browser itself restores the position after Back.
import type { AroundNavHandler } from "wouter";

export const fromTheTop: AroundNavHandler = (navigate, to, options) => {
  navigate(to, options);
  if (!options?.replace) scrollTo(0, 0);
};
