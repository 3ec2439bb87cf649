export function sizeOf(entry: "index" | "react" | "config"): Promise<number>;
