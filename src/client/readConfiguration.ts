import { readFile, stat } from 'node:fs/promises';
import { parse } from 'jsonc-parser';

/** No configuration that a person writes is as long. */
const maxBytes = 1024 * 1024;

/** The text of a configuration file; undefined where it is not there, no file, or too long. */
export async function readConfigurationText(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size <= maxBytes ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** A configuration in JSON with comments; what is not, as far as it can be read. */
export async function readConfiguration(file: string): Promise<unknown> {
  const text = await readConfigurationText(file);
  return text === undefined ? undefined : (parse(text, [], { allowTrailingComma: true }) as unknown);
}
