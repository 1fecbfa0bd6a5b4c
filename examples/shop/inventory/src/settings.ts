const { INVENTORY_PORT = '3102', PAYMENTS_PORT = '3103' } = process.env;

export const port = Number(INVENTORY_PORT);
export const paymentsUrl = `http://127.0.0.1:${PAYMENTS_PORT}`;
