import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Packages that trace by themselves: where a program has one of them, tracing it is their business. */
const tracing =
  /^(?:@opentelemetry\/(?:sdk-(?:node|trace|trace-base|trace-node)|auto-instrumentations-node)|dd-trace|newrelic|elastic-apm-node|@elastic\/opentelemetry-node|@sentry\/(?:node|node-core|nestjs|nextjs|remix|sveltekit|astro|nuxt|bun|opentelemetry|aws-serverless|google-cloud-serverless|profiling-node)|@azure\/monitor-opentelemetry(?:-exporter)?|applicationinsights|@vercel\/otel|@splunk\/otel|@honeycombio\/opentelemetry-node|@instana\/collector|@dynatrace\/oneagent(?:-sdk)?|appdynamics|@google-cloud\/trace-agent|@google-cloud\/opentelemetry-cloud-trace-exporter|@aws\/aws-distro-opentelemetry-node-autoinstrumentation|aws-xray-sdk(?:-core)?|lightstep-opentelemetry-launcher-node|@solarwinds-apm\/.+|solarwinds-apm|skywalking-backend-js|@pydantic\/logfire-node|logfire|@highlight-run\/node|@baselime\/node-opentelemetry|@hyperdx\/node-opentelemetry|@signoz\/.+|@middleware\.io\/node-apm|@microsoft\/opentelemetry|@grafana\/opentelemetry-node|zipkin|jaeger-client)$/;

/** Whether a package traces the program it is loaded into. */
export function isTracingPackage(name: string): boolean {
  return tracing.test(name);
}

/**
 * The package by which a program that has not begun to run will trace itself: one that is preloaded, or a dependency of the package that the program
 * belongs to. undefined where there is none: it may still load one, or carry one in its own file.
 */
export function ownSdkAhead(entry: string | undefined, nodeArguments: readonly string[], nodeOptions: string | undefined, cwd: string): string | undefined {
  for (const word of preloads([...nodeArguments, ...(nodeOptions ?? '').split(/\s+/)])) {
    const name = packageName(word);
    if (name !== undefined && isTracingPackage(name)) return name;
  }
  return Object.keys(nearestPackage(entry, cwd)?.dependencies ?? {}).find(isTracingPackage);
}

export interface PackageManifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package.json that a program belongs to: nearest to its entry, or to the working folder where the entry is a tool in node_modules, or not a file. */
export function nearestPackage(entry: string | undefined, cwd: string): PackageManifest | undefined {
  const start = entry === undefined || !path.isAbsolute(entry) || /[\\/]node_modules[\\/]/.test(entry) ? cwd : path.dirname(entry);
  for (let folder = start; ; folder = path.dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageManifest | null;
      // One without a name only says how files are read (`"type"`).
      if (manifest !== null && (manifest.name !== undefined || manifest.dependencies !== undefined)) return manifest;
    } catch {
      // Not there, or no JSON.
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** The values of the options that load something before the program. */
function preloads(words: readonly string[]): readonly string[] {
  return words.flatMap((word, i) => {
    const match = /^(?:-r|--(?:require|import|loader|experimental-loader))(?:=(.*))?$/.exec(word);
    if (match === null) return [];
    return [(match[1] ?? words[i + 1] ?? '').replace(/^"|"$/g, '')];
  });
}

/** Of a bare specifier or a path into node_modules. */
function packageName(specifier: string): string | undefined {
  const bare = specifier.replaceAll('\\', '/').replace(/^.*\/node_modules\//, '');
  return /^(?:@[^/]+\/)?[^/.][^/]*/.exec(bare)?.[0];
}
