// A process of its own: the map through `source-map` alone, for comparison.
import { readFile } from 'node:fs/promises';
import sourceMap from 'source-map';

const { mapFile, site } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const started = performance.now();
const consumer = await new sourceMap.SourceMapConsumer(JSON.parse(await readFile(mapFile, 'utf8')));
const { line } = consumer.originalPositionFor({ line: site.line, column: site.column - 1 });
const ms = performance.now() - started;
if (line === null) throw new Error('the map does not have the position');
consumer.destroy();
console.log(JSON.stringify({ ms }));
