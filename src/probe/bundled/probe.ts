import type { Span } from '@opentelemetry/api';
import type { FunctionSite } from '../functionSite.ts';
import type { SiteOfCall } from '../siteOfCall.ts';

export type AnyFunction = (...parameters: never[]) => unknown;

/** What is preloaded, as the bundled SDK needs it. */
export interface Probe {
  /** Makes the tracer stamp sites. */
  stampSpans(tracer: object, asked: () => SiteOfCall | undefined): void;
  place(span: Span, site: FunctionSite): void;
  expectFunction(one: AnyFunction): void;
  siteOfFunction(one: AnyFunction): FunctionSite | undefined;
  siteOfAsking(below: AnyFunction): SiteOfCall | undefined;
  siteOfUse(below: AnyFunction, used: RegExp): SiteOfCall | undefined;
  whileRunning<T>(site: () => FunctionSite | undefined, call: () => T): T;
}
