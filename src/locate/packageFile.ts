import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

const maxFiles = 200;
const maxFileBytes = 4 * 1024 * 1024;
/** Comments, annotations and imports of a file's head that are looked through. */
const maxLines = 500;
const maxLineLength = 1000;

export type PackageFile =
  | { readonly kind: 'file'; readonly file: WorkspaceFile; readonly lines: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly reason: string };

/**
 * The file that a frame means which has a class and the base name of its file: the one file of that name that says to be of the
 * class's package (JVM languages) or namespace (PHP), wherever it lies. `className` as StackFrame has it.
 */
export async function findPackageFile(name: string, className: string, files: WorkspaceFiles): Promise<PackageFile> {
  const { paths, isComplete } = await files.filesNamed(name);
  if (!isComplete || paths.length > maxFiles) return { kind: 'ambiguous', reason: 'the workspace has too many files to know whether a name is there only once' };
  const packages = packagesOf(className);
  const found: Extract<PackageFile, { kind: 'file' }>[] = [];
  for (const path of paths) {
    const lookup = await files.find(path);
    const text = lookup.kind === 'file' && !lookup.file.isOutput ? await files.readText(lookup.file, maxFileBytes) : undefined;
    if (lookup.kind !== 'file' || text === undefined) continue;
    const lines = text.split(/\r\n|[\n\r]/);
    if (packages.includes(declaredPackage(lines))) found.push({ kind: 'file', file: lookup.file, lines });
  }
  const [only] = found;
  if (only === undefined) return { kind: 'none' };
  return found.length === 1 ? only : { kind: 'ambiguous', reason: `${found.length} files may be meant: ${found.map(({ file }) => file.nativePath).join(', ')}` };
}

/** `com.acme` of `com.acme.Orders$Item`; of PHP's `App\Shop` both, since a function's namespace stands where a class does. */
function packagesOf(className: string): readonly string[] {
  const outer = className.split('$', 1)[0] ?? '';
  const separator = outer.includes('\\') ? '\\' : '.';
  const parent = outer.slice(0, Math.max(0, outer.lastIndexOf(separator)));
  return separator === '\\' ? [parent, outer] : [parent];
}

/** What the head of a file says: `package com.acme;`, Scala's `package com.acme` and `package shop` beneath it, `namespace App;`. */
function declaredPackage(lines: readonly string[]): string {
  const parts: string[] = [];
  for (const line of lines.slice(0, maxLines)) {
    const said = /^\s{0,40}(?:<\?php\s{1,4})?(?:package|namespace)\s{1,8}([\w.`\\]+)\s{0,8}[;{]?\s{0,8}(?:$|\/\/|\/\*)/.exec(line.slice(0, maxLineLength))?.[1];
    if (said !== undefined) parts.push(said.replaceAll('`', ''));
    else if (parts.length > 0 && line.trim() !== '') break;
  }
  return parts.join('.');
}

/** The line (1-based) of Kotlin's one function of this name; undefined where there is none, or another one. */
export function kotlinFunctionLine(lines: readonly string[], functionName: string): number | undefined {
  const found = lines.flatMap((line, i) => (namesFunction(line.slice(0, maxLineLength), functionName) ? [i + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** `private inline fun <T> List<T>.total(`. */
function namesFunction(line: string, functionName: string): boolean {
  const at = /(?:^|\s)fun\s/.exec(line);
  const open = at === null ? -1 : line.indexOf('(', at.index);
  return at !== null && open >= 0 && line.slice(at.index + at[0].length, open).trimEnd().split(/[.\s>]/).at(-1) === functionName;
}
