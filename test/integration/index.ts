/**
 * The suite that runs inside VS Code's extension host: what `extensionTestsPath` names, for the VS Code server and for
 * `@vscode/test-electron` alike. The environment says which tests (`TRACELINE_TEST_GREP`) and where the counts go (`TRACELINE_TEST_RESULTS`).
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Each file of suites/, by its name; scripts/integration.mjs says in which workspace each runs. */
const suites: Readonly<Record<string, () => Promise<unknown>>> = {
  orders: () => import('./suites/orders.ts'),
  edits: () => import('./suites/edits.ts'),
  renames: () => import('./suites/renames.ts'),
  shop: () => import('./suites/shop.ts'),
  captures: () => import('./suites/captures.ts'),
  openSpans: () => import('./suites/openSpans.ts'),
  captureChoice: () => import('./suites/captureChoice.ts'),
  noFolder: () => import('./suites/noFolder.ts'),
};

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, slow: 20_000, reporter: 'min', color: false });
  const grep = process.env.TRACELINE_TEST_GREP;
  if (grep !== undefined && grep !== '') mocha.grep(grep);
  // Gives this file's scope `describe` and `it`, which mocha otherwise does for each file it loads itself.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const suite = process.env.TRACELINE_TEST_SUITE ?? '';
  const load = suites[suite];
  if (load === undefined) throw new Error(`no suite ${suite}`);
  await load();

  const results = { passed: 0, failed: 0, skipped: 0, lines: [] as string[] };
  const failures = await new Promise<number>((resolve) => {
    mocha
      .reporter(function (runner: Mocha.Runner) {
        runner.on('pass', (test) => {
          results.passed++;
          results.lines.push(`ok ${test.fullTitle()} (${test.duration ?? 0} ms)`);
        });
        runner.on('pending', (test) => {
          results.skipped++;
          results.lines.push(`skipped ${test.fullTitle()}`);
        });
        runner.on('fail', (test, error: Error) => {
          results.failed++;
          results.lines.push(`FAILED ${test.fullTitle()}\n${error.stack ?? String(error)}`);
        });
      } as unknown as Mocha.ReporterConstructor)
      .run(resolve);
  });
  const file = process.env.TRACELINE_TEST_RESULTS;
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(results.lines.filter((line) => line.startsWith('FAILED')).join('\n\n'));
  if (results.passed === 0) throw new Error('no test ran');
}
