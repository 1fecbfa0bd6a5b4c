/** A duration to three significant digits, in the unit a person would choose: `830 ns`, `12.4 ms`, `1.24 s`, `2 min 5 s`. */
export function durationText(durationNs: number): string {
  if (durationNs < 0) return `−${durationText(-durationNs)}`;
  if (durationNs < 999.5) return `${Math.round(durationNs)} ns`;
  if (durationNs < 999.5e3) return `${threeDigits(durationNs / 1e3)} µs`;
  if (durationNs < 999.5e6) return `${threeDigits(durationNs / 1e6)} ms`;
  if (durationNs < 59.95e9) return `${threeDigits(durationNs / 1e9)} s`;
  const seconds = Math.round(durationNs / 1e9);
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
