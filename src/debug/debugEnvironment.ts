import type { Environment } from '../client/injection.ts';

/** A debug configuration as the adapter will get it: variables substituted, anything else unchecked. */
export interface Configuration {
  readonly type: string;
  readonly request: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

const nodeTypes = new Set(['node', 'pwa-node', 'node-terminal']);
const pythonTypes = new Set(['debugpy', 'python']);

/** Types that start no program of the person's, or take no `env` object. */
const otherKinds = /^(?:pwa-)?(?:extensionHost|chrome|msedge|firefox|safari)$|^cppdbg$|^cppvsdbg$/;

/** What will run; undefined for a session that we leave alone: an attach, a browser, another extension host. */
export function debugRuntime(configuration: Configuration): 'node' | 'python' | 'other' | undefined {
  if (configuration.request !== 'launch' || otherKinds.test(configuration.type)) return undefined;
  // The session of one process of a program that Node's debugger has started already.
  if (configuration.__pendingTargetId !== undefined) return undefined;
  const { env } = configuration;
  if (env !== undefined && env !== null && (typeof env !== 'object' || Array.isArray(env))) return undefined;
  if (nodeTypes.has(configuration.type)) return 'node';
  return pythonTypes.has(configuration.type) ? 'python' : 'other';
}

/** The `.env` files a configuration names. */
export function envFilesOf(configuration: Configuration): readonly string[] {
  const { envFile } = configuration;
  return (Array.isArray(envFile) ? (envFile as readonly unknown[]) : [envFile]).filter((file): file is string => typeof file === 'string' && file !== '');
}

/**
 * What the program would get without us: the window's own environment, the configuration's `.env` files over it, its `env`
 * over both (null there takes a variable away).
 *
 * But for NODE_OPTIONS: Node's debugger puts it together itself, from its bootloader, the configuration's value (ours, then)
 * and, in newer versions, the window's. With the window's in ours it would be there twice, or against its will.
 */
export function debugEnvironment(configuration: Configuration, windowEnvironment: Environment, fileEnvironment: Environment): Environment {
  const own = configuration.env as Readonly<Record<string, unknown>> | null | undefined;
  const fromOwn = Object.entries(own ?? {}).map(([name, value]) => [name, value === null || value === undefined ? undefined : String(value)] as const);
  return { ...windowEnvironment, NODE_OPTIONS: undefined, ...fileEnvironment, ...Object.fromEntries(fromOwn) };
}
