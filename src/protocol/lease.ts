/** The file in a hub's data folder that says where the hub is. Its token opens the control channel, so only its owner may read it. */
export const leaseFileName = 'hub.lease.json';

export interface HubLease {
  readonly pid: number;
  /** `ws://127.0.0.1:PORT` */
  readonly control: string;
  readonly token: string;
  readonly version: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly startedUnixMs: number;
}

/** The lease a file holds, or undefined where the text is not one (half written by a crash, edited, of another program). */
export function parseLease(text: string): HubLease | undefined {
  let value: Partial<Record<keyof HubLease, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, control, token, version, otlpHttp, otlpGrpc, startedUnixMs } = value;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof startedUnixMs !== 'number') return undefined;
  if (typeof control !== 'string' || !/^ws:\/\/127\.0\.0\.1:\d{1,5}$/.test(control)) return undefined;
  if (typeof token !== 'string' || token === '' || typeof version !== 'string') return undefined;
  if (typeof otlpHttp !== 'string' || typeof otlpGrpc !== 'string') return undefined;
  return { pid, control, token, version, otlpHttp, otlpGrpc, startedUnixMs };
}

/** Negative where `a` is the older version. Only the numbers count: a pre-release ranks with its release. */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

/** The WebSocket close code of a hub that makes room for another version: its clients give that one time to come up. */
export const replacedCloseCode = 4001;
