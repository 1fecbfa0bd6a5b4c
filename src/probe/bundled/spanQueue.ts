import { TraceFlags } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { HubConnection } from './hubConnection.ts';

const maxQueued = 8192;
const batchSize = 1024;

// The program's tests may put others in their place.
const { setTimeout } = globalThis;

/** Sends spans that have ended, `delayMs` after the first of them; the rest as the process ends. */
export class SpanQueue implements SpanProcessor {
  readonly #hub: HubConnection;
  readonly #delayMs: number;
  #spans: ReadableSpan[] = [];
  #isTimed = false;

  constructor(hub: HubConnection, delayMs: number) {
    this.#hub = hub;
    this.#delayMs = delayMs;
    process.on('exit', () => this.#send());
  }

  onStart(): void {
    // The connection must stand when the spans end, or the process does.
    this.#hub.prepare();
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0 || this.#spans.length >= maxQueued) return;
    this.#spans.push(span);
    if (this.#isTimed) return;
    this.#isTimed = true;
    setTimeout(() => {
      this.#isTimed = false;
      this.#send();
    }, this.#delayMs).unref();
  }

  forceFlush(): Promise<void> {
    this.#send();
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  #send(): void {
    const spans = this.#spans;
    this.#spans = [];
    for (let from = 0; from < spans.length; from += batchSize) {
      try {
        const body = ProtobufTraceSerializer.serializeRequest(spans.slice(from, from + batchSize));
        if (body !== undefined) this.#hub.send(body);
      } catch {
        // The program must not notice: these spans are lost.
      }
    }
  }
}
