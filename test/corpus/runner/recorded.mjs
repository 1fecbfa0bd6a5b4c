import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';

/**
 * The recorded spans: `recorded/NAME.json` is `{ title, language, recordedFrom: 'run' | 'documentation', root, rules?, files, expected, spans }`: a small
 * source tree, the places its spans were made at, and the spans as OTLP/JSON. `root` is the folder that the recording ran in: it stands
 * for the workspace, so that paths below it in the spans are paths of the workspace.
 */
export async function readRecorded(corpus) {
  const folder = path.join(corpus, 'recorded');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (file) => {
    const text = await readFile(path.join(folder, file), 'utf8');
    const definition = JSON.parse(text);
    return { name: path.basename(file, '.json'), folder, definition, load: (home) => load(definition, home) };
  }));
}

async function load(definition, home) {
  const workspace = path.join(home, 'app');
  for (const [name, text] of Object.entries(definition.files)) {
    await mkdir(path.dirname(path.join(workspace, name)), { recursive: true });
    await writeFile(path.join(workspace, name), text);
  }
  const placed = JSON.stringify(definition.spans).replaceAll(JSON.stringify(`${definition.root}/`).slice(1, -1), JSON.stringify(`${workspace}/`).slice(1, -1));
  const expected = new Map(definition.expected.map(({ span, file, line, function: name }) => [span, { file, line, function: name ?? undefined }]));
  const rules = (definition.rules ?? []).map(({ remote, local }) => ({ remote, local: local.replace('${workspace}', workspace), from: 'setting' }));
  return { workspace, rules, expected, spans: decodeTraces(placed).spans };
}
