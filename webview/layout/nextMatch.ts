/** The first match after `node`, or before it, wrapping around; undefined where there is none. */
export function nextMatch(matches: Int32Array, node: number, direction: 1 | -1): number | undefined {
  if (matches.length === 0) return undefined;
  if (direction === 1) {
    for (let low = 0, high = matches.length; ; ) {
      if (low >= high) return matches[low % matches.length];
      const middle = (low + high) >>> 1;
      if ((matches[middle] ?? 0) > node) high = middle;
      else low = middle + 1;
    }
  }
  for (let low = 0, high = matches.length; ; ) {
    if (low >= high) return matches[(low - 1 + matches.length) % matches.length];
    const middle = (low + high) >>> 1;
    if ((matches[middle] ?? 0) >= node) high = middle;
    else low = middle + 1;
  }
}
