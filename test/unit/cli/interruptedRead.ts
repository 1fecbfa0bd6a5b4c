/** Waits for a workspace that is never read; says so once it does. */
import { workspaceRead } from '../../../src/cli/workspaceRead.ts';

const locator = {
  call: (method: string) => {
    if (method === 'indexing') return Promise.resolve({ done: 1, total: 2, isComplete: false });
    process.stdout.write('waiting');
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  },
} as Parameters<typeof workspaceRead>[0];

await workspaceRead(locator, { isTTY: true, write: (text) => process.stdout.write(text) });
