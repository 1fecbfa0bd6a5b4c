/** What a message's head takes in front of it (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const mostBefore = 5;

/**
 * Gives back the memory of bytes that nobody looks at any more, where they have a buffer of their own. Left to the collector, a hub that takes in much goes over
 * its whole heap several times a second: bodies are outside of it, and all it knows of them is that there are more of them each time.
 * Whoever still had a view of them would find it empty. On Node 20, which has no `transfer`, this does nothing.
 */
export function freeBytes(bytes: Uint8Array): void {
  const buffer: ArrayBufferLike & { transfer?(length: number): unknown } = bytes.buffer;
  if (buffer.byteLength > 0 && buffer.byteLength - bytes.byteLength <= mostBefore) buffer.transfer?.(0);
}
