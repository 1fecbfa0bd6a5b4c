/** What the hub says of itself; per request at debug, per span never. */
export interface HubLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string | Error): void;
}
