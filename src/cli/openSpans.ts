import { findHub } from '../client/findHub.ts';
import { openReader } from '../hub/core.ts';
import type { HubRequests } from '../protocol/hub.ts';

/** The running hub, or the store itself where none runs: asked alike. */
export interface Spans extends AsyncDisposable {
  readonly live: boolean;
  call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]>;
}
