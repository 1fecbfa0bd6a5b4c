/** The local time of day, `14:02:31.564`, of nanoseconds since the epoch as a decimal string. */
export function clockText(unixNano: string): string {
  const date = new Date(Number(BigInt(unixNano) / 1_000_000n));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The local time of day, `14:02`; with the day in front where it is not that of `nowUnixMs`: `Nov 3, 14:02`. */
export function shortTime(unixMs: number, nowUnixMs: number): string {
  const date = new Date(unixMs);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  if (date.toDateString() === new Date(nowUnixMs).toDateString()) return time;
  return `${date.toLocaleDateString('en', { month: 'short', day: 'numeric' })}, ${time}`;
}
