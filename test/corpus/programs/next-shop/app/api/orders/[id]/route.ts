import { trace } from '@opentelemetry/api';
import { store } from '@/lib/orders';

export async function GET(_request: Request, context: { readonly params: Promise<{ readonly id: string }> }): Promise<Response> { // @span "GET /api/orders/[id]" in GET
  const { id } = await context.params;
  return trace.getTracer('api').startActiveSpan('getOrder', async (span) => { // @span getOrder in GET
    const order = await store.find(id);
    span.end();
    return Response.json(order ?? {}, { status: 200 });
  });
}
