export function sizeOf(entry: "index" | "react"): Promise<number>;
