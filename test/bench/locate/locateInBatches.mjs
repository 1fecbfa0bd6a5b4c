/** Sites asked at once, as LiveRows does. */
export const batch = 100;

/**
 * @param {{ call(method: 'locate', sites: readonly any[]): Promise<readonly any[]> }} locator
 * @param {readonly any[]} sites
 */
export async function locateInBatches(locator, sites) {
  const locations = [];
  for (let from = 0; from < sites.length; from += batch) locations.push(...(await locator.call('locate', sites.slice(from, from + batch))));
  return locations;
}
