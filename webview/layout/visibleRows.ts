import { lastAtOrBefore, type TraceTree, visibleNodes, withAncestors } from './traceTree.ts';

/** Which nodes of a tree stand under each other: what is folded, and while something is searched for alone, what leads to it. */
export class VisibleRows {
  readonly #tree: TraceTree;
  /** By node, 1 for folded. */
  readonly #collapsed: Uint8Array;
  /** Folds of what was searched for: they end with the search. */
  #matchFolds: Uint8Array | undefined;
  /** By node, 1 for those that are there at all. */
  #wanted: Uint8Array | undefined;
  #nodes: Int32Array;

  /** Groups are folded unless they are among those opened. */
  constructor(tree: TraceTree, opened: readonly number[], collapsed: readonly number[]) {
    this.#tree = tree;
    this.#collapsed = new Uint8Array(tree.nodeCount);
    for (const node of tree.nodeOfGroup) this.#collapsed[node] = 1;
    for (const node of opened) this.#collapsed[node] = 0;
    for (const node of collapsed) this.#collapsed[node] = 1;
    this.#nodes = visibleNodes(tree, this.#collapsed);
  }

  /** In order. */
  get nodes(): Int32Array {
    return this.#nodes;
  }

  get isFiltered(): boolean {
    return this.#wanted !== undefined;
  }

  /** The index of a node, or of the folded one that hides it. */
  indexOf(node: number): number {
    return lastAtOrBefore(this.#nodes, node);
  }

  isCollapsed(node: number): boolean {
    return (this.#matchFolds ?? this.#collapsed)[node] === 1;
  }

  isFilteredOut(node: number): boolean {
    return this.#wanted !== undefined && this.#wanted[node] !== 1;
  }

  setCollapsed(node: number, collapsed: boolean): void {
    (this.#matchFolds ?? this.#collapsed)[node] = collapsed ? 1 : 0;
    this.#work();
  }

  /** Opens all above a node, with and without the search. True where that shows more: `filter` follows. */
  open(node: number): boolean {
    let isChanged = false;
    for (let up = this.#tree.parent[node] ?? -1; up >= 0; up = this.#tree.parent[up] ?? -1) {
      if (this.isCollapsed(up)) isChanged = true;
      if (this.#matchFolds !== undefined) this.#matchFolds[up] = 0;
      this.#collapsed[up] = 0;
    }
    return isChanged;
  }

  /** The matches are others now; with another search what was folded of them is open again. */
  forgetMatches(isOtherSearch: boolean): void {
    if (isOtherSearch) this.#matchFolds = undefined;
    this.#wanted = undefined;
  }

  /** With the matches alone and what is above them; undefined: all. */
  filter(matches: Int32Array | undefined): void {
    this.#wanted = matches === undefined ? undefined : (this.#wanted ?? withAncestors(this.#tree, matches));
    this.#matchFolds = matches === undefined ? undefined : (this.#matchFolds ?? new Uint8Array(this.#tree.nodeCount));
    this.#work();
  }

  /** Spans that are folded, whatever is searched for. */
  collapsedNodes(): number[] {
    const nodes: number[] = [];
    for (let node = 0; node < this.#tree.nodeCount; node++) if (this.#collapsed[node] === 1 && (this.#tree.group[node] ?? -1) < 0) nodes.push(node);
    return nodes;
  }

  /** Groups that are not. */
  openedNodes(): number[] {
    return Array.from(this.#tree.nodeOfGroup).filter((node) => this.#collapsed[node] !== 1);
  }

  #work(): void {
    this.#nodes = visibleNodes(this.#tree, this.#matchFolds ?? this.#collapsed, this.#wanted);
  }
}
