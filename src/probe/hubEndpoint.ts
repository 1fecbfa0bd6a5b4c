/** What Traceline puts among the resource attributes of every program it starts. */
const captureAttribute = 'traceline.capture';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the spans of a program without an SDK go: the hub that this capture belongs to. undefined where there is no capture, or the person's own
 * settings send spans elsewhere or nowhere: what a program does not send by itself must not reach anybody's collector through us.
 */
export function hubEndpoint(environment: Environment): URL | undefined {
  const get = (name: string): string | undefined => environment[name]?.trim() || undefined;
  if (!(get('OTEL_RESOURCE_ATTRIBUTES') ?? '').split(',').some((entry) => entry.trim().startsWith(`${captureAttribute}=`))) return undefined;
  if (get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || get('OTEL_CONFIG_FILE') !== undefined || get('OTEL_EXPERIMENTAL_CONFIG_FILE') !== undefined) return undefined;
  if (!(get('OTEL_TRACES_EXPORTER') ?? 'otlp').split(',').some((name) => name.trim() === 'otlp')) return undefined;
  const ofTraces = get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const ofAll = get('OTEL_EXPORTER_OTLP_ENDPOINT');
  const protocol = get('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? get('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol !== undefined && !protocol.startsWith('http/')) return undefined;
  try {
    const url = new URL(ofTraces ?? `${(ofAll ?? '').replace(/\/+$/, '')}/v1/traces`);
    return url.protocol === 'http:' && isThisMachine(url.hostname) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The loopback, or the names by which containers reach the machine they run on. */
function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$/.test(host);
}
