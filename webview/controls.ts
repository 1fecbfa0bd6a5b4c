/**
 * The only module that knows @vscode/webview-ui-toolkit, which is no longer developed: replacing it means rewriting this file.
 * Its badge is not used: it sets a style attribute, which the page's policy forbids.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDivider } from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDivider());

export function button(label: string, look: 'primary' | 'secondary', onClick: () => void): HTMLElement {
  const control = document.createElement('vscode-button');
  control.setAttribute('appearance', look);
  control.textContent = label;
  control.addEventListener('click', onClick);
  return control;
}

/** A button that shows a sign alone; `label` is its tooltip and what a screen reader says. */
export function iconButton(label: string, icon: Element, onClick: () => void): HTMLElement {
  const control = document.createElement('vscode-button');
  control.setAttribute('appearance', 'icon');
  control.setAttribute('aria-label', label);
  control.title = label;
  control.append(icon);
  control.addEventListener('click', onClick);
  return control;
}

export function divider(): HTMLElement {
  return document.createElement('vscode-divider');
}
