const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000]] as const;

/** How long something has run, in its two largest units: `2 d 3 h`, `5 min 0 s`, `0 s`. */
export function uptimeText(ms: number): string {
  const first = units.findIndex(([, unitMs]) => ms >= unitMs);
  if (first < 0) return '0 s';
  let left = ms;
  return units.slice(first, first + 2).map(([unit, unitMs]) => {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    return `${count} ${unit}`;
  }).join(' ');
}
