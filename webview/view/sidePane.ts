import { splitter } from './splitter.ts';

const narrowPx = 640;

/** The details' place beside the view, or beneath it where the page is narrow; a line between them makes it larger or smaller. */
export class SidePane {
  readonly #main: HTMLElement;
  readonly #resized: () => void;
  #sizePx: number | undefined;

  constructor(main: HTMLElement, pane: HTMLElement, sizePx: number | undefined, resized: () => void) {
    this.#main = main;
    this.#sizePx = sizePx;
    this.#resized = resized;
    const line = splitter('details-splitter', {
      label: 'Size of the details',
      leastPx: 120,
      direction: -1,
      vertical: () => !this.isNarrow,
      size: () => this.#shownPx(),
      mostPx: () => Math.max(120, this.#roomPx() - 200),
      resize: (wantedPx) => this.#resize(wantedPx),
      reset: () => this.#resize(undefined),
    });
    main.append(line, pane);
  }

  /** Chosen by the person; undefined where it follows the room there is. */
  get sizePx(): number | undefined {
    return this.#sizePx;
  }

  get isNarrow(): boolean {
    return this.#main.clientWidth < narrowPx;
  }

  fit(): void {
    this.#main.style.setProperty('--details-size', `${this.#shownPx()}px`);
  }

  #roomPx(): number {
    return this.isNarrow ? this.#main.clientHeight : this.#main.clientWidth;
  }

  #shownPx(): number {
    if (this.#sizePx !== undefined) return Math.max(120, Math.min(this.#roomPx() - 200, this.#sizePx));
    return this.isNarrow ? Math.round(this.#main.clientHeight * 0.4) : Math.round(Math.min(420, Math.max(260, this.#main.clientWidth * 0.28)));
  }

  #resize(sizePx: number | undefined): void {
    this.#sizePx = sizePx;
    this.fit();
    this.#resized();
  }
}
