/** An AnyValue as OTLP/JSON writes it, as a person reads it. What has no known shape is shown as JSON. */
export function attributeText(value: unknown): string {
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain) ?? '';
}

/** The same, but a list of texts has a line for each: some runtimes write an exception's stack so. */
export function linesText(value: unknown): string {
  const plain = plainValue(value);
  return Array.isArray(plain) && plain.every((line) => typeof line === 'string') ? plain.join('\n') : attributeText(value);
}

function plainValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? '';
  const record = value as Record<string, unknown>;
  if ('stringValue' in record) return String(record['stringValue']);
  if ('boolValue' in record) return record['boolValue'] === true;
  if ('intValue' in record) return integer(record['intValue']);
  if ('doubleValue' in record) return typeof record['doubleValue'] === 'number' ? record['doubleValue'] : String(record['doubleValue']);
  if ('bytesValue' in record) return `base64:${String(record['bytesValue'])}`;
  if ('arrayValue' in record) return listOf(record['arrayValue']).map(plainValue);
  if ('kvlistValue' in record) {
    const entries = listOf(record['kvlistValue']).map((entry) => entry as { key?: unknown; value?: unknown });
    return Object.fromEntries(entries.map((entry) => [String(entry.key), plainValue(entry.value)]));
  }
  return Object.keys(record).length === 0 ? '' : value;
}

// A 64-bit integer travels as a decimal string; beyond 2^53 it must stay one.
function integer(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function listOf(holder: unknown): readonly unknown[] {
  const values = (holder as { values?: unknown } | undefined)?.values;
  return Array.isArray(values) ? values : [];
}
