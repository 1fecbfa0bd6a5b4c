/** Small programs built by the real tools and run for real: what their stacks say is located in their sources. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import esbuild from 'esbuild';
import type { Locator } from '../../../src/locate/locate.ts';
import { parseV8Stack } from '../../../src/locate/stack/v8.ts';
import { locatorFor, placeOf, runProgram, runTsc, temporaryFolder, writeFiles } from './support.ts';

/** Each `stack()` gives the text a probe would have put on a span made there. */
const program = {
  'src/main.ts': `import { Orders } from './orders/orders.js';
import { priceOf } from './price.js';

interface Unused { readonly a: string }

async function main(): Promise<void> {
  const orders = new Orders();
  console.log(JSON.stringify({
    place: await orders.place(3),
    price: priceOf(2),
    handler: await orders.handler(),
  }));
}

void main();
`,
  'src/orders/orders.ts': `import { stack } from '../stack.js';

type Quantity = number;

export class Orders {
  handler = async (): Promise<string> => {
    await Promise.resolve();
    return stack(/* handler */);
  };

  async place(quantity: Quantity): Promise<string> {
    const [only] = await Promise.all([quantity].map(async (each) => {
      await Promise.resolve(each);
      return stack(/* place */);
    }));
    return only!;
  }
}
`,
  'src/price.ts': `import { stack } from './stack.js';

export const priceOf = (quantity: number): string => {
  const doubled = quantity * 2;
  return doubled > 0 ? stack(/* price */) : '';
};
`,
  'src/stack.ts': `export function stack(): string {
  return new Error('here').stack!;
}
`,
};

const compilerOptions = { target: 'ES2022', strict: true, rootDir: 'src', outDir: 'dist', types: [], lib: ['ES2022', 'DOM'] };

interface Expectation {
  readonly name: string;
  readonly file: string;
  readonly function: string;
  readonly needle: string;
}
const expectations: readonly Expectation[] = [
  { name: 'place', file: 'src/orders/orders.ts', function: 'Orders.place', needle: 'stack(/* place */)' },
  { name: 'price', file: 'src/price.ts', function: 'priceOf', needle: 'stack(/* price */)' },
  { name: 'handler', file: 'src/orders/orders.ts', function: 'Orders.handler', needle: 'stack(/* handler */)' },
];

/** What the probe stamps: the frame that called `stack()`. */
function siteOf(stack: string) {
  const [, caller] = parseV8Stack(stack);
  assert.ok(caller?.file !== undefined);
  return { filePath: caller.file, line: caller.line, column: caller.column, language: 'nodejs' };
}

async function check(folder: string, locator: Locator, stacks: Record<string, string>, via: string): Promise<void> {
  for (const expected of expectations) {
    const result = await locator.locate(siteOf(stacks[expected.name]!));
    const { location } = result;
    assert.ok(location !== undefined, `${expected.name}: ${JSON.stringify(result, undefined, 1)}`);
    assert.equal(location.file, path.join(folder, expected.file));
    const text = await readFile(path.join(folder, expected.file), 'utf8');
    const place = placeOf(text, expected.needle);
    assert.equal(location.line, place.line);
    // V8 says the callee's first letter or, where tsc wrote `(0, x.stack)(…)`, the parenthesis after it.
    assert.ok([place.column, place.column + 'stack'.length].includes(location.column), `column ${location.column}`);
    assert.equal(location.function?.name, expected.function);
    assert.equal(location.via.join('+'), via);
    assert.equal(location.inferred, false);
    assert.ok(result.steps.some((step) => step.rule === 'sourceMap'));
  }
}

async function built(build: (folder: string) => Promise<string>): Promise<{ folder: string; stacks: Record<string, string> } & AsyncDisposable> {
  const folder = await temporaryFolder();
  await writeFiles(folder.path, program);
  const output = await build(folder.path);
  const stacks = (await runProgram(folder.path, output)) as Record<string, string>;
  return { folder: folder.path, stacks, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

function tsc(options: object, packageJson: object = {}) {
  return async (folder: string): Promise<string> => {
    await writeFiles(folder, { 'package.json': JSON.stringify(packageJson), 'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, ...options }, include: ['src'] }) });
    await runTsc(folder, ['-p', '.']);
    return 'dist/main.js';
  };
}

function bundle(options: esbuild.BuildOptions, outfile = 'dist/server.js') {
  return async (folder: string): Promise<string> => {
    await esbuild.build({ absWorkingDir: folder, entryPoints: ['src/main.ts'], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options });
    return outfile;
  };
}

/** For an option that names the folder itself. */
function within(build: (folder: string) => (folder: string) => Promise<string>) {
  return (folder: string): Promise<string> => build(folder)(folder);
}

const builds: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  'tsc, CommonJS, external maps': tsc({ module: 'CommonJS', sourceMap: true }),
  'tsc, CommonJS for an old target, inline maps': tsc({ module: 'CommonJS', target: 'ES2017', inlineSourceMap: true }),
  'tsc, ES modules, an absolute sourceRoot': within((folder) => tsc({ module: 'NodeNext', sourceMap: true, sourceRoot: `${folder}/src` }, { type: 'module' })),
  'esbuild, one file, minified, external map': bundle({ minify: true, sourcemap: true }),
  'esbuild, one file, minified, inline map': bundle({ minify: true, sourcemap: 'inline' }),
  'esbuild, one file, minified, a file URL as sourceRoot': within((folder) => bundle({ minify: true, sourcemap: true, sourceRoot: `file://${folder}/dist/` })),
  'esbuild, one file, ESM, no texts in the map': bundle({ format: 'esm', minify: true, sourcemap: true, sourcesContent: false }, 'dist/server.mjs'),
  'esbuild, a map that nothing points to': bundle({ minify: true, sourcemap: 'external' }),
  'esbuild of what tsc built: two maps one after the other': async (folder) => {
    await tsc({ module: 'ES2022', moduleResolution: 'Bundler', sourceMap: true, outDir: 'lib' })(folder);
    // esbuild would join the maps; a tool that does not is what is meant here.
    const withoutMaps: esbuild.Plugin = {
      name: 'without maps',
      setup: (build) => {
        build.onLoad({ filter: /\.js$/ }, async ({ path: file }) => ({ contents: (await readFile(file, 'utf8')).replace(/\/\/# sourceMappingURL.*/, '') }));
      },
    };
    return bundle({ entryPoints: ['lib/main.js'], minify: true, sourcemap: true, plugins: [withoutMaps] })(folder);
  },
};

for (const [name, build] of Object.entries(builds)) {
  test(name, async () => {
    await using made = await built(build);
    const locator = await locatorFor(made.folder);
    await check(made.folder, locator, made.stacks, 'attributes+exact+sourceMap');
    await locator.close();
  });
}

test('a program that ran elsewhere, by a path rule', async () => {
  await using home = await temporaryFolder();
  await using made = await built(within((folder) => tsc({ module: 'CommonJS', sourceMap: true, sourceRoot: `${folder}/src` })));
  const local = path.join(home.path, 'work', 'shop');
  await mkdir(path.dirname(local));
  await rename(made.folder, local);
  const without = await locatorFor(local);
  await check(local, without, made.stacks, 'attributes+learned+sourceMap');
  await without.close();
  // A copy beside it: nothing says which of the two is meant.
  await cp(path.join(local, 'dist'), path.join(local, 'copy', 'dist'), { recursive: true });
  const unsure = await locatorFor(local);
  const unplaced = await unsure.locate(siteOf(made.stacks['price']!));
  assert.equal(unplaced.location, undefined);
  assert.match(unplaced.outcome, /ambiguous.*2 files may be meant.*traceline\.pathMappings/);
  await unsure.close();
  const locator = await locatorFor(local, [{ remote: made.folder, local, from: 'setting' }]);
  await check(local, locator, made.stacks, 'attributes+pathRule+sourceMap');
  await locator.close();
});

test('a workspace that was opened through a link', async () => {
  await using home = await temporaryFolder();
  await using made = await built(bundle({ minify: true, sourcemap: true }));
  const link = path.join(home.path, 'link');
  await symlink(made.folder, link);
  const locator = await locatorFor(link);
  await check(link, locator, made.stacks, 'attributes+exact+sourceMap');
  await locator.close();
});

const layered = {
  'node_modules/kit/index.js': `exports.traced = function traced() { return inner(); };\nfunction inner() { return new Error('here').stack; }\n`,
  'src/main.ts': `import { traced } from 'kit';

function outermost(): string {
  const unused = 1;
  return middle() + '';
}
function middle(): string {
  return traced(/* call */);
}
process.stdout.write(JSON.stringify({ stack: outermost() }));
`,
};

test("a bundle's frames in node_modules are passed over, and the outermost own frame is its function's declaration", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, layered);
  const file = await bundle({ minify: true, sourcemap: true })(folder.path);
  const { stack } = (await runProgram(folder.path, file)) as { stack: string };
  const [first] = parseV8Stack(stack);
  const site = { filePath: first!.file!, line: first!.line!, column: first!.column!, stacktrace: stack, language: 'nodejs' };
  const locator = await locatorFor(folder.path);
  const text = layered['src/main.ts'];

  const own = await locator.locate(site);
  assert.deepEqual(
    { line: own.location?.line, column: own.location?.column, function: own.location?.function?.name, via: own.location?.via.join('+'), inferred: own.location?.inferred },
    { ...placeOf(text, 'traced(/* call */)'), function: 'middle', via: 'stack+exact+sourceMap', inferred: false },
  );
  assert.ok(own.steps.some((step) => step.rule === 'ownCode' && step.result.includes('node_modules')));

  // The module's own line is outermost of all; a span beneath a server's is one function further in.
  const beneath = stack.split('\n').slice(0, 5).join('\n');
  const outermost = await locator.locate({ beneath: [beneath], language: 'nodejs' });
  assert.deepEqual(
    { line: outermost.location?.line, column: outermost.location?.column, function: outermost.location?.function?.name, via: outermost.location?.via.join('+'), inferred: outermost.location?.inferred },
    { ...placeOf(text, 'function outermost'), function: 'outermost', via: 'stack+exact+sourceMap', inferred: true },
  );
  const module = await locator.locate({ beneath: [stack], language: 'nodejs' });
  assert.equal(module.location?.function, undefined);
  assert.equal(module.location?.line, placeOf(text, 'outermost() }').line);
  await locator.close();
});

test('a rebuilt program is placed by its new map once the files were invalidated', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, layered);
  const file = await bundle({ minify: true, sourcemap: true })(folder.path);
  const { stack } = (await runProgram(folder.path, file)) as { stack: string };
  const question = { stacktrace: stack, language: 'nodejs' };
  const locator = await locatorFor(folder.path);
  const before = (await locator.locate(question)).location!;
  await writeFile(path.join(folder.path, 'src/main.ts'), `// a new first line\n${layered['src/main.ts']}`);
  await bundle({ minify: true, sourcemap: true })(folder.path);
  assert.equal((await locator.locate(question)).location!.line, before.line);
  await locator.invalidate([path.join(folder.path, 'src/other.ts')]);
  assert.equal((await locator.locate(question)).location!.line, before.line);
  await locator.invalidate([path.join(folder.path, 'dist/server.js.map')]);
  assert.equal((await locator.locate(question)).location!.line, before.line + 1);
  await rm(path.join(folder.path, 'src/main.ts'));
  await locator.invalidate([path.join(folder.path, 'src/main.ts')]);
  const gone = await locator.locate(question);
  assert.equal(gone.location, undefined);
  assert.match(gone.outcome, /source \.\.\/src\/main\.ts was not found.*does not exist/);
  await locator.close();
});
