/**
 * Paths as this room compares them, whatever machine they came from: absolute, `/` between segments, no `.`, `..` or empty
 * segment, a drive letter in lower case (`c:/x`), a UNC path as `//host/share/x`. `node:path` would take this machine's rules
 * for all of them.
 */

/** Linux's PATH_MAX; nothing that opens is longer. */
const maxPathLength = 4096;

export type ParsedPath =
  | { readonly kind: 'absolute'; readonly path: string }
  | { readonly kind: 'relative'; readonly path: string }
  /** A URL of another scheme than `file:`, as it stands. */
  | { readonly kind: 'url'; readonly scheme: string; readonly url: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads a path or `file:` URL as a program or a source map wrote it. */
export function parsePath(text: string): ParsedPath {
  if (text === '') return { kind: 'refused', reason: 'the path is empty' };
  if (text.length > maxPathLength) return { kind: 'refused', reason: `the path is longer than ${maxPathLength} characters` };
  if (text.includes('\0')) return { kind: 'refused', reason: 'the path holds a NUL character' };
  if (/^file:/i.test(text)) return parseFileUrl(text);
  if (isDrivePath(text)) return { kind: 'absolute', path: resolveDots(lowerDrive(text.replaceAll('\\', '/'))) };
  if (text.startsWith('\\\\')) return parseUnc(text.replaceAll('\\', '/'));
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1];
  if (scheme !== undefined) return { kind: 'url', scheme: scheme.toLowerCase(), url: text };
  if (text.startsWith('/')) return { kind: 'absolute', path: resolveDots(text.replace(/^\/+/, '/')) };
  return { kind: 'relative', path: resolveDots(text.includes('/') ? text : text.replaceAll('\\', '/')) };
}

/** `//host/share/x`, or `//?/C:/x` and `//?/UNC/host/share/x`, which Windows gives for long paths. */
function parseUnc(path: string): ParsedPath {
  const long = /^\/\/\?\/(UNC\/)?/i.exec(path);
  if (long === null) return path.startsWith('//./') ? { kind: 'refused', reason: 'the path is of a device' } : { kind: 'absolute', path: resolveDots(path) };
  const rest = path.slice(long[0].length);
  if (long[1] !== undefined) return { kind: 'absolute', path: resolveDots(`//${rest}`) };
  return isDrivePath(rest) ? { kind: 'absolute', path: resolveDots(lowerDrive(rest)) } : { kind: 'refused', reason: 'the path is of a device' };
}

function parseFileUrl(url: string): ParsedPath {
  const path = decodePercent(url.slice('file:'.length).replace(/[?#].*$/s, ''));
  if (path.includes('\0')) return { kind: 'refused', reason: 'the path holds a NUL character' };
  const host = /^\/\/([^/]*)/.exec(path)?.[1];
  const local = host === undefined ? path : path.slice(2 + host.length);
  if (/^\/[a-z]:(\/|$)/i.test(local)) return { kind: 'absolute', path: resolveDots(lowerDrive(local.slice(1))) };
  if (host !== undefined && host !== '' && host !== 'localhost') return { kind: 'absolute', path: resolveDots(`//${host}${local}`) };
  if (!local.startsWith('/')) return { kind: 'refused', reason: 'the file URL has no absolute path' };
  return { kind: 'absolute', path: resolveDots(local.replace(/^\/+/, '/')) };
}

/** The text without its percent-encoding; as it is where that is malformed. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `.`, `..` and empty segments taken out; an absolute path never climbs above its root, a relative one keeps its leading `..`. */
export function resolveDots(path: string): string {
  const root = rootOf(path);
  const kept: string[] = [];
  for (const segment of path.slice(root.length).split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (root === '') kept.push('..');
  }
  return root + kept.join('/');
}

function rootOf(path: string): string {
  if (/^[a-z]:\//i.test(path)) return path.slice(0, 3);
  // Nothing climbs from one share into another, or to another host.
  if (path.startsWith('//')) return /^\/\/(?!\.\.?\/)[^/]+\/(?!\.\.?(?:\/|$))[^/]+(?:\/|$)/.exec(path)?.[0] ?? '//';
  return path.startsWith('/') ? '/' : '';
}

/** `relative` against the folder `directory`, which is absolute. Where that is on Windows, a backslash in `relative` divides there too. */
export function joinPath(directory: string, relative: string): string {
  const segments = isWindowsPath(directory) ? relative.replaceAll('\\', '/') : relative;
  return resolveDots(directory.endsWith('/') ? directory + segments : `${directory}/${segments}`);
}

export function directoryOf(path: string): string {
  const root = rootOf(path);
  return path.slice(0, Math.max(path.lastIndexOf('/'), root.length));
}

/** The last segment's extension with its dot, in lower case; '' where there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

/**
 * What follows `folder` in `path`, without a leading `/`, where `path` is `folder` or lies in it by whole segments. Case
 * counts but on Windows, unless it is said.
 */
export function relativeTo(folder: string, path: string, ignoreCase = isWindowsPath(folder)): string | undefined {
  if (folder.startsWith('//') !== path.startsWith('//')) return undefined;
  if (isSame(folder, path, ignoreCase)) return '';
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  // Compared piece by piece: a lower-cased text may be longer than the text.
  return isSame(prefix, path.slice(0, prefix.length), ignoreCase) ? path.slice(prefix.length) : undefined;
}

function isSame(a: string, b: string, ignoreCase: boolean): boolean {
  return ignoreCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

/**
 * As `relativeTo`, where one of the two may be as Windows writes it and the other as WSL does: `c:/x` is `/mnt/c/x` there, and
 * `//wsl$/Ubuntu/x` or `//wsl.localhost/Ubuntu/x` is `/x` in Ubuntu.
 */
export function relativeAcrossWsl(folder: string, path: string): string | undefined {
  const [outer, inner] = [asWslWrites(folder), asWslWrites(path)];
  if (outer.distribution !== undefined && inner.distribution !== undefined && outer.distribution !== inner.distribution) return undefined;
  return relativeTo(outer.path, inner.path, outer.isDrive || inner.isDrive || outer.path.startsWith('//'));
}

function asWslWrites(path: string): { readonly path: string; readonly distribution: string | undefined; readonly isDrive: boolean } {
  if (/^[a-z]:\//i.test(path)) return { path: `/mnt/${path.slice(0, 1).toLowerCase()}${path.slice(2)}`, distribution: undefined, isDrive: true };
  const share = /^\/\/(?:wsl\$|wsl\.localhost)\/([^/]+)/i.exec(path);
  const inner = share === null ? path : path.slice(share[0].length) || '/';
  return { path: inner, distribution: share?.[1]?.toLowerCase(), isDrive: false };
}

export function isWindowsPath(path: string): boolean {
  return /^[a-z]:\//i.test(path) || path.startsWith('//');
}

function isDrivePath(text: string): boolean {
  return /^[a-z]:[\\/]/i.test(text);
}

function lowerDrive(path: string): string {
  return path.slice(0, 1).toLowerCase() + path.slice(1);
}
