// TypeScript such as services have: a class a file, its types, and a span for each method. `startActiveSpan` with the operation's name
// marks every site, in the source and in what a tool makes of it.

/**
 * @param {number} number tells this module from the others
 * @param {number} methods
 */
export function moduleSource(number, methods) {
  const entity = `Entity${number}`;
  return `import { setTimeout as sleep } from 'node:timers/promises';

export interface Span${number} { setAttribute(key: string, value: string | number): void; end(): void }
export interface Tracer${number} { startActiveSpan<T>(name: string, work: (span: Span${number}) => T): T }

export interface ${entity} {
  readonly id: string;
  readonly amount: number;
  readonly tags?: readonly string[];
  readonly state: 'open' | 'held' | 'closed';
}

type Change<T> = { readonly [K in keyof T]?: T[K] };

/** Keeps the entities of kind ${number}. */
export class Repository${number} {
  private readonly rows = new Map<string, ${entity}>();
  constructor(private readonly tracer: Tracer${number}, readonly limit: number = ${100 + number}) {}
${Array.from({ length: methods }, (_, i) => method(number, i, entity)).join('')}}
`;
}

function method(number, i, entity) {
  return `
  /** Changes what it finds by the ${i}th rule, and gives what is left. */
  async change${i}(id: string, change: Change<${entity}> = {}, tries: number = ${i % 5}): Promise<${entity} | undefined> {
    const before = this.rows.get(id)${i % 2 === 0 ? ' ?? undefined' : ''};
    if (before?.state === 'closed' || tries > this.limit) throw new Error(\`\${id} is closed to rule ${i}\`);
    return this.tracer.startActiveSpan('module${number}.change${i}', async (span) => {
      try {
        span.setAttribute('entity.id', id);
        const after: ${entity} = { id, amount: 0, state: 'open', ...before, ...change };
        const tags = (after.tags ?? []).filter((tag) => tag.length > ${i}).map((tag) => tag.toLowerCase());
        for (const [other, row] of this.rows) {
          if (other !== id && row.amount * ${i + 2} > after.amount) span.setAttribute(\`entity.over.\${other}\`, row.amount - after.amount);
        }
        if (tries > 0 && tags.length === 0) await sleep(tries * ${i + 1});
        this.rows.set(id, { ...after, tags, amount: after.amount + ${i} });
        return this.rows.get(id);
      } finally {
        span.end();
      }
    });
  }
`;
}

/**
 * The calls that start a span, by operation; 1-based positions of the called name, as V8 reports a call.
 * @param {string} text
 * @returns {Map<string, { line: number, column: number }>}
 */
export function spanCalls(text) {
  const calls = new Map();
  text.split('\n').forEach((content, i) => {
    for (const match of content.matchAll(/startActiveSpan\(["']([\w.]+)["']/g)) calls.set(match[1], { line: i + 1, column: match.index + 1 });
  });
  return calls;
}

/**
 * A question as the probe's spans put it, with the answer that is right.
 * @param {{ file: string, outFile: string, operation: string, call: { line: number, column: number }, source: { line: number, column: number } }} one
 */
export function siteWithAnswer({ file, outFile, operation, call, source }) {
  const [module = '', method = ''] = operation.split('.');
  const name = `${module.replace('module', 'Repository')}.${method}`;
  const folder = outFile.slice(0, outFile.lastIndexOf('/'));
  const stacktrace = [
    `${name} (${outFile}:${call.line}:${call.column})`,
    `Server.handle (${folder}/server.js:41:18)`,
    `Layer.handle [as handle_request] (${folder}/node_modules/express/lib/router/layer.js:95:5)`,
    `next (${folder}/node_modules/express/lib/router/route.js:149:13)`,
    'process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  ].map((frame) => `    at ${frame}`).join('\n');
  return {
    site: { filePath: outFile, line: call.line, column: call.column, functionName: name, stacktrace, language: 'nodejs' },
    answer: { file, line: source.line, function: name },
  };
}

/** @throws Error where a place is not the right one: a wrong answer's speed is no figure */
export function checkAnswers(locations, answers) {
  answers.forEach((answer, i) => {
    const location = locations[i];
    if (location?.file === answer.file && location.line === answer.line && location.function?.name === answer.function) return;
    throw new Error(`located at ${location?.file}:${location?.line} in ${location?.function?.name}, not at ${answer.file}:${answer.line} in ${answer.function}`);
  });
}
