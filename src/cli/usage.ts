/** The person called us wrongly: said on standard error with the command's usage, exit code 2. */
export class UsageError extends Error {
  static is(error: unknown): error is UsageError {
    return error instanceof UsageError;
  }
}

/** Something did not work: said on standard error, exit code 1. */
export class CommandError extends Error {
  static is(error: unknown): error is CommandError {
    return error instanceof CommandError;
  }
}

export const usages = {
  hub: 'traceline hub [--data DIR] [--otlp-http PORT] [--otlp-grpc PORT] [--json]',
  status: 'traceline status [--data DIR] [--json]',
  traces: 'traceline traces [--data DIR] [--service S] [--name TEXT] [--min-duration MS] [--errors] [--limit N] [--json]',
  trace: 'traceline trace ID [--data DIR] [--format text|otlp-json] [--json]',
  functions: 'traceline functions --workspace DIR [--data DIR] [--json]',
  explain: 'traceline explain SPAN_ID --workspace DIR [--data DIR] [--json]',
  import: 'traceline import FILE… [--data DIR] [--json]',
  export: 'traceline export [ID…] [--out FILE] [--format otlp-json|jaeger-json] [--data DIR]',
  run: 'traceline run [--data DIR] -- CMD ARGS…',
} as const;

export type CommandName = keyof typeof usages;

export const help = `Traceline: see every OpenTelemetry span on the line of code that made it.

${Object.values(usages).map((usage) => `  ${usage}`).join('\n')}

--data names the hub's data folder (default: the per-user one, or TRACELINE_DATA).
--json prints one JSON document. Errors go to standard error; the exit code is 1, or 2 for wrong usage.
`;
