import type { FunctionRange } from '../../locate/location.ts';

/** A file of the workspace as it is now. */
export interface CurrentText {
  readonly id: string;
  /** As `lineMark` makes them. */
  readonly marks: readonly string[];
  readonly lines: readonly string[];
  /** undefined where its language has no grammar. */
  readonly functions: readonly FunctionRange[] | undefined;
  readonly mtimeMs: number;
}
