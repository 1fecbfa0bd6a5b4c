import path from 'node:path';
import type { Configuration } from './debugEnvironment.ts';

/**
 * Types whose SDK takes a name set in code before one that is among the resource attributes of the environment, and has no better
 * one of its own where neither is set (`unknown_service`). Not Node, whose SDK takes the environment's first; nor Java, .NET and
 * PHP, which know the application's name from its build.
 */
const nameless = new Set(['debugpy', 'python', 'go', 'rdbg', 'ruby_lsp', 'lldb', 'lldb-dap', 'gdb']);

/** Names that say what kind of file it is and not of which program. */
const generic = /^(?:main|app|__main__|manage|server|index|run|start|wsgi|asgi|cmd|src|uvicorn|gunicorn|hypercorn|flask|fastapi|django|celery|streamlit)$/i;

/** What the spans of a launch are called by where the program itself says nothing; undefined where it had better be its SDK's to say. */
export function debugServiceName(configuration: Configuration, folder: string | undefined): string | undefined {
  if (!nameless.has(configuration.type)) return undefined;
  const { program, module, cwd } = configuration;
  const base = typeof module === 'string' ? (module.split('.')[0] ?? '') : typeof program === 'string' ? path.basename(program).replace(/\.\w+$/, '') : '';
  if (base !== '' && base !== '.' && !generic.test(base)) return base;
  const around = typeof program === 'string' && path.isAbsolute(program) && typeof module !== 'string' ? path.dirname(program) : typeof cwd === 'string' && path.isAbsolute(cwd) ? cwd : folder;
  const name = path.basename(around ?? '');
  return name === '' || generic.test(name) ? (folder === undefined ? undefined : path.basename(folder) || undefined) : name;
}
