import type { HubCaller, HubRequests } from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { defaultLimitBytes, HubCore } from './core.ts';
import type { HubLog } from './log.ts';
import { openStore } from './store/openStore.ts';

export interface HubReader extends HubCaller {
  close(): Promise<void>;
}

const silent: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Answers from the store of a data folder in which no hub runs; whatever would change it is refused.
 * @throws StoreError where the store cannot be read
 */
export async function openReader(dataDir: string, version: string): Promise<HubReader> {
  const { store, troubles } = await openStore(dataDir, { readOnly: true });
  const core = new HubCore({ dataDir, version, limitBytes: defaultLimitBytes, store, readOnly: true, troubles, log: silent, onChange: () => {} });
  const refuse = (): never => {
    throw new Error('no hub is running: this store is only being read');
  };
  const handlers: Handlers<HubRequests> = {
    ...core.handlers(), importOtlp: refuse, startCapture: refuse, endCapture: refuse, renameCapture: refuse, pinCapture: refuse, hold: refuse, probeReport: refuse,
    deleteCapture: refuse, setLimit: refuse, shutdown: refuse,
  };
  return {
    call: async (method, params) => handlers[method](params),
    close: () => core.close(),
  };
}
