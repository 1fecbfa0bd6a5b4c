import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { readExpectations } from './expectations.mjs';

/**
 * The recorded spans: `recorded/NAME.json` is `{ title, language, recordedFrom, how, root, rules?, silent?, knownWrong?, withoutLines?,
 * files, spans }`: a small source tree whose
 * marks say where its spans were made, and the spans as OTLP/JSON. `root` is the folder that the recording ran in: it stands for the
 * workspace, so that paths below it in the spans are paths of the workspace. `recordedFrom` is 'run' (the real SDK, run), 'runtime' (the real
 * runtime's stacks in spans as the SDK's documentation and source have them) or 'documentation'; `how` says what was done. `withoutLines`: its stacks name functions and no lines.
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

async function load({ root, files, spans, rules = [], silent = {}, knownWrong = {}, withoutLines = false }, home) {
  const workspace = path.join(home, 'app');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(workspace, name)), { recursive: true });
    await writeFile(path.join(workspace, name), text);
  }
  const placed = JSON.stringify(spans).replaceAll(JSON.stringify(`${root}/`).slice(1, -1), JSON.stringify(`${workspace}/`).slice(1, -1));
  return {
    workspace,
    rules: rules.map(({ remote, local }) => ({ remote, local: local.replace('${workspace}', workspace), from: 'setting' })),
    expected: await readExpectations(workspace),
    silent,
    knownWrong,
    withoutLines,
    spans: decodeTraces(placed).spans,
    isWhole: true,
  };
}
