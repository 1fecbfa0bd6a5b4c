import { escapedMarkup } from './escapedMarkup.ts';

export interface MessagePage {
  readonly text: string;
  /** What the page posts when the button is pressed, and what is on it. */
  readonly actions: readonly { readonly action: string; readonly label: string }[];
  /** Where something is under way: what a bar's length says. It comes with the first `{percent}` that the page is sent. */
  readonly progress: string | undefined;
  readonly nonce: string;
}

/** A page that says one thing and offers what can be done about it: it posts `{action}` and hears `{percent}`. Its policy allows its own script and style alone. */
export function messageHtml({ text, actions, progress, nonce }: MessagePage): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  const buttons = actions.map(({ action, label }) => `<button type="button" data-action="${escapedMarkup(action)}">${escapedMarkup(label)}</button>`).join('\n');
  const bar = progress === undefined ? '' : `<div class="progress" hidden><progress max="100" value="0" aria-label="${escapedMarkup(progress)}"></progress><span aria-hidden="true"></span></div>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trace</title>
<style nonce="${nonce}">
body { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px; min-height: 90vh; }
main { display: contents; }
h1 { max-width: 70ch; margin: 0; font: inherit; overflow-wrap: anywhere; text-align: center; }
div { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 8px; }
div[hidden] { display: none; }
progress { width: 240px; max-width: 60vw; height: 6px; accent-color: var(--vscode-progressBar-background); }
.progress span { min-width: 5ch; font-variant-numeric: tabular-nums; }
button { padding: 4px 12px; font: inherit; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; background: var(--vscode-button-background); color: var(--vscode-button-foreground); cursor: pointer; }
button:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<div role="status"><h1>${escapedMarkup(text)}</h1></div>
${bar}<div>
${buttons}
</div>
</main>
<script nonce="${nonce}">
const host = acquireVsCodeApi();
for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => host.postMessage({ action: button.dataset.action }));
const bar = document.querySelector('.progress');
if (bar !== null) addEventListener('message', ({ data: { percent } }) => {
  if (typeof percent !== 'number') return;
  bar.hidden = false;
  bar.firstElementChild.value = percent;
  bar.lastElementChild.textContent = percent + ' %';
});
</script>
</body>
</html>
`;
}
