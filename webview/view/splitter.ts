import { element } from './dom.ts';

export interface SplitterOptions {
  readonly label: string;
  readonly leastPx: number;
  /** 1 where dragging right or down makes the pane larger, -1 where it makes it smaller. */
  readonly direction: 1 | -1;
  vertical(): boolean;
  size(): number;
  mostPx(): number;
  resize(sizePx: number): void;
  /** Double-click and Home give the size it had at first. */
  reset(): void;
}

/** A line between two panes that the pointer drags and the arrow keys move. */
export function splitter(className: string, options: SplitterOptions): HTMLElement {
  const line = element('div', `splitter ${className}`);
  line.tabIndex = 0;
  line.setAttribute('role', 'separator');
  line.setAttribute('aria-label', options.label);
  const set = (sizePx: number): void => {
    options.resize(Math.round(Math.min(options.mostPx(), Math.max(options.leastPx, sizePx))));
    describe();
  };
  const describe = (): void => {
    line.setAttribute('aria-orientation', options.vertical() ? 'vertical' : 'horizontal');
    line.setAttribute('aria-valuemin', String(options.leastPx));
    line.setAttribute('aria-valuemax', String(Math.max(options.leastPx, Math.round(options.mostPx()))));
    line.setAttribute('aria-valuenow', String(options.size()));
  };
  line.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    const at = (other: PointerEvent): number => (options.vertical() ? other.clientX : other.clientY);
    const from = at(event);
    const sizePx = options.size();
    const move = (next: PointerEvent): void => set(sizePx + (at(next) - from) * options.direction);
    line.addEventListener('pointermove', move);
    const stop = (): void => line.removeEventListener('pointermove', move);
    line.addEventListener('pointerup', stop, { once: true });
    line.addEventListener('pointercancel', stop, { once: true });
  });
  line.addEventListener('dblclick', () => {
    options.reset();
    describe();
  });
  line.addEventListener('keydown', (event) => {
    const more = options.vertical() ? 'ArrowRight' : 'ArrowDown';
    const less = options.vertical() ? 'ArrowLeft' : 'ArrowUp';
    if (event.key === more) set(options.size() + 20 * options.direction);
    else if (event.key === less) set(options.size() - 20 * options.direction);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  queueMicrotask(describe);
  return line;
}
