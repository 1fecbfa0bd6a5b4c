import { nextRouter, type RouterReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const appFile = /^(?:.*?\/)??(?:src\/)?app\/(?:(.*)\/)?(route|page)\.[cm]?[jt]sx?$/;
const pagesFile = /^(?:.*?\/)??(?:src\/)?pages\/(.*)\.[cm]?[jt]sx?$/;

/** Next.js routes by where a file is. */
export function isNextFile(relativePath: string): boolean {
  return appFile.test(relativePath) || pagesFile.test(relativePath);
}

export function readNext(facts: FactsBuilder): void {
  const [, appPath, kind] = appFile.exec(facts.relativePath) ?? [];
  if (kind === undefined) {
    const [, path = ''] = pagesFile.exec(facts.relativePath) ?? [];
    const template = `/${path.replace(/(?:^|\/)index$/, '')}`;
    if (path.startsWith('api/')) handler(facts, ['*'], template, 'default');
    // Folders of this name are in other programs, too.
    else if (!/^_|^(?:404|500)$|\.(?:test|spec|stories)$/.test(path)) handler(facts, ['GET', 'HEAD'], template, 'default', { module: undefined, name: nextRouter });
    return;
  }
  const segments = (appPath ?? '').split('/').filter((segment) => segment !== '' && !/^\(.*\)$|^@/.test(segment));
  // Private folders and intercepted routes are no routes of their own.
  if (segments.some((segment) => /^_|^\(\./.test(segment))) return;
  const template = `/${segments.join('/')}`;
  if (kind === 'page') handler(facts, ['GET'], template, 'default');
  else for (const verb of verbs) handler(facts, [verb], template, verb);
}

function handler(facts: FactsBuilder, methods: readonly string[], template: string, exported: string, router?: RouterReference): void {
  const inside = facts.exports.get(exported);
  if (inside === undefined) return;
  const found = facts.functionNamed(inside) ?? facts.functionNamed(inside === '<default>' ? 'default' : exported);
  if (found !== undefined) facts.route(methods, template, router, found.node, found.node);
}
