export function sizeOf(entry: "index" | "react" | "config" | "admin"): Promise<number>;
