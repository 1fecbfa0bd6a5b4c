/** The members of a JSON object that was read from somewhere; undefined where the value is none. */
export function jsonObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

export function jsonArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty. */
export function jsonText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
