/** What a span says of itself beside its place. */
export interface SpanQuestion {
  readonly name?: string;
  /** Lower case: `server`, `client`, … */
  readonly kind?: string;
  readonly scopeName?: string;
  readonly httpRoute?: string;
  readonly httpMethod?: string;
  /** `package.Service`, of the older generation of `rpc.*`. */
  readonly rpcService?: string;
  /** `Method`, or `package.Service/Method` of the newer generation. */
  readonly rpcMethod?: string;
  readonly functionName?: string;
  readonly namespace?: string;
  /** `service.name`. */
  readonly service?: string;
  /** `telemetry.sdk.language`. */
  readonly language?: string;
}

/** Spans these make are not named by the program. */
const libraryScope = /^@opentelemetry\/instrumentation|^opentelemetry[._]instrumentation|^opentelemetry\.instrumentation\.|^io\.opentelemetry\.|^go\.opentelemetry\.io\/contrib|^OpenTelemetry[.:]+(?:Auto)?Instrumentation|^Microsoft\.|^System\.|^next\.js$/;
const annotationScope = /^io\.opentelemetry\.opentelemetry-instrumentation-annotations|^io\.opentelemetry\.spring-boot-autoconfigure|^io\.opentelemetry\.contrib\.php/;

/** Whether spans of this tracer are named by an annotation of the program's. */
export function namesByAnnotation(scopeName: string | undefined): boolean {
  return scopeName !== undefined && annotationScope.test(scopeName);
}

/** False for tracers of instrumentations, which name spans themselves. */
export function namesByProgram(scopeName: string | undefined): boolean {
  return scopeName === undefined || annotationScope.test(scopeName) || !libraryScope.test(scopeName);
}

/** How Express's instrumentation names the span around a handler. */
const expressHandler = 'request handler - ';

/** The route a server's span says, by attributes or by its name (`GET /users/:id`); a route without a method is one of Express's own spans. */
export function routeOf({ name = '', kind, httpRoute, httpMethod }: SpanQuestion): { readonly method: string | undefined; readonly template: string } | undefined {
  if (!isServer(kind) && !name.startsWith(expressHandler)) return undefined;
  const [, said, path] = /^([A-Z]+) (\S.*)$/.exec(name) ?? [];
  const method = httpMethod?.toUpperCase() ?? said;
  const template = httpRoute ?? path;
  if (template === undefined || template === '') return undefined;
  return method !== undefined || name.startsWith(expressHandler) ? { method, template } : undefined;
}

/** `Service/Method` of a server's `rpc.*`. */
export function rpcOf({ kind, rpcService, rpcMethod }: SpanQuestion): string | undefined {
  if (rpcMethod === undefined || !isServer(kind)) return undefined;
  const slash = rpcMethod.lastIndexOf('/');
  const service = slash < 0 ? rpcService : rpcMethod.slice(0, slash);
  return service === undefined ? undefined : `${service.slice(service.lastIndexOf('.') + 1)}/${rpcMethod.slice(slash + 1)}`;
}

function isServer(kind: string | undefined): boolean {
  return kind === undefined || kind === 'server';
}
