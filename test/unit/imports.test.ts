import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

/** Room → the rooms it may import, beside itself. A file at the top of src/, and package.json, is a room of its own. docs/architecture.md explains it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/stats': [],
  'src/probe': [],
  'src/contributions.ts': [],
  'package.json': [],
  'src/decode': ['src/model'],
  'src/locate': ['src/model'],
  'src/protocol': ['src/model', 'src/stats'],
  'src/hub': ['src/model', 'src/decode', 'src/stats', 'src/protocol', 'package.json'],
  'src/client': ['src/model', 'src/stats', 'src/protocol', 'src/locate'],
  'src/editor': ['src/model', 'src/stats', 'src/protocol', 'src/locate', 'src/client', 'src/contributions.ts'],
  'src/views': ['src/model', 'src/stats', 'src/protocol', 'src/locate', 'src/client', 'src/contributions.ts'],
  'src/debug': ['src/model', 'src/stats', 'src/protocol', 'src/locate', 'src/client', 'src/contributions.ts'],
  'src/cli': ['src/hub', 'src/client', 'src/protocol', 'src/locate', 'src/model', 'src/stats', 'src/decode', 'package.json'],
  'src/extension.ts': [
    ...['src/model', 'src/stats', 'src/protocol', 'src/locate', 'src/client', 'src/contributions.ts'],
    ...['src/editor', 'src/views', 'src/debug'],
  ],
  webview: ['src/protocol', 'src/model', 'src/stats'],
};
const vscodeRooms = ['src/editor', 'src/views', 'src/debug', 'src/extension.ts'];
const nodeRooms = [...vscodeRooms, 'src/hub', 'src/client', 'src/cli', 'src/probe'];

const root = path.dirname(path.dirname(import.meta.dirname));
const files = ['src', 'webview'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
);

function roomOf(file: string): string {
  return file.startsWith('webview/') ? 'webview' : file.split('/').slice(0, 2).join('/');
}

/** Static and dynamic imports, re-exports and `import()` types. */
function importsOf(file: string): string[] {
  const code = readFileSync(path.join(root, file), 'utf8');
  return [...code.matchAll(/^\s*(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

test('every room is in the table', () => {
  assert.ok(files.length > 50, 'the look found the sources');
  assert.deepEqual([...new Set(files.map(roomOf))].filter((room) => mayImport[room] === undefined), []);
});

test('no room imports one it may not', () => {
  const wrong = files.flatMap((file) => {
    const room = roomOf(file);
    return importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => roomOf(path.posix.join(path.posix.dirname(file), specifier)))
      .filter((target) => target !== room && mayImport[room]?.includes(target) !== true)
      .map((target) => `${file} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test('vscode and node: are imported only where they may be', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => (specifier === 'vscode' && !vscodeRooms.includes(roomOf(file))) || (specifier.startsWith('node:') && !nodeRooms.includes(roomOf(file))))
      .map((specifier) => `${file} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
});

test('the table has no cycle', () => {
  const settled = new Set<string>();
  for (let before = -1; before < settled.size; ) {
    before = settled.size;
    for (const [room, targets] of Object.entries(mayImport)) {
      if (targets.every((target) => settled.has(target))) settled.add(room);
    }
  }
  assert.deepEqual(Object.keys(mayImport).filter((room) => !settled.has(room)), []);
});
