import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deregisterAgent } from '../../../../lambdas/agents/deregister-agent.ts';
import { LeaseWorld } from '../../../support/lease-world.ts';

const SIZE = 24;
const ids = Array.from({ length: SIZE }, (_, n) => `agent-${n}`);
const WINDOW_MS = 300_000;

type Step =
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'beat'; readonly from: number; readonly count: number; readonly ttl: number }
  | { readonly do: 'sweep'; readonly anew: boolean }
  | { readonly do: 'leave' | 'return'; readonly who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 120 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('beat' as const),
      from: fc.nat(SIZE - 1),
      count: fc.integer({ min: 1, max: SIZE }),
      ttl: fc.constantFrom(30, 90, 300),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sweep' as const), anew: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'return' as const), who: fc.nat(SIZE - 1) }),
  },
);

/** What a careful person would write down of it all: who promised to live until when, and who was evicted when. */
class Notebook {
  readonly promises = new Map<string, number>();
  readonly offline = new Set<string>();
  readonly evictions: number[] = [];

  /**
   * Holds a sweep against the notes, and writes it down.
   *
   * @param anew whether the sweep looked at everybody; else it may not know yet of whoever has just begun to beat
   */
  sweep(evicted: readonly string[], now: number, anew: boolean): void {
    const lives = (id: string) => (this.promises.get(id) ?? 0) > now;
    const leased = [...this.promises.keys()].filter((id) => lives(id) || !this.offline.has(id));
    const expired = leased.filter((id) => !lives(id)).sort();
    const recent = this.evictions.filter((at) => at > now - WINDOW_MS).length;
    const [gone, fleet] = [expired.length + recent, leased.length + recent];
    const isTooMany = gone >= 3 && gone > fleet * 0.15;
    if (anew) expect(evicted.toSorted()).toEqual(isTooMany ? [] : expired);
    expect(expired).toEqual(expect.arrayContaining([...evicted]));
    if (evicted.length > 0) expect(recent + evicted.length).toBeLessThanOrEqual(Math.max(2, fleet * 0.15));
    for (const id of evicted) {
      this.offline.add(id);
      this.evictions.push(now);
    }
  }
}

class History {
  readonly world = new LeaseWorld();
  readonly notes = new Notebook();
  #sweeper = this.world.sweeper();
  readonly #living = new Set(ids);

  async take(next: Step): Promise<void> {
    const { world } = this;
    if (next.do === 'pass') world.pass(next.seconds * 1_000);
    else if (next.do === 'beat') this.#beat(next);
    else if (next.do === 'sweep') await this.#sweep(next.anew);
    else await this.#change(next.do, ids[next.who] ?? '');
  }

  #beat({ from, count, ttl }: Step & { do: 'beat' }): void {
    for (let n = from; n < from + count; n += 1) {
      const id = ids[n % SIZE] ?? '';
      if (!this.#living.has(id)) continue;
      this.world.beat(id, { ttl });
      this.notes.promises.set(id, (this.world.context.store.beats.get(id)?.at ?? 0) + ttl * 1_000);
    }
  }

  async #sweep(anew: boolean): Promise<void> {
    if (anew) this.#sweeper = this.world.sweeper();
    const before = this.world.transitions().length;
    const report = await this.world.sweep(this.#sweeper);
    const told = this.world.transitions().slice(before);
    const evicted = told.filter(({ reason }) => reason.includes('LEASE_EXPIRED')).map(({ agentId }) => agentId);
    expect(report).toMatchObject({ evicted: evicted.length });
    this.notes.sweep(evicted, this.world.now, anew);
    for (const { agentId, health } of told) if (health !== 'unhealthy') this.notes.offline.delete(agentId);
  }

  async #change(what: 'leave' | 'return', id: string): Promise<void> {
    if ((what === 'leave') !== this.#living.has(id)) return;
    if (what === 'leave') {
      await deregisterAgent(this.world.context, { id, actor: 'tester' });
      this.#living.delete(id);
    } else {
      await this.world.register(id);
      this.#living.add(id);
    }
    this.notes.promises.delete(id);
    this.notes.offline.delete(id);
  }
}

test('whatever happens, a sweep evicts those whose promise is over, all of them or nobody: as a notebook has it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
      const history = new History();
      for (const id of ids) await history.world.register(id);
      for (const next of steps) await history.take(next);
    }),
    { numRuns: 150 },
  );
}, 60_000);
