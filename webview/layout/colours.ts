export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** `#rgb`, `#rrggbb`, `#rrggbbaa` (laid over `under`), `rgb(…)`, `rgba(…)`; undefined for anything else. */
export function parseColour(text: string, under: Rgb = { r: 0, g: 0, b: 0 }): Rgb | undefined {
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const wide = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const at = (index: number): number => parseInt(wide.slice(index * 2, index * 2 + 2), 16);
    return mix(under, { r: at(0), g: at(1), b: at(2) }, wide.length === 8 ? at(3) / 255 : 1);
  }
  const parts = /^rgba?\(([^)]*)\)$/i.exec(text.trim())?.[1]?.split(/[\s,/]+/).filter((part) => part !== '').map(Number);
  if (parts === undefined || parts.length < 3 || parts.some((part) => !Number.isFinite(part))) return undefined;
  const [r = 0, g = 0, b = 0, alpha = 1] = parts;
  return mix(under, { r, g, b }, alpha);
}

/** `share` of `b` over `a`. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (x: number, y: number): number => Math.round(x + (y - x) * share);
  return { r: part(a.r, b.r), g: part(a.g, b.g), b: part(a.b, b.b) };
}

/** WCAG 2.2 relative luminance. */
function luminance(colour: Rgb): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

/** WCAG 2.2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `colour`, moved towards `foreground` no further than a contrast of `ratio` to `background` needs. */
export function withContrast(colour: Rgb, background: Rgb, foreground: Rgb, ratio: number): Rgb {
  for (let share = 0; share < 1; share += 0.1) {
    const candidate = mix(colour, foreground, share);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return foreground;
}

export function cssColour(colour: Rgb, alpha = 1): string {
  return alpha === 1 ? `rgb(${colour.r}, ${colour.g}, ${colour.b})` : `rgba(${colour.r}, ${colour.g}, ${colour.b}, ${alpha})`;
}
