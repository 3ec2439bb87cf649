/** How the values of options are read. Pure. */

import { usage } from "./errors.ts";

/** A whole number within bounds. */
export const whole =
  (option: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw usage(`${option} must be a whole number from ${least} to ${most}, not "${text}".`);
  };

/** A number within bounds. */
export const number =
  (option: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw usage(`${option} must be a number from ${least} to ${most}, not "${text}".`);
  };

/** One of these words. */
export const oneOf =
  <Word extends string>(option: string, words: readonly Word[]) =>
  (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw usage(`${option} must be one of ${words.join(", ")}, not "${text}".`);
    return found;
  };

/** An option that may be given several times. */
export const several = (text: string, before: string[] = []): string[] => [...before, text];
