import type { Attributes } from './attributes.ts';
import { integerAttribute, stringAttribute } from './attributes.ts';
import type { Site } from './site.ts';

/**
 * Where a span says it was made, or undefined where it says nothing.
 * Both generations of the code attributes, each fact on its own, since they are mixed in the wild
 * (semantic conventions, attribute registry "code", and its migration guide).
 */
export function readSite(attributes: Attributes, resourceAttributes: Attributes): Site | undefined {
  const filePath = stringAttribute(attributes, 'code.file.path') ?? stringAttribute(attributes, 'code.filepath');
  const functionName = stringAttribute(attributes, 'code.function.name') ?? stringAttribute(attributes, 'code.function');
  const stacktrace = stringAttribute(attributes, 'code.stacktrace');
  if (filePath === undefined && functionName === undefined && stacktrace === undefined) return undefined;
  return {
    filePath,
    line: positive(integerAttribute(attributes, 'code.line.number') ?? integerAttribute(attributes, 'code.lineno')),
    column: positive(integerAttribute(attributes, 'code.column.number') ?? integerAttribute(attributes, 'code.column')),
    functionName,
    namespace: stringAttribute(attributes, 'code.namespace'),
    stacktrace,
    language: stringAttribute(resourceAttributes, 'telemetry.sdk.language'),
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
