import type { Metadata, ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import type { Intake, RefusalKind } from '../intake.ts';
import type { connectionLimits } from './receiver.ts';
import { rpcCode, rpcStatus } from './responses.ts';

type Grpc = typeof import('@grpc/grpc-js');

const deadlineExceeded = 4;
const refusalKinds: ReadonlyMap<number, RefusalKind> = new Map([
  [rpcCode.permissionDenied, 'stranger'], [rpcCode.unavailable, 'unavailable'], [rpcCode.internal, 'failed'],
] as const);

/**
 * Bounds how many calls are under way at once and how long one may take to come in (the library holds the message of each before we
 * see it), and counts what is refused.
 */
export function countCalls(grpc: Grpc, limits: Pick<typeof connectionLimits, 'maxCalls' | 'requestMs'>, intake: Intake): ServerInterceptor {
  let calls = 0;
  return (_method, call) => {
    let timer: NodeJS.Timeout | undefined;
    let isCounted = false;
    let isWhole = false;
    const over = () => {
      clearTimeout(timer);
      if (isCounted) calls--;
      isCounted = false;
    };
    const refuse = (code: number, details: string, retryAfterSeconds?: number) => {
      over();
      intake.refused(retryAfterSeconds === undefined ? 'invalid' : 'overloaded');
      call.sendStatus({ code, details, metadata: statusMetadata(grpc, code, details, retryAfterSeconds) });
    };
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (calls >= limits.maxCalls) {
          const { message, retryAfterSeconds } = intake.overload();
          refuse(rpcCode.resourceExhausted, message, retryAfterSeconds);
          return;
        }
        calls++;
        isCounted = true;
        timer = setTimeout(() => refuse(deadlineExceeded, 'the request did not come whole in time'), limits.requestMs);
        next(metadata);
      })
      .withOnReceiveMessage((message, next) => {
        clearTimeout(timer);
        isWhole = true;
        next(message);
      })
      .withOnCancel(() => {
        // Gone, or refused by the library as too large, which it tells nobody.
        if (isCounted && !isWhole) intake.refused('invalid');
        over();
      })
      .build();
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        over();
        if (status.code === rpcCode.resourceExhausted) intake.refused('overloaded');
        else if (status.code !== 0) intake.refused(refusalKinds.get(status.code as never) ?? 'invalid');
        next(status);
      })
      .build();
    return new grpc.ServerInterceptingCall(call as ServerInterceptingCallInterface, responder);
  };
}

const statusDetails = 'grpc-status-details-bin';

/** With `retryAfterSeconds`, the google.rpc.Status that says so. */
export function statusMetadata(grpc: Grpc, code: number, message: string, retryAfterSeconds: number | undefined): Metadata {
  const metadata = new grpc.Metadata();
  if (retryAfterSeconds !== undefined) metadata.set(statusDetails, Buffer.from(rpcStatus('protobuf', code, message, retryAfterSeconds)));
  return metadata;
}
