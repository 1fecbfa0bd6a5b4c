import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder (with a space, a quote and a letter that is not ASCII in its name) that holds the bundled probe and small programs. */
export class ProgramFolder {
  readonly path: string;
  readonly probe: string;
  readonly #outer: string;

  static async create(): Promise<ProgramFolder> {
    const outer = await realpath(await mkdtemp(path.join(tmpdir(), 'traceline-probe-')));
    const folder = path.join(outer, `tr "ä ce`);
    await mkdir(folder);
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const probe = path.join(folder, 'probe.cjs');
    await esbuild.build({
      entryPoints: [path.join(root, 'src/probe/node.ts')],
      outfile: probe,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node18',
      logLevel: 'error',
    });
    return new ProgramFolder(outer, folder, probe);
  }

  private constructor(outer: string, folder: string, probe: string) {
    this.#outer = outer;
    this.path = folder;
    this.probe = probe;
  }

  async write(name: string, text: string): Promise<string> {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  async bundle(name: string, to: string): Promise<string> {
    const outfile = path.join(this.path, to);
    await esbuild.build({ entryPoints: [path.join(this.path, name)], outfile, bundle: true, minify: true, sourcemap: true, platform: 'node', format: 'cjs', logLevel: 'error' });
    return outfile;
  }

  /** Runs Node with the probe preloaded (`probe: false`: without), as F5 does: through NODE_OPTIONS. */
  run(args: readonly string[], options: { readonly probe?: boolean; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Outcome> {
    const { NODE_OPTIONS: _ours, NODE_TEST_CONTEXT: _test, ...env } = process.env;
    const quoted = this.probe.replace(/["\\]/g, '\\$&');
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        args,
        { cwd: this.path, env: { ...env, ...(options.probe === false ? {} : { NODE_OPTIONS: `--require "${quoted}"` }), ...options.env } },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  async remove(): Promise<void> {
    await rm(this.#outer, { recursive: true, force: true });
  }
}

export interface StampedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a program printed with `report()` of `inMemory`. */
export function spansOf(outcome: Outcome): readonly StampedSpan[] {
  const line = outcome.stdout.split('\n').find((text) => text.startsWith('SPANS '));
  if (line === undefined) throw new Error(`no spans were printed\n${outcome.stdout}\n${outcome.stderr}`);
  return JSON.parse(line.slice(6)) as readonly StampedSpan[];
}

/** CommonJS text that sets up an SDK with an exporter in memory and defines `api`, `tracer` and `report()`. */
export function inMemory(sdk: '1' | '2'): string {
  const packages =
    sdk === '2'
      ? `const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');`
      : `const { NodeTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('sdk-trace-node-1');`;
  return `const api = require('@opentelemetry/api');
${packages}
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = api.trace.getTracer('test');
const report = () => console.log('SPANS ' + JSON.stringify(exporter.getFinishedSpans().map((s) => ({ name: s.name, attributes: s.attributes }))));
`;
}
