export interface Registry {
  url: string;
  said(): string;
  publish(file: string, tag?: string): Promise<unknown>;
  close(): Promise<void>;
}
export function startRegistry(): Promise<Registry>;
