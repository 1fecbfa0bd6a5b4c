/** The waterfalls that are open, of a hub's traces and of files: a command that names none means the latest a person was in. */
export class OpenWaterfalls<W = import('./waterfallPanel.ts').WaterfallPanel> {
  readonly #open = new Set<W>();

  /** Also one that is listed already: a person is in it now. */
  add(waterfall: W): void {
    this.#open.delete(waterfall);
    this.#open.add(waterfall);
  }

  delete(waterfall: W): void {
    this.#open.delete(waterfall);
  }

  /** The latest first. */
  all(): readonly W[] {
    return [...this.#open].reverse();
  }
}
