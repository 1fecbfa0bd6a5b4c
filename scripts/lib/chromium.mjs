// The browser the tests and the pictures drive. Node's own modules only.
import { access } from 'node:fs/promises';
import { findOnPath, installDebianPackages } from './debian.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPath = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
// Fonts for text and for the signs a status bar or a tree may hold; a bare container has none.
const packages = ['chromium', 'fonts-dejavu-core', 'fonts-liberation', 'fonts-noto-core', 'fonts-noto-color-emoji'];

/**
 * The path of a Chromium: TRACELINE_CHROMIUM, or one on the PATH, or one installed from Debian's packages. Rejects where there is none.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const chosen = process.env.TRACELINE_CHROMIUM;
  if (chosen !== undefined && chosen !== '') return chosen;
  const found = await findOnPath(names);
  if (found !== undefined) return found;
  if (await access(macPath).then(() => true, () => false)) return macPath;
  if (await installDebianPackages(packages)) {
    const installed = await findOnPath(names);
    if (installed !== undefined) return installed;
  }
  throw new Error('No Chromium or Chrome found on the PATH. Install one, or name it in TRACELINE_CHROMIUM.');
}
