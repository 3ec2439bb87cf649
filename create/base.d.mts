import type { Base } from "./base.ts";
export function readBase(): Base;
