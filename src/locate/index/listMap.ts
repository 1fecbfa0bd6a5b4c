/** Puts one more under a key. */
export function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [value]);
  else same.push(value);
}

/** Takes away what a file has under a key. */
export function take<T extends { readonly file: string }>(map: Map<string, T[]>, key: string, file: string): void {
  const rest = (map.get(key) ?? []).filter((each) => each.file !== file);
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
