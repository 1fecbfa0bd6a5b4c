/** Where a function is written: as SiteOfCall, but no call led there, so there is no stack. */
export interface FunctionSite {
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly functionName: string | undefined;
}
