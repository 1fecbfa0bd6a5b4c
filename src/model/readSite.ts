import type { Attributes } from './attributes.ts';
import { integerAttribute, stringAttribute } from './attributes.ts';
import { saysPlace, type Site, type SpanNaming, withException } from './site.ts';
import { isEntryKind, type Span, spanKindName } from './span.ts';
import { exceptionStack, stackAttribute } from './stackAttribute.ts';

/**
 * Where a span says it was made, and what it is called where it names no place, or where its place is other people's code.
 * Both generations of the code attributes, each fact on its own, since they are mixed in the wild
 * (semantic conventions, attribute registry "code", and its migration guide).
 */
export function readSite({ name, kind, attributes, events, scope, resource }: Pick<Span, 'name' | 'kind' | 'attributes' | 'events' | 'scope' | 'resource'>): Site {
  const language = stringAttribute(resource.attributes, 'telemetry.sdk.language');
  const filePath = stringAttribute(attributes, 'code.file.path') ?? stringAttribute(attributes, 'code.filepath');
  const stacktrace = stackAttribute(attributes, 'code.stacktrace', language);
  const isNamed = (filePath === undefined && stacktrace === undefined) || isEntryKind(kind);
  const site: Site = {
    filePath,
    line: positive(attributes, 'code.line.number') ?? positive(attributes, 'code.lineno'),
    column: positive(attributes, 'code.column.number') ?? positive(attributes, 'code.column'),
    functionName: stringAttribute(attributes, 'code.function.name') ?? stringAttribute(attributes, 'code.function'),
    // Rust's tracing-opentelemetry has a name of its own for it since 0.32.
    namespace: stringAttribute(attributes, 'code.namespace') ?? stringAttribute(attributes, 'code.module.name'),
    stacktrace,
    naming: isNamed ? readNaming(name, kind, scope.name, attributes, stringAttribute(resource.attributes, 'service.name')) : undefined,
    language,
  };
  return saysPlace(site) ? site : withException(site, ownException({ attributes, events }, language));
}

/** The stack of the exception that was recorded on the span last: the one that ended it, where one did. */
function ownException({ attributes, events }: Pick<Span, 'attributes' | 'events'>, language: string | undefined): string | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    const stack = exceptionStack(events[i]!.attributes, language);
    if (stack !== undefined) return stack;
  }
  return exceptionStack(attributes, language);
}

/** Both generations of `http.*` and `rpc.*` (semantic conventions, HTTP and RPC spans). */
function readNaming(name: string, kind: number, scopeName: string, attributes: Attributes, service: string | undefined): SpanNaming {
  return {
    name,
    kind: spanKindName(kind),
    scopeName,
    httpRoute: stringAttribute(attributes, 'http.route'),
    httpMethod: stringAttribute(attributes, 'http.request.method') ?? stringAttribute(attributes, 'http.method'),
    rpcService: stringAttribute(attributes, 'rpc.service'),
    rpcMethod: stringAttribute(attributes, 'rpc.method'),
    service,
  };
}

/** Lines and columns begin at 1; what else stands there says nothing. */
function positive(attributes: Attributes, key: string): number | undefined {
  const value = integerAttribute(attributes, key);
  return value !== undefined && value > 0 ? value : undefined;
}
