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
  /** The handler, where it is not in this file. */
  readonly handler?: HandlerReference;
}

/**
 * A function by its name: what `module` exports, else one of the same package (Go) or of any file (C#'s `Class.Method`). In Go a name without
 * its type is `*.Method`. What cannot be told has no name.
 */
export type HandlerReference = RouterReference;

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
  /** undefined where it cannot be read: then its routes are not known. */
  readonly prefix: string | undefined;
  /** What a router is that nobody is seen to mount: the root of a program, or one whose prefix is not known. */
  readonly unmounted: 'root' | 'unknown';
}

export interface MountFact {
  readonly target: RouterReference;
  readonly on: RouterReference | undefined;
  /** undefined where it cannot be read. */
  readonly prefix: string | undefined;
  /** The prefix stands in place of the router's own (Flask). */
  readonly replaces: boolean;
}

/** All files of a folder are mounted, each beneath the folders that lead to it (`@fastify/autoload`). */
export interface MountedFolder {
  /** From the file's own folder. */
  readonly folder: string;
  readonly on: RouterReference | undefined;
  readonly prefix: string | undefined;
}

/** A type whose methods serve a service's calls, in whatever files of the package they are (Go). */
export interface ServiceFact {
  /** Without its package. */
  readonly service: string;
  readonly type: string;
}

/** How a NestJS program puts versions into paths; undefined where it puts them elsewhere. */
export type NestVersioning = { readonly prefix: string; readonly defaults: readonly string[] | undefined } | undefined;

export interface FileFacts {
  readonly entries: readonly (SpanNameEntry | RouteEntry | RpcEntry)[];
  /** Those whose name or path has holes (`openText.ts`). */
  readonly open: readonly (SpanNameEntry | RouteEntry)[];
  readonly routers: ReadonlyMap<string, RouterFact>;
  readonly mounts: readonly MountFact[];
  /** Exported name → the name inside; `default` is the module itself. */
  readonly exports: ReadonlyMap<string, string>;
  /** What a NestJS program puts before all of its routes. */
  readonly globalPrefixes: readonly string[];
  readonly nestVersionings: readonly NestVersioning[];
  readonly mountedFolders: readonly MountedFolder[];
  readonly services: readonly ServiceFact[];
}

/** The router that NestJS controllers are on; `@nest:2` for version 2, `@nest:` for what has none on purpose. */
export const nestRouter = '@nest';

/** Begins the name of a router that a function of a Go package is given or returns: it is known in the whole package. */
export const functionRouterMark = 'func:';
/** Begins the name of a router that a C# method is given by whoever calls it on one, in any file. */
export const extensionRouterMark = 'extension:';
/** The router that files of Next.js are on, where a folder is known to be a program of it. */
export const nextRouter = '@next';
