export interface Shelf {
  readonly sku: string;
  /** Where it stands, in metres from the door. */
  readonly x: number;
  readonly y: number;
  pieces: number;
}

export const fullShelf = 60;

/** 40 shelves in five aisles: sku-01 … sku-40. */
export function buildShelves(): Map<string, Shelf> {
  const shelves = new Map<string, Shelf>();
  for (let number = 1; number <= 40; number++) {
    const sku = `sku-${String(number).padStart(2, '0')}`;
    shelves.set(sku, { sku, x: ((number - 1) % 5) * 8, y: Math.floor((number - 1) / 5) * 3, pieces: fullShelf });
  }
  return shelves;
}
