import { foreignFrameReason } from './ownCode.ts';
import type { StackFrame } from './stack/stackFrame.ts';
import { maxStackFrames, maxStackLength } from './stack/stackFrame.ts';
import type { StackLanguage } from './stack/stackFrames.ts';
import { readStack } from './stack/stackFrames.ts';

/** Which frames of an exception's stack may tell the place of the span that it was recorded on (docs/decisions/exception-stacks.md). */
export type ExceptionFrames =
  /** The function that made the span. */
  | { readonly kind: 'maker'; readonly frames: readonly [StackFrame]; readonly why: string }
  /** Outermost first: the first that is the program's own is what the runtime called. */
  | { readonly kind: 'called'; readonly frames: readonly StackFrame[]; readonly why: string }
  /** The function that made the span, where those that are the program's own are all in one. */
  | { readonly kind: 'only'; readonly frames: readonly StackFrame[]; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

export interface ExceptionStack {
  readonly text: string;
  /** As it was read; not empty. */
  readonly frames: readonly StackFrame[];
  readonly language: StackLanguage;
  /** Of the span, in lower case. */
  readonly kind: string;
  readonly spanName: string;
}

/** These print the whole stack of the thread, so that a function that is not on it did not wait for what failed. */
const wholeThread: ReadonlySet<StackLanguage> = new Set<StackLanguage>(['java', 'ruby', 'php', 'go']);

/** An exception is thrown beneath its span, by whatever function: only what the stack itself says beyond doubt is taken. */
export function exceptionFrames(stack: ExceptionStack): ExceptionFrames {
  const thrown = stack.frames.filter(({ isBeside }) => isBeside !== true);
  const maker = stack.language === 'python' ? pythonMaker(thrown) : undefined;
  if (maker !== undefined && foreignFrameReason(maker) === undefined) return { kind: 'maker', frames: [maker], why: "it was recorded by the SDK's start_as_current_span, which the function inside it called" };
  if (stack.kind === 'server' || stack.kind === 'consumer') return calledFrames(stack, thrown);
  if (maker !== undefined) return { kind: 'none', why: "other people's code made the span" };
  const named = stack.kind === 'internal' ? stack.frames.filter((frame) => isNamed(frame, stack.spanName)) : [];
  if (named.length > 0) return { kind: 'only', frames: named, why: 'a function on it is called as the span is' };
  if (!wholeThread.has(stack.language)) return { kind: 'none', why: 'nothing on it says which function made the span' };
  if (!isWhole(stack)) return { kind: 'none', why: 'it may have been cut, so that other functions may be on it' };
  return { kind: 'only', frames: stack.frames, why: 'the functions of the program that are on it' };
}

/**
 * `with tracer.start_as_current_span(…)` records what leaves its block: a traceback reaches from there to what threw, so that the SDK's two
 * frames come first, and then the function with that block (or what calls the decorated function, and it).
 */
function pythonMaker(thrown: readonly StackFrame[]): StackFrame | undefined {
  let isStarted = false;
  for (const frame of [...thrown].reverse()) {
    const end = (frame.file ?? '').split(/[\\/]/).slice(-4).join('/');
    if (frame.functionName === 'start_as_current_span' && end === 'opentelemetry/sdk/trace/__init__.py') isStarted = true;
    else if (!(end.endsWith('opentelemetry/trace/__init__.py') || end.endsWith('opentelemetry/util/_decorator.py') || end.endsWith('/contextlib.py'))) return isStarted ? frame : undefined;
  }
  return undefined;
}

/** What the runtime or a framework called, on the way to what threw: what is outermost of the program's own, and was called by others. */
function calledFrames(stack: ExceptionStack, thrown: readonly StackFrame[]): ExceptionFrames {
  const outermostFirst = [...thrown].reverse();
  if (stack.language === 'javascript') {
    if (isWhole(stack) || isCalledByServer(outermostFirst)) return { kind: 'called', frames: outermostFirst, why: "the outermost of the program's own frames" };
    return { kind: 'none', why: 'its outermost frames may have been cut' };
  }
  if (!isWhole(stack)) return { kind: 'none', why: 'its outermost frames may have been cut' };
  // The program's main script, which called the framework.
  const script = stack.language === 'php' || stack.language === 'ruby' ? outermostFirst.findIndex((frame) => !isScript(frame)) : 0;
  const inside = outermostFirst.slice(Math.max(script, 0));
  const [root] = inside;
  if (root === undefined || foreignFrameReason(root) === undefined) return { kind: 'none', why: 'the program itself called the outermost function on it, or caught it there' };
  return { kind: 'called', frames: inside, why: "the outermost of the program's own frames that others called" };
}

function isScript(frame: StackFrame): boolean {
  return frame.functionName === undefined && frame.className === undefined && foreignFrameReason(frame) === undefined;
}

/** Packages of Node that call a request's or a message's handler. */
const servers: ReadonlySet<string> = new Set([
  'express', 'router', 'koa', 'koa-compose', '@koa/router', 'koa-router', 'fastify', '@hapi/hapi', 'hono', '@hono/node-server', 'restify', 'connect', '@nestjs/core', 'next', 'polka', 'h3',
  'kafkajs', 'bullmq', 'bee-queue', 'amqplib', 'mqtt', '@grpc/grpc-js', 'apollo-server-core', '@apollo/server', 'graphql',
]);

/** Whether the outermost frame that is not foreign was called by a server: what is further out is that server's, cut or not. */
function isCalledByServer(outermostFirst: readonly StackFrame[]): boolean {
  const own = outermostFirst.findIndex((frame) => frame.file !== undefined && foreignFrameReason(frame) === undefined);
  const caller = own <= 0 ? '' : (outermostFirst[own - 1]?.file ?? '').replaceAll('\\', '/');
  const name = caller.slice(caller.lastIndexOf('/node_modules/') + '/node_modules/'.length).split('/');
  return caller.includes('/node_modules/') && (servers.has(name[0]!) || servers.has(`${name[0]}/${name[1]}`));
}

/** What an SDK of Go gives, in bytes: the rest is cut off. */
const goLimit = 2048;

/** Whether the outer end of the stack is there. What an SDK's limit cut off a text is seen by its last line. */
function isWhole({ text, frames, language }: ExceptionStack): boolean {
  if (text.length >= maxStackLength || frames.length >= maxStackFrames) return false;
  // V8 takes ten frames, unless another number is set; which are round.
  if (language === 'javascript') return frames.length < 10 || frames.length % 5 !== 0;
  // A traceback without the exception at its end has no frames.
  if (language === 'python') return true;
  if (language === 'go') return new TextEncoder().encode(text).length < goLimit - 1 && text.includes(' +0x', text.trimEnd().lastIndexOf('\n'));
  const last = text.trimEnd().slice(text.trimEnd().lastIndexOf('\n') + 1);
  return last.endsWith(' more') || last.trim().startsWith('#') ? isCounted(last) : readStack(last, language).frames.length > 0;
}

/** `\t... 12 more`, `#3 {main}`: how a trace ends that is printed in part, or one of PHP's. */
function isCounted(line: string): boolean {
  return /^\s{0,40}(?:\.\.\. \d{1,6} more|#\d{1,6} \{main\})$/.test(line);
}

/** Whether the span is called as the function is, with its class or without: `reserve`, `OrderService.reserve`, `Orders#show`. */
function isNamed({ className, functionName }: StackFrame, spanName: string): boolean {
  if (functionName === undefined || spanName === '' || spanName.length > 300) return false;
  const wanted = segmentsOf(spanName);
  const has = segmentsOf(className === undefined ? functionName : `${className}.${functionName}`);
  // A frame may have no class where the span's name has it.
  const shared = Math.min(wanted.length, has.length);
  return shared > 0 && (has.length >= wanted.length || className === undefined) && wanted.slice(-shared).join('.') === has.slice(-shared).join('.');
}

function segmentsOf(name: string): string[] {
  return name.split(/[.#:\\/$]/).filter((segment) => segment !== '');
}
