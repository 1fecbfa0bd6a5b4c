import * as api from '@opentelemetry/api';
import {
  type Context,
  context,
  createContextKey,
  propagation,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as core from '@opentelemetry/core';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import * as instrumentation from '@opentelemetry/instrumentation';
import type { Instrumentation, InstrumentationConfig } from '@opentelemetry/instrumentation';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { SiteOfCall } from '../siteOfCall.ts';
import { bridgeApi } from './bridgeApi.ts';
import { functionHooks, nameFunctions } from './frameworkFunctions.ts';
import { honoScope, traceHono } from './honoRoutes.ts';
import { HubConnection } from './hubConnection.ts';
import { keepShapes } from './keepShapes.ts';
import { markLateCalls } from './lateCalls.ts';
import { markLateQueries } from './lateQueries.ts';
import { localOnly } from './localPropagator.ts';
import { applyHooks } from './moduleHookStubs.ts';
import type { AnyFunction, Probe } from './probe.ts';
import { SpanQueue } from './spanQueue.ts';

/** What the instrumentations, each in a file of its own, share with this one: scripts/lib/probeBuilds.mjs. */
export const shared = { api, core, instrumentation };

export interface SdkOptions {
  readonly endpoint: URL;
  /** Where the person's environment names none. */
  readonly serviceName: string;
  /** What the environment says of the program. */
  readonly resource: Readonly<Record<string, string>>;
  readonly probe: Probe;
}

export interface BundledSdk {
  instrument(type: new (config: InstrumentationConfig) => Instrumentation, config: InstrumentationConfig): void;
  /** What the instrumentations make of a loaded module; one of Node's own is in no folder. */
  loaded(exports: unknown, name: string, folder: string | undefined): unknown;
  /** Gives a copy of @opentelemetry/api that the program loaded our SDK to talk to. */
  bridge(exports: unknown): void;
  /** Runs a call; spans that begin later because of it, with none of the program's code on the stack, have the site where it was `asked` for. */
  within<T>(asked: SiteOfCall | undefined, call: () => T): T;
  /** From now on nothing is made and nothing handed on: the program has an SDK of its own. */
  standAside(): void;
}

export type StartSdk = (options: SdkOptions) => BundledSdk;

const askedKey = createContextKey('traceline.asked');
const globalApi = Symbol.for('opentelemetry.js.api.1');

export const startSdk: StartSdk = ({ endpoint, serviceName, resource, probe }) => {
  let ours = true;
  const hub = new HubConnection(endpoint);
  hub.prepare();
  const delayMs = Number(process.env.OTEL_BSP_SCHEDULE_DELAY ?? '100');
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })).merge(resourceFromAttributes(resource)),
    spanProcessors: [new SpanQueue(hub, Number.isFinite(delayMs) && delayMs >= 0 ? delayMs : 100)],
  });
  const contextManager = new AsyncLocalStorageContextManager().enable();
  const w3c = localOnly(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
  const propagator: TextMapPropagator = {
    inject: (...parameters) => (ours ? w3c.inject(...parameters) : undefined),
    extract: (from, ...parameters) => (ours ? w3c.extract(from, ...parameters) : from),
    fields: () => (ours ? w3c.fields() : []),
  };
  const yielding = new YieldingProvider(provider, () => ours);
  context.setGlobalContextManager(contextManager);
  propagation.setGlobalPropagator(propagator);
  trace.setGlobalTracerProvider(yielding);
  probe.stampSpans(provider.getTracer('traceline'), () => context.active().getValue(askedKey) as SiteOfCall | undefined);

  const within: BundledSdk['within'] = (asked, call) => (ours && asked !== undefined ? context.with(context.active().setValue(askedKey, asked), call) : call());

  return {
    instrument(type, config) {
      const instance = new type({ ...config, ...functionHooks(type.name, probe) });
      keepShapes(instance);
      nameFunctions(instance, type.name, probe);
    },
    loaded(exports, name, folder) {
      const patched = applyHooks(exports, name, folder);
      traceHono(patched, name, trace.getTracer(honoScope), probe);
      const siteOf = (below: AnyFunction): SiteOfCall | undefined => (ours ? probe.siteOfAsking(below) : undefined);
      markLateCalls(patched, name, (call, below) => within(siteOf(below), call));
      markLateQueries(patched, name, { siteOf, within });
      return patched;
    },
    bridge: (exports) => bridgeApi(exports, { isOurs: () => ours, provider: yielding, contextManager, propagator }),
    within,
    standAside() {
      ours = false;
    },
  };
};

/** Tracers of ours while `isOurs`; afterwards those of the program, for whoever took one before, and for our instrumentations none that records. */
class YieldingProvider implements TracerProvider {
  readonly #provider: TracerProvider;
  readonly #isOurs: () => boolean;

  constructor(provider: TracerProvider, isOurs: () => boolean) {
    this.#provider = provider;
    this.#isOurs = isOurs;
  }

  getTracer(...parameters: Parameters<TracerProvider['getTracer']>): Tracer {
    const own = this.#provider.getTracer(...parameters);
    const present = (): Tracer => {
      if (this.#isOurs()) return own;
      const theirs = (globalThis as unknown as Record<symbol, { trace?: TracerProvider } | undefined>)[globalApi]?.trace;
      // An instrumentation of ours: theirs make the span.
      if (theirs === undefined || parameters[0] === honoScope || parameters[0].startsWith('@opentelemetry/instrumentation')) return noTracer;
      return theirs.getTracer(...parameters);
    };
    return {
      startSpan: (name: string, options?: SpanOptions, within?: Context): Span => present().startSpan(name, options, within),
      startActiveSpan: (...args: unknown[]) => (present().startActiveSpan as (...all: unknown[]) => never)(...args),
    };
  }
}

const noTracer: Tracer = {
  startSpan: () => trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }),
  startActiveSpan: (...args: unknown[]) => (args.at(-1) as (span: Span) => never)(noTracer.startSpan('')),
};
