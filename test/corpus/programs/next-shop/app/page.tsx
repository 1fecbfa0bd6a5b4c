import { trace } from '@opentelemetry/api';
import { store } from '@/lib/orders';

export const dynamic = 'force-dynamic';

type Props = { readonly searchParams: Promise<Record<string, string>> };

export default async function Page({ searchParams }: Props) { // @span "GET /" in Page
  const { id } = await searchParams;
  const span = trace.getTracer('page').startSpan('renderHome'); // @span renderHome in Page
  const order = await store.find(id ?? 'a');
  span.end();
  return (
    <main>
      <h1>{order?.total}</h1>
      <Total label={`order ${order?.id}`} />
    </main>
  );
}

async function Total({ label }: { readonly label: string }) {
  await Promise.resolve();
  trace.getTracer('page').startSpan('renderTotal').end(); // @span renderTotal in Total
  return <p>{label}</p>;
}
