import type { WaterfallMemory } from '../../src/protocol/waterfall.ts';
import { type Carried, nothingCarried, shownAtFirst } from '../layout/carried.ts';
import type { TraceModel } from '../layout/traceModel.ts';

/** What a page that is loaded again takes over. */
export function carriedOf(memory: WaterfallMemory): Carried {
  return {
    ...nothingCarried,
    selectedId: memory.selectedSpanId,
    collapsed: memory.collapsed ?? [],
    opened: memory.opened ?? [],
    zoom: memory.zoom,
    shown: { ...shownAtFirst, critical: memory.hidesCritical !== true, clocksCorrected: memory.clocksCorrected === true },
  };
}

/** What it leaves behind. */
export function memoryOf(model: TraceModel, page: Pick<WaterfallMemory, 'traceId' | 'topSpanId' | 'nameWidthPx' | 'detailsSizePx' | 'view' | 'compare'>): WaterfallMemory {
  return {
    ...page,
    selectedSpanId: model.selectedId,
    collapsed: model.collapsedIds(),
    opened: model.openedIds(),
    zoom: model.isZoomed ? model.window : undefined,
    hidesCritical: !model.shown.critical,
    clocksCorrected: model.shown.clocksCorrected,
  };
}
