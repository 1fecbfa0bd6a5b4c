import { tracer } from './telemetry';

export class Orders {
  async find(id: number): Promise<{ readonly id: number }> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const span = tracer.startSpan('findOrder'); // @span findOrder in Orders.find
    try {
      return await this.read(id);
    } finally {
      span.end();
    }
  }

  private async read(id: number): Promise<{ readonly id: number }> {
    return tracer.startActiveSpan('readOrder', async (span) => { // @span readOrder in Orders.read
      await Promise.resolve();
      span.end();
      return { id };
    });
  }
}
