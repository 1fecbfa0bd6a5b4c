/**
 * The names under which a span's function may be in the index, written as FunctionEntry.name has them with the modules
 * before: `com.foo.Bar.method`, `Admin::Ctrl#show`, `Ns\Class::method`, `github.com/me/repo/pkg.T.Method`. What a compiler
 * adds for closures, lambdas and state machines is taken off, which leaves the function around it. Empty where the name says
 * only itself: nothing is found by a bare name.
 */
export function wantedFunctions(functionName: string, namespace: string | undefined, language: string): readonly string[] {
  const rules = languages.get(language);
  if (rules === undefined || functionName === '' || functionName.length > maxNameLength || (namespace?.length ?? 0) > maxNameLength) return [];
  const separated = rules.isQualified.test(functionName) || namespace === undefined || namespace === '';
  const joined = separated ? [functionName] : rules.separators.map((separator) => `${namespace}${separator}${functionName}`);
  return joined.map(rules.plain).filter((name) => name !== undefined && (rules.bareIsWhole || rules.isQualified.test(name))) as string[];
}

const maxNameLength = 1000;

interface NameRules {
  /** A name that says where it is. */
  readonly isQualified: RegExp;
  /** Between namespace and function, the more likely first. */
  readonly separators: readonly string[];
  readonly bareIsWhole?: boolean;
  /** undefined where no function is left. */
  readonly plain: (name: string) => string | undefined;
}

const dotted = /[^.]\.[^.]/;

const languages: ReadonlyMap<string, NameRules> = new Map<string, NameRules>([
  ['java', {
    isQualified: dotted,
    separators: ['.'],
    plain: (name) => {
      // `Main$$Lambda/0x…` says a class and no method of it.
      if (name.includes('$$Lambda')) return undefined;
      return name.replace(/\blambda\$(\w+?)\$\d+$/, '$1').replace(/\$(\d+)/g, '.$').replace(/(?<=\w)\$(?=\w)/g, '.');
    },
  }],
  ['dotnet', {
    isQualified: dotted,
    separators: ['.'],
    plain: (name) => (name.split('(', 1)[0] ?? '')
      .replace(/`\d+|\[[^\][]*\]/g, '')
      .replace(/[.+](?:<>c(?:__DisplayClass\d+_\d+)?[.+])?<(\w+)>(?:d__\d+\.MoveNext|b__[\w]+)$/, '.$1')
      .replace(/[.+]<(\w+)>g__(\w+)\|[\d_]+$/, '.$2')
      .replaceAll('+', '.'),
  }],
  ['php', {
    isQualified: /::|\\/,
    separators: ['::', '\\'],
    bareIsWhole: true,
    plain: (name) => {
      const around = /^\{closure:(.+?)\(\):\d+\}$/.exec(name)?.[1] ?? name;
      return around.includes('{closure') ? undefined : around.replace(/^\\/, '').replace(/->/g, '::');
    },
  }],
  ['ruby', {
    isQualified: /[#.]|::/,
    separators: ['#', '.'],
    plain: (name) => name.replace(/^(?:block|rescue|ensure)(?: \(\d+ levels\))? in /, '').replace(/^::/, ''),
  }],
  ['go', {
    isQualified: dotted,
    separators: ['.'],
    plain: (name) => {
      const whole = name.replace(/\[\.\.\.\]/g, '').replace(/-fm$/, '');
      if (whole.includes('.glob..')) return undefined;
      const slash = whole.lastIndexOf('/') + 1;
      const rest = withoutClosures(whole.slice(slash).replace(/\.\(\*?(\w+)\)/, '.$1'));
      // The last part of an import path has its dots escaped.
      return `${whole.slice(0, slash)}${rest}`.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    },
  }],
  ['python', {
    isQualified: dotted,
    separators: ['.'],
    plain: (name) => name.replace(/(?:\.<locals>)?\.<(?:lambda|listcomp|genexpr|dictcomp|setcomp)>/g, ''),
  }],
  ['rust', {
    isQualified: /::/,
    separators: ['::'],
    plain: (name) => name
      .replace(/::\{\{closure\}\}|::\{closure#\d+\}/g, '')
      .replace(/::h[0-9a-f]{16}$/, '')
      // `<Type as Trait>::method`
      .replace(/<[^<>]+>/g, (whole) => (whole.includes(' as ') ? whole.slice(1, whole.lastIndexOf(' as ')) : whole))
      .replace(/::<[^<>]*>|<[^<>]*>/g, ''),
  }],
  ...['nodejs', 'webjs'].map((language) => [language, {
    isQualified: dotted, separators: ['.'], plain: (name: string) => name.replace(/^(?:async|new) /, ''),
  }] as const),
]);

/** `pkg.Type.Method.func1.2.func3` without the closures: their numbers, and numbers within those. */
function withoutClosures(name: string): string {
  const parts = name.split('.');
  let end = parts.length;
  while (end > 1 && /^(?:func|gowrap|deferwrap)?\d+$/.test(parts[end - 1]!)) end--;
  // A number alone is a closure only inside of one.
  while (end < parts.length && /^\d/.test(parts[end]!)) end++;
  return parts.slice(0, end).join('.');
}

export const functionLanguages: readonly string[] = [...languages.keys()];

/** The function's own name: what is after the last separator. */
export function ownName(name: string): string {
  if (name.endsWith('.<init>')) return '<init>';
  if (name.endsWith('..ctor')) return '.ctor';
  return name.slice(Math.max(...['.', ':', '#', '\\', '/'].map((separator) => name.lastIndexOf(separator))) + 1);
}

/** Words that must be in the file or its path: of the name itself and what is right before it. */
export function neededWords(name: string, language: string): string {
  // A Go package and a crate may be called otherwise than their folder.
  const inside = language === 'go' ? name.slice(name.indexOf('.', name.lastIndexOf('/')) + 1) : language === 'rust' ? name.slice(name.indexOf('::') + 2) : name;
  return inside.split(/[.:#\\/$]+/).filter((segment) => segment !== '' && !/^<|^ctor$/.test(segment)).slice(-2).join(' ');
}
