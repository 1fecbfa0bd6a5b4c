/** What a file of the workspace says of services: what its folder is called as a package, which programs there are, and what these call themselves. */
import { directoryOf } from '../paths.ts';
import { goModule } from './modulePaths.ts';

export interface ServiceFacts {
  /** Of a file that makes its folder a package. */
  readonly package?: {
    readonly names: readonly string[];
    /** All words in it: what it does not name it does not depend on. */
    readonly words: ReadonlySet<string>;
  };
  readonly programs: readonly ServiceProgram[];
}

export interface ServiceProgram {
  /** undefined where it is not said what its spans are called by. */
  readonly service: string | undefined;
  /** Absolute, where it is run or built; undefined where that is not known. */
  readonly folder: string | undefined;
}

/** What makes a folder a package, with how its text names it. */
const manifests: ReadonlyMap<string, RegExp | undefined> = new Map([
  ['package.json', undefined], ['composer.json', undefined], ['go.mod', goModule], ['Cargo.toml', /^name\s*=\s*"([^"]+)"/m], ['pyproject.toml', /^name\s*=\s*["']([^"']+)["']/m],
  ...['setup.py', 'requirements.txt', 'Gemfile', 'pom.xml', 'build.gradle', 'build.gradle.kts'].map((name) => [name, undefined] as const),
]);

const named = /(?:OTEL_SERVICE_NAME|SERVICE_NAME|service\.name|serviceName|ServiceName(?:Key)?|AddService)\b["'\])]{0,3}\s{0,9}(?:\.String\(|\?\?=|\|\|=|[:=(,])\s{0,9}["'`]?([\w@./-]{1,100})/g;
const runs = /^package main\s*$|__name__\s*==|@SpringBootApplication|WebApplication\.Create|\.listen\(|"(?:start|dev|serve)"\s*:/m;

/** By its name, without a folder: whether it is read for services alone. */
export function saysServices(name: string): boolean {
  return manifests.has(name) || name.endsWith('.csproj') || name === 'Dockerfile' || /^\.env(?:\.\w+)?$/.test(name);
}

/** undefined where it says nothing. Configurations that say of several programs where each is are not read here. */
export function serviceFactsOf(file: string, text: string): ServiceFacts | undefined {
  const folder = directoryOf(file);
  const services = new Set(Array.from(text.matchAll(named), (match) => match[1]!));
  const programs = [...services].map((service): ServiceProgram => ({ service, folder }));
  if (programs.length === 0 && (file.endsWith('/Dockerfile') || runs.test(text))) programs.push({ service: undefined, folder });
  const manifest = packageOf(file, text);
  return manifest === undefined && programs.length === 0 ? undefined : { ...(manifest === undefined ? {} : { package: manifest }), programs };
}

function packageOf(file: string, text: string): ServiceFacts['package'] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (!manifests.has(name) && !name.endsWith('.csproj')) return undefined;
  const said = name.endsWith('.json') ? jsonName(text) : name.endsWith('.csproj') ? name.slice(0, -'.csproj'.length) : manifests.get(name)?.exec(text)?.[1];
  const words = text.match(/[\w@./-]+/g) ?? [];
  return { names: said === undefined ? [] : [said, lastSegment(said)], words: new Set(words.flatMap((word) => [word, lastSegment(word)])) };
}

function jsonName(text: string): string | undefined {
  try {
    const name = (JSON.parse(text) as { readonly name?: unknown } | null)?.name;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** `orders` of `@acme/orders`, `example.com/orders/v2` and `../orders`. */
function lastSegment(name: string): string {
  const plain = name.replace(/\/v\d+$/, '');
  return plain.slice(plain.lastIndexOf('/') + 1);
}
