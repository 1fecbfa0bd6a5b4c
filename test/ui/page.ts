/** Serves the webview as VS Code would show it, policy and all, to a real browser. */
import { readFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { waterfallHtml } from '../../src/views/waterfallHtml.ts';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import type { FakeHost, TraceRecipe } from './fakeHost.ts';
import type { ThemeName } from './themes.ts';
import { themes } from './themes.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const nonce = 'test';

export interface OpenOptions {
  readonly trace?: TraceRecipe;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly select?: string;
  /** What the trace may be compared with: the previous one, then the one in the middle, then others of its operation. */
  readonly others?: readonly TraceRecipe[];
  readonly deviceScaleFactor?: number;
}

export interface WaterfallSite {
  open(options?: OpenOptions): Promise<Page>;
  /** A page of another server in the same browser. */
  visit(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** One browser and one server for a file of tests. The webview is bundled as scripts/build.mjs does it. */
export async function waterfallSite(): Promise<WaterfallSite> {
  const files = new Map<string, { type: string; body: string }>();
  const bundle = { absWorkingDir: root, bundle: true, write: false, platform: 'browser', format: 'iife', target: 'es2022', logLevel: 'silent', outdir: '/' } as const;
  const built = await esbuild.build({ ...bundle, entryPoints: { main: 'webview/main.ts', fakeHost: 'test/ui/fakeHost.ts' } });
  for (const file of built.outputFiles) files.set(`/${path.basename(file.path)}`, { type: file.path.endsWith('.css') ? 'text/css' : 'text/javascript', body: file.text });

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const file = url.pathname === '/' ? { type: 'text/html', body: pageHtml((url.searchParams.get('theme') ?? 'dark') as ThemeName) } : files.get(url.pathname);
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': `${file?.type ?? 'text/plain'}; charset=utf-8` });
    response.end(file?.body ?? 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser: Browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  return {
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: options.width ?? 1360, height: options.height ?? 800 }, deviceScaleFactor: options.deviceScaleFactor ?? 1, timezoneId: 'UTC' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.addInitScript((given) => (window.waterfallTest = given), { trace: options.trace ?? { kind: 'checkout' as const }, select: options.select, others: options.others });
      await page.goto(`${address}/?theme=${options.theme ?? 'dark'}`);
      await page.locator('.row, .message:not([hidden]) .link').first().waitFor();
      if (errors.length > 0) throw new Error(errors.join('\n'));
      return page;
    },
    async visit(url) {
      const page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
      await page.goto(url);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The fake host stands where VS Code's own script would, and is let in by the same nonce.
function pageHtml(theme: ThemeName): string {
  const { bodyClass, variables } = themes[theme];
  const html = waterfallHtml({ scriptUri: '/main.js', styleUri: '/main.css', cspSource: "'self'", nonce });
  const themed = JSON.stringify({ bodyClass, variables });
  const before = `<script nonce="${nonce}">
    const themed = ${themed};
    document.body.className = themed.bodyClass;
    for (const [name, value] of Object.entries(themed.variables)) document.documentElement.style.setProperty('--vscode-' + name, value);
  </script><script nonce="${nonce}" src="/fakeHost.js"></script>`;
  return html.replace('<body>', `<body>${before}`);
}

/** The calls of one method the webview made of its host. */
export function callsOf(page: Page, method: string): Promise<unknown[]> {
  return page.evaluate((wanted) => window.fakeHost.calls.filter((call) => call.method === wanted).map((call) => call.params), method);
}

export function tell(page: Page, recipe: TraceRecipe): Promise<void> {
  return page.evaluate((next) => (window.fakeHost as FakeHost).show(next), recipe);
}

/** Waits for what was asked for to be drawn. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

/** A picture for people, under test-results/ (not kept). */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = path.join(root, 'test-results', 'waterfall');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** What axe finds wrong with the page as it stands. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Run by the driver beside the page's own scripts, so that the page's policy stays as it is.
  await page.evaluate(await readFile(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  });
}
