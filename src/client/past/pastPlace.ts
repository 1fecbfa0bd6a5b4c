/** Where a site was in the text that its program ran. Lines are 1-based. */
export interface PastPlace {
  /** Absolute, as this machine writes it. */
  readonly file: string;
  readonly textId: string;
  readonly line: number;
  /** Characters from the line's first word. */
  readonly inset: number;
  readonly function: { readonly name: string; readonly startLine: number; readonly endLine: number } | undefined;
  readonly via: readonly string[];
  readonly inferred: boolean;
}

/** What is kept of a text that ran. */
export interface PastText {
  readonly id: string;
  /** As `lineMark` makes them. */
  readonly marks: readonly string[];
}
