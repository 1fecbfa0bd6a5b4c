/** A share of what `npm run fuzz` does, always the same. That the threads' watchdog is not here leaves a hang to the runner's own limit. */
import { describe, test } from 'node:test';
import { inputOf, targets } from '../../fuzz/targets.ts';

const inputsOfEach = 300;

describe('readers of what comes from outside neither crash nor take what is wrong', () => {
  for (const target of targets) {
    test(target.name, async () => {
      for (const seed of target.seeds) await target.check(seed);
      for (let index = 0; index < inputsOfEach; index++) {
        try {
          await target.check(inputOf(target, 'npm test', index));
        } catch (error) {
          throw new Error(`npm run fuzz -- --seed "npm test" --target ${target.name} --only ${index}`, { cause: error });
        }
      }
    });
  }
});
