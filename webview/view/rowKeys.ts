import { rowHeightPx } from '../layout/virtualWindow.ts';

/**
 * The index the keys of every list lead to, from `index` (-1 for none): arrows, Home, End and pages; undefined for any other key.
 */
export function indexByKey(event: KeyboardEvent, index: number, count: number, heightPx: number): number | undefined {
  const last = count - 1;
  const page = Math.max(1, Math.floor(heightPx / rowHeightPx) - 1);
  const next =
    event.key === 'ArrowDown' ? index + 1
    : event.key === 'ArrowUp' ? (index < 0 ? last : index - 1)
    : event.key === 'Home' ? 0
    : event.key === 'End' ? last
    : event.key === 'PageDown' ? index + page
    : event.key === 'PageUp' ? index - page
    : undefined;
  return next === undefined ? undefined : Math.min(last, Math.max(0, next));
}

export function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}
