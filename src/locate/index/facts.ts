/** What reading one file of the workspace gives. Lines and columns are 1-based; files are absolute, as `paths.ts` writes them. */

interface EntryPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function that is there or around it, as `FunctionRange.name` has it. */
  readonly functionName: string | undefined;
}

export interface FunctionEntry extends EntryPlace {
  readonly kind: 'function';
  /** With all that stands around it in its own file: `com.foo.Bar.method`, `Admin::Ctrl#show`, Go's `pkg.Type.Method`; modules that are folders are not in it. */
  readonly name: string;
}

/** A call, annotation or macro that makes a span of a literal name. */
export interface SpanNameEntry extends EntryPlace {
  readonly kind: 'spanName';
  readonly name: string;
  readonly by: 'call' | 'annotation';
  /** The tracer's name, where the file says it beyond doubt. */
  readonly scopeHint: string | undefined;
}

/** The place is the handler where it is in the file, else where the route is registered. */
export interface RouteEntry extends EntryPlace {
  readonly kind: 'route';
  /** `GET /users/:id` as written, without what is mounted before it. */
  readonly name: string;
  /** Upper case; `*` is any. */
  readonly methods: readonly string[];
  readonly template: string;
  /** What the route is registered on; undefined for the root of a program. */
  readonly router: RouterReference | undefined;
}

/** A method that serves a remote call. */
export interface RpcEntry extends EntryPlace {
  readonly kind: 'rpc';
  /** `Service/Method`, the service without its package. */
  readonly name: string;
}

export type IndexEntry = FunctionEntry | SpanNameEntry | RouteEntry | RpcEntry;

/** A router by its name in a file: in this one where `module` is undefined, else what that module exports under `name`. */
export interface RouterReference {
  readonly module: string | undefined;
  readonly name: string;
}

export interface RouterFact {
  readonly prefix: string;
  /** What a router is that nobody is seen to mount: the root of a program, or one whose prefix is not known. */
  readonly unmounted: 'root' | 'unknown';
}

export interface MountFact {
  readonly target: RouterReference;
  readonly on: RouterReference | undefined;
  readonly prefix: string;
  /** The prefix stands in place of the router's own (Flask). */
  readonly replaces: boolean;
}

export interface FileFacts {
  readonly entries: readonly (SpanNameEntry | RouteEntry | RpcEntry)[];
  readonly routers: ReadonlyMap<string, RouterFact>;
  readonly mounts: readonly MountFact[];
  /** Exported name → the name inside; `default` is the module itself. */
  readonly exports: ReadonlyMap<string, string>;
  /** What a NestJS program puts before all of its routes. */
  readonly globalPrefixes: readonly string[];
}

/** The router that NestJS controllers are on. */
export const nestRouter = '@nest';
