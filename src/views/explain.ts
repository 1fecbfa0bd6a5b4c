import * as vscode from 'vscode';
import type { FunctionGroup } from '../client/functionGroups.ts';
import type { LiveRows, LocatorPort, PlacedSite } from '../client/liveRows.ts';
import { spansText } from '../model/countText.ts';
import { saysPlace, type Site } from '../model/site.ts';
import { settings } from '../contributions.ts';
import { type ExplainLine, explainLines, mayMean, type RuleSuggestion, suggestRule } from './explainText.ts';

const maxExplained = 5;

interface ExplainItem extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

export interface ExplainRequest {
  readonly file: string;
  /** What has a lens or a hint there; undefined where nothing has. */
  readonly group: FunctionGroup | undefined;
  readonly rows: LiveRows;
  readonly locator: LocatorPort;
}

/**
 * "Why is there no lens here?", and "why here?" where there is one: for each site that was placed there, or that may mean this file and
 * has no place, each step of locating it; first what can be done, one Enter away.
 */
export async function showExplanation(request: ExplainRequest): Promise<void> {
  const pick = vscode.window.createQuickPick<ExplainItem>();
  pick.title = request.group === undefined ? 'Why is there no lens here?' : `Why ${request.group.function?.name ?? `line ${request.group.line}`}?`;
  pick.placeholder = 'What Traceline tried, step by step · Enter on an action does it';
  pick.matchOnDetail = true;
  pick.busy = true;
  const closed = new Promise<void>((resolve) => pick.onDidHide(resolve));
  pick.onDidAccept(() => {
    const { run } = pick.activeItems[0] ?? {};
    if (run === undefined) return;
    pick.hide();
    void run();
  });
  pick.show();
  try {
    const items = await explainItems(request);
    pick.items = items;
    // The answer comes before what can be done about it, for the eye and for a screen reader.
    pick.activeItems = items.filter(({ run, kind }) => run === undefined && kind !== vscode.QuickPickItemKind.Separator).slice(0, 1);
  } catch (error) {
    pick.items = [{ label: 'The explanation could not be made', detail: error instanceof Error ? error.message : String(error), alwaysShow: true }];
  }
  pick.busy = false;
  await closed;
  pick.dispose();
}

async function explainItems({ file, group, rows, locator }: ExplainRequest): Promise<ExplainItem[]> {
  const summaryIds = new Set(group?.operations.flatMap((operation) => operation.summaryIds));
  const placed = rows.sites().filter((each) => each.summaryIds.some((id) => summaryIds.has(id)));
  const chosen = group !== undefined ? placed : rows.sites().filter(({ site, location }) => location === undefined && site !== undefined && mayMean(site, file));
  const lines: ExplainLine[] = [];
  for (const { heading, site } of chosen.slice(0, maxExplained)) {
    if (site !== undefined) lines.push(...explainLines(heading, await locator.call('explain', site)));
  }
  if (chosen.length > maxExplained) lines.push({ label: `and ${chosen.length - maxExplained} more places of spans` });
  if (group === undefined && chosen.length === 0) lines.push(...nothingHere(rows.sites()));
  const text = lines.map(({ label, detail }) => (detail === undefined ? label : `  ${label}\n    ${detail}`)).join('\n');
  return [...actions(file, group, chosen, text), ...lines.map(({ label, detail, isHeading }): ExplainItem =>
    isHeading === true ? { label, kind: vscode.QuickPickItemKind.Separator } : { label, detail })];
}

function actions(file: string, group: FunctionGroup | undefined, chosen: readonly PlacedSite[], text: string): ExplainItem[] {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  const suggestions = new Map<string, RuleSuggestion>();
  if (group === undefined && folder !== undefined) {
    for (const { site } of chosen) {
      const rule = site?.filePath === undefined ? undefined : suggestRule(site.filePath, file, folder.uri.fsPath);
      if (rule !== undefined) suggestions.set(`${rule.remote}\0${rule.local}`, rule);
    }
  }
  return [
    ...[...suggestions.values()].map((rule): ExplainItem => ({
      label: `$(add) Add a path rule: ${rule.remote} → ${rule.local}`, alwaysShow: true, run: () => addRule(rule, folder),
    })),
    { label: '$(gear) Open the path rules', alwaysShow: true, run: () => vscode.commands.executeCommand('workbench.action.openSettings', settings.pathMappings.key) },
    { label: '$(copy) Copy this explanation', alwaysShow: true, run: () => vscode.env.clipboard.writeText(text) },
  ];
}

function nothingHere(sites: readonly PlacedSite[]): ExplainLine[] {
  const count = (wanted: (each: PlacedSite) => boolean) => sites.filter(wanted).reduce((sum, each) => sum + each.spanCount, 0);
  const all = count(() => true);
  if (all === 0) return [{ label: 'No spans have come yet', detail: 'Start the program with F5 or `traceline run`, and use it.' }];
  const [lost, silent] = [count(({ site, location }) => isSaying(site) && location === undefined), count(({ site }) => !isSaying(site))];
  return [
    { label: 'No span says that it came from this file', detail: `${spansText(count(({ location }) => location !== undefined))} are placed elsewhere.` },
    ...(lost === 0 ? [] : [{ label: `${spansText(lost)} name a place that is not found in this workspace`, detail: 'None of them names a file like this one.' }]),
    ...(silent === 0 ? [] : [{ label: `${spansText(silent)} say nothing of where they were made`, detail: 'Start the program with F5 or `traceline run`, so that spans say their line.' }]),
  ];
}

function isSaying(site: Site | undefined): boolean {
  return site !== undefined && (saysPlace(site) || site.beneath !== undefined || site.exception !== undefined);
}

async function addRule(rule: RuleSuggestion, folder: vscode.WorkspaceFolder | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(undefined, folder);
  const own = configuration.inspect<Record<string, string>>(settings.pathMappings.key);
  await configuration.update(settings.pathMappings.key, { ...(own?.workspaceFolderValue ?? own?.workspaceValue), [rule.remote]: rule.local }, vscode.ConfigurationTarget.WorkspaceFolder);
}
