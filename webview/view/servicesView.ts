import { grouped } from '../../src/model/countText.ts';
import { quoted } from '../layout/completions.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { graphLayout, nodeHeightPx, nodeWidthPx } from '../layout/graphLayout.ts';
import { serviceGraph, type ServiceEdge, type ServiceGraph } from '../layout/serviceGraph.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element } from './dom.ts';
import { hasModifier } from './rowKeys.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';

const mostServices = 300;
const svgSpace = 'http://www.w3.org/2000/svg';

/** Who calls whom in this trace. A service is a button: it searches for its spans, in every view. */
export class ServicesView implements TraceView {
  readonly root = element('div', 'services');
  readonly #host: ViewHost;
  #model: TraceModel | undefined;
  #theme: Theme;
  #drawn: TraceModel | undefined;
  #buttons: readonly HTMLButtonElement[] = [];
  #graph: ServiceGraph | undefined;

  constructor(host: ViewHost, theme: Theme) {
    this.#host = host;
    this.#theme = theme;
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
  }

  focus(): void {
    (this.#buttons.find(({ tabIndex }) => tabIndex === 0) ?? this.#buttons[0])?.focus();
  }

  show(model: TraceModel): void {
    this.#model = model;
    this.#update();
  }

  contentChanged(): void {
    this.#mark();
  }

  selectionChanged(): void {
    this.#mark();
  }

  zoomChanged(): void {}

  draw(theme: Theme): void {
    if (this.#theme === theme) return;
    this.#theme = theme;
    this.#drawn = undefined;
    this.#update();
  }

  #update(): void {
    const model = this.#model;
    if (model === undefined || this.#drawn === model) return;
    const hadFocus = this.root.contains(document.activeElement);
    this.#drawn = model;
    this.#build(model);
    this.#mark();
    if (hadFocus) this.focus();
  }

  #build(model: TraceModel): void {
    const whole = serviceGraph(model.columns, model.tree, model.insights.selfNs);
    const isCut = whole.nodes.length > mostServices;
    const graph = isCut ? { nodes: whole.nodes.slice(0, mostServices), edges: whole.edges.filter(({ from, to }) => from < mostServices && to < mostServices) } : whole;
    const layout = graphLayout(graph);
    const svg = document.createElementNS(svgSpace, 'svg');
    svg.setAttribute('width', String(layout.widthPx));
    svg.setAttribute('height', String(layout.heightPx));
    svg.setAttribute('aria-hidden', 'true');
    svg.append(arrowHead());
    for (const edge of graph.edges) svg.append(...edgeOf(edge, graph, layout));
    this.#graph = graph;
    this.#buttons = graph.nodes.map((node, index) => {
      const button = element('button', 'service-node', element('span', 'name', visibleText(node.service.slice(0, 100)) || '(no name)'));
      button.type = 'button';
      const mark = element('span', 'mark');
      mark.style.backgroundColor = this.#theme.service(model.slotOfService.get(node.serviceIndex) ?? 0);
      button.prepend(mark);
      const errors = node.errorCount > 0 ? element('span', 'failed', ` · ⊘ ${node.errorCount}`) : '';
      button.append(element('span', 'figures', `${grouped(node.spanCount)} ${node.spanCount === 1 ? 'span' : 'spans'} · self ${formatDuration(node.selfNs)}`, errors), element('span', 'spoken', spokenCalls(graph, index)));
      button.style.left = `${layout.x[index]}px`;
      button.style.top = `${layout.y[index]}px`;
      button.style.width = `${nodeWidthPx}px`;
      button.style.height = `${nodeHeightPx}px`;
      button.tabIndex = index === 0 ? 0 : -1;
      button.addEventListener('click', () => this.#choose(node.service));
      return button;
    });
    const canvas = element('div', 'graph', svg, ...this.#buttons);
    canvas.style.width = `${layout.widthPx}px`;
    canvas.style.height = `${layout.heightPx}px`;
    const note = isCut ? [element('p', 'view-note', `${mostServices} of ${whole.nodes.length} services`)] : [];
    this.root.replaceChildren(...note, canvas);
  }

  #choose(service: string): void {
    const wanted = `service=${quoted(service)}`;
    this.#host.search(this.#model?.search.text.trim() === wanted ? '' : wanted);
  }

  /** Which service the selection is of, and which is searched for. */
  #mark(): void {
    const model = this.#model;
    if (model === undefined || this.#graph === undefined) return;
    const row = model.rowFor(model.selected);
    const selected = row < 0 ? undefined : model.serviceOf(row);
    const searched = model.search.text.trim();
    this.#graph.nodes.forEach(({ service }, index) => {
      const button = this.#buttons[index];
      button?.classList.toggle('selected', service === selected);
      button?.setAttribute('aria-pressed', String(searched === `service=${quoted(service)}`));
    });
  }

  /** To the nearest service in the direction of the arrow. */
  #onKey(event: KeyboardEvent): void {
    const from = this.#buttons.findIndex((button) => button === event.target);
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const start = this.#buttons[from];
    if (start === undefined || direction === undefined || hasModifier(event)) return;
    const [dx = 0, dy = 0] = direction;
    let nearest: { button: HTMLButtonElement; way: number } | undefined;
    for (const button of this.#buttons) {
      const [byX, byY] = [button.offsetLeft - start.offsetLeft, button.offsetTop - start.offsetTop];
      const along = byX * dx + byY * dy;
      if (button === start || along <= 0) continue;
      const way = along + 3 * Math.abs(byX * dy + byY * dx);
      if (nearest === undefined || way < nearest.way) nearest = { button, way };
    }
    event.preventDefault();
    if (nearest === undefined) return;
    for (const button of this.#buttons) button.tabIndex = button === nearest.button ? 0 : -1;
    nearest.button.focus();
  }
}

function spokenCalls({ nodes, edges }: ServiceGraph, index: number): string {
  const calls = edges.filter(({ from }) => from === index).map(({ to, callCount, errorCount }) => `${visibleText(nodes[to]?.service.slice(0, 100) ?? '')} ${callCount} times${errorCount > 0 ? `, ${errorCount} failed` : ''}`);
  return calls.length > 0 ? ` calls ${calls.join('; ')}` : '';
}

function edgeOf(edge: ServiceEdge, { nodes }: ServiceGraph, { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): SVGElement[] {
  const isBack = (nodes[edge.to]?.layer ?? 0) <= (nodes[edge.from]?.layer ?? 0);
  const startX = (x[edge.from] ?? 0) + (isBack ? nodeWidthPx / 2 : nodeWidthPx);
  const startY = (y[edge.from] ?? 0) + (isBack ? nodeHeightPx : nodeHeightPx / 2);
  const endX = (x[edge.to] ?? 0) + (isBack ? nodeWidthPx / 2 : -2);
  const endY = (y[edge.to] ?? 0) + (isBack ? nodeHeightPx + 2 : nodeHeightPx / 2);
  const middleX = (startX + endX) / 2;
  const low = Math.max(startY, endY) + 20;
  const path = document.createElementNS(svgSpace, 'path');
  path.setAttribute('d', isBack ? `M${startX} ${startY} C${startX} ${low} ${endX} ${low} ${endX} ${endY}` : `M${startX} ${startY} C${middleX} ${startY} ${middleX} ${endY} ${endX} ${endY}`);
  path.setAttribute('class', edge.errorCount > 0 ? 'edge failed' : 'edge');
  path.setAttribute('stroke-width', String(Math.min(5, 1 + Math.log10(edge.callCount))));
  path.setAttribute('marker-end', 'url(#arrow)');
  const label = document.createElementNS(svgSpace, 'text');
  label.setAttribute('x', String(middleX));
  label.setAttribute('y', String(isBack ? low - 2 : (startY + endY) / 2 - 5));
  label.setAttribute('class', edge.errorCount > 0 ? 'edge-label failed' : 'edge-label');
  label.textContent = `${grouped(edge.callCount)}× · ${formatDuration(edge.totalNs)}${edge.errorCount > 0 ? ` · ⊘ ${edge.errorCount}` : ''}`;
  return [path, label];
}

function arrowHead(): SVGElement {
  const marker = document.createElementNS(svgSpace, 'marker');
  for (const [name, value] of [['id', 'arrow'], ['viewBox', '0 0 8 8'], ['refX', '7'], ['refY', '4'], ['markerWidth', '8'], ['markerHeight', '8'], ['markerUnits', 'userSpaceOnUse'], ['orient', 'auto']] as const) marker.setAttribute(name, value);
  const path = document.createElementNS(svgSpace, 'path');
  path.setAttribute('d', 'M0 0L8 4L0 8z');
  path.setAttribute('class', 'arrow');
  marker.append(path);
  const definitions = document.createElementNS(svgSpace, 'defs');
  definitions.append(marker);
  return definitions;
}
