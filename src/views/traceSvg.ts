import { spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { plainText } from '../model/plainText.ts';
import { statusError } from '../model/span.ts';
import type { TraceColumns } from '../protocol/hub.ts';
import { escapedMarkup } from './escapedMarkup.ts';

const widthPx = 1200;
const namesPx = 420;
const rightPx = 80;
const rowPx = 20;
const headPx = 64;
const indentPx = 12;
const maxIndents = 14;
const ticks = 5;
/** A picture of more rows is not looked at, and slow to draw. */
export const maxPictureRows = 1000;

/** Dark enough to stand against white (3:1), and far enough from the red of errors. */
const palette = ['#1a73c7', '#2e7d32', '#b26a00', '#7b4bb3', '#00838f', '#8d6e00', '#a03a8f', '#546e7a'];
const errorColour = '#c62828';

/**
 * The trace as an SVG picture on white, for a report or an issue: a row a span, in tree order. Of a trace of more than `maxRows` spans the
 * deepest levels are left out, level by level, and each row says how many are beneath it; past that, the last rows.
 */
export function traceSvg(columns: TraceColumns, maxRows = maxPictureRows): string {
  const { depth, durationNs, durationsNs, name, service, spanCount, startNs, statusCode, strings } = columns;
  const level = deepestLevel(columns, maxRows);
  const rows: number[] = [];
  for (let row = 0; row < spanCount && rows.length < maxRows; row++) if ((depth[row] ?? 0) <= level) rows.push(row);
  const barsPx = widthPx - namesPx - rightPx;
  const xOf = (ns: number): number => namesPx + (Math.min(Math.max(0, ns), durationNs) / Math.max(1, durationNs)) * barsPx;
  const colours = new Map<number, string>();
  const colourOf = (text: number): string => {
    let colour = colours.get(text);
    if (colour === undefined) colours.set(text, (colour = palette[colours.size % palette.length] ?? errorColour));
    return colour;
  };
  const heightPx = headPx + rows.length * rowPx + 16 + (rows.length < spanCount ? rowPx : 0);
  const lines: string[] = [];
  for (let tick = 0; tick <= ticks; tick++) {
    const x = px(namesPx + (barsPx * tick) / ticks);
    lines.push(`<path d="M${x} ${headPx - 14}V${heightPx - 16}" stroke="#dddddd"/>`, label(x, headPx - 18, durationText((durationNs * tick) / ticks), 'middle', '#555555'));
  }
  rows.forEach((row, index) => {
    const top = headPx + index * rowPx;
    const middle = top + 14;
    const failed = statusCode[row] === statusError;
    const beneath = (depth[row] ?? 0) === level ? countBeneath(depth, row) : 0;
    const indent = Math.min(depth[row] ?? 0, maxIndents) * indentPx;
    const text = `${failed ? '⊘ ' : ''}${plainText(strings[name[row] ?? -1] ?? '', 46) || '(no name)'}`;
    const x = xOf(startNs[row] ?? 0);
    const width = Math.max(1, xOf((startNs[row] ?? 0) + (durationsNs[row] ?? 0)) - x);
    lines.push(
      `<g>${label(8 + indent, middle, text, 'start', failed ? errorColour : '#222222', `${plainText(strings[service[row] ?? -1] ?? '', 30)}${beneath > 0 ? ` +${beneath}` : ''}`)}`,
      `<rect x="${px(x)}" y="${top + 4}" width="${px(width)}" height="12" rx="1" fill="${colourOf(service[row] ?? -1)}"${failed ? ` stroke="${errorColour}" stroke-width="2"` : ''}/>`,
      `${label(Math.min(x + width, widthPx - rightPx) + 6, middle, durationText(durationsNs[row] ?? 0), 'start', '#555555')}</g>`,
    );
  });
  if (rows.length < spanCount) lines.push(label(8, headPx + rows.length * rowPx + 16, `${spansText(spanCount - rows.length)} deeper or later are not in this picture`, 'start', '#555555'));
  const title = plainText(strings[name[0] ?? -1] ?? '', 100) || 'trace';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="8" y="24" font-size="15" font-weight="600" fill="#222222">${escaped(title)}<tspan font-size="12" font-weight="400" fill="#555555" dx="12">${escaped(`${durationText(durationNs)} · ${spansText(spanCount)} · trace ${columns.traceId}`)}</tspan></text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** The deepest level with which no more than `maxRows` rows show; never above the roots. */
function deepestLevel({ depth, spanCount }: TraceColumns, maxRows: number): number {
  const counts: number[] = [];
  for (let row = 0; row < spanCount; row++) counts[depth[row] ?? 0] = (counts[depth[row] ?? 0] ?? 0) + 1;
  let shown = 0;
  for (let level = 0; level < counts.length; level++) {
    shown += counts[level] ?? 0;
    if (shown > maxRows) return Math.max(0, level - 1);
  }
  return counts.length;
}

/** A row's descendants are the deeper rows right after it. */
function countBeneath(depth: Uint16Array, row: number): number {
  let next = row + 1;
  while (next < depth.length && (depth[next] ?? 0) > (depth[row] ?? 0)) next++;
  return next - row - 1;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle', colour: string, after = ''): string {
  const more = after === '' ? '' : `<tspan fill="#777777" dx="6">${escaped(after)}</tspan>`;
  return `<text x="${px(x)}" y="${y}" text-anchor="${anchor}" fill="${colour}">${escaped(text)}${more}</text>`;
}

function px(value: number): number {
  return Math.round(value * 100) / 100;
}

/** `plainText` has taken out the control characters; half a surrogate pair, U+FFFE and U+FFFF are not XML's either. */
function escaped(text: string): string {
  const whole = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, '\ufffd');
  return escapedMarkup(whole);
}
