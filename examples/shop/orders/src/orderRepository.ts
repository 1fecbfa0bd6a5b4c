import type { Pool } from 'pg';
import type { Cart, Order } from './order';

// No span is made by hand in this file: its functions are known by their SQL alone.
export class OrderRepository {
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async save(cart: Cart, totalCents: number): Promise<Order> {
    const { rows } = await this.pool.query<{ id: number }>(
      'INSERT INTO orders (customer, lines, total_cents) VALUES ($1, $2, $3) RETURNING id',
      [cart.customer, cart.lines.length, totalCents],
    );
    return { id: rows[0]!.id, customer: cart.customer, totalCents };
  }

  async find(id: number): Promise<Order | undefined> {
    const { rows } = await this.pool.query<Order>(
      'SELECT id, customer, total_cents AS "totalCents" FROM orders WHERE id = $1',
      [id],
    );
    return rows[0];
  }

  async countOf(customer: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM orders WHERE customer = $1',
      [customer],
    );
    return rows[0]!.count;
  }
}
