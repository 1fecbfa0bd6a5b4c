import type { Site } from '../model/site.ts';
import { foreignFrameReason } from './ownCode.ts';
import { positionText, type ProgramPosition, type Say } from './placing.ts';
import type { StackFrame } from './stack/stackFrame.ts';
import { readStack } from './stack/stackFrames.ts';

/** What the span itself names, in the order to try: innermost first. */
export function programPositions(site: Site, say: Say): ProgramPosition[] {
  const attributes: ProgramPosition[] = [];
  if (site.filePath === undefined) {
    say('attributes', 'code.file.path', 'the span does not have it');
  } else {
    attributes.push({ from: 'attributes', file: site.filePath, line: site.line, column: site.column, functionName: site.functionName });
    say('attributes', positionText(site.filePath, site.line, site.column), 'the place the span names');
  }
  const stack = site.stacktrace === undefined ? [] : stackPositions(site.stacktrace, site.language, 'stack', say);
  const isSame = (a: ProgramPosition) => (b: ProgramPosition) => a.evaluated === undefined && a.file === b.file && a.line === b.line && a.column === b.column;
  return [...attributes, ...stack.filter((frame) => !attributes.some(isSame(frame)))];
}

/** `rule` is how the step is called: the span's own stack, or one of a span beneath it. */
export function stackPositions(text: string, language: string | undefined, rule: 'stack' | 'beneath', say: Say): ProgramPosition[] {
  const reading = readStack(text, language);
  say(rule, text, reading.language === undefined ? reading.reason : framesText(reading.frames));
  return positionsOf(reading.frames, 'stack');
}

export function framesText(frames: readonly StackFrame[]): string {
  return `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}`;
}

/** The places of frames, without those that are other people's code by their class. Of a path `#place` says itself why it is passed over. */
export function positionsOf(frames: readonly StackFrame[], from: ProgramPosition['from']): ProgramPosition[] {
  const own = frames.filter((frame) => frame.className === undefined || foreignFrameReason(frame) === undefined);
  return own.flatMap(({ className, functionName, file, line, column, evaluated }): ProgramPosition[] => {
    if (className !== undefined && functionName !== undefined) {
      return [{ from, file: file ?? '', line, column, method: functionName, className }];
    }
    if (evaluated !== undefined) {
      const { by, name } = evaluated;
      return [{ from, file: by.file, line: evaluated.line, column: evaluated.column, functionName, evaluated: { name, line: by.line, column: by.column } }];
    }
    return file !== undefined && line !== undefined ? [{ from, file, line, column, functionName, className }] : [];
  });
}
