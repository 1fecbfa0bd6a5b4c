import { PaymentRefused } from './order';
import type { OrderLine } from './order';
import { inventoryUrl, paymentsUrl } from './settings';

// The two other services, as this one sees them. The HTTP client's own spans are all there is.

export async function pickFromShelves(lines: readonly OrderLine[]): Promise<void> {
  const response = await postJson(`${inventoryUrl}/picks`, { lines });
  if (!response.ok) throw new Error(`inventory answered ${response.status}`);
}

export async function chargeCard(customer: string, card: string, cents: number): Promise<void> {
  const response = await postJson(`${paymentsUrl}/charges`, { customer, card, cents });
  if (response.status === 402) {
    const { error } = (await response.json()) as { error: string };
    throw new PaymentRefused(error);
  }
  if (!response.ok) throw new Error(`payments answered ${response.status}`);
}

function postJson(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
