import type { Random } from './random.ts';

const oddBytes = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x22, 0x5c, 0x7b, 0x5b];
const oddTexts = ['', '\u0000', '\n', '\r\n', '"', '\\', '(', ')', '<', '>', ':', '::', '..', '/', '\\\\', '${', '}', '[', ']', '{', '-1', '0', '99999999999999999999', '1e999', 'NaN', '\u2028', '\ud800', '😀', '__proto__', 'constructor', 'eval at ', 'at ', 'File "', 'line ', '%', '%00', '=', ';', ','];
const oddValues: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31), 2 ** 32, '', '0', '-1', '18446744073709551616', 'NaN', [], {}, [[]], [null], { a: {} }, '\u0000', 'x'.repeat(300)];

/** Another input like that one: a few bytes changed, taken, put in, doubled, or put together with those of another. */
export function mutatedBytes(random: Random, seed: Buffer, other: Buffer): Buffer {
  let bytes = Buffer.from(seed);
  for (let times = 1 + random.below(6); times > 0; times--) {
    const at = random.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + random.below(16));
    switch (random.below(9)) {
      case 0: if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8)); break;
      case 1: if (at < bytes.length) bytes[at] = random.of(oddBytes); break;
      case 2: bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)]); break;
      case 3: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]); break;
      case 4: bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]); break;
      case 5: bytes = bytes.subarray(0, at); break;
      case 6: bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]); break;
      case 7: bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.of(oddTexts)), bytes.subarray(at)]); break;
      // A run of one byte: nesting, long names, long varints.
      default: bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.below(400), random.of(oddBytes)), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** Another JSON text like that one: one to three of its values changed, moved, doubled or taken out. */
export function mutatedJson(random: Random, seed: string, other: string): string {
  const root: { value: unknown } = { value: JSON.parse(seed) };
  for (let times = 1 + random.below(3); times > 0; times--) {
    const places: (readonly [Record<string | number, unknown>, string | number])[] = [];
    const visit = (holder: Record<string | number, unknown>, key: string | number): void => {
      places.push([holder, key]);
      const value = holder[key];
      if (Array.isArray(value)) value.forEach((_, index) => visit(value as unknown as Record<number, unknown>, index));
      else if (typeof value === 'object' && value !== null) for (const name of Object.keys(value)) visit(value as Record<string, unknown>, name);
    };
    visit(root, 'value');
    const [holder, key] = random.of(places);
    switch (random.below(6)) {
      case 0: holder[key] = structuredClone(random.of(oddValues)); break;
      case 1: if (Array.isArray(holder)) holder.splice(Number(key), 1); else delete holder[key]; break;
      case 2: { const [from, at] = random.of(places); holder[key] = structuredClone(from[at]); break; }
      case 3: holder[key] = typeof holder[key] === 'string' ? `${holder[key]}${random.of(oddTexts)}` : [holder[key]]; break;
      case 4: if (Array.isArray(holder[key])) (holder[key] as unknown[]).push(...structuredClone(holder[key] as unknown[])); else holder[key] = random.of(oddTexts); break;
      default: holder[key] = JSON.parse(other);
    }
    root.value ??= {};
  }
  return JSON.stringify(root.value);
}
