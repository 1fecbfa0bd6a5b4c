const { ORDERS_PORT = '3101', PAYMENTS_PORT = '3103', DATABASE_PORT = '54329' } = process.env;

export const port = Number(PAYMENTS_PORT);
export const ordersUrl = `http://127.0.0.1:${ORDERS_PORT}`;
export const databaseUrl = `postgres://shop@127.0.0.1:${DATABASE_PORT}/shop`;
