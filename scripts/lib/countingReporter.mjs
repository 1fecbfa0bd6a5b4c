// A reporter for `node --test`: a line for each file, failures and skips in full, and the counts to the file that TRACELINE_TEST_RESULTS names.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

export default async function* countingReporter(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const files = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
      continue;
    }
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') {
      // A suite fails for its tests, which are counted themselves, or for a hook of its own.
      const own = type === 'test:fail' && data.details?.error?.failureType === 'hookFailed';
      if (!own) continue;
    }
    // Every file is a test of its own where it holds none: such a file tests nothing.
    const isFile = data.file === undefined || data.name === data.file || path.resolve(data.name) === data.file;
    const file = files.get(data.file ?? data.name) ?? { passed: 0, failed: 0, ms: 0 };
    files.set(data.file ?? data.name, file);
    if (type === 'test:pass' && isFile && data.skip === undefined) continue;
    if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      yield `  skipped: ${data.name}${typeof data.skip === 'string' && data.skip !== '' ? ` (${data.skip})` : ''}\n`;
    } else if (type === 'test:pass') {
      counts.passed++;
      file.passed++;
    } else {
      counts.failed++;
      file.failed++;
      const error = data.details?.error;
      yield `  FAILED: ${data.name}\n    ${data.file ?? ''}:${data.line ?? ''}\n${inspect(error?.cause ?? error).replace(/^/gm, '    ')}\n`;
    }
    file.ms += data.details?.duration_ms ?? 0;
  }
  for (const [name, { passed, failed }] of files) {
    yield `  ${failed > 0 ? 'FAILED' : 'ok'} ${path.relative(process.cwd(), name)}: ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}\n`;
  }
  const results = process.env.TRACELINE_TEST_RESULTS;
  if (results !== undefined) writeFileSync(results, JSON.stringify(counts));
}
