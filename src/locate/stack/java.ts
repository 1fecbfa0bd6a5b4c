import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd, openingParenthesis, positive } from './stackText.ts';

/**
 * The frames of the JVM's `printStackTrace` (Java, Kotlin, Scala), innermost first: those of the exception itself, then those of its causes,
 * then those of suppressed exceptions. The file is a base name. Reads at most `maxStackLength` characters and gives at most
 * `maxStackFrames` frames, in linear time.
 */
export function parseJavaStack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  const causes: StackFrame[] = [];
  const suppressed: StackFrame[] = [];
  let target = frames;
  for (const line of firstLines(text)) {
    const content = line.trim();
    if (content.startsWith('Suppressed: ')) target = suppressed;
    // One that is indented is the cause of a suppressed exception.
    else if (line.startsWith('Caused by: ')) target = causes;
    else {
      const parts = javaFrameParts(content);
      // PHP's SDK writes this form too, and has other names.
      if (parts !== undefined && parts.position.file?.endsWith('.php') !== true) target.push({ ...cleanName(parts.qualified), ...parts.position });
    }
  }
  return [...frames, ...beside([...causes, ...suppressed])].slice(0, maxStackFrames);
}

/** A frame in the JVM's form, which PHP's SDK writes as well: `at qualified.name(File.java:3)`. */
export function javaFrameParts(content: string): { readonly qualified: string; readonly position: Pick<StackFrame, 'file' | 'line' | 'column'> } | undefined {
  if (!content.startsWith('at ')) return undefined;
  // Logback adds where the class came from: ` ~[app.jar:1.0]`.
  const origin = content.endsWith(']') ? content.lastIndexOf(') ') : -1;
  const call = origin < 0 ? content.slice(3) : content.slice(3, origin + 1);
  const open = openingParenthesis(call);
  if (open <= 0) return undefined;
  const inside = call.slice(open + 1, -1);
  const numbered = numberAtEnd(inside);
  const file = numbered?.rest ?? inside;
  const isFile = file.includes('.') && !/[ <:/\\]/.test(file);
  if (!isFile && !noFiles.has(file)) return undefined;
  const position = isFile ? { file, line: positive(numbered?.number), column: undefined } : { file: undefined, line: undefined, column: undefined };
  return { qualified: call.slice(0, open), position };
}

/** A shrunk Android program has `SourceFile` for every file. */
const noFiles: ReadonlySet<string> = new Set(['Native Method', 'Unknown Source', '<generated>', '<unknown>', 'SourceFile']);

/** `java.base@17/java.util.List.of`, `app//com.acme.Orders.total`: the class and the method as the source has them, as far as the name tells. */
function cleanName(qualified: string): Pick<StackFrame, 'className' | 'functionName'> {
  // `Orders$$Lambda$14/0x0000000800c03000.apply`: a class without a file.
  const hidden = qualified.indexOf('/0x');
  const module = (hidden < 0 ? qualified : qualified.slice(0, hidden)).lastIndexOf('/');
  const dot = qualified.lastIndexOf('.');
  const binary = qualified.slice(module + 1, hidden < 0 ? dot : hidden);
  const method = qualified.slice(dot + 1);
  if (dot < 0 || binary === '' || /\s/.test(binary)) return { className: undefined, functionName: qualified };
  const packageEnd = binary.lastIndexOf('.') + 1;
  const { classes, owner } = classesOf(binary.slice(packageEnd).split('$'));
  const className = classes.length === 0 ? undefined : binary.slice(0, packageEnd) + classes.join('$');
  return { className, functionName: owner !== undefined && closureMethods.has(method.split('$')[0]!) ? owner : methodOf(method) };
}

/** What the body of a lambda is called in the class that Kotlin or Scala makes of it. */
const closureMethods: ReadonlySet<string> = new Set(['invoke', 'invokeSuspend', 'apply', 'applyOrElse']);

/** The classes that have a name, from the outside in, and the function whose closure the rest is. */
function classesOf(segments: readonly string[]): { readonly classes: string[]; readonly owner: string | undefined } {
  const classes: string[] = [];
  for (const [i, segment] of segments.entries()) {
    // Main$, Main$$anonfun$total$1, Orders$$EnhancerBySpringCGLIB$$1: a marker of a compiler; Greets$class is a trait's in Scala 2.11.
    if (segment === '' || segment === 'class') return { classes, owner: segments[i + 1] === 'anonfun' ? segments[i + 2] : undefined };
    // Orders$1Local: a class in a method.
    const local = segment.replace(/^\d+/, '');
    if (local === '') {
      // MainKt$main$1, MainKt$main$task$1: Kotlin names a closure after its function and its variable. Its classes begin with a capital.
      const functionAt = classes.findIndex((each, at) => at > 0 && /^[a-z]/.test(each));
      return functionAt < 0 ? { classes: [...classes, segment], owner: undefined } : { classes: classes.slice(0, functionAt), owner: classes[functionAt] };
    }
    classes.push(local);
  }
  return { classes, owner: undefined };
}

function methodOf(method: string): string {
  const [first = '', second, third] = method.split('$');
  // lambda$total$0, $anonfun$total$1: the method they are written in.
  const owner = first === 'lambda' ? second : first === '' && second === 'anonfun' ? third : undefined;
  if (owner === 'new') return '<init>';
  if (owner === 'static') return '<clinit>';
  if (owner !== undefined) return owner;
  // total$default, main$lambda$0, total$$anonfun$1, apply$mcV$sp; $plus is a name of its own, and access$000 has none.
  const bare = first === '' || first === 'access' ? method : first;
  // Kotlin adds a hash where a parameter is a value class.
  return /^[\w$]+-[\w-]{7}$/.test(bare) ? bare.slice(0, -8) : bare;
}
