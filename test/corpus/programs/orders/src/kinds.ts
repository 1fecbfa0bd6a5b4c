import { tracer } from './telemetry';

export enum Kind {
  Standard = 'standard',
  Express = 'express',
}

namespace labels {
  export const of = (kind: Kind): string => {
    tracer.startSpan('label').end(); // @span label in of
    return kind.toUpperCase();
  };
}

export function kindOf(kind: Kind): string {
  tracer.startSpan('kind').end(); // @span kind in kindOf
  return labels.of(kind);
}
