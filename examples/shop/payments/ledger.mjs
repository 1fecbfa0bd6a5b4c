// Every cent that came in or went out. No span is made by hand in this file: it is known by its SQL.
export class Ledger {
  #pool;

  constructor(pool) {
    this.#pool = pool;
  }

  async write(account, cents) {
    await this.#pool.query('INSERT INTO ledger (account, cents) VALUES ($1, $2)', [account, cents]);
  }

  async balance() {
    const { rows } = await this.#pool.query('SELECT coalesce(sum(cents), 0)::int AS cents FROM ledger');
    return rows[0].cents;
  }
}
