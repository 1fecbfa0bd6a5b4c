// What the issue about the waterfall asks of it: traces of 1,000, 10,000 and 100,000 spans in the built webview, in a real browser, beside a
// plain page of 2,000 rows that is measured in between, under the same load; the largest also while it grows, and compared with another.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { serveWaterfallPage } from '../../scripts/lib/waterfallPage.mjs';
import { figure, median } from './lib/figure.mjs';
import { liveGrowth } from './waterfall/liveGrowth.mjs';
import { measureCompare } from './waterfall/measureCompare.mjs';
import { measureLive } from './waterfall/measureLive.mjs';
import { measurePage } from './waterfall/measurePage.mjs';
import { servePlainPage } from './waterfall/plainPage.mjs';
import { writeTraceFile } from './waterfall/traceFile.mjs';

const sizes = [1000, 10_000, 100_000];
const largest = sizes[sizes.length - 1];
const runs = 3;
const growing = { batches: 20, spansAtOnce: 100 };

/** @param {{ root: string, dir: string, signal: AbortSignal, log(line: string): void }} options */
export async function bench({ dir, signal, log }) {
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  const plainPage = await servePlainPage();
  const plain = [];
  const bySize = new Map();
  const readMs = {};
  const live = [];
  const compared = [];
  let freshSpans;
  try {
    for (const spanCount of sizes) {
      log(`a trace of ${spanCount} spans`);
      const file = path.join(dir, `${spanCount}.otlp.json`);
      await writeTraceFile(file, { spanCount });
      const startedMs = performance.now();
      const bytes = await readFile(file);
      const fileMs = performance.now() - startedMs;
      const served = await serveWaterfallPage({ bytes, port: 0 });
      readMs[spanCount] = fileMs + served.readMs;
      const measured = [];
      try {
        for (let run = 0; run < runs; run++) {
          if (signal.aborted) throw new Error('interrupted');
          plain.push(await measurePage(browser, plainPage.url, { isPlain: true }));
          const before = served.sentBytes();
          let beforeSelection = 0;
          measured.push({ ...(await measurePage(browser, served.url, { onFirstRows: () => (beforeSelection = served.sentBytes() - before) })), beforeSelection });
        }
      } finally {
        await served.close();
      }
      bySize.set(spanCount, measured);
    }
    log(`a trace that grows to ${largest} spans`);
    const file = path.join(dir, `${largest}.otlp.json`);
    const growth = await liveGrowth(file, growing);
    ({ freshSpans } = growth);
    await measured(file, async (served) => {
      plain.push(await measurePage(browser, plainPage.url, { isPlain: true }));
      live.push(await measureLive(browser, served, growth));
    });
    log(`two traces of ${largest} spans compared`);
    const both = path.join(dir, 'both.otlp.json');
    await writeTraceFile(both, { spanCount: largest, withPrevious: true });
    await measured(both, async (served) => {
      plain.push(await measurePage(browser, plainPage.url, { isPlain: true }));
      compared.push(await measureCompare(browser, served.url));
    });
  } finally {
    await plainPage.close();
    await browser.close();
  }
  return report({ bySize, plain, browserVersion: browser.version(), readMs, live, compared, freshSpans });

  async function measured(file, run) {
    const served = await serveWaterfallPage({ bytes: await readFile(file), port: 0 });
    try {
      for (let times = 0; times < runs; times++) {
        if (signal.aborted) throw new Error('interrupted');
        await run(served);
      }
    } finally {
      await served.close();
    }
  }
}

function report({ bySize, plain, browserVersion, readMs, live, compared, freshSpans }) {
  const of = (spanCount, pick) => median(bySize.get(spanCount).map(pick));
  const each = (pick) => Object.fromEntries(sizes.map((spanCount) => [spanCount, of(spanCount, pick)]));
  const runsOf = (pick) => Object.fromEntries(sizes.map((spanCount) => [spanCount, bySize.get(spanCount).map(pick)]));
  const plainP95Ms = median(plain.map(({ scroll }) => scroll.p95Ms));
  const plainLongestMs = median(plain.map(({ scroll }) => scroll.longestMs));
  const interactions = [['scroll', 'scrolling'], ['zoom', 'zooming'], ['collapse', 'collapsing']];
  const longestSearchMs = ({ searchMs }) => Math.max(...searchMs);
  return {
    setup: { spans: sizes, runs, browser: `Chromium ${browserVersion}, headless, software rendering`, plainPage: '2,000 rows', plain: { p95Ms: plainP95Ms, longestMs: plainLongestMs, runsP95Ms: plain.map(({ scroll }) => scroll.p95Ms) } },
    figures: [
      figure('firstRowsMs', `${largest} spans: first rows painted`, of(largest, ({ firstRowsMs }) => firstRowsMs), 'ms', { kind: 'atMost', value: 1000 }, {
        timed: 'from the request of the page, whose server has read the file, until the frame with rows',
        bySize: each(({ firstRowsMs }) => firstRowsMs), runs: runsOf(({ firstRowsMs }) => firstRowsMs),
        interactiveMs: each(({ interactiveMs }) => interactiveMs),
        fileReadDecodedAndInColumnsMs: readMs,
      }),
      ...interactions.flatMap(([name, title]) => [
        figure(`${name}Ratio`, `${largest} spans: ${title}, p95 of a frame over the plain page's`, of(largest, (run) => run[name].p95Ms) / plainP95Ms, '×', { kind: 'atMost', value: 1.15 }, {
          p95Ms: each((run) => run[name].p95Ms), medianMs: each((run) => run[name].medianMs), runsP95Ms: runsOf((run) => run[name].p95Ms),
        }),
        figure(`${name}LongestMs`, `${largest} spans: ${title}, longest frame`, of(largest, (run) => run[name].longestMs), 'ms', { kind: 'atMost', value: 50 }, {
          longestMs: each((run) => run[name].longestMs), runs: runsOf((run) => run[name].longestMs), plainLongestMs,
        }),
      ]),
      figure('scrollGrowth', `Scrolling, p95 of a frame: ${largest} spans over ${sizes[0]}`, of(largest, ({ scroll }) => scroll.p95Ms) / of(sizes[0], ({ scroll }) => scroll.p95Ms), '×', { kind: 'atMost', value: 1.15 }, {}),
      ...[['live', live, `growing to ${largest} spans, ${growing.spansAtOnce} four times a second, while it scrolls`], ['compare', compared, `two traces of ${largest} spans compared: scrolling`]].flatMap(([name, all, title]) => [
        figure(`${name}Ratio`, `${title}, p95 of a frame over the plain page's`, median(all.map(({ scroll }) => scroll.p95Ms)) / plainP95Ms, '×', { kind: 'atMost', value: 1.15 }, {
          runsP95Ms: all.map(({ scroll }) => scroll.p95Ms), medianMs: median(all.map(({ scroll }) => scroll.medianMs)), ...(name === 'live' ? { freshSpans } : { rows: all[0].rowCount }),
        }),
        figure(`${name}LongestMs`, `${title}, longest frame`, median(all.map(({ scroll }) => scroll.longestMs)), 'ms', { kind: 'atMost', value: 50 }, { runs: all.map(({ scroll }) => scroll.longestMs), plainLongestMs }),
      ]),
      figure('compareMs', `two traces of ${largest} spans compared: from the key to the first rows`, median(compared.map(({ firstRowsMs }) => firstRowsMs)), 'ms', { kind: 'atMost', value: 1000 }, { runs: compared.map(({ firstRowsMs }) => firstRowsMs) }),
      figure('searchMs', `${largest} spans: from a key to its matches painted, slowest key`, of(largest, longestSearchMs), 'ms', { kind: 'atMost', value: 150 }, {
        bySize: each(longestSearchMs), keys: runsOf(({ searchMs }) => searchMs),
      }),
      figure('heapMegabytes', `${largest} spans: memory of the page, typed arrays among it`, of(largest, ({ heapMegabytes }) => heapMegabytes.all), 'MB', { kind: 'atMost', value: 100 }, {
        bySize: each(({ heapMegabytes }) => heapMegabytes.all), objects: each(({ heapMegabytes }) => heapMegabytes.objects),
      }),
      figure('sentMegabytes', `${largest} spans: sent to the view before a selection`, of(largest, ({ beforeSelection }) => beforeSelection / 1e6), 'MB', { kind: 'atMost', value: 5 }, {
        bySize: each(({ beforeSelection }) => beforeSelection / 1e6),
      }),
    ],
  };
}
