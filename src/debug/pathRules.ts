import { launchRules } from '../client/launchRules.ts';
import { scopeOf } from '../client/ruleScope.ts';
import type { PathRule } from '../locate/location.ts';

/** The path rules of running sessions, each once. */
export function launchPathRules(sessions: readonly { readonly configuration: unknown; readonly folder: string }[]): readonly PathRule[] {
  const rules = sessions.flatMap(({ configuration, folder }) => launchRules(configuration, scopeOf(folder)));
  return rules.filter((rule, i) => rules.findIndex((other) => other.remote === rule.remote && other.local === rule.local && other.from === rule.from) === i);
}
