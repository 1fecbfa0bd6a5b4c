import { tracer } from "./telemetry";

interface Unused {
  readonly a: string;
}

export function windowsLines(unused?: Unused): void {
  void unused;
  tracer.startSpan("crlf").end(); // @span crlf in windowsLines
}
