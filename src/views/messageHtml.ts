import { escapedMarkup } from './escapedMarkup.ts';

export interface MessagePage {
  readonly text: string;
  /** What the page posts when the button is pressed, and what is on it. */
  readonly actions: readonly { readonly action: string; readonly label: string }[];
  readonly nonce: string;
}

/** A page that says one thing and offers what can be done about it: it posts `{action}`. Its policy allows its own script and style alone. */
export function messageHtml({ text, actions, nonce }: MessagePage): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  const buttons = actions.map(({ action, label }) => `<button type="button" data-action="${escapedMarkup(action)}">${escapedMarkup(label)}</button>`).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trace</title>
<style nonce="${nonce}">
body { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px; min-height: 90vh; }
p { max-width: 70ch; margin: 0; overflow-wrap: anywhere; text-align: center; }
div { display: flex; flex-wrap: wrap; justify-content: center; gap: 8px; }
button { padding: 4px 12px; font: inherit; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; background: var(--vscode-button-background); color: var(--vscode-button-foreground); cursor: pointer; }
button:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
</style>
</head>
<body>
<p role="status">${escapedMarkup(text)}</p>
<div>
${buttons}
</div>
<script nonce="${nonce}">
const host = acquireVsCodeApi();
for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => host.postMessage({ action: button.dataset.action }));
</script>
</body>
</html>
`;
}
