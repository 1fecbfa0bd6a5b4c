/** A span as the SDKs have it; all that the probe knows of it. */
export interface Span {
  isRecording?(): boolean;
  setAttribute(key: string, value: string | number): unknown;
  /** The SDK's own record of what was set; not part of the API. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  spanContext(): object;
  /** SDK 2: the parent's own span context, the very object. */
  readonly parentSpanContext?: { readonly isRemote?: boolean };
  /** SDK 1. */
  readonly parentSpanId?: string;
  /** Who makes the span: SDK 2, SDK 1. */
  readonly instrumentationScope?: { readonly name: string };
  readonly instrumentationLibrary?: { readonly name: string };
}
