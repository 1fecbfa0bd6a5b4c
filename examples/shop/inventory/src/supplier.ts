import { paymentsUrl } from './settings';
import { fullShelf } from './shelf';
import type { Shelf } from './shelf';

/** Buys what is missing on the shelf. Only the HTTP client's span tells of it. */
export async function refill(shelf: Shelf): Promise<void> {
  const missing = fullShelf - shelf.pieces;
  const response = await fetch(`${paymentsUrl}/transfers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ supplier: 'Acme', cents: missing * 50 }),
  });
  if (!response.ok) throw new Error(`payments answered ${response.status}`);
  shelf.pieces = fullShelf;
}
