/** A new element with a class and children. Strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  if (className !== '') created.className = className;
  created.append(...children);
  return created;
}

/** A plain button that reads as text or a link. */
export function textButton(className: string, text: string, onClick: () => void): HTMLButtonElement {
  const control = element('button', className, text);
  control.type = 'button';
  control.addEventListener('click', onClick);
  return control;
}

const icons = {
  chevron: 'M6 4l4 4-4 4',
  error: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M4.2 4.2l7.6 7.6',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  down: 'M8 3v9.5M4 9l4 4 4-4',
  help: 'M5.6 6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2.9-1.2 1.9M8 12.2v.9',
  filter: 'M2.5 3.5h11l-4.2 5v4l-2.6 1.5v-5.5z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3l2 1.5',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
} as const;

export function icon(name: keyof typeof icons, className = ''): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon ${className}`);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', icons[name]);
  svg.append(path);
  return svg;
}

/** A canvas's context with one unit a CSS pixel, sharp on dense screens; the canvas is resized where it must be, and cleared. */
export function fitCanvas(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(widthPx * ratio));
  const height = Math.max(1, Math.round(heightPx * ratio));
  const isResized = canvas.width !== width || canvas.height !== height;
  if (isResized) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${widthPx}px`;
    canvas.style.height = `${heightPx}px`;
  }
  const context = canvas.getContext('2d') ?? undefined;
  if (isResized && context !== undefined) fonts.delete(context);
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, widthPx, heightPx);
  return context;
}

const fonts = new WeakMap<CanvasRenderingContext2D, string>();

/** A context keeps its font until its canvas is resized; setting it has the page's styles worked out on the spot. */
export function setFont(context: CanvasRenderingContext2D, font: string): void {
  if (fonts.get(context) === font) return;
  context.font = font;
  fonts.set(context, font);
}

export interface Drag {
  /** Called with the pointer's x and y, from the element's left and top, while the button is held. */
  move(x: number, y: number): void;
  end?(x: number, moved: boolean): void;
}

/** Follows the primary button from a press on `target` until it is let go. */
export function onDrag(target: HTMLElement, start: (x: number, y: number, event: PointerEvent) => Drag | undefined): void {
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const at = (other: PointerEvent): [number, number] => {
      const box = target.getBoundingClientRect();
      return [other.clientX - box.left, other.clientY - box.top];
    };
    const [startX, startY] = at(event);
    const drag = start(startX, startY, event);
    if (drag === undefined) return;
    event.preventDefault();
    target.setPointerCapture(event.pointerId);
    let moved = false;
    const onMove = (next: PointerEvent): void => {
      const [x, y] = at(next);
      moved ||= Math.abs(x - startX) > 3 || Math.abs(y - startY) > 3;
      if (moved) drag.move(x, y);
    };
    const stop = (last: PointerEvent): void => {
      target.removeEventListener('pointermove', onMove);
      target.removeEventListener('pointerup', stop);
      target.removeEventListener('pointercancel', stop);
      drag.end?.(at(last)[0], moved);
    };
    target.addEventListener('pointermove', onMove);
    target.addEventListener('pointerup', stop);
    target.addEventListener('pointercancel', stop);
  });
}
