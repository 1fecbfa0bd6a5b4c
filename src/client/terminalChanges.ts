import path from 'node:path';
import { type Environment, injectEnvironment } from './injection.ts';
import type { ProbePaths } from './probePaths.ts';

/** What is done to one variable of a terminal, as VS Code's EnvironmentVariableCollection does it. */
export interface TerminalChange {
  readonly name: string;
  readonly how: 'replace' | 'append' | 'prepend';
  readonly value: string;
}

export interface TerminalInput {
  /** What a terminal has without us: the window's variables and those of the person's terminal settings. */
  readonly environment: Environment;
  readonly otlpHttp: string;
  readonly otlpGrpc: string | undefined;
  readonly probes: ProbePaths;
}

/**
 * What new terminals get while the hub runs. No capture: what runs there is told apart by its service alone, and a program without
 * OpenTelemetry is not instrumented, so a compiler or a package manager pays for a small file that is loaded and no more.
 *
 * Lists to which other extensions add as well (the debugger's auto attach to NODE_OPTIONS) are added to and not replaced, with a
 * space of our own, since VS Code joins what several add without one.
 */
export function terminalChanges(input: TerminalInput): readonly TerminalChange[] {
  const { environment } = input;
  const { variables } = injectEnvironment({ ...input, captureId: undefined });
  return Object.entries(variables).flatMap(([name, value]): readonly TerminalChange[] => {
    const own = environment[name] ?? '';
    if (value === own) return [];
    if (name === 'NODE_OPTIONS') return [{ name, how: 'append', value: ` ${value.slice(own.length).trim()} ` }];
    // An empty entry would be the working folder to Python: nothing is added to where there is nothing.
    if (name === 'PYTHONPATH' && own !== '') return [{ name, how: 'prepend', value: `${input.probes.python ?? ''}${path.delimiter}` }];
    return [{ name, how: 'replace', value }];
  });
}
