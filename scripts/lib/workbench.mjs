// Chromium on the workbench of a VS Code server: a window of VS Code, driven as a person would or by a suite inside its extension host.
import path from 'node:path';
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';

/**
 * A browser whose pages are VS Code windows. One browser profile: windows of it share what VS Code keeps in the browser.
 * @param {{ width?: number, height?: number, deviceScaleFactor?: number }} [options]
 */
export async function openBrowser({ width = 1280, height = 1000, deviceScaleFactor = 1 } = {}) {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--font-render-hinting=none'],
  });
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor, colorScheme: 'dark' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  return {
    context,
    close: () => browser.close(),
    /**
     * Opens a window and resolves when its workbench stands.
     * @param {string} url of `startVsCodeServer`
     */
    async openWindow(url) {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      await workbenchReady(page);
      return page;
    },
  };
}

/** Reloads the window as a person does, by its command, so that VS Code saves what it restores. */
export async function reloadWindow(page) {
  const loaded = page.waitForEvent('domcontentloaded');
  await runCommand(page, 'Developer: Reload Window');
  await loaded;
  await workbenchReady(page);
}

/** Resolves when the workbench of the page stands. */
async function workbenchReady(page) {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
}

/** The payload of a window that runs the extension at `dir` as F5 of an extension's author would. */
export function developmentPayload(dir) {
  return [['extensionDevelopmentPath', remoteUri(dir)]];
}

/**
 * Runs a suite inside the extension host of a new window, closes the window, and resolves with the suite's exit code.
 * `testsPath` names a CommonJS module that exports `run(): Promise<void>`. The window's errors go to `log`.
 * @param {Awaited<ReturnType<typeof openBrowser>>} browser
 * @param {Awaited<ReturnType<typeof import('./vscodeServer.mjs').startVsCodeServer>>} server
 * @param {{ folder?: string, developmentPath?: string, testsPath: string, timeoutMs: number, log?: (line: string) => void, screenshot?: string }} options
 * @returns {Promise<number>}
 */
export async function runSuite(browser, server, { folder, developmentPath, testsPath, timeoutMs, log = () => {}, screenshot }) {
  const payload = [
    ...(developmentPath === undefined ? [] : developmentPayload(developmentPath)),
    ['extensionTestsPath', remoteUri(testsPath)],
  ];
  const page = await browser.context.newPage();
  try {
    const exit = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the suite in VS Code did not end within ${timeoutMs / 1000} s`)), timeoutMs);
      page.once('close', () => clearTimeout(timer));
      page.once('crash', () => reject(new Error('the page of VS Code crashed')));
      void page.exposeFunction('codeAutomationLog', (type, args) => log(`${type}: ${[args].flat().map(asText).join(' ')}`));
      void page.exposeFunction('codeAutomationExit', (code) => resolve(code));
    });
    exit.catch(() => {});
    await page.goto(server.url(folder, payload), { waitUntil: 'domcontentloaded' });
    return await exit.catch(async (error) => {
      if (screenshot !== undefined) await page.screenshot({ path: screenshot }).catch(() => {});
      throw error;
    });
  } finally {
    await page.close();
  }
}

/** The frame of the webview whose document matches `selector`: a webview is two nested iframes. */
export async function webviewFrame(page, selector, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const frame of page.frames()) {
      if (frame !== page.mainFrame() && (await frame.locator(selector).count().catch(() => 0)) > 0) return frame;
    }
    if (Date.now() > deadline) throw new Error(`no webview shows ${selector}`);
    await page.waitForTimeout(100);
  }
}

/** Runs a command by its whole title in the palette, by keyboard alone. */
export async function runCommand(page, title) {
  await fillQuickInput(page, 'F1', `>${title}`);
  await chooseRow(page, title);
}

/**
 * A key pressed while the focus is on its way between an editor and a webview is lost, and an input that opened then is closed again: so all of it is
 * done again.
 */
async function fillQuickInput(page, key, text) {
  const input = page.locator('.quick-input-widget input[type="text"]').first();
  for (let tries = 0; ; tries++) {
    await page.keyboard.press(key);
    try {
      await input.waitFor({ state: 'visible', timeout: 5000 });
      await input.fill(text, { timeout: 3000 });
      return;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Goes down the open quick input to the row whose label is `label`, and takes it with Enter. */
export async function chooseRow(page, label) {
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ has: page.getByText(label, { exact: true }) });
  await row.first().waitFor();
  for (let steps = 0; steps < 50; steps++) {
    const focused = page.locator('.quick-input-list .monaco-list-row.focused').filter({ has: page.getByText(label, { exact: true }) });
    if ((await focused.count()) > 0) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`the arrow keys do not reach ${label}`);
}

/** Opens a file of the workspace by its name in the first column, by keyboard alone, and waits for its text. */
export async function openFile(page, name) {
  await openEditor(page, name);
  await page.locator('.editor-instance .view-lines .view-line').first().waitFor();
}

/** The same, in whatever editor its name has. */
export async function openEditor(page, name) {
  await page.keyboard.press('Control+1');
  await fillQuickInput(page, 'Control+P', name);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: path.basename(name) }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`).first().waitFor();
}

// The authority is the literal word this server puts in its page.
function remoteUri(file) {
  return `vscode-remote://remote${file}`;
}

function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
