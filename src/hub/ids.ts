/** Of lower-case hex, as clients ask for it. */
export function isTraceId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

/** Of lower-case hex, as clients ask for it. */
export function isSpanId(id: string): boolean {
  return /^[0-9a-f]{16}$/.test(id);
}
