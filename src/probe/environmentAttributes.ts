/** As the environment was when the probe was loaded: a program may empty it. */
const first = read();

/** The resource as the environment says it: as it is now (a program may have read a file of settings into it), and what it said at first. */
export function environmentAttributes(): Readonly<Record<string, string>> {
  return { ...first, ...read() };
}

function read(): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const entry of (process.env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',')) {
    const at = entry.indexOf('=');
    if (at > 0) attributes[entry.slice(0, at).trim()] = decoded(entry.slice(at + 1).trim());
  }
  const name = process.env.OTEL_SERVICE_NAME?.trim();
  return name === undefined || name === '' ? attributes : { ...attributes, 'service.name': name };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
