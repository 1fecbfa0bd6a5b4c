import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { commandCategory, commands, contextKeys, extensionId, settings, views, viewTypes, walkthroughId } from '../../../src/contributions.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && name !== 'contributions.ts')
  .map((name) => readFileSync(path.join(root, 'src', name), 'utf8'))
  .join('\n');

/** Every string of the manifest's contributions. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

test('the commands are those of the table, both ways', () => {
  const declared = contributes.commands.map(({ command, title, category }: Record<string, string>) => [command, title, category]);
  assert.deepEqual(declared, Object.values(commands).map(({ id, title }) => [id, title, commandCategory]));
});

test('each command is registered once, in extension.ts', () => {
  const composition = readFileSync(path.join(root, 'src', 'extension.ts'), 'utf8');
  for (const name of Object.keys(commands)) {
    assert.equal(composition.match(new RegExp(`register\\(commands\\.${name}\\b`, 'g'))?.length, 1, name);
  }
});

test('the palette offers what the table says', () => {
  const declared = contributes.menus.commandPalette.map(({ command, when }: Record<string, string>) => [command, when]);
  assert.deepEqual(declared, Object.values(commands).filter(({ palette }) => palette !== 'true').map(({ id, palette }) => [id, palette]));
});

test('menus, keys, welcome texts and walkthroughs name only commands there are', () => {
  const known = new Set<string>(Object.values(commands).map(({ id }) => id));
  const menus = [...Object.values(contributes.menus as Record<string, { command: string }[]>), contributes.keybindings as { command: string }[]].flat().map(({ command }) => command);
  const links = strings([contributes.viewsWelcome, contributes.walkthroughs])
    .flatMap((text) => [...text.matchAll(/(?:command:|onCommand:)([\w.]+)/g)])
    .map((match) => match[1] ?? '')
    .filter((command) => !command.startsWith('workbench.'));
  assert.ok(links.length > 0);
  assert.deepEqual([...menus, ...links].filter((command) => !known.has(command)), []);
});

test('the settings are those of the table, both ways, each described and read', () => {
  const properties = contributes.configuration.properties as Record<string, { default: unknown; markdownDescription?: string }>;
  assert.deepEqual(
    Object.entries(properties).map(([key, { default: value }]) => [key, value]).sort(),
    Object.values(settings).map(({ key, default: value }) => [key, value]).sort(),
  );
  for (const [key, { markdownDescription }] of Object.entries(properties)) assert.ok((markdownDescription ?? '').length > 20, key);
  for (const name of Object.keys(settings)) assert.ok(sources.includes(`settings.${name}`), `nobody reads ${name}`);
});

test('the context keys are those of the table, both ways, and each is set', () => {
  const ids = new Set<string>([...Object.values(commands).map(({ id }) => id), ...Object.values(settings).map(({ key }) => key), ...Object.values(views), ...Object.values(viewTypes), walkthroughId]);
  const used = strings([contributes.menus, contributes.keybindings, contributes.viewsWelcome, contributes.walkthroughs])
    .flatMap((text) => [...text.matchAll(/(?<!command:|onCommand:)\btraceline\.[\w.]*\w/g)])
    .map(([key]) => key)
    .filter((key) => !ids.has(key));
  assert.deepEqual([...new Set(used)].sort(), Object.values(contextKeys).sort());
  for (const name of Object.keys(contextKeys)) assert.ok(sources.includes(`contextKeys.${name}`), `nobody sets ${name}`);
});

test('views, walkthrough and identity are those of the table', () => {
  assert.deepEqual(contributes.viewsContainers.activitybar.map(({ id }: { id: string }) => id), [views.container]);
  assert.deepEqual(contributes.views[views.container].map(({ id }: { id: string }) => id), [views.captures]);
  assert.deepEqual(contributes.walkthroughs.map(({ id }: { id: string }) => id), [walkthroughId]);
  assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
});

test('editors are offered for files whose name says what they are, and for any JSON only where a person asks', () => {
  const editors = (contributes.customEditors as { viewType: string; priority: string; selector: { filenamePattern: string }[] }[]).map(({ viewType, priority, selector }) => [viewType, priority, selector.map(({ filenamePattern }) => filenamePattern).join(' ')]);
  assert.deepEqual(editors, [
    [viewTypes.traceFile, 'default', '*.otlp.json *.otlp.jsonl *.otlp.pb *.otlp.bin *.otlp.json.gz *.otlp.jsonl.gz *.otlp.pb.gz *.otlp.bin.gz'],
    [viewTypes.traceJson, 'option', '*.json *.jsonl *.json.gz *.jsonl.gz'],
  ]);
  assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${viewTypes.waterfall}`));
});

test('what is restricted in an untrusted workspace is a setting there is', () => {
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, 'limited');
  assert.deepEqual([...restrictedConfigurations].sort(), [settings.debugInject, settings.terminalsInject, settings.javaAgentPath, settings.pathMappings].map(({ key }) => key).sort());
});

test('every picture and text the manifest names is there', () => {
  const files = strings(manifest.contributes).concat(manifest.icon).filter((text: string) => text.startsWith('media/'));
  assert.ok(files.length >= 5);
  assert.deepEqual(files.filter((file: string) => !existsSync(path.join(root, file))), []);
});
