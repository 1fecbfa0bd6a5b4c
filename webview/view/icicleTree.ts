import { formatDuration } from '../layout/formatDuration.ts';
import { spanAbove } from '../layout/selfTime.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element } from './dom.ts';

/** So many ancestors are read out; a trace may be thousands deep. */
const mostAncestors = 12;
/** Of a span with more children no more are counted for "3 of 7". */
const mostSiblings = 2000;

/**
 * What a canvas cannot say: a tree for screen readers and the keyboard. It holds the selected span and those above it, and finds the ones
 * that the arrow keys lead to.
 */
export class IcicleTree {
  readonly root = element('div', 'icicle-tree');
  readonly #items = element('div', 'spoken');
  #model: TraceModel | undefined;

  constructor() {
    this.root.tabIndex = 0;
    this.root.setAttribute('role', 'tree');
    this.root.setAttribute('aria-label', 'Flame chart of the trace: arrow keys go to the caller, to what was called, and along it');
    this.#items.setAttribute('role', 'presentation');
    this.root.append(this.#items);
  }

  show(model: TraceModel): void {
    this.#model = model;
    const node = spanNode(model, model.selected);
    const path: number[] = [];
    for (let up = node < 0 ? firstSpan(model) : node; up >= 0 && path.length < mostAncestors; up = spanAbove(model.tree, up)) path.push(up);
    this.#items.replaceChildren(...path.reverse().map((at) => itemOf(model, at, at === node)));
    if (node >= 0) this.root.setAttribute('aria-activedescendant', `icicle-${node}`);
    else this.root.removeAttribute('aria-activedescendant');
  }

  /** The node a key leads to; undefined for any other key, or where there is none. */
  nodeByKey(key: string): number | undefined {
    const model = this.#model;
    if (model === undefined) return undefined;
    const node = spanNode(model, model.selected);
    if (key === 'Home' || (node < 0 && key.startsWith('Arrow'))) return firstSpan(model);
    if (node < 0) return undefined;
    const { tree } = model;
    if (key === 'ArrowUp') return known(spanAbove(tree, node));
    if (key === 'ArrowDown') return longestChild(model, node);
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const siblings = siblingsOf(model, node);
      return siblings[siblings.indexOf(node) + (key === 'ArrowLeft' ? -1 : 1)];
    }
    return undefined;
  }
}

function itemOf(model: TraceModel, node: number, isSelected: boolean): HTMLElement {
  const row = model.tree.row[node] ?? -1;
  const failed = model.isError(row) ? 'failed, ' : '';
  const children = childrenOf(model, node);
  const count = children.length === 0 ? 'calls nothing' : `calls ${children.length}`;
  const item = element('div', '', `${visibleText(model.nameOf(row).slice(0, 200))}, ${visibleText(model.serviceOf(row).slice(0, 100))}, ${failed}${formatDuration(model.netNs(row))}, ${count}`);
  item.id = `icicle-${node}`;
  item.setAttribute('role', 'treeitem');
  item.setAttribute('aria-selected', String(isSelected));
  const siblings = siblingsOf(model, node);
  item.setAttribute('aria-level', String((model.columns.depth[row] ?? 0) + 1));
  item.setAttribute('aria-setsize', String(siblings.length));
  item.setAttribute('aria-posinset', String(siblings.indexOf(node) + 1));
  return item;
}

/** A span: of a group its first. */
function spanNode(model: TraceModel, node: number): number {
  const row = node < 0 ? -1 : model.rowFor(node);
  return row < 0 ? -1 : (model.tree.nodeOfRow[row] ?? -1);
}

function firstSpan(model: TraceModel): number {
  return model.columns.spanCount === 0 ? -1 : (model.tree.nodeOfRow[0] ?? -1);
}

function known(node: number): number | undefined {
  return node >= 0 ? node : undefined;
}

/** The spans right beneath a node, past nodes that are none, by start. */
function childrenOf({ tree }: TraceModel, parent: number): readonly number[] {
  const children: number[] = [];
  for (let node = parent + 1; node < (tree.end[parent] ?? 0) && children.length < mostSiblings; ) {
    const isSpan = (tree.row[node] ?? -1) >= 0;
    if (isSpan) children.push(node);
    node = isSpan ? (tree.end[node] ?? node + 1) : node + 1;
  }
  return children.sort((a, b) => (tree.row[a] ?? 0) - (tree.row[b] ?? 0));
}

function siblingsOf(model: TraceModel, node: number): readonly number[] {
  const above = spanAbove(model.tree, node);
  if (above >= 0) return childrenOf(model, above);
  const tops: number[] = [];
  for (let at = 0; at < model.tree.nodeCount && tops.length < mostSiblings; ) {
    const isSpan = (model.tree.row[at] ?? -1) >= 0;
    if (isSpan) tops.push(at);
    at = isSpan ? (model.tree.end[at] ?? at + 1) : at + 1;
  }
  return tops;
}

function longestChild(model: TraceModel, node: number): number | undefined {
  let longest: number | undefined;
  for (const child of childrenOf(model, node)) {
    if (longest === undefined || model.netNs(model.tree.row[child] ?? 0) > model.netNs(model.tree.row[longest] ?? 0)) longest = child;
  }
  return longest;
}
