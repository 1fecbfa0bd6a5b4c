import { type Context, type TextMapPropagator, type TextMapSetter, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/**
 * Hands on the trace to what may be traced here too: another program of this machine or its network. A service on the internet is sent just what the
 * program sends it.
 */
export function localOnly(inner: TextMapPropagator): TextMapPropagator {
  return {
    inject(context: Context, carrier: unknown, setter: TextMapSetter) {
      const { attributes } = (trace.getSpan(context) ?? {}) as Partial<ReadableSpan>;
      const host = attributes?.['server.address'] ?? attributes?.['net.peer.name'] ?? attributes?.['http.host'] ?? hostOf(attributes?.['url.full'] ?? attributes?.['http.url']);
      if (typeof host !== 'string' || isNear(host)) inner.inject(context, carrier, setter);
    },
    extract: (context, carrier, getter) => inner.extract(context, carrier, getter),
    fields: () => inner.fields(),
  };
}

function hostOf(url: unknown): string | undefined {
  try {
    return typeof url === 'string' ? new URL(url).hostname : undefined;
  } catch {
    return undefined;
  }
}

/** A loopback, private or link-local address, or a name that the public DNS does not give. */
export function isNear(hostAndPort: string): boolean {
  const host = hostAndPort.toLowerCase().replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1');
  if (host.includes(':')) return /^(?:::1$|f[cd]|fe[89ab]|::ffff:)/.test(host);
  if (/^\d+(?:\.\d+){3}$/.test(host)) return /^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(host);
  return !host.includes('.') || /\.(?:local|localhost|internal|test|lan|home\.arpa|svc|docker)$/.test(host);
}
