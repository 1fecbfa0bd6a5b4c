/** Places of spans whose program ran another text than the files have now: real files, real times, the real locator. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import esbuild from 'esbuild';
import { PlaceLog } from '../../../../src/client/past/placeLog.ts';
import { PresentPlaces } from '../../../../src/client/past/presentPlaces.ts';
import type { PlaceNow, SeenSite } from '../../../../src/locate/placeNow.ts';
import { locatorFor, placeOf, temporaryFolder, writeFiles } from '../../locate/support.ts';

const shop = `import { tracer } from './tracer.js';

export class Orders {
  async reserve(cart) {
    const span = tracer.startSpan('reserve');
    await this.store(cart);
    span.end();
  }

  async publish(cart) {
    const span = tracer.startSpan('publish');
    await send(cart);
    span.end();
  }
}
`;

/** Seconds of one clock that files and spans share. */
const at = (seconds: number) => Date.UTC(2024, 0, 1) + seconds * 1000;

/** A workspace whose files were written at told times, and who asks for places in it. */
class Scene implements AsyncDisposable {
  readonly folder: string;
  readonly dataDir: string;
  readonly #remove: () => Promise<void>;

  private constructor(folder: string, remove: () => Promise<void>) {
    this.folder = path.join(folder, 'workspace');
    this.dataDir = path.join(folder, 'data');
    this.#remove = remove;
  }

  static async open(): Promise<Scene> {
    const folder = await temporaryFolder();
    const scene = new Scene(folder.path, async () => folder[Symbol.asyncDispose]());
    await mkdir(scene.folder);
    return scene;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  async write(seconds: number, files: Readonly<Record<string, string>>): Promise<void> {
    await writeFiles(this.folder, files);
    for (const name of Object.keys(files)) await utimes(this.file(name), at(seconds) / 1000, at(seconds) / 1000);
  }

  /** As a window or a command that starts anew. */
  async open(): Promise<PresentPlaces> {
    return new PresentPlaces(await locatorFor(this.folder), new PlaceLog(this.dataDir));
  }

  /** Asks, and lets what is remembered be written. */
  async locate(...sites: readonly SeenSite[]): Promise<readonly (PlaceNow | undefined)[]> {
    const places = await this.open();
    const found = await places.locate(sites);
    await places.close();
    return found;
  }

  async one(site: SeenSite): Promise<PlaceNow | undefined> {
    return (await this.locate(site))[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#remove();
  }
}

function spanIn(scene: Scene, text: string, code: string, endedSeconds: number, over: Partial<SeenSite> & { started?: number; file?: string } = {}): SeenSite {
  const { started, file = 'shop.js', ...site } = over;
  return {
    filePath: scene.file(file), ...placeOf(text, code), ...site,
    seen: { startedUnixMs: started === undefined ? undefined : at(started), lastEndUnixMs: at(endedSeconds) },
  };
}

const said = (place: PlaceNow | undefined) => (place === undefined ? undefined : [place.line, place.function?.name, place.edited]);
const startReserve = "tracer.startSpan('reserve')";
const startPublish = "tracer.startSpan('publish')";

test('a file that is older than its spans is the text they ran', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const place = await scene.one(spanIn(scene, shop, startReserve, 10));
  assert.deepEqual(said(place), [5, 'Orders.reserve', undefined]);
  assert.equal(place?.changedUnixMs, undefined);
  assert.deepEqual(place?.via, ['attributes', 'exact']);
});

test('lines put in above move a place, and its function is as it ran', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  await scene.write(20, { 'shop.js': `// one\n// two\n${shop}` });
  const places = await scene.locate(...sites);
  assert.deepEqual(places.map(said), [[7, 'Orders.reserve', undefined], [13, 'Orders.publish', undefined]]);
  assert.deepEqual(places.map((place) => place?.column), sites.map(({ column }) => column));
  assert.equal(places[0]?.changedUnixMs, at(20));
  assert.deepEqual(places[0]?.via, ['attributes', 'exact', 'diff']);
});

test('a function that was edited says so, and its neighbour does not', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  await scene.write(20, { 'shop.js': shop.replace('await this.store(cart);', 'await this.store(cart);\n    await this.audit(cart);') });
  assert.deepEqual((await scene.locate(...sites)).map(said), [[5, 'Orders.reserve', 'function'], [12, 'Orders.publish', undefined]]);
});

test('a new run of the new text has places that are as they ran', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  await scene.locate(spanIn(scene, shop, startPublish, 10));
  const edited = shop.replace('await this.store(cart);', 'await this.store(cart);\n    await this.audit(cart);');
  await scene.write(20, { 'shop.js': edited });
  assert.deepEqual(said(await scene.one(spanIn(scene, edited, startPublish, 40, { started: 30 }))), [12, 'Orders.publish', undefined]);
  assert.deepEqual(said(await scene.one(spanIn(scene, edited, startReserve, 40, { started: 30 }))), [5, 'Orders.reserve', undefined]);
});

test('a deleted function loses its place, and its neighbour does not get it', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  await scene.write(20, { 'shop.js': shop.replace(/ {2}async reserve[\s\S]*?\n {2}}\n\n/, '') });
  assert.deepEqual((await scene.locate(...sites)).map(said), [undefined, [5, 'Orders.publish', undefined]]);
  const { outcome, steps } = await (await scene.open()).explain(sites[0]!);
  assert.match(outcome, /^No place: .*shop\.js was changed since the span was made, and Orders\.reserve is no longer there: it was deleted, renamed or moved to another file\. Run the program again\.$/);
  assert.equal(steps.at(-1)?.rule, 'edited');
});

test('a function that moved within its file is found by its name', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  const [, reserve] = /( {2}async reserve[\s\S]*?\n {2}}\n)/.exec(shop)!;
  const moved = shop.replace(`${reserve}\n`, '').replace(/}\n$/, `\n${reserve}}\n`);
  await scene.write(20, { 'shop.js': moved });
  const places = await scene.locate(...sites);
  assert.deepEqual(places.map((place) => place?.function?.name), ['Orders.reserve', 'Orders.publish']);
  assert.deepEqual(places.map((place) => place?.function?.startLine), [placeOf(moved, 'async reserve').line, placeOf(moved, 'async publish').line]);
  assert.deepEqual(places.map((place) => place?.edited), [undefined, undefined]);
});

test('a function that moved to another file has no place in either until it runs again', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const site = spanIn(scene, shop, startReserve, 10);
  await scene.locate(site);
  await scene.write(20, { 'shop.js': shop.replace(/ {2}async reserve[\s\S]*?\n {2}}\n\n/, ''), 'other.js': shop });
  assert.equal(await scene.one(site), undefined);
  assert.deepEqual(said(await scene.one(spanIn(scene, shop, startReserve, 40, { file: 'other.js' }))), [5, 'Orders.reserve', undefined]);
});

test('a renamed function keeps its own figures', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  await scene.write(20, { 'shop.js': `\n${shop.replace('async reserve(cart)', 'async book(cart, now)')}` });
  assert.deepEqual((await scene.locate(...sites)).map(said), [[6, 'Orders.book', 'function'], [12, 'Orders.publish', undefined]]);
  await scene.write(30, { 'shop.js': shop.replace('class Orders', 'class Purchases') });
  assert.deepEqual((await scene.locate(...sites)).map(said), [[5, 'Purchases.reserve', undefined], [11, 'Purchases.publish', undefined]]);
});

test('a function whose name another one took over is not that one', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  // `reserve` is gone and `publish` stands directly where it began.
  const text = shop.replace(/ {2}async reserve[\s\S]*?\n {2}}\n\n/, '').replace('async publish(cart)', 'async announce(cart)');
  await scene.write(20, { 'shop.js': text });
  assert.deepEqual((await scene.locate(...sites)).map((place) => place?.function?.name), [undefined, 'Orders.announce']);
});

test('of two functions of one name each has its own, and the one that is left does not get the other’s', async () => {
  const twice = `function run() {\n  first();\n}\n\nfunction other() {\n  x();\n}\n\nfunction run() {\n  second();\n}\n`;
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': twice });
  const sites = [spanIn(scene, twice, 'first()', 10), spanIn(scene, twice, 'second()', 10)];
  assert.deepEqual((await scene.locate(...sites)).map((place) => place?.function?.startLine), [1, 9]);
  await scene.write(20, { 'shop.js': `// top\n${twice}` });
  assert.deepEqual((await scene.locate(...sites)).map((place) => place?.function?.startLine), [2, 10]);
  await scene.write(30, { 'shop.js': twice.slice(twice.indexOf('function other')) });
  assert.deepEqual((await scene.locate(...sites)).map((place) => place?.function?.startLine), [undefined, 5]);
});

test('how lines end and how far they are indented is no edit', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const site = spanIn(scene, shop, startReserve, 10);
  await scene.locate(site);
  await scene.write(20, { 'shop.js': `\ufeff${shop.replaceAll('\n', '\r\n').replaceAll('    ', '\t\t')}` });
  const place = await scene.one(site);
  assert.deepEqual(said(place), [5, 'Orders.reserve', undefined]);
  assert.equal(place?.column, '\t\tconst span = '.length + 1);
});

test('a file that was written anew from end to end is matched by its functions', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const sites = [spanIn(scene, shop, startReserve, 10), spanIn(scene, shop, startPublish, 10)];
  await scene.locate(...sites);
  const reformatted = shop.replaceAll("'", '"').replaceAll(';', '').replaceAll('(cart) {', '(\n    cart,\n  )\n  {').replaceAll('await ', 'await  ').replaceAll('span.end()', 'span . end()');
  await scene.write(20, { 'shop.js': reformatted });
  const places = await scene.locate(...sites);
  assert.deepEqual(places.map((place) => [place?.function?.name, place?.edited]), [['Orders.reserve', 'function'], ['Orders.publish', 'function']]);
  assert.deepEqual(places.map((place) => place?.via.at(-1)), ['symbol', 'symbol']);
});

test('a file that went away has no place, and has it again when it is back', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const site = spanIn(scene, shop, startReserve, 10);
  const places = await scene.open();
  assert.equal((await places.locate([site]))[0]?.line, 5);
  await rm(scene.file('shop.js'));
  const again = async () => (await scene.one(site))?.line;
  assert.equal(await again(), undefined);
  await scene.write(20, { 'shop.js': shop });
  assert.equal(await again(), 5);
  await scene.write(30, { 'shop.js': `\n${shop}` });
  assert.equal(await again(), 6);
});

test('where nothing is remembered the function’s name tells', async () => {
  await using scene = await Scene.open();
  const without = shop.replace(/ {2}async reserve[\s\S]*?\n {2}}\n\n/, '');
  await scene.write(20, { 'shop.js': `\n\n\n\n\n${shop}` });
  const named = (name: string, code = startReserve) => spanIn(scene, shop, code, 10, { functionName: name });
  const moved = await scene.one(named('Orders.reserve'));
  assert.deepEqual(said(moved), [9, 'Orders.reserve', 'file']);
  assert.deepEqual(moved?.via, ['attributes', 'exact', 'symbol']);
  await scene.write(30, { 'shop.js': without });
  assert.equal(await scene.one(named('Orders.reserve')), undefined);
  assert.match((await (await scene.open()).explain(named('Orders.reserve'))).outcome, /no function in it is called Orders\.reserve\. Run the program again\.$/);
  // Nothing speaks against the line where the function has no name of its own, or is there.
  assert.deepEqual(said(await scene.one(named('<anonymous>'))), [5, 'Orders.publish', 'file']);
  assert.deepEqual(said(await scene.one(named('publish'))), [5, 'Orders.publish', 'file']);
});

test('a stack’s frame has a name too', async () => {
  await using scene = await Scene.open();
  await scene.write(20, { 'shop.js': `\n\n\n\n\n${shop}` });
  const { line, column } = placeOf(shop, startPublish);
  const site: SeenSite = {
    stacktrace: `    at Orders.publish (${scene.file('shop.js')}:${line}:${column})`, language: 'nodejs', seen: { startedUnixMs: undefined, lastEndUnixMs: at(10) },
  };
  assert.deepEqual(said(await scene.one(site)), [15, 'Orders.publish', 'file']);
});

test('what is part of the function around it may be said by a name of its own', async () => {
  const text = "function total(items) {\n  const price = compile(items);\n  return price(tracer.startSpan('price'));\n}\n";
  await using scene = await Scene.open();
  await scene.write(20, { 'shop.js': text });
  assert.deepEqual(said(await scene.one(spanIn(scene, text, "tracer.startSpan('price')", 10, { functionName: 'price' }))), [3, 'total', 'file']);
});

test('a program that runs on after its file was changed keeps its places; one that was started anew has new ones', async () => {
  await using scene = await Scene.open();
  const text = "import { tracer } from './t.js';\ntracer.startSpan('first');\nfoo();\ntracer.startSpan('second');\n";
  await scene.write(0, { 'shop.js': text });
  const second = (ended: number, started?: number) => spanIn(scene, text, "tracer.startSpan('second')", ended, { started });
  assert.deepEqual(said(await scene.one(second(10, 5))), [4, undefined, undefined]);
  const edited = text.replace('tracer', '// a\n// b\ntracer').replace('import { // a\n// b\ntracer', 'import { tracer').replace("tracer.startSpan('first')", "// a\n// b\ntracer.startSpan('first')");
  await scene.write(20, { 'shop.js': edited });
  assert.equal(edited.split('\n')[3], "tracer.startSpan('first');");
  assert.deepEqual(said(await scene.one(second(30, 5))), [6, undefined, undefined], 'it runs on');
  assert.deepEqual(said(await scene.one(second(40, 35))), [4, undefined, undefined], 'the new one');
});

test('a program that is known to run since before a change stays edited, until another one runs', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const spans = (ended: number, running: number) => {
    const site = spanIn(scene, shop, startReserve, ended);
    return { ...site, seen: { ...site.seen!, runningUnixMs: at(running) } };
  };
  assert.deepEqual(said(await scene.one(spans(10, 5))), [5, 'Orders.reserve', undefined]);
  await scene.write(20, { 'shop.js': shop.replace('await this.store(cart);', 'await this.keep(cart);') });
  assert.deepEqual(said(await scene.one(spans(30, 5))), [5, 'Orders.reserve', 'function']);
  assert.deepEqual(said(await scene.one(spans(50, 40))), [5, 'Orders.reserve', undefined]);
});

test('a window that was closed in between, another folder and a lost file of memory do no harm', async () => {
  await using scene = await Scene.open();
  await scene.write(0, { 'shop.js': shop });
  const site = spanIn(scene, shop, startReserve, 10);
  await scene.locate(site);
  const log = path.join(scene.dataDir, 'places.jsonl');
  const kept = await readFile(log, 'utf8');
  assert.ok(!kept.includes('startSpan'), 'no source is kept');
  await scene.write(20, { 'shop.js': `\n\n${shop}` });
  await writeFile(log, `{"text":"x"\nnull\n[]\n{"site":1}\n{"site":"a","from":"b","place":{}}\n${kept}{"cut`);
  assert.equal((await scene.one(site))?.line, 7);
  await rm(log);
  assert.deepEqual(said(await scene.one({ ...site, functionName: 'reserve' })), [6, 'Orders.reserve', 'file']);
});

test('what a map carries is the text that was built, though the source was written since', async () => {
  await using scene = await Scene.open();
  const source = "export class Orders {\n  reserve(cart: string): string {\n    return cart.trim();\n  }\n\n  publish(cart: string): string {\n    return cart.toUpperCase();\n  }\n}\n";
  const build = async (seconds: number) => {
    await esbuild.build({ absWorkingDir: scene.folder, entryPoints: ['src/shop.ts'], outfile: 'dist/shop.js', sourcemap: true, logLevel: 'error' });
    for (const name of ['dist/shop.js', 'dist/shop.js.map']) await utimes(scene.file(name), at(seconds) / 1000, at(seconds) / 1000);
  };
  await scene.write(0, { 'src/shop.ts': source });
  await build(1);
  const built = await readFile(scene.file('dist/shop.js'), 'utf8');
  const site = spanIn(scene, built, 'cart.toUpperCase', 10, { file: 'dist/shop.js' });
  await scene.write(5, { 'src/shop.ts': `// new\n// new\n${source}` });
  const place = await scene.one(site);
  assert.deepEqual(said(place), [9, 'Orders.publish', undefined]);
  assert.deepEqual(place?.via, ['attributes', 'exact', 'sourceMap', 'diff']);
  // Built again since: the map on the disk is another one than what ran, but the place was remembered.
  await build(20);
  assert.deepEqual(said(await scene.one(site)), [9, 'Orders.publish', undefined]);
  await rm(scene.file('dist'), { recursive: true });
  assert.deepEqual(said(await scene.one(site)), [9, 'Orders.publish', undefined], 'and so with the output gone');
});

test('a place without times is where the locator says', async () => {
  await using scene = await Scene.open();
  await scene.write(20, { 'shop.js': shop });
  assert.deepEqual(said(await scene.one({ filePath: scene.file('shop.js'), ...placeOf(shop, startReserve) })), [5, 'Orders.reserve', undefined]);
});
