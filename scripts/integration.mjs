// The integration tests: suites inside the extension host of a real VS Code, and tests that drive one from outside.
// `--version newest|oldest`, `--only NAME` one run, `--grep TEXT` the tests within, `--desktop` in a desktop VS Code (inside suites only).
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run, runToEnd } from './lib/run.mjs';
import { packageExtension } from './lib/packageExtension.mjs';
import { openScene, root } from './lib/scene.mjs';
import { openBrowser, runSuite } from './lib/workbench.mjs';

const { values } = parseArgs({
  options: { version: { type: 'string', default: 'newest' }, only: { type: 'string' }, grep: { type: 'string', default: '' }, desktop: { type: 'boolean' } },
});
if (values.version !== 'newest' && values.version !== 'oldest') throw new Error(`--version takes newest or oldest, not ${values.version}`);
const version = values.version;

const testsPath = path.join(root, 'dist', 'test', 'integration', 'index.cjs');
const pictures = path.join(root, 'test-results');
const scratch = await mkdtemp(path.join(os.tmpdir(), 'traceline-integration-'));
const total = { passed: 0, failed: 0, skipped: 0 };

/** Suites inside VS Code: the name of each is a file of test/integration/suites/, and a run of its own. */
const inside = [
  { name: 'orders', workspace: 'orders' },
  { name: 'edits', workspace: 'orders' },
  { name: 'renames', workspace: 'orders' },
  { name: 'shop', workspace: 'shop' },
  { name: 'captures', workspace: 'orders' },
  { name: 'openSpans', workspace: 'hanging' },
  { name: 'captureChoice', workspace: 'hanging' },
  { name: 'noFolder', workspace: undefined },
];

try {
  if (!(await access(testsPath).then(() => true, () => false))) await run('node', [path.join(root, 'scripts', 'build.mjs'), '--tests']);
  for (const suite of inside) {
    if (values.only !== undefined && values.only !== suite.name) continue;
    await counted(`inside: ${suite.name}`, (file) => (values.desktop === true ? insideDesktop(suite, file) : insideServer(suite, file)));
  }
  if (values.desktop !== true && (values.only === undefined || values.only === 'outside')) await counted('outside', outside);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const results = process.env.TRACELINE_TEST_RESULTS;
if (results !== undefined) await writeFile(results, JSON.stringify(total));
else console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Runs one run, which writes its counts to the file it is given, and adds them up. One that ends without is a failure. */
async function counted(name, work) {
  const file = path.join(scratch, 'results.json');
  await rm(file, { force: true });
  const started = Date.now();
  let trouble;
  try {
    await work(file);
  } catch (error) {
    trouble = error;
  }
  const counts = await readFile(file, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: 0, skipped: 0 }));
  for (const line of counts.lines ?? []) console.log(line.replace(/^/gm, '    '));
  if (counts.failed === 0 && (trouble !== undefined || counts.passed === 0)) {
    counts.failed = 1;
    console.log(`    FAILED ${trouble?.stack ?? 'no test ran'}`);
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  console.log(`  ${name}: ${counts.passed} passed, ${counts.failed} failed (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

function suiteEnvironment(suite, file) {
  return { TRACELINE_TEST_SUITE: suite.name, TRACELINE_TEST_GREP: values.grep, TRACELINE_TEST_RESULTS: file };
}

async function insideServer(suite, file) {
  const scene = await openScene({ version, workspace: suite.workspace, env: suiteEnvironment(suite, file) });
  const browser = await openBrowser();
  const said = [];
  await mkdir(pictures, { recursive: true });
  try {
    const code = await runSuite(browser, scene.server, {
      folder: scene.folder,
      developmentPath: root,
      testsPath,
      timeoutMs: 300_000,
      log: (line) => said.push(line),
      screenshot: path.join(pictures, `inside-${suite.name}.png`),
    });
    if (code !== 0) throw new Error(`the suite ended with ${code}`);
  } catch (error) {
    console.log(said.slice(-30).join('\n').replace(/^/gm, '    | '));
    throw error;
  } finally {
    await browser.close();
    await scene.close();
  }
}

/** In a desktop VS Code, which @vscode/test-electron downloads: for a contributor's laptop or a hosted machine; needs a display. */
async function insideDesktop(suite, file) {
  const { runTests } = await import('@vscode/test-electron');
  const workspace = suite.workspace === 'shop' ? 'examples/shop' : suite.workspace === undefined ? undefined : `test/fixtures/${suite.workspace}`;
  await runTests({
    version: version === 'newest' ? 'stable' : '1.101.0',
    extensionDevelopmentPath: root,
    extensionTestsPath: testsPath,
    launchArgs: [...(workspace === undefined ? [] : [path.join(root, workspace)]), '--disable-extensions', '--disable-workspace-trust', '--user-data-dir', path.join(scratch, 'user')],
    extensionTestsEnv: { ...suiteEnvironment(suite, file), TRACELINE_DATA: path.join(scratch, `data-${suite.name}`) },
  });
}

/** The tests in test/integration/outside/, one file at a time: each opens windows of its own. */
async function outside(file) {
  const vsix = path.join(scratch, 'traceline.vsix');
  await packageExtension(vsix);
  const env = { ...process.env, TRACELINE_TEST_RESULTS: file, TRACELINE_TEST_VSCODE: version, TRACELINE_TEST_VSIX: vsix };
  const { code } = await runToEnd(
    'node',
    [
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      `--test-reporter=${path.join(root, 'scripts', 'lib', 'countingReporter.mjs')}`,
      ...['--test-concurrency=1', '--test-timeout=300000'],
      ...(values.grep === '' ? [] : [`--test-name-pattern=${values.grep}`]),
      ...['--test', 'test/integration/outside/*.test.ts'],
    ],
    { cwd: root, env, show: true },
  );
  if (code !== 0) throw new Error(`node --test ended with ${code}`);
}
