import type { Site } from '../model/site.ts';
import type { Location } from './location.ts';

/** A site with when its spans were made: what tells which text of a file they are of. Milliseconds since the epoch. */
export interface SeenSite extends Site {
  readonly seen?: {
    /** When the program started, where that is known: nothing written before it is news to its spans. */
    readonly startedUnixMs: number | undefined;
    /** When the last of the spans ended. */
    readonly lastEndUnixMs: number;
    /** When the newest of the programs is known to have run, where they can be told apart: what was written later it has not read. */
    readonly runningUnixMs?: number;
  };
}

/** Where a site's code is in the files as they are now. */
export interface PlaceNow extends Location {
  /** Names the text of the file that line and column are of, as `textId` does; absent where nobody looked. */
  readonly textId?: string;
  /**
   * What was edited since the spans were made: the function itself (or the line, outside of functions); or something in the
   * file, where what it said then is not known. Absent where the code is as it ran, moved or not.
   */
  readonly edited?: 'function' | 'file';
  /** Files of this place are newer than its spans. Programs that run from then on, or spans that end then where these are not told apart, may be of another text: to be asked again. */
  readonly changedUnixMs?: number;
}
