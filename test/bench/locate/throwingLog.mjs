/** For a locator that is to have nothing to say. @type {import('../../../src/client/logger.ts').Logger} */
export const throwingLog = { trace: fail, debug: fail, info: fail, warn: fail, error: fail };

function fail(message) {
  throw message instanceof Error ? message : new Error(message);
}
