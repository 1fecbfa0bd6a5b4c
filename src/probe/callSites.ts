function collect(_error: Error, sites: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  return sites;
}

/**
 * Up to `limit` structured frames beneath `below`, innermost first. The program's `Error.prepareStackTrace` and
 * `Error.stackTraceLimit` are as they were afterwards, also where this throws (a frozen Error).
 */
export function callSites(below: (...parameters: never[]) => unknown, limit: number): readonly NodeJS.CallSite[] {
  const limitBefore = Error.stackTraceLimit;
  Error.stackTraceLimit = limit;
  try {
    const own = Object.hasOwn(Error, 'prepareStackTrace');
    const prepare = Error.prepareStackTrace;
    Error.prepareStackTrace = collect;
    try {
      const holder: { stack?: unknown } = {};
      Error.captureStackTrace(holder, below);
      const sites = holder.stack;
      return Array.isArray(sites) ? (sites as readonly NodeJS.CallSite[]) : [];
    } finally {
      if (own) Error.prepareStackTrace = prepare;
      else delete Error.prepareStackTrace;
    }
  } finally {
    Error.stackTraceLimit = limitBefore;
  }
}
