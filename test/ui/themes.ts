/** The variables of VS Code's own themes that the webview uses, as VS Code puts them on the page's root element. */
const shared = {
  'font-family': "'DejaVu Sans', system-ui, sans-serif",
  'font-size': '13px',
  'editor-font-family': "'DejaVu Sans Mono', monospace",
};

export const themes = {
  dark: {
    bodyClass: 'vscode-dark',
    variables: {
      ...shared,
      'foreground': '#cccccc', 'descriptionForeground': '#9d9d9d', 'errorForeground': '#f85149', 'focusBorder': '#0078d4',
      'editor-background': '#1f1f1f', 'editor-foreground': '#cccccc', 'sideBar-background': '#181818', 'panel-border': '#2b2b2b',
      'editorWidget-background': '#202020', 'editorWidget-foreground': '#cccccc', 'widget-border': '#313131', 'widget-shadow': '#0000005c',
      'textLink-foreground': '#4daafc', 'textLink-activeForeground': '#4daafc',
      'list-activeSelectionBackground': '#04395e', 'list-activeSelectionForeground': '#ffffff', 'list-inactiveSelectionBackground': '#37373d', 'list-hoverBackground': '#2a2d2e', 'list-focusOutline': '#0078d4',
      'tree-indentGuidesStroke': '#585858', 'badge-background': '#616161', 'badge-foreground': '#f8f8f8',
      'input-background': '#313131', 'input-foreground': '#cccccc', 'input-placeholderForeground': '#989898', 'settings-textInputBorder': '#3c3c3c', 'dropdown-border': '#3c3c3c', 'settings-dropdownListBorder': '#454545',
      'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1', 'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c',
      'icon-foreground': '#cccccc', 'toolbar-hoverBackground': '#5a5d5e50', 'editor-findMatchHighlightBackground': '#ea5c0055', 'scrollbarSlider-background': '#79797966', 'scrollbarSlider-hoverBackground': '#646464b3',
      'charts-red': '#f14c4c', 'charts-blue': '#3794ff', 'charts-yellow': '#cca700', 'charts-orange': '#d18616', 'charts-green': '#89d185', 'charts-purple': '#b180d7',
      'terminal-ansiCyan': '#11a8cd', 'terminal-ansiMagenta': '#bc3fbc', 'debugTokenExpression-name': '#c586c0',
    },
  },
  light: {
    bodyClass: 'vscode-light',
    variables: {
      ...shared,
      'foreground': '#3b3b3b', 'descriptionForeground': '#3b3b3b', 'errorForeground': '#f85149', 'focusBorder': '#005fb8',
      'editor-background': '#ffffff', 'editor-foreground': '#3b3b3b', 'sideBar-background': '#f8f8f8', 'panel-border': '#e5e5e5',
      'editorWidget-background': '#f8f8f8', 'editorWidget-foreground': '#3b3b3b', 'widget-border': '#e5e5e5', 'widget-shadow': '#00000029',
      'textLink-foreground': '#005fb8', 'textLink-activeForeground': '#005fb8',
      'list-activeSelectionBackground': '#e8e8e8', 'list-activeSelectionForeground': '#000000', 'list-inactiveSelectionBackground': '#e4e6f1', 'list-hoverBackground': '#f2f2f2', 'list-focusOutline': '#005fb8', 'list-focusAndSelectionOutline': '#005fb8',
      'tree-indentGuidesStroke': '#a9a9a9', 'badge-background': '#cccccc', 'badge-foreground': '#3b3b3b',
      'input-background': '#ffffff', 'input-foreground': '#3b3b3b', 'input-placeholderForeground': '#767676', 'settings-textInputBorder': '#cecece', 'dropdown-border': '#cecece', 'settings-dropdownListBorder': '#c8c8c8',
      'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8', 'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc',
      'icon-foreground': '#3b3b3b', 'toolbar-hoverBackground': '#b8b8b850', 'editor-findMatchHighlightBackground': '#ea5c0055', 'scrollbarSlider-background': '#64646466', 'scrollbarSlider-hoverBackground': '#646464b3',
      'charts-red': '#e51400', 'charts-blue': '#1a85ff', 'charts-yellow': '#bf8803', 'charts-orange': '#d18616', 'charts-green': '#388a34', 'charts-purple': '#652d90',
      'terminal-ansiCyan': '#0598bc', 'terminal-ansiMagenta': '#bc05bc', 'debugTokenExpression-name': '#9b46b0',
    },
  },
  highContrast: {
    bodyClass: 'vscode-high-contrast',
    variables: {
      ...shared,
      'foreground': '#ffffff', 'descriptionForeground': '#ffffffb3', 'errorForeground': '#f48771', 'focusBorder': '#f38518', 'contrastBorder': '#6fc3df', 'contrastActiveBorder': '#f38518',
      'editor-background': '#000000', 'editor-foreground': '#ffffff', 'sideBar-background': '#000000', 'panel-border': '#6fc3df',
      'editorWidget-background': '#0c141f', 'editorWidget-foreground': '#ffffff', 'widget-border': '#6fc3df',
      'textLink-foreground': '#21a6ff', 'textLink-activeForeground': '#21a6ff', 'list-focusOutline': '#f38518',
      'tree-indentGuidesStroke': '#a9a9a9', 'badge-background': '#000000', 'badge-foreground': '#ffffff',
      'input-background': '#000000', 'input-foreground': '#ffffff', 'input-placeholderForeground': '#ffffffb3', 'settings-textInputBorder': '#6fc3df', 'dropdown-border': '#6fc3df', 'settings-dropdownListBorder': '#6fc3df',
      'button-foreground': '#ffffff', 'button-border': '#6fc3df', 'button-secondaryForeground': '#ffffff', 'icon-foreground': '#ffffff',
      'editor-findMatchHighlightBorder': '#f38518', 'scrollbarSlider-background': '#6fc3df99', 'scrollbarSlider-hoverBackground': '#6fc3dfcc',
      'charts-red': '#f14c4c', 'charts-blue': '#3794ff', 'charts-yellow': '#cca700', 'charts-orange': '#d18616', 'charts-green': '#89d185', 'charts-purple': '#b180d7',
      'terminal-ansiCyan': '#00cdcd', 'terminal-ansiMagenta': '#cd00cd', 'debugTokenExpression-name': '#ffffff',
    },
  },
} as const;

export type ThemeName = keyof typeof themes;
