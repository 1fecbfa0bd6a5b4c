import type { LocateResult } from '../locate/location.ts';
import type { Site } from '../model/site.ts';
import { plainText } from '../model/plainText.ts';
import { iconText } from './iconText.ts';

const maxSteps = 40;

/** One line of an explanation, without VS Code's types. */
export interface ExplainLine {
  readonly label: string;
  readonly detail?: string;
  readonly isHeading?: boolean;
}

/** The steps of locating one site, under a heading; each says its rule, what it was given and what it gave. */
export function explainLines(heading: string, { steps, outcome, location }: LocateResult): ExplainLine[] {
  const shown = steps.slice(0, maxSteps).map((step) => ({ label: iconText(`${step.rule}: ${step.result}`, 300), detail: step.input }));
  return [{ label: plainText(heading, 120), isHeading: true }, { label: `$(${location === undefined ? 'circle-slash' : 'check'}) ${outcome}` }, ...shown];
}

/** What is read of a site that may speak of a file: the file it names and those of its stacks. */
function told(site: Site): readonly string[] {
  return [site.filePath, site.stacktrace, site.exception, ...(site.beneath ?? [])].filter((text) => text !== undefined);
}

/**
 * Whether a site that has no place names a file of this name, whatever its folder and its ending: `src/orders.ts` may have been
 * built to `dist/orders.js`. Only to choose what is explained; nothing is placed by it.
 */
export function mayMean(site: Site, file: string): boolean {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const stem = base.includes('.') ? base.slice(0, base.indexOf('.')) : base;
  return stem !== '' && told(site).some((text) => ['/', '\\', ' ', '('].some((before) => text.includes(`${before}${stem}.`)) || text.startsWith(`${stem}.`));
}

/** VS Code's own variable, which the setting resolves. */
// eslint-disable-next-line no-template-curly-in-string -- it is not ours to fill in
const folderVariable = '${workspaceFolder}';

export interface RuleSuggestion {
  readonly remote: string;
  /** As the setting has it: relative to the workspace folder. */
  readonly local: string;
}

/**
 * The path rule that would bring `remotePath` to `localFile`: what is before their longest common run of whole trailing segments.
 * undefined where they do not end alike, or where no rule is needed. `localFile` lies in `folder`; all are absolute.
 */
export function suggestRule(remotePath: string, localFile: string, folder: string): RuleSuggestion | undefined {
  const remote = remotePath.split(/[\\/]/);
  const local = localFile.split(/[\\/]/);
  const root = folder.split(/[\\/]/).filter((segment, i) => segment !== '' || i === 0);
  let common = 0;
  while (common < Math.min(remote.length, local.length - root.length) && remote.at(-1 - common) === local.at(-1 - common)) common++;
  if (common === 0 || remote.length === common || remotePath === localFile) return undefined;
  const remoteRoot = remote.slice(0, -common).join('/');
  if (remoteRoot === '') return undefined;
  return { remote: remoteRoot, local: [folderVariable, ...local.slice(root.length, local.length - common)].join('/') };
}
