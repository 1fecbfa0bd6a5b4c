// What the packages ask for that are bundled into ours.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/**
 * Writes what the licences of bundled packages ask for beside them: who they are of, and the text, with a NOTICE where a package has one.
 * @param {string} file
 * @param {Set<string>} packages their folders, added to by each bundle
 * @returns {import('esbuild').Plugin}
 * @throws Error where a package does not say its licence
 */
export function licences(file, packages) {
  return {
    name: 'licences',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(({ metafile }) => {
        for (const input of Object.keys(metafile?.inputs ?? {})) {
          const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
          if (folder !== undefined) packages.add(path.resolve(root, folder));
        }
        const byText = new Map();
        for (const folder of [...packages].sort()) {
          const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
          const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile() && /^(?:licen[cs]e|notice|copying)/i.test(each.name));
          const texts = files.map((each) => readFileSync(path.join(folder, each.name), 'utf8').trim());
          if (texts.length === 0 && typeof license !== 'string') throw new Error(`${name} does not say its licence`);
          const text = texts.length > 0 ? texts.join('\n\n') : `Under the licence ${license}, of which the package brings no text.`;
          byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
        }
        const parts = [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
        if (existsSync(path.dirname(file))) writeFileSync(file, `The files of this folder hold the following packages, most of them bundled and minified.\n\n${parts.join(`\n${'='.repeat(80)}\n\n`)}`);
      });
    },
  };
}
