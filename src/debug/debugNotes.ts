import type { Configuration } from './debugEnvironment.ts';

/** The oldest versions in which the probes work. */
const oldestNode = 18;

/** What in a launch configuration itself keeps the probe out of its program: a sentence each, with what it means and what to do. */
export function debugNotes(configuration: Configuration): readonly string[] {
  const notes: string[] = [];
  const { attachSimplePort, runtimeVersion, interpreterArgs, pythonArgs } = configuration;
  if (typeof attachSimplePort === 'number' && attachSimplePort > 0) {
    notes.push('attachSimplePort makes the debugger start the program without NODE_OPTIONS, so the probe is not loaded: spans will have no line. Remove attachSimplePort.');
  }
  const major = typeof runtimeVersion === 'string' ? /^v?(\d+)/.exec(runtimeVersion)?.[1] : undefined;
  if (major !== undefined && Number(major) < oldestNode) {
    notes.push(`Node ${major} is older than ${oldestNode}, which the probe needs: spans will have no line. Choose a newer runtimeVersion.`);
  }
  // debugpy calls them `pythonArgs` too.
  const ignored = [...list(interpreterArgs), ...list(pythonArgs)].find((word) => /^-[A-Za-z]*[EIS]/.test(word) && !/^-[mcWX]/.test(word));
  if (ignored !== undefined) {
    notes.push(`Python is started with ${ignored}, and then takes nothing from the environment or loads no sitecustomize: spans will have no line. Remove it from the arguments.`);
  }
  return notes;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
