import type { Theme } from './theme.ts';

const stepPx = 5;

/**
 * A stretch of a bar in which nothing ran: hollow, with slanting lines in the bar's own colour. They stand at the same places in
 * every row, so that what was held together reads as one column.
 */
export function hatch(context: CanvasRenderingContext2D, colour: string, left: number, top: number, widthPx: number, heightPx: number, theme: Theme): void {
  context.save();
  context.beginPath();
  context.rect(left, top, widthPx, heightPx);
  context.clip();
  context.fillStyle = theme.background;
  context.fillRect(left, top, widthPx, heightPx);
  context.strokeStyle = colour;
  context.lineWidth = theme.highContrast ? 1.5 : 1;
  context.beginPath();
  for (let x = Math.floor((left - heightPx) / stepPx) * stepPx; x < left + widthPx; x += stepPx) {
    context.moveTo(x, top + heightPx);
    context.lineTo(x + heightPx, top);
  }
  context.moveTo(left, top + 0.5);
  context.lineTo(left + widthPx, top + 0.5);
  context.moveTo(left, top + heightPx - 0.5);
  context.lineTo(left + widthPx, top + heightPx - 0.5);
  context.stroke();
  context.restore();
}
