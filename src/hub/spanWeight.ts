import type { Attributes, AttributeValue } from '../model/attributes.ts';
import { KeyValueList } from '../model/attributes.ts';
import type { Span } from '../model/span.ts';

/** Ids, times and tags, of a span and of what it holds. */
const spanBytes = 70;
const itemBytes = 12;

/** About what a span takes of its request, for telling shares of it: those who sent one large span and those who sent many small ones. */
export function spanWeight({ name, attributes, events, links, status, traceState }: Span): number {
  let weight = spanBytes + name.length + status.message.length + traceState.length + attributesWeight(attributes);
  for (const event of events) weight += itemBytes + event.name.length + attributesWeight(event.attributes);
  for (const link of links) weight += 3 * itemBytes + attributesWeight(link.attributes);
  return weight;
}

function attributesWeight(attributes: Attributes): number {
  let weight = 0;
  for (const { key, value } of attributes) weight += itemBytes + key.length + valueWeight(value);
  return weight;
}

function valueWeight(value: AttributeValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object') return itemBytes;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof KeyValueList) return attributesWeight(value.entries);
  return (value as readonly AttributeValue[]).reduce<number>((sum, each) => sum + itemBytes + valueWeight(each), 0);
}
