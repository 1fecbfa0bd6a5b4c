import { tracer } from './telemetry';

export const downlevel = async (depth: number): Promise<number> => {
  if (depth > 1) return downlevel(depth - 1);
  const { first, ...rest } = { first: 1, second: 2 };
  await Promise.resolve(rest);
  for (const each of [first]) {
    try {
      await Promise.reject(new Error(String(each)));
    } catch {
      tracer.startSpan('caught').end(); // @span caught in downlevel
    }
  }
  return depth ** 2;
};
