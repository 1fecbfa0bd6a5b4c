import { captureBundled } from './captureBundled.ts';
import { hubEndpoint } from './hubEndpoint.ts';
import type { ProgramFacts } from './reportToHub.ts';
import { watchTracers } from './watchTracers.ts';

/** All that is done to a program, in the order in which it must be. */
export function startProbe(): void {
  let facts: ProgramFacts | undefined;
  watchTracers(captureBundled((told) => (facts = told)));
  // A package manager runs the program, and is none.
  const hub = hubEndpoint(process.env);
  if (hub === undefined || facts === undefined) return;
  const { reportToHub } = require('./reportToHub.ts') as typeof import('./reportToHub.ts');
  reportToHub(hub, () => facts as ProgramFacts);
}
