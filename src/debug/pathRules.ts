import { launchRule } from '../client/workspaceRules.ts';
import type { PathRule } from '../locate/location.ts';

/** The path rules of running sessions, each once: their `remoteRoot` is their `localRoot` here. */
export function launchPathRules(sessions: readonly { readonly configuration: unknown; readonly folder: string }[]): readonly PathRule[] {
  const rules = sessions.flatMap(({ configuration, folder }) => launchRule(configuration, folder));
  return rules.filter((rule, i) => rules.findIndex((other) => other.remote === rule.remote && other.local === rule.local) === i);
}
