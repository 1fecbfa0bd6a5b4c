import type { Shown } from '../layout/carried.ts';
import { closerWindow, selectionWindow } from '../layout/selectionWindow.ts';
import type { TimeWindow } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { hasModifier } from './rowKeys.ts';
import { type ViewId, viewIds } from './traceView.ts';

export interface AppCommands {
  focusSearch(): void;
  clearSearch(): void;
  showKeys(): void;
  showView(view: ViewId): void;
  goTo(node: number | undefined): void;
  zoomTo(window: TimeWindow | undefined): void;
  toggle(what: keyof Shown): void;
  toggleFollow(): void;
}

const zoomStep = 1.5;
/** Nothing is typed into these. */
const chosenTypes: ReadonlySet<string> = new Set(['radio', 'checkbox']);

/** Keys that work wherever the focus is, but for where a person types. False for any other key. */
export function pressAppKey(event: KeyboardEvent, model: TraceModel, commands: AppCommands): boolean {
  const [target] = event.composedPath();
  if (target instanceof HTMLInputElement && !chosenTypes.has(target.type)) return false;
  if (hasModifier(event) || event.defaultPrevented) return false;
  const view = viewIds[Number(event.key) - 1];
  const command: (() => void) | undefined = view !== undefined ? () => commands.showView(view) : keyCommands[event.key]?.bind(undefined, model, commands);
  command?.();
  return command !== undefined;
}

const keyCommands: Readonly<Record<string, (model: TraceModel, commands: AppCommands) => void>> = {
  '/': (_, commands) => commands.focusSearch(),
  '?': (_, commands) => commands.showKeys(),
  'Escape': (_, commands) => commands.clearSearch(),
  'n': (model, commands) => commands.goTo(model.nextError(1)),
  'N': (model, commands) => commands.goTo(model.nextError(-1)),
  's': (model, commands) => commands.goTo(nextLongest(model, 1)),
  'S': (model, commands) => commands.goTo(nextLongest(model, -1)),
  'c': (_, commands) => commands.toggle('critical'),
  'd': (_, commands) => commands.showView('compare'),
  'e': (_, commands) => commands.toggle('errorPath'),
  'm': (_, commands) => commands.toggle('onlyMatches'),
  'f': (_, commands) => commands.toggleFollow(),
  '+': (model, commands) => commands.zoomTo(closerWindow(model, zoomStep)),
  '=': (model, commands) => commands.zoomTo(closerWindow(model, zoomStep)),
  '-': (model, commands) => commands.zoomTo(closerWindow(model, 1 / zoomStep)),
  '0': (_, commands) => commands.zoomTo(undefined),
  'z': (model, commands) => commands.zoomTo(selectionWindow(model) ?? model.window),
};

/** The longest self time, then the next longest, around; from anywhere else the longest. */
function nextLongest(model: TraceModel, direction: 1 | -1): number | undefined {
  const { longestSelf } = model.insights;
  const at = longestSelf.indexOf(model.selected);
  return longestSelf[at < 0 ? 0 : (at + direction + longestSelf.length) % longestSelf.length];
}
