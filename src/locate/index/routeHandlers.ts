import type { FunctionEntry, RouteEntry } from './facts.ts';
import type { FunctionIndex } from './functionIndex.ts';
import type { RouteTable } from './routeTable.ts';

/** Finds the handlers of routes that are registered in other files than they are handled. */
export class RouteHandlers {
  readonly #functions: FunctionIndex;
  readonly #table: () => RouteTable;

  constructor(functions: FunctionIndex, table: () => RouteTable) {
    this.#functions = functions;
    this.#table = table;
  }

  /** The files whose functions must be read for `placed`. */
  files({ file, handler }: RouteEntry): readonly string[] {
    if (handler === undefined || handler.name === '') return [];
    if (file.endsWith('.cs')) return this.#functions.filesWith('dotnet', handler.name);
    if (!file.endsWith('.go')) {
      const target = this.#table().handlerIn(file, handler);
      return target === undefined ? [] : [target.file];
    }
    const folder = this.#table().folderOf(file, handler.module);
    return folder === undefined ? [] : this.#functions.filesIn(folder, 'go').filter((each) => this.#functions.mayHave(each, handler.name.replace('*', '')));
  }

  /** The route at its handler; undefined where that is not known, or one of several. */
  placed(route: RouteEntry): RouteEntry | undefined {
    if (route.handler === undefined) return route;
    const files = this.files(route);
    const found = files.flatMap((file) => this.#functions.of(file)).filter((each) => this.#isHandler(each, route));
    const [only] = found;
    if (only === undefined || found.length > 1 || files.some((file) => this.#functions.isUnreadable(file))) return undefined;
    return { ...route, file: only.file, line: only.line, column: only.column, functionName: only.functionName };
  }

  #isHandler({ name, functionName }: FunctionEntry, { file, handler }: RouteEntry): boolean {
    if (handler === undefined) return false;
    if (file.endsWith('.cs')) return functionName === handler.name;
    if (!file.endsWith('.go')) {
      const target = this.#table().handlerIn(file, handler);
      return functionName === target?.name || (target?.isOfAnyClass === true && functionName?.endsWith(`.${target.name}`) === true);
    }
    const own = name.slice(name.indexOf('.') + 1);
    return handler.name.startsWith('*.') ? own.includes('.') && own.slice(own.indexOf('.')) === handler.name.slice(1) : own === handler.name;
  }
}
