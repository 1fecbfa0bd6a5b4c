export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
}

export interface Cart {
  readonly customer: string;
  readonly card: string;
  readonly lines: readonly OrderLine[];
}

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly totalCents: number;
}

/** An error that has an answer of its own, instead of "500 Internal Server Error". */
export class ShopError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.name = new.target.name;
  }
}

export class OutOfStock extends ShopError {
  constructor(sku: string, wanted: number, free: number) {
    super(409, `${sku} is out of stock: ${wanted} wanted, ${free} left`);
  }
}

export class PaymentRefused extends ShopError {
  constructor(reason: string) {
    super(402, reason);
  }
}
