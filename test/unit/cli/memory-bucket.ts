import type { WritableBucket } from '../../../bin/cli/bucket.ts';

/** Objects in memory, by `bucket/key`. */
export class MemoryBucket implements WritableBucket {
  readonly contents = new Map<string, Uint8Array>();
  /** Every call that wrote, in order. */
  readonly writes: string[] = [];

  /** Puts an object there behind the callers' backs. */
  set(path: string, content: string | object): void {
    this.contents.set(path, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
  }

  keys(): string[] {
    return [...this.contents.keys()].sort();
  }

  async objects(bucket: string, prefix: string): Promise<{ readonly key: string; readonly size: number }[]> {
    const start = `${bucket}/${prefix}`;
    return this.keys()
      .filter((path) => path.startsWith(start))
      .map((path) => ({ key: path.slice(bucket.length + 1), size: this.contents.get(path)?.length ?? 0 }));
  }

  async bytes(bucket: string, key: string): Promise<Uint8Array> {
    return this.contents.get(`${bucket}/${key}`) ?? new Uint8Array();
  }

  async put(bucket: string, key: string, content: Uint8Array): Promise<void> {
    this.writes.push(`put ${key}`);
    this.contents.set(`${bucket}/${key}`, content);
  }

  async remove(bucket: string, key: string): Promise<void> {
    this.writes.push(`remove ${key}`);
    this.contents.delete(`${bucket}/${key}`);
  }
}
