export interface WaterfallPage {
  readonly scriptUri: string;
  readonly styleUri: string;
  /** The origin of the webview's own resources. */
  readonly cspSource: string;
  readonly nonce: string;
}

/**
 * The waterfall's page. Its policy allows our one script and our one style sheet and nothing else: no inline style, no
 * eval, no image, no connection. The toolkit's styles are constructed style sheets, which need no allowance; the one empty
 * style element it tries a selector in takes its nonce from the page's `csp-nonce`.
 */
export function waterfallHtml(page: WaterfallPage): string {
  const policy = `default-src 'none'; script-src 'nonce-${page.nonce}'; style-src ${page.cspSource} 'nonce-${page.nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${page.nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${page.styleUri}">
<title>Trace</title>
</head>
<body>
<script nonce="${page.nonce}" src="${page.scriptUri}"></script>
</body>
</html>
`;
}
