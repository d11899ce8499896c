import type { Lease } from '../../lambdas/agents/lease.ts';

/** Who holds a lease, and until when; shared by all who want it. */
export class MemoryLeaseHolder {
  owner = '';
  until = 0;
}

/** A lease in memory, of one owner of several. */
export class MemoryLease implements Lease {
  readonly #holder: MemoryLeaseHolder;
  readonly #owner: string;
  readonly #length: number;

  constructor(holder: MemoryLeaseHolder, owner: string, length: number) {
    this.#holder = holder;
    this.#owner = owner;
    this.#length = length;
  }

  async take(now: number): Promise<boolean> {
    if (this.#holder.owner !== this.#owner && this.#holder.until > now) return false;
    Object.assign(this.#holder, { owner: this.#owner, until: now + this.#length });
    return true;
  }

  async release(): Promise<void> {
    if (this.#holder.owner === this.#owner) Object.assign(this.#holder, { owner: '', until: 0 });
  }

  async isTaken(now: number): Promise<boolean> {
    return this.#holder.until > now;
  }
}
