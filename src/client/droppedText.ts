import type { SpanCounts } from '../protocol/hub.ts';

/** Behind a number of dropped spans: which limit they were let go for. Empty where none were, or nobody knows. */
export function droppedText({ dropped, droppedFor }: SpanCounts): string {
  if (dropped === 0 || droppedFor === undefined) return '';
  const { size, count, age } = droppedFor;
  const reasons = [[size, 'to stay within the size'], [count, 'to stay within the count'], [age, 'too old']] as const;
  const told = reasons.filter(([spans]) => spans > 0).map(([spans, why]) => `${spans} ${why}`);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}
