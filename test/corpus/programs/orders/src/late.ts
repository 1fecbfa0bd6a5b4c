import { tracer } from './telemetry';

export async function late(): Promise<void> {
  await Promise.resolve();
  tracer.startSpan('late').end(); // @span late in late
}

export class Late {
  static readonly names: readonly string[] = ['a'].map((name) => {
    tracer.startSpan('initialised').end(); // @span initialised in -
    return name;
  });

  static {
    tracer.startSpan('prepared').end(); // @span prepared in -
  }
}
