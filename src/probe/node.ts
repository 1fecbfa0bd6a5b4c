/**
 * Preloaded into the person's program (`--require`, Node 18 or newer). Stamps on each span where it was started.
 * Depends on nothing, registers nothing, and stays out where anything goes wrong.
 */
import { watchTracers } from './watchTracers.ts';

const installed = Symbol.for('traceline.probe');

if (process.env.TRACELINE_PROBE !== 'off' && !Object.hasOwn(globalThis, installed)) {
  try {
    Object.defineProperty(globalThis, installed, { value: true });
    watchTracers();
  } catch {
    // The program must not notice.
  }
}
