export function allow(headers: string, more: { connect?: readonly string[]; images?: readonly string[] }): string;
export function signInOrigins(vars: { AUTH_ISSUER?: string; AUTH_ORIGINS?: string }): string[];
export function layOutLocally(built: string, folder: string, origin: string): void;
