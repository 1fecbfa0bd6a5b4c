import type { FunctionRange, LocateResult, LocateSettings } from './location.ts';
import type { PlaceNow, SeenSite } from './placeNow.ts';

/** What the locating worker answers (method → [parameters, result]). Maps and grammars are read there, never on the editor's loop. */
export interface LocatorRequests {
  configure: [LocateSettings, undefined];
  locate: [readonly SeenSite[], readonly (PlaceNow | undefined)[]];
  explain: [SeenSite, LocateResult];
  /** The functions of a text, outermost first; `undefined` where there is no grammar for the file's name, or reading it takes too long. */
  functions: [{ readonly file: string; readonly text: string }, readonly FunctionRange[] | undefined];
  /** How far the workspace is read, so that places are found by name too; undefined where no question so far needed that. */
  indexing: [undefined, IndexProgress | undefined];
  /** Answers when the workspace is read, so that places are found by name too: for whoever asks once and not again. */
  settled: [undefined, undefined];
  /**
   * Forget what was read of these files and folders, which changed, came or went (and of maps that lead to them); all of it where undefined.
   * True where an answer that was given may be another now; what is found by name is told of later, by `placesChanged`.
   */
  invalidate: [{ readonly files: readonly string[] | undefined }, boolean];
}

export interface IndexProgress {
  /** Files read, or found unchanged. */
  readonly done: number;
  /** Files found so far; all of them once `isComplete`. */
  readonly total: number;
  /** Every file is read, and answers are given. */
  readonly isComplete: boolean;
}

export interface LocatorEvents {
  /** More is known of the workspace: what had no place, or an inferred one, may have another now. */
  placesChanged: undefined;
}
