import { integerAttribute, stringAttribute } from '../model/attributes.ts';
import { captureId, externalCaptureId, type Resource, type Span } from '../model/span.ts';

const maxProcesses = 10_000;

/** A process that made spans. */
export interface Process {
  readonly identity: string;
  /** Of its spans, so far. */
  firstStartUnixNano: bigint;
}

/** Since when processes are known to run, by what their resources say of them. */
export class Processes {
  readonly #byIdentity = new Map<string, Process>();

  /** Takes note of a span. undefined where nothing tells its process from the ones before it. */
  of({ resource, startUnixNano }: Span): Process | undefined {
    const identity = processIdentity(resource);
    if (identity === undefined) return undefined;
    let process = this.#byIdentity.get(identity);
    if (process === undefined) {
      if (this.#byIdentity.size >= maxProcesses) this.#byIdentity.clear();
      this.#byIdentity.set(identity, (process = { identity, firstStartUnixNano: startUnixNano }));
    } else if (startUnixNano < process.firstStartUnixNano) {
      process.firstStartUnixNano = startUnixNano;
    }
    return process;
  }

  /** One that was known by this identity. */
  known(identity: string): Process | undefined {
    return this.#byIdentity.get(identity);
  }

  /** For `restore`: identity and first start. */
  state(): readonly (readonly [string, string])[] {
    return Array.from(this.#byIdentity.values(), ({ identity, firstStartUnixNano }) => [identity, firstStartUnixNano.toString()]);
  }

  restore(state: readonly (readonly [string, string])[]): void {
    for (const [identity, first] of state) this.#byIdentity.set(identity, { identity, firstStartUnixNano: BigInt(first) });
  }
}

const identities = new WeakMap<Resource, string | false>();

/**
 * A random `service.instance.id` (semantic conventions, resource "service") is of one process; a number only on this machine, where F5 and
 * `traceline run` start programs: in a container each start may have the same.
 */
function processIdentity(resource: Resource): string | undefined {
  let identity = identities.get(resource);
  if (identity === undefined) {
    const instance = stringAttribute(resource.attributes, 'service.instance.id');
    const capture = captureId(resource);
    const pid = capture === externalCaptureId ? undefined : integerAttribute(resource.attributes, 'process.pid');
    const isRandom = instance !== undefined && /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(instance);
    identity = isRandom ? instance : pid === undefined ? false : `${capture} ${pid}`;
    identities.set(resource, identity);
  }
  return identity === false ? undefined : identity;
}
