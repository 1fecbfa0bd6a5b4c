/**
 * Attribute values as OpenTelemetry's AnyValue has them, each kind told apart by its JavaScript type:
 * string → string, bool → boolean, int → bigint, double → number, bytes → Uint8Array, array → array,
 * kvlist → KeyValueList, the empty value → undefined. (opentelemetry-proto, common/v1/common.proto)
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly AttributeValue[]
  | KeyValueList
  | undefined;

export class KeyValueList {
  readonly entries: Attributes;
  constructor(entries: Attributes) {
    this.entries = entries;
  }
}

export interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

/** In the order received; a key that was sent twice stands twice. */
export type Attributes = readonly Attribute[];

/** The first value under `key`, or undefined where there is none. */
export function attribute(attributes: Attributes, key: string): AttributeValue {
  for (const entry of attributes) {
    if (entry.key === key) return entry.value;
  }
  return undefined;
}

/** The first value under `key` if it is a non-empty string. */
export function stringAttribute(attributes: Attributes, key: string): string | undefined {
  const value = attribute(attributes, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first value under `key` as a safe integer: int, a whole double, or either as a decimal string (SDKs send all of them). */
export function integerAttribute(attributes: Attributes, key: string): number | undefined {
  const value = attribute(attributes, key);
  const number =
    typeof value === 'bigint' ? Number(value)
    : typeof value === 'number' ? value
    : typeof value === 'string' && value.length < 40 && /^\d{1,15}(?:\.0+)?$/.test(value.trim()) ? Number(value)
    : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}
