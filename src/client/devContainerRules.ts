import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PathRule } from '../locate/location.ts';
import { parsePath, relativeTo } from '../locate/paths.ts';
import { composeRules } from './composeRules.ts';
import { jsonArray, jsonObject, jsonText } from './jsonObject.ts';
import { readConfiguration, readConfigurationText } from './readConfiguration.ts';
import { absoluteFrom, replaceVariables } from './ruleScope.ts';

/**
 * Where a folder's dev containers mount it (containers.dev, "Dev Container metadata reference"): `workspaceMount`, else the folder of
 * the repository at `/workspaces/<its name>`; with `dockerComposeFile`, the mounts of those files; `workspaceFolder`, which is
 * the opened folder there; bind mounts of `mounts`.
 */
export async function devContainerRules(folder: string): Promise<PathRule[]> {
  const rules = await Promise.all((await devContainerFiles(folder)).map((file) => rulesOfFile(file, folder)));
  return rules.flat();
}

/** The places where the reference has them looked for. */
async function devContainerFiles(folder: string): Promise<string[]> {
  const inside = path.join(folder, '.devcontainer');
  const entries = await readdir(inside, { withFileTypes: true }).catch(() => []);
  const named = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(inside, entry.name, 'devcontainer.json'));
  return [path.join(inside, 'devcontainer.json'), path.join(folder, '.devcontainer.json'), ...named];
}

async function rulesOfFile(file: string, folder: string): Promise<PathRule[]> {
  const settings = jsonObject(await readConfiguration(file));
  if (settings === undefined) return [];
  const inContainer = jsonText(settings['workspaceFolder']);
  const expand = (text: string) => expandContainerVariables(text, folder, inContainer);
  const bind = (mount: unknown) => bindRule(mount, expand, folder);
  const composeFiles = [settings['dockerComposeFile']].flat().flatMap((each) => jsonText(each) ?? []).map((each) => path.resolve(path.dirname(file), each));
  const workspaceMounts = composeFiles.length > 0 ? await composeMounts(composeFiles, folder)
    : settings['workspaceMount'] !== undefined ? bind(settings['workspaceMount']) : await defaultMount(folder);
  const mounts = [...workspaceMounts, ...jsonArray(settings['mounts']).flatMap(bind)];
  const opened = inContainer === undefined ? undefined : expand(inContainer);
  // What is opened there may be a part of what is mounted; only where no mount says what, it is the folder itself.
  if (opened === undefined || mounts.some(({ remote }) => isWithin(remote, opened))) return mounts;
  return [{ remote: opened, local: folder, from: 'devContainer' }, ...mounts];
}

/** Compose reckons every file's paths from the folder of the first. */
async function composeMounts(files: readonly string[], folder: string): Promise<PathRule[]> {
  const texts = await Promise.all(files.map((file) => readConfigurationText(file)));
  const rules = await Promise.all(texts.filter((text) => text !== undefined).map((text) => composeRules(text, path.dirname(files[0]!), folder)));
  return rules.flat();
}

async function defaultMount(folder: string): Promise<PathRule[]> {
  const repository = await repositoryOf(folder);
  return [{ remote: `/workspaces/${path.basename(repository)}`, local: repository, from: 'devContainer' }];
}

function isWithin(remote: string, opened: string): boolean {
  const [outer, inner] = [parsePath(remote), parsePath(opened)];
  return outer.kind === 'absolute' && inner.kind === 'absolute' && relativeTo(outer.path, inner.path) !== undefined;
}

/** The folder of the repository is mounted where the opened folder lies in one. */
async function repositoryOf(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (await stat(path.join(at, '.git')).then(() => true, () => false)) return at;
    if (path.dirname(at) === at) return folder;
  }
}

/** A mount as Docker's `--mount` takes it, or as an object. */
function bindRule(mount: unknown, expand: (text: string) => string | undefined, folder: string): PathRule[] {
  const fields = typeof mount === 'string' ? Object.fromEntries(mount.split(',').map((each) => fieldOf(each))) : jsonObject(mount) ?? {};
  const [source, target] = [fields['source'] ?? fields['src'], fields['target'] ?? fields['destination'] ?? fields['dst']].map((value) => {
    const text = jsonText(value);
    return text === undefined ? undefined : expand(text);
  });
  // Docker takes a mount without a type for a volume.
  if (!source || !target || fields['type'] !== 'bind') return [];
  return [{ remote: target, local: absoluteFrom(folder, source), from: 'devContainer' }];
}

function fieldOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function expandContainerVariables(text: string, folder: string, inContainer: string | undefined): string | undefined {
  return replaceVariables(text, (name, argument) => {
    switch (name) {
      case 'localWorkspaceFolder':
        return folder;
      case 'localWorkspaceFolderBasename':
        return path.basename(folder);
      case 'containerWorkspaceFolder':
        return inContainer?.includes('${') === true ? undefined : inContainer;
      case 'containerWorkspaceFolderBasename':
        return inContainer?.includes('${') === true ? undefined : inContainer === undefined ? undefined : path.posix.basename(inContainer);
      case 'localEnv': {
        const [variable = '', ...otherwise] = (argument ?? '').split(':');
        return process.env[variable] ?? otherwise.join(':');
      }
      default:
        return undefined;
    }
  });
}
