/**
 * Stands in for `internal/global-utils` of @opentelemetry/api in our bundle: what our copy of the API registers stays with it. The process-wide
 * object that all other copies share is left to the program, which can register what it likes, whenever it likes, as if we were not there.
 */
const registered = new Map<string, unknown>();

export function registerGlobal(type: string, instance: unknown): boolean {
  registered.set(type, instance);
  return true;
}

export function getGlobal(type: string): unknown {
  return registered.get(type);
}

export function unregisterGlobal(type: string): void {
  registered.delete(type);
}
