import path from 'node:path';
import { nameFunctions } from './bundled/frameworkFunctions.ts';
import type { Probe } from './bundled/probe.ts';
import type { BundledSdk, StartSdk } from './bundled/sdk.ts';
import { aroundFetch, beforeFirstHttp } from './builtins.ts';
import { environmentAttributes } from './environmentAttributes.ts';
import { whileRunning } from './frameworkSpans.ts';
import { esModulePackages, watchEsModuleLoads } from './esModuleLoads.ts';
import { expectFunction, siteOfFunction } from './functionSites.ts';
import { hubEndpoint } from './hubEndpoint.ts';
import instrumentations from './instrumentations.json';
import { type LoadWatcher, watchModuleLoads } from './moduleLoads.ts';
import { isTracingPackage, nearestPackage, ownSdkAhead } from './ownSdk.ts';
import type { ProgramFacts } from './reportToHub.ts';
import { siteOfAsking, siteOfUse } from './siteOfCall.ts';
import { place, stampSpans } from './stampSpans.ts';

const probe: Probe = { stampSpans, place, expectFunction, siteOfFunction, siteOfAsking, siteOfUse, whileRunning };
const folder = path.join(__dirname, 'bundled');
const apiPackage = '@opentelemetry/api';

const chunks = new Map<string, (typeof instrumentations)[number]>();
for (const entry of instrumentations) for (const name of entry.modules) chunks.set(name, entry);

/** Instrumentations of which `nameFunctions` knows where they wrap a function. */
const frameworks = new Map(['Express', 'Koa', 'Connect', 'Hapi', 'KafkaJs', 'Amqplib'].map((name) => [`@opentelemetry/instrumentation-${name.toLowerCase()}`, `${name}Instrumentation`]));

/**
 * Traces a program that has no OpenTelemetry, with our bundle of the SDK and the instrumentations, of which nothing is loaded before it is needed.
 * Returns what makes it all stand aside for good: the program has an SDK of its own. undefined where it stays out from the start; even then the framework
 * spans that the program makes itself are told the functions they stand for. `tell` hears who makes this process's spans, and again where that changes.
 */
export function captureBundled(tell: (facts: ProgramFacts) => void): (() => void) | undefined {
  const endpoint = hubEndpoint(process.env);
  const entry = process.argv[1];
  if (isPackageManager(entry)) return undefined;
  const own = ownSdkAhead(entry, process.execArgv, process.env.NODE_OPTIONS, process.cwd());
  tell(own !== undefined ? { sdk: 'own', reason: own } : runsOnThisNode() ? { sdk: 'bundled' } : { sdk: 'none', reason: 'runtime' });
  if (!runsOnThisNode()) return undefined;
  let aside = endpoint === undefined || own !== undefined;
  let started: BundledSdk | undefined;
  const loaded = new Set<string>();
  const sdk = (): BundledSdk => {
    if (endpoint === undefined) throw new Error('there is no hub to send to');
    if (started === undefined) {
      const { startSdk } = require(path.join(folder, 'sdk.cjs')) as { startSdk: StartSdk };
      started = startSdk({ endpoint, serviceName: serviceName(entry), resource: environmentAttributes(), probe });
    }
    return started;
  };
  const instrument = (chunk: (typeof instrumentations)[number]): void => {
    if (aside || loaded.has(chunk.chunk)) return;
    loaded.add(chunk.chunk);
    const running = sdk();
    const classes = require(path.join(folder, `${chunk.chunk}.cjs`)) as Readonly<Record<string, Parameters<BundledSdk['instrument']>[0]>>;
    running.instrument(classes[chunk.class]!, (chunk as { config?: object }).config ?? {});
  };
  const standAside = (): void => {
    aside = true;
    tell({ sdk: 'own' });
    started?.standAside();
  };

  const watcher: LoadWatcher = {
    wants(name) {
      if (frameworks.has(name)) return true;
      if (aside) return false;
      if (isTracingPackage(name)) standAside();
      return !aside && (chunks.has(name) || name === apiPackage || name === 'hono');
    },
    loaded(exports, { name, folder: packageFolder }) {
      const className = frameworks.get(name);
      if (className !== undefined) {
        // The program's own: their spans, the functions they stand for from us.
        const { prototype } = (exports as Readonly<Record<string, { prototype?: object } | undefined>>)[className] ?? {};
        if (prototype !== undefined) nameFunctions(prototype, className, probe);
        return exports;
      }
      if (aside) return exports;
      if (name === apiPackage || name.startsWith(`${apiPackage}/`)) {
        if (name === apiPackage || packageFolder.includes('compiled')) sdk().bridge(exports);
        return exports;
      }
      const chunk = chunks.get(/^(?:@[^/]+\/)?[^/]+/.exec(name)![0]);
      if (chunk !== undefined) instrument(chunk);
      return sdk().loaded(exports, name, packageFolder);
    },
  };
  watchModuleLoads(watcher);
  if (aside) return undefined;
  // The hook is seen in the stacks of modules that are not found, so it is there only for a program that may need it.
  const { dependencies = {} } = nearestPackage(entry, process.cwd()) ?? {};
  if (esModulePackages.some((name) => name in dependencies)) watchEsModuleLoads(watcher);
  const builtin = (name: string) => (): void => {
    if (!aside) instrument(instrumentations.find(({ chunk }) => chunk === name)!);
  };
  beforeFirstHttp((modules) => {
    builtin('http')();
    if (!aside) for (const [name, exports] of Object.entries(modules)) sdk().loaded(exports, name, undefined);
  });
  aroundFetch((call, below) => {
    if (aside) return call();
    let running;
    try {
      builtin('undici')();
      running = sdk();
    } catch {
      return call();
    }
    return running.within(siteOfAsking(below), call);
  });
  return standAside;
}

/** What the bundled SDK runs on. */
function runsOnThisNode(): boolean {
  if (process.versions['bun'] !== undefined || process.versions['deno'] !== undefined) return false;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 6) || (major === 18 && minor >= 19);
}

/** npm, pnpm, Yarn and Corepack run the program; they are not it. */
function isPackageManager(entry: string | undefined): boolean {
  return entry !== undefined && /[\\/](?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli|-[\d.]+)?(?:\.[cm]?js)?$/.test(entry);
}

function serviceName(entry: string | undefined): string {
  const { name } = nearestPackage(entry, process.cwd()) ?? {};
  if (typeof name === 'string' && name !== '') return name;
  return entry === undefined ? 'node' : path.basename(entry).replace(/\.[cm]?[jt]s$/, '');
}
