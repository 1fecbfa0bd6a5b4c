import { jsonObject } from './jsonObject.ts';

/** By its name, without a folder: `compose.yaml`, the older `docker-compose.yml`, and what overrides them (Compose Specification, "The Compose file"). */
export function isComposeFile(name: string): boolean {
  return /^(?:docker-)?compose(?:\.[\w.-]*)?\.ya?ml$/.test(name);
}

/** The services of a compose file, each as it is written there; none of a text that is no YAML. The parser is loaded here: most workspaces have no such file. */
export async function composeServices(text: string): Promise<(Readonly<Record<string, unknown>> | undefined)[]> {
  const { parse } = await import('yaml');
  let file: unknown;
  try {
    file = parse(text, { merge: true, logLevel: 'error' });
  } catch {
    return [];
  }
  return Object.values(jsonObject(jsonObject(file)?.['services']) ?? {}).map(jsonObject);
}
