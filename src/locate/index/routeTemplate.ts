const maxTemplateLength = 2000;

/**
 * A route's template as all frameworks' are compared: `/users/{id}` of `users/:id`, `/users/<int:id>/`, `/users/[id]` and
 * `/users/{id:int}`; the rest of a path is `{*name}`. Names of parameters count, types and constraints do not.
 */
export function normalRoute(template: string): string {
  if (template.length > maxTemplateLength) return template;
  const text = template
    .replace(/\[\[?\.\.\.([\w-]+)\]?\]/g, '{*$1}')
    .replace(/\[([\w-]+)\]/g, '{$1}')
    .replace(/<path:([^<>:]+)>/g, '{*$1}')
    .replace(/<(?:[^<>:]*:)?([^<>:]+)>/g, '{$1}')
    .replace(/:([A-Za-z_]\w*)(?:\([^()]*\))?([?*+]?)/g, (whole, name: string, mark: string, at: number, all: string) =>
      isInBraces(all, at) ? whole : `{${mark === '*' || mark === '+' ? '*' : ''}${name}}`)
    .replace(/(^|\/)\*([A-Za-z_]\w*)?/g, (_whole, slash: string, name: string | undefined) => `${slash}{*${name ?? ''}}`);
  const path = plainBraces(text).replace(/\/{2,}/g, '/').replace(/\/$/, '');
  return path.startsWith('/') ? path : `/${path}`;
}

function isInBraces(text: string, at: number): boolean {
  return text.lastIndexOf('{', at) > text.lastIndexOf('}', at);
}

/** `{id:[0-9]{2}}` → `{id}`, `{**rest}` and `{rest...}` → `{*rest}`. */
function plainBraces(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '{') {
      out += text[i];
      continue;
    }
    let depth = 1;
    const start = ++i;
    for (; i < text.length && depth > 0; i++) {
      if (text[i] === '{') depth++;
      else if (text[i] === '}') depth--;
    }
    const inside = text.slice(start, depth === 0 ? --i : i);
    const [, stars = '', name = '', dots] = /^(\*{0,2})([\w-]*)(\.\.\.)?/.exec(inside) ?? [];
    out += `{${stars !== '' || dots !== undefined ? '*' : ''}${name}}`;
  }
  return out;
}

/** The last word of a route that is no parameter: what is before it may be said elsewhere. */
export function lastWord(template: string): string {
  return template.split('/').filter((segment) => /^[\w-]+$/.test(segment)).at(-1) ?? '';
}
