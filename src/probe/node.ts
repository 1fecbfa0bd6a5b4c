/**
 * Preloaded into the person's program (`--require`, Node 18 or newer). Stamps on each span where it was started. Where the program has no SDK whose
 * spans these could be, and runs in a capture, ours makes them: `bundled/`, beside this file. Registers nothing, and stays out where anything goes wrong.
 */
import { captureBundled } from './captureBundled.ts';
import { hubEndpoint } from './hubEndpoint.ts';
import { reportToHub, type ProgramFacts } from './reportToHub.ts';
import { watchTracers } from './watchTracers.ts';

const installed = Symbol.for('traceline.probe');

if (process.env.TRACELINE_PROBE !== 'off' && !Object.hasOwn(globalThis, installed)) {
  try {
    Object.defineProperty(globalThis, installed, { value: true });
    let facts: ProgramFacts | undefined;
    watchTracers(captureBundled((told) => (facts = told)));
    // A package manager runs the program, and is none.
    const hub = hubEndpoint(process.env);
    if (hub !== undefined && facts !== undefined) reportToHub(hub, () => facts as ProgramFacts);
  } catch {
    // The program must not notice.
  }
}
