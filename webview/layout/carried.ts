import type { TimeWindow } from './timeWindow.ts';

/** What a person has chosen to see of a trace. */
export interface Shown {
  /** The white line under the bars. */
  readonly critical: boolean;
  /** Only what leads to the deepest error stands out. */
  readonly errorPath: boolean;
  /** Only what was searched for, and what is above it. */
  readonly onlyMatches: boolean;
  /** Times moved so that each span lies within its caller. */
  readonly clocksCorrected: boolean;
}

export const shownAtFirst: Shown = { critical: true, errorPath: false, onlyMatches: false, clocksCorrected: false };

/** What carries over from one snapshot of a live trace to the next. Nodes go by their ids. */
export interface Carried {
  readonly selectedId: string | undefined;
  readonly collapsed: readonly string[];
  /** Groups, which are closed unless they are here. */
  readonly opened: readonly string[];
  readonly zoom: TimeWindow | undefined;
  readonly searchText: string;
  readonly shown: Shown;
}

export const nothingCarried: Carried = { selectedId: undefined, collapsed: [], opened: [], zoom: undefined, searchText: '', shown: shownAtFirst };
