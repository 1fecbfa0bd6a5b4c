/**
 * One measured figure with its goal, and what else was measured to understand it.
 * @param {string} name
 * @param {string} title for people
 * @param {number} value
 * @param {string} unit
 * @param {{ kind: 'atMost' | 'atLeast', value: number }} goal
 * @param {Record<string, unknown>} details
 */
export function figure(name, title, value, unit, goal, details) {
  const isMet = goal.kind === 'atMost' ? value <= goal.value : value >= goal.value;
  return { name, title, value: rounded(value), unit, goal, isMet, details: rounded(details) };
}

/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** To four digits, wherever a number is: more is noise. */
function rounded(value) {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
  return value;
}
