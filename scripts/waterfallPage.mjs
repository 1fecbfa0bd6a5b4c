// `npm run waterfall:page -- FILE [--port N]`: one file of traces in the built webview, in a plain page. Without --port any free port is taken.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runWithTypeScript } from './lib/typeScriptNode.mjs';

runWithTypeScript(import.meta.url);

const usage = 'npm run waterfall:page -- FILE [--port N]';
const { file, port } = given();
try {
  const { serveWaterfallPage } = await import('./lib/waterfallPage.mjs');
  const { traceFileBytes } = await import('../src/hub/traceFileBytes.ts');
  const page = await serveWaterfallPage({ bytes: await traceFileBytes(file), port });
  const { format, traceCount, spanCount, rejections } = page.summary;
  console.error(`${path.basename(file)}: ${format}, ${traceCount} ${traceCount === 1 ? 'trace' : 'traces'}, ${spanCount} spans${rejections.map(({ reason, count }) => `; ${count} refused: ${reason}`).join('')}`);
  for (const trace of page.traces.slice(1, 20)) console.error(`  ${page.url}?trace=${trace.traceId}  ${trace.spanCount} spans  ${JSON.stringify(trace.rootName.slice(0, 80))}`);
  console.log(page.url);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void page.close().then(() => process.exit(0)));
} catch (error) {
  console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

function given() {
  try {
    const { values, positionals } = parseArgs({ options: { port: { type: 'string', default: '0' } }, allowPositionals: true });
    const number = Number(values.port);
    if (positionals.length !== 1 || !Number.isInteger(number) || number < 0 || number > 65535) throw new Error('one file, and a port from 0 to 65535');
    return { file: positionals[0], port: number };
  } catch (error) {
    console.error(`${error.message}\nusage: ${usage}`);
    process.exit(2);
  }
}
