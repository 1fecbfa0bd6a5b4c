import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataDir } from '../client/dataDir.ts';
import { UsageError } from './usage.ts';

type OptionTypes = Readonly<Record<string, 'string' | 'boolean'>>;
type Values<O extends OptionTypes> = { readonly [K in keyof O]: (O[K] extends 'string' ? string : boolean) | undefined };

export interface CommandLine<O extends OptionTypes> {
  /** Absolute; `--data`, or the per-user folder. */
  readonly dataDir: string;
  readonly json: boolean;
  readonly options: Values<O>;
  readonly positionals: readonly string[];
}

/**
 * Reads a command's arguments: `--data` and `--json` everywhere, and the command's own options.
 * @throws UsageError for an unknown option, or a number of positionals outside `positionals`
 */
export function commandLine<const O extends OptionTypes>(
  args: readonly string[],
  own: O,
  positionals: { readonly min: number; readonly max: number } = { min: 0, max: 0 },
): CommandLine<O> {
  const types: OptionTypes = { data: 'string', json: 'boolean', ...own };
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const count = parsed.positionals.length;
  if (count < positionals.min) throw new UsageError('an argument is missing');
  if (count > positionals.max) throw new UsageError(`unexpected argument ${JSON.stringify(parsed.positionals[positionals.max])}`);
  const data = parsed.values['data'];
  return {
    dataDir: typeof data === 'string' ? path.resolve(data) : defaultDataDir(),
    json: parsed.values['json'] === true,
    options: parsed.values as Values<O>,
    positionals: parsed.positionals,
  };
}

/** @throws UsageError where `text` is not a whole number within the bounds */
export function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
