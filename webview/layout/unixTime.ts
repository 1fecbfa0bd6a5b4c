/** `2026-07-14 14:02:31.564218943` in the reader's own time zone, exact to the nanosecond; the text itself where it is no number. */
export function formatUnixNano(unixNano: string): string {
  if (!/^\d{1,20}$/.test(unixNano)) return unixNano;
  const total = BigInt(unixNano);
  const date = new Date(Number(total / 1_000_000n));
  if (Number.isNaN(date.getTime())) return unixNano;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const fraction = String(total % 1_000_000_000n).padStart(9, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${fraction}`;
}

/** Nanoseconds from `fromUnixNano` to `unixNano`, exact in between; NaN where one is no number. */
export function nanosBetween(fromUnixNano: string, unixNano: string): number {
  return /^\d{1,20}$/.test(fromUnixNano) && /^\d{1,20}$/.test(unixNano) ? Number(BigInt(unixNano) - BigInt(fromUnixNano)) : NaN;
}
