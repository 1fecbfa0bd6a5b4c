/** `1 span`, `37 spans`, `12,345 spans`. */
export function spansText(count: number): string {
  return count === 1 ? '1 span' : `${grouped(count)} spans`;
}

/** `1 error`, `2 errors`. */
export function errorsText(count: number): string {
  return count === 1 ? '1 error' : `${grouped(count)} errors`;
}

/** 12345 → `12,345`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
