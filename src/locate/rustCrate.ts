import { manifestName, rustModule } from './index/modulePaths.ts';
import { directoryOf } from './paths.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

const maxManifestBytes = 1024 * 1024;
/** Files of the name that are looked at. */
const maxFiles = 200;

export type RustFile =
  | { readonly file: WorkspaceFile; readonly crate: string }
  | { readonly file: undefined; readonly reason: string };

/**
 * rustc is given paths relative to the crate or to Cargo's workspace, and `module_path!` begins with the crate's name. Together they
 * say which file it is: the one that ends in the path and is that module by its `Cargo.toml`, where there is one such and no more.
 */
export async function findRustFile(path: string, module: string, files: WorkspaceFiles): Promise<RustFile> {
  const { paths, isComplete } = await files.filesNamed(path.slice(path.lastIndexOf('/') + 1));
  const ending = paths.filter((each) => each.endsWith(`/${path}`));
  if (!isComplete || ending.length > maxFiles) return { file: undefined, reason: 'the workspace has too many files to know whether a name is there only once' };
  const found: Extract<RustFile, { crate: string }>[] = [];
  for (const each of ending) {
    const lookup = await files.find(each);
    const crate = await nearestCrate(each, files);
    const own = crate === undefined ? undefined : rustModule(each, { hasFile: () => false, nearest: () => crate });
    if (lookup.kind === 'file' && crate !== undefined && own !== undefined && (module === own || module.startsWith(`${own}::`))) found.push({ file: lookup.file, crate: crate.name });
  }
  const [only] = found;
  if (only === undefined) return { file: undefined, reason: `no file of the workspace is ${path} of the module ${module}` };
  return found.length === 1 ? only : { file: undefined, reason: `${found.length} files may be meant: ${found.map(({ file }) => file.nativePath).join(', ')}` };
}

/** The package of the nearest `Cargo.toml` that has one, in the workspace. */
async function nearestCrate(file: string, files: WorkspaceFiles): Promise<{ readonly folder: string; readonly name: string } | undefined> {
  for (let folder = directoryOf(file); ; folder = directoryOf(folder)) {
    const lookup = await files.find(`${folder}/Cargo.toml`);
    if (lookup.kind === 'outside') return undefined;
    const text = lookup.kind === 'file' ? await files.readText(lookup.file, maxManifestBytes) : undefined;
    const manifest = text === undefined ? undefined : manifestName(`${folder}/Cargo.toml`, text);
    if (manifest?.kind === 'cargo') return { folder, name: manifest.name };
    if (directoryOf(folder) === folder) return undefined;
  }
}
