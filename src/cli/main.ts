import { printableLines } from './output.ts';
import { withSqlite } from './withSqlite.ts';
import { CommandError, type CommandName, help, UsageError, usages } from './usage.ts';
import { version } from './version.ts';

// Each command is loaded when it is asked for, so that `run` costs a program's start as little as can be.
const commands: Readonly<Record<CommandName, (args: readonly string[]) => Promise<void>>> = {
  hub: async (args) => (await import('./hub.ts')).hub(args),
  status: async (args) => (await import('./status.ts')).status(args),
  traces: async (args) => (await import('./traces.ts')).traces(args),
  trace: async (args) => (await import('./trace.ts')).trace(args),
  functions: async (args) => (await import('./functions.ts')).functions(args),
  explain: async (args) => (await import('./explain.ts')).explain(args),
  import: async (args) => (await import('./importFiles.ts')).importFiles(args),
  export: async (args) => (await import('./exportTraces.ts')).exportTraces(args),
  run: async (args) => (await import('./runProgram.ts')).runProgram(args),
};

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? process.stderr : process.stdout).write(help);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`);
    return;
  }
  if (!Object.hasOwn(usages, name)) {
    process.stderr.write(`traceline: no command ${JSON.stringify(name)}\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  const command = name as CommandName;
  if (command !== 'run' && (await withSqlite())) return;
  try {
    await commands[command](args);
  } catch (error) {
    if (UsageError.is(error)) {
      process.stderr.write(`traceline ${command}: ${printableLines(error.message)}\nusage: ${usages[command]}\n`);
      process.exitCode = 2;
    } else if (CommandError.is(error)) {
      process.stderr.write(`traceline ${command}: ${printableLines(error.message)}\n`);
      process.exitCode = 1;
    } else {
      process.stderr.write(`traceline ${command}: ${printableLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
      process.exitCode = 1;
    }
  }
}

// A reader that closes the pipe (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
void main();
