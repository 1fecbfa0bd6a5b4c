import path from 'node:path';

/** Whether one of these folders is above the file. */
export function isBeneath(file: string, folders: ReadonlySet<string>): boolean {
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    if (folders.has(at)) return true;
    if (path.dirname(at) === at) return false;
  }
}
