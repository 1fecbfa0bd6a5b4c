export const paletteSize = 7;
/** The slots that names hash to; the rest is for when these are taken. */
const firstChoices = 5;

/**
 * A palette slot for each service. A service falls on the slot its name hashes to, so that it has one colour in every
 * trace, and on the next free one where another of this trace has taken it. Past `paletteSize` services the slots
 * count on (paletteSize, …): shades of the same colours.
 */
export function serviceSlots(services: readonly string[]): number[] {
  const taken = new Set<number>();
  return services.map((service, order) => {
    const cycle = Math.floor(order / paletteSize) * paletteSize;
    let slot = hash(service) % firstChoices;
    for (let tries = 0; taken.has(cycle + slot); tries++) slot = tries < firstChoices ? (slot + 1) % firstChoices : tries % paletteSize;
    taken.add(cycle + slot);
    return cycle + slot;
  });
}

// FNV-1a, 32 bits.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
