export { Stock } from './deep/stock.js';
export type { Item } from './deep/stock.js';
