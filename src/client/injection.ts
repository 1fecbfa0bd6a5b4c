import { captureAttribute } from '../model/span.ts';
import { appendNodeOption } from './nodeOptions.ts';
import type { ProbePaths } from './probePaths.ts';
import { prependPythonPath } from './pythonPath.ts';

/** Variables by name; undefined and empty both mean "not set" (OpenTelemetry specification, environment variables). */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface InjectionInput {
  /** What the program would get without us. */
  readonly environment: Environment;
  /** The hub's receivers, as HubStatus gives them. */
  readonly otlpHttp: string;
  readonly otlpGrpc: string | undefined;
  /** undefined for programs that belong to no capture: those of a terminal. */
  readonly captureId: string | undefined;
  /**
   * What the program is called where nothing else says it: given where its SDK lets a name set in code win over the resource attributes
   * of the environment.
   */
  readonly serviceName?: string;
  /** Of each runtime that the program, or what it starts, may have: the variables of one are nothing to the other. */
  readonly probes: ProbePaths;
}

export interface Injection {
  /** To add to the environment, or to replace in it. Never one the person set, but for lists, to which ours is added. */
  readonly variables: Readonly<Record<string, string>>;
  /** What we left alone because the person set it: a sentence each, with what it means and what to do. */
  readonly notes: readonly string[];
  /** False where the person's own settings keep spans from the hub. */
  readonly spansWillCome: boolean;
}

/**
 * The environment that makes a program's own OpenTelemetry SDK send to the hub, and the probe stamp sites.
 *
 * Kept to what is needed. Exporters of logs and metrics are not asked for: the SDKs have their own defaults, and what they do
 * send comes to the same endpoint. `OTEL_SERVICE_NAME` is never given: it would win over the name that a program sets on its
 * resource in code.
 */
export function injectEnvironment(input: InjectionInput): Injection {
  const { environment } = input;
  const get = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const variables: Record<string, string> = {};
  const notes: string[] = [];
  const obstacles = obstaclesIn(get, input);

  const setDefault = (name: string, value: string): void => {
    if (get(name) === undefined) variables[name] = value;
  };
  setDefault('OTEL_EXPORTER_OTLP_ENDPOINT', protocolOf(get) === 'grpc' ? (input.otlpGrpc ?? input.otlpHttp) : input.otlpHttp);
  // Some SDKs speak gRPC where nothing is said. A person who chose an endpoint chose what it speaks too, so only for ours.
  if (get('OTEL_EXPORTER_OTLP_ENDPOINT') === undefined && get('OTEL_EXPORTER_OTLP_PROTOCOL') === undefined) {
    const ours = ['TRACES', 'LOGS', 'METRICS'].filter((signal) => get(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) === undefined);
    if (ours.length === 3) variables.OTEL_EXPORTER_OTLP_PROTOCOL = 'http/protobuf';
    else for (const signal of ours) setDefault(`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'http/protobuf');
  }
  setDefault('OTEL_TRACES_EXPORTER', 'otlp');
  // The defaults are five seconds and one: too late for a lens, and lost when a program is stopped.
  setDefault('OTEL_BSP_SCHEDULE_DELAY', '100');
  setDefault('OTEL_BLRP_SCHEDULE_DELAY', '100');
  const attributes = withAttributes(get('OTEL_RESOURCE_ATTRIBUTES'), input, get('OTEL_SERVICE_NAME') !== undefined);
  if (attributes !== undefined) variables.OTEL_RESOURCE_ATTRIBUTES = attributes;
  addProbes(input, variables, notes);
  // Only what we may send to the hub: spans that a program does not make by itself must not reach anybody else through us.
  if (input.probes.python !== undefined && input.captureId !== undefined && obstacles.length === 0) variables.TRACELINE_PYTHON_AUTO = '1';
  const share = sampledShare(get);
  if (share !== undefined && share > 0 && share < 1) {
    notes.push(`OTEL_TRACES_SAMPLER keeps only ${share * 100} % of the traces, so figures are of those. Unset it to see every request.`);
  }
  if (get('OTEL_JAVAAGENT_ENABLED')?.toLowerCase() === 'false') notes.push('OTEL_JAVAAGENT_ENABLED is false, so the agent does nothing in Java programs. Unset it to trace them.');
  if (get('OTEL_PYTHON_DISABLED_INSTRUMENTATIONS')?.split(',').some((name) => name.trim() === '*') === true) {
    notes.push('OTEL_PYTHON_DISABLED_INSTRUMENTATIONS is *, so no library of a Python program is traced. Unset it to trace them.');
  }
  // Python's exporters take a proxy even to the loopback; those of Go, Java and Node do not.
  if (input.probes.python !== undefined && input.probes.node === undefined && isProxied(get)) {
    notes.push('HTTP_PROXY is set, and a Python program sends its spans to 127.0.0.1 through it. Add 127.0.0.1 to NO_PROXY.');
  }
  return { variables, notes: [...obstacles, ...notes], spansWillCome: obstacles.length === 0 };
}

/** The variables that load our probes into the program. Without them its spans come all the same, but name no line. */
function addProbes({ environment, probes }: InjectionInput, variables: Record<string, string>, notes: string[]): void {
  if (probes.node === undefined && probes.python === undefined) return;
  if (environment.TRACELINE_PROBE?.trim() === 'off') notes.push('TRACELINE_PROBE is off, so spans will have no line of their own. Unset it to get them.');
  if (probes.node !== undefined) {
    const options = appendNodeOption(environment.NODE_OPTIONS ?? '', '--require', probes.node);
    if (options === undefined) notes.push('NODE_OPTIONS has a quote that is not closed, so the probe is not loaded: spans will have no line. Close the quote.');
    else variables.NODE_OPTIONS = options;
  }
  if (probes.python !== undefined) {
    const pythonPath = prependPythonPath(environment.PYTHONPATH ?? '', probes.python);
    if (pythonPath === undefined) {
      notes.push(`Python programs get no probe, so their spans will have no line: ${probes.python} cannot stand in PYTHONPATH, since its name holds what parts the list.`);
    } else {
      variables.PYTHONPATH = pythonPath;
    }
  }
}

type Get = (name: string) => string | undefined;

function isProxied(get: Get): boolean {
  const proxy = get('http_proxy') ?? get('HTTP_PROXY') ?? get('all_proxy') ?? get('ALL_PROXY');
  const except = (get('no_proxy') ?? get('NO_PROXY') ?? '').split(',').map((entry) => entry.trim());
  return proxy !== undefined && !except.some((entry) => entry === '*' || entry === '127.0.0.1' || entry.startsWith('127.0.0.0/'));
}

function protocolOf(get: Get): string | undefined {
  return get('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? get('OTEL_EXPORTER_OTLP_PROTOCOL');
}

/** The person's settings that keep spans from the hub. */
function obstaclesIn(get: Get, input: InjectionInput): readonly string[] {
  const obstacles: string[] = [];
  for (const name of ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE']) {
    if (get(name) !== undefined) {
      obstacles.push(`${name} is set, and the SDK then reads nothing else from the environment: no spans will come unless that file sends them to ${input.otlpHttp}. Unset it, or add that endpoint to the file.`);
    }
  }
  if (get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') {
    obstacles.push('OTEL_SDK_DISABLED is true, so the program makes no spans. Unset it to see them.');
  }
  const exporters = get('OTEL_TRACES_EXPORTER');
  if (exporters !== undefined && !exporters.split(',').some((name) => /^otlp/.test(name.trim()))) {
    obstacles.push(`OTEL_TRACES_EXPORTER is ${exporters}, so spans are not sent to Traceline. Unset it, or add otlp to it.`);
  }
  if (sampledShare(get) === 0) {
    obstacles.push(`OTEL_TRACES_SAMPLER (${get('OTEL_TRACES_SAMPLER')}) drops every trace. Unset it to see them.`);
  }
  const endpoint = elsewhere(get, input);
  if (endpoint !== undefined) {
    obstacles.push(`${endpoint} is set, so spans go there and not to Traceline. Unset it, or set it to ${input.otlpHttp}.`);
  }
  if (endpoint === undefined && protocolOf(get) === 'grpc' && input.otlpGrpc === undefined) {
    obstacles.push('The program is set to speak gRPC, for which the hub has no port at present. Set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf.');
  }
  return obstacles;
}

/** The variable that sends traces to another place than the hub. The one of the signal alone wins (OTLP exporter specification). */
function elsewhere(get: Get, input: InjectionInput): string | undefined {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = get(name);
    if (value === undefined) continue;
    const ours = [input.otlpHttp, input.otlpGrpc].some((own) => own !== undefined && samePlace(value, own));
    return ours ? undefined : name;
  }
  return undefined;
}

/** Host and port; every name of this machine's loopback is the same. A gRPC endpoint may come without a scheme. */
function samePlace(one: string, other: string): boolean {
  const place = (text: string): string | undefined => {
    let url;
    try {
      url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    } catch {
      return undefined;
    }
    const host = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/.test(url.hostname) ? 'loopback' : url.hostname;
    return `${host}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
  };
  const at = place(one);
  return at !== undefined && at === place(other);
}

/** The share of traces that the person's sampler keeps, where it says so: 0 for none, undefined for all. */
function sampledShare(get: Get): number | undefined {
  const sampler = get('OTEL_TRACES_SAMPLER')?.toLowerCase();
  if (sampler === 'always_off' || sampler === 'parentbased_always_off') return 0;
  if (sampler !== 'traceidratio' && sampler !== 'parentbased_traceidratio') return undefined;
  const share = Number(get('OTEL_TRACES_SAMPLER_ARG') ?? '1');
  // Out of range or no number at all: the SDK takes 1 (specification, general SDK configuration).
  return share >= 0 && share <= 1 ? share : undefined;
}

/** The person's list with our entries at its end, percent-encoded (resource SDK specification). undefined where there is nothing to add. */
function withAttributes(own: string | undefined, { captureId, serviceName }: InjectionInput, isNamed: boolean): string | undefined {
  const nameOf = (entry: string): string | undefined => entry.split('=')[0]?.trim();
  const entries = (own ?? '').split(',').filter((entry) => entry.trim() !== '');
  const kept = captureId === undefined ? entries : entries.filter((entry) => nameOf(entry) !== captureAttribute);
  const added = [
    ...(serviceName === undefined || isNamed || entries.some((entry) => nameOf(entry) === 'service.name') ? [] : [`service.name=${encodeURIComponent(serviceName)}`]),
    ...(captureId === undefined ? [] : [`${captureAttribute}=${encodeURIComponent(captureId)}`]),
  ];
  return added.length === 0 ? undefined : [...kept, ...added].join(',');
}
