import type { Attributes } from './attributes.ts';
import { integerAttribute, stringAttribute } from './attributes.ts';
import type { Site, SpanNaming } from './site.ts';
import { isEntryKind, type Span, spanKindName } from './span.ts';

/**
 * Where a span says it was made, and what it is called where it names no place, or where its place is other people's code.
 * Both generations of the code attributes, each fact on its own, since they are mixed in the wild
 * (semantic conventions, attribute registry "code", and its migration guide).
 */
export function readSite({ name, kind, attributes, scope, resource }: Pick<Span, 'name' | 'kind' | 'attributes' | 'scope' | 'resource'>): Site {
  const filePath = stringAttribute(attributes, 'code.file.path') ?? stringAttribute(attributes, 'code.filepath');
  const stacktrace = stringAttribute(attributes, 'code.stacktrace');
  const isNamed = (filePath === undefined && stacktrace === undefined) || isEntryKind(kind);
  return {
    filePath,
    line: positive(integerAttribute(attributes, 'code.line.number') ?? integerAttribute(attributes, 'code.lineno')),
    column: positive(integerAttribute(attributes, 'code.column.number') ?? integerAttribute(attributes, 'code.column')),
    functionName: stringAttribute(attributes, 'code.function.name') ?? stringAttribute(attributes, 'code.function'),
    namespace: stringAttribute(attributes, 'code.namespace'),
    stacktrace,
    naming: isNamed ? readNaming(name, kind, scope.name, attributes) : undefined,
    language: stringAttribute(resource.attributes, 'telemetry.sdk.language'),
  };
}

/** Both generations of `http.*` and `rpc.*` (semantic conventions, HTTP and RPC spans). */
function readNaming(name: string, kind: number, scopeName: string, attributes: Attributes): SpanNaming {
  return {
    name,
    kind: spanKindName(kind),
    scopeName,
    httpRoute: stringAttribute(attributes, 'http.route'),
    httpMethod: stringAttribute(attributes, 'http.request.method') ?? stringAttribute(attributes, 'http.method'),
    rpcService: stringAttribute(attributes, 'rpc.service'),
    rpcMethod: stringAttribute(attributes, 'rpc.method'),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
