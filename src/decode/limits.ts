import { DecodeError } from './batch.ts';

/**
 * How many items (resource and scope groups, spans, log records, data points, events, links, attributes, elements of arrays) one request
 * may hold. It is one for every 16 bytes of the largest request: the SDKs' default limits (512 spans a request; 128 attributes, events and links
 * a span, 128 attributes each; opentelemetry-specification, trace/sdk, "Span Limits") reach it only with items so short that no key and
 * value together pass eight characters. Without it a body of 64 MiB that holds nothing but empty attributes becomes gigabytes of objects.
 */
export const maxItems = 4 * 1024 * 1024;

/** How many values one JSON text may hold: an attribute is four, and takes at least 35 bytes, so that 64 MiB of the shortest fit. */
export const maxJsonValues = 8 * 1024 * 1024;

/** How deep a JSON text may nest: an attribute value of `maxValueDepth` (validate.ts) takes four levels a step, and eight lead to it. */
export const maxJsonDepth = 300;

/** How many members one object of a JSON text may have: OTLP's largest message has 16 fields. */
export const maxJsonMembers = 64;

/** How many names the members of a JSON text may have; OTLP knows about 80. Each new one changes the shapes of objects: millions take V8 minutes. */
export const maxJsonNames = 1000;

/** Counts the items of one request. */
export class ItemBudget {
  #left: number;

  /** @param most Infinity for a file that a person chose to open */
  constructor(most = maxItems) {
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws DecodeError past the budget */
  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) {
      throw new DecodeError(`the request holds more than ${maxItems} items (spans, events, links, attributes and elements of arrays together); send smaller batches`);
    }
  }
}

const quote = 0x22, comma = 0x2c, colon = 0x3a, openBracket = 0x5b, backslash = 0x5c, closeBracket = 0x5d, openBrace = 0x7b, closeBrace = 0x7d;

const nameSlots = 1 << 14;
/** What is no larger than this costs less to parse, whatever it holds, than looking over every request would. */
const smallJsonBytes = 1024 * 1024;

/**
 * Looks over a JSON text before it is parsed, so that none becomes many times its size on the heap; texts up to a MiB pass unseen. Whether it is JSON at all is for the parser to say.
 * @throws DecodeError past `maxJsonValues`, `maxJsonDepth`, `maxJsonMembers` or `maxJsonNames`
 */
export function checkJsonSize(json: Uint8Array | string): void {
  if (json.length <= smallJsonBytes) return;
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  /** By depth: how many members an object still may have; an array has none to count. */
  const membersLeft = new Float64Array(maxJsonDepth + 1).fill(Infinity);
  /** By hash: names that hash alike count once. */
  const namesSeen = new Uint8Array(nameSlots);
  let names = 0;
  let hash = 0;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        hash = 0x811c9dc5;
        for (at++; at < bytes.length && bytes[at] !== quote; at++) {
          if (bytes[at] === backslash) at++;
          hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
        }
        break;
      case colon: {
        const slot = (hash ^ (hash >>> 16)) & (nameSlots - 1);
        if (namesSeen[slot] !== 0) break;
        namesSeen[slot] = 1;
        if (++names > maxJsonNames) throw new DecodeError(`the members of the JSON have more than ${maxJsonNames} different names`);
        break;
      }
      case comma:
        values++;
        membersLeft[depth] = (membersLeft[depth] as number) - 1;
        if (membersLeft[depth] === 0) throw new DecodeError(`an object of the JSON has more than ${maxJsonMembers} members`);
        break;
      case openBrace:
      case openBracket:
        values++;
        if (++depth > maxJsonDepth) throw new DecodeError(`the JSON is nested more than ${maxJsonDepth} deep`);
        membersLeft[depth] = bytes[at] === openBrace ? maxJsonMembers : Infinity;
        break;
      case closeBrace:
      case closeBracket:
        // Text that closes more than it opens is no JSON, which the parser says.
        if (depth > 0) depth--;
        break;
      default:
    }
  }
  if (values > maxJsonValues) throw new DecodeError(`the JSON holds more than ${maxJsonValues} values; send smaller batches`);
}
