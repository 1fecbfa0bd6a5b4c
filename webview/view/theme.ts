import type { Rgb } from '../layout/colours.ts';
import { contrast, cssColour, mix, parseColour, withContrast } from '../layout/colours.ts';
import { paletteSize } from '../layout/serviceSlots.ts';

// Red is left to errors. The calm ones come first: `serviceSlots` fills these before the others.
const servicePalette = ['charts-blue', 'charts-green', 'charts-orange', 'charts-purple', 'terminal-ansiCyan', 'charts-yellow', 'terminal-ansiMagenta'] as const;

/** The editor's theme as the canvases need it. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly error: string;
  readonly errorText: string;
  /** The same over a selected row that has not the focus. */
  readonly errorTextSelected: string;
  /** For what is worth a look, as text. */
  readonly warnText: string;
  readonly match: string;
  readonly focus: string;
  readonly font: string;
  readonly highContrast: boolean;
  /** The colour of a service's slot: at least 3:1 against the background. */
  service(slot: number): string;
  /** Black or white, whichever reads better on a colour. */
  on(colour: string): string;
}

/** Reads the theme's variables from the page. Cheap enough for every theme change, not for every frame. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const background = parseColour(style.getPropertyValue('--vscode-editor-background')) ?? (document.body.classList.contains('vscode-light') ? white : black);
  const colour = (name: string, fallback: Rgb): Rgb => parseColour(style.getPropertyValue(`--vscode-${name}`), background) ?? fallback;
  const foreground = colour('foreground', background === white ? black : white);
  const description = colour('descriptionForeground', foreground);
  // Some themes give descriptions the colour of all other text.
  const muted = withContrast(contrast(description, foreground) < 1.3 ? mix(background, foreground, 0.7) : description, background, foreground, 4.8);
  const red = colour('charts-red', colour('errorForeground', foreground));
  const highContrast = document.body.classList.contains('vscode-high-contrast') || document.body.classList.contains('vscode-high-contrast-light');
  const services = new Map<number, string>();
  return {
    background: cssColour(background),
    foreground: cssColour(foreground),
    muted: cssColour(muted),
    grid: cssColour(mix(background, foreground, highContrast ? 0.35 : 0.1)),
    error: cssColour(withContrast(red, background, foreground, 3)),
    // A little more than 4.5:1, since side bars differ from the editor's background.
    errorText: cssColour(withContrast(red, background, foreground, 4.9)),
    errorTextSelected: cssColour(withContrast(red, colour('list-inactiveSelectionBackground', background), foreground, 4.5)),
    warnText: cssColour(withContrast(colour('charts-yellow', foreground), mix(background, colour('charts-yellow', foreground), 0.22), foreground, 4.6)),
    match: cssColour(colour('editor-findMatchHighlightBackground', mix(background, foreground, 0.3))),
    focus: cssColour(colour('focusBorder', foreground)),
    font: getComputedStyle(document.body).fontFamily || 'sans-serif',
    highContrast,
    on(text) {
      const behind = parseColour(text) ?? background;
      return contrast(behind, pureBlack) >= contrast(behind, white) ? cssColour(pureBlack) : cssColour(white);
    },
    service(slot) {
      let text = services.get(slot);
      if (text === undefined) {
        const name = servicePalette[slot % servicePalette.length] ?? 'charts-blue';
        services.set(slot, (text = cssColour(withContrast(shade(colour(name, muted), slot, foreground, background), background, foreground, 3))));
      }
      return text;
    },
  };
}

const white: Rgb = { r: 255, g: 255, b: 255 };
const pureBlack: Rgb = { r: 0, g: 0, b: 0 };
const black: Rgb = { r: 30, g: 30, b: 30 };

// The second seven services get the same hues paler, the third deeper, and so on around.
function shade(pure: Rgb, slot: number, foreground: Rgb, background: Rgb): Rgb {
  const cycle = Math.floor(slot / paletteSize) % 3;
  return cycle === 0 ? pure : cycle === 1 ? mix(pure, foreground, 0.45) : mix(pure, background, 0.35);
}

/** Calls back when the person changes the colour theme or the zoom of the screen. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}

/** Colours that CSS needs and cannot work out itself. */
export function publishTheme(theme: Theme, root: HTMLElement): void {
  const set = (name: string, value: string): void => {
    if (root.style.getPropertyValue(name) !== value) root.style.setProperty(name, value);
  };
  set('--error-text', theme.errorText);
  set('--error-text-selected', theme.errorTextSelected);
  set('--warn-text', theme.warnText);
  set('--muted', theme.muted);
  set('--grid', theme.grid);
}
