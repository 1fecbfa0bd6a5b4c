import type { Environment } from '../client/injection.ts';
import type { Configuration } from './debugEnvironment.ts';

/**
 * What a Java launch gets so that it runs with the OpenTelemetry agent: `vmArgs`, as java-debug takes them (a text or a list).
 * Not `JAVA_TOOL_OPTIONS`, of which every JVM that the program starts would tell on its standard error. Nothing where there is
 * an agent already.
 */
export function withJavaAgent(configuration: Configuration, agentPath: string, environment: Environment): { readonly vmArgs?: string | readonly string[] } {
  const own = configuration.vmArgs;
  const given = Array.isArray(own) ? own.join(' ') : typeof own === 'string' ? own : '';
  if ([given, environment.JAVA_TOOL_OPTIONS, environment.JDK_JAVA_OPTIONS].some((text) => /-javaagent:\S*(?:opentelemetry|otel)/i.test(text ?? ''))) return {};
  const option = `-javaagent:${agentPath}`;
  if (Array.isArray(own)) return { vmArgs: [option, ...(own as readonly string[])] };
  return { vmArgs: [/[\s"]/.test(option) ? `"${option.replaceAll('"', '\\"')}"` : option, given].filter((part) => part !== '').join(' ') };
}
