// `npm run package`: a production build, packed to traceline-VERSION.vsix, and looked into.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageExtension } from './lib/packageExtension.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, `traceline-${version}.vsix`);
const files = await packageExtension(file);
const { size } = await stat(file);
console.log(`${path.basename(file)}: ${files.length} files, ${(size / 1024 / 1024).toFixed(2)} MB`);
