/** The variables of a `.env` text: `NAME=value` lines, single or double quotes taken off, `#` lines and all else passed over. */
export function parseEnvFile(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match as unknown as [string, string, string];
    const trimmed = value.trim();
    const quoted = /^(["'])(.*)\1$/s.exec(trimmed);
    variables[name] = quoted === null ? trimmed : (quoted[2] ?? '');
  }
  return variables;
}
