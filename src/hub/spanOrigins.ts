import type { Attributes } from '../model/attributes.ts';
import type { Resource, Scope } from '../model/span.ts';

/** Of resources and of scopes that are remembered; programs send the same ones with each request. */
const maxKnown = 1000;
const maxKnownBytes = 4096;

const noAttributes: Attributes = [];

interface KnownResource {
  readonly resource: Resource;
  /** What it takes of a request's budget (decode/limits.ts), each time that it comes. */
  readonly items: number;
}

/** Resources and scopes, each the same object for the same bytes, of many requests. */
export class SpanOrigins {
  readonly none: Resource = { attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };
  readonly #resources = new Map<string, KnownResource>();
  readonly #scopes = new Map<string, Scope>();

  /** The one that was made of the same bytes. */
  resource(bytes: Uint8Array, start: number, end: number): KnownResource | undefined {
    return end - start > maxKnownBytes ? undefined : this.#resources.get(keyOf(bytes, start, end));
  }

  addResource(bytes: Uint8Array, start: number, end: number, attributes: Attributes, items: number): Resource {
    const resource: Resource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
    if (end - start <= maxKnownBytes) keep(this.#resources, keyOf(bytes, start, end), { resource, items });
    return resource;
  }

  scope(name: string): Scope {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const scope: Scope = { name, version: '', attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };
    if (name.length <= maxKnownBytes) keep(this.#scopes, name, scope);
    return scope;
  }
}

function keep<T>(known: Map<string, T>, key: string, value: T): void {
  if (known.size >= maxKnown) known.clear();
  known.set(key, value);
}

function keyOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
