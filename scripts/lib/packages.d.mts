export const PACKAGES: readonly { folder: string }[];
export const PACKED: string;
export function releaseVersion(): string;
export function fileOf(manifest: { name: string; version: string }): string;
export function packedFiles(): string[];
