const windowMs = 2000;
const bucketMs = 100;

/** Events a second over the last two seconds. */
export class RateMeter {
  readonly #buckets: { readonly bucket: number; count: number }[] = [];

  add(count: number, nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs);
    const last = this.#buckets.at(-1);
    if (last?.bucket === bucket) last.count += count;
    else this.#buckets.push({ bucket, count });
    this.#forget(nowMs);
  }

  perSecond(nowMs: number): number {
    this.#forget(nowMs);
    return (this.#buckets.reduce((sum, { count }) => sum + count, 0) * 1000) / windowMs;
  }

  #forget(nowMs: number): void {
    const oldest = Math.floor((nowMs - windowMs) / bucketMs);
    while (this.#buckets[0] !== undefined && this.#buckets[0].bucket <= oldest) this.#buckets.shift();
  }
}
