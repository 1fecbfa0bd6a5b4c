const { ORDERS_PORT = '3101', INVENTORY_PORT = '3102', PAYMENTS_PORT = '3103', DATABASE_PORT = '54329' } = process.env;

export const port = Number(ORDERS_PORT);
export const inventoryUrl = `http://127.0.0.1:${INVENTORY_PORT}`;
export const paymentsUrl = `http://127.0.0.1:${PAYMENTS_PORT}`;
export const databaseUrl = `postgres://shop@127.0.0.1:${DATABASE_PORT}/shop`;
