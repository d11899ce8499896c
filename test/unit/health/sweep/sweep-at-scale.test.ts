import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BEAT_MS, LeaseWorld, SWEEP_MS } from '../../../support/lease-world.ts';

const FLEET = 10_000;
const WINDOW_MS = 300_000;
const STEP_MS = 5_000;

const ids = Array.from({ length: FLEET }, (_, n) => `agent-${n}`);

/** A day of a fleet: agents beat every half minute, each at its own moment, and the leases are swept every minute. */
class Day {
  readonly world = new LeaseWorld(7);
  /** Those that do not beat now. */
  readonly silent = new Set<string>();
  /** What each sweep left. */
  readonly passes: { at: number; evicted: number; preserving: boolean; settled: number; leased: number }[] = [];
  /** Each time that a sweep may begin as a new instance, which knows nothing of the one before. */
  forgetful = false;
  /** Milliseconds by which the beats' clocks are ahead. */
  ahead = 0;
  #settled = 0;
  #sweeper = this.#instance();
  #elapsed = 0;
  /** Agents by the step of a beat's interval in which they beat. */
  readonly #turns = new Map<number, string[]>();

  static async begin(): Promise<Day> {
    const day = new Day();
    for (const id of ids) {
      await day.world.register(id);
      const turn = Math.floor(day.world.random() * (BEAT_MS / STEP_MS));
      day.#turns.set(turn, [...(day.#turns.get(turn) ?? []), id]);
    }
    await day.pass(2 * SWEEP_MS);
    expect(day.world.healths()).toMatchObject({ healthy: FLEET });
    return day;
  }

  async pass(milliseconds: number): Promise<void> {
    for (const end = this.#elapsed + milliseconds; this.#elapsed < end; ) {
      this.#elapsed += STEP_MS;
      this.world.pass(STEP_MS);
      const turn = (this.#elapsed / STEP_MS) % (BEAT_MS / STEP_MS);
      const at = this.world.now + this.ahead;
      for (const id of this.#turns.get(turn) ?? []) if (!this.silent.has(id)) this.world.beat(id, { at });
      if (this.#elapsed % SWEEP_MS === 0) await this.#sweep();
    }
  }

  /** Time in which nobody looks and nobody beats. */
  skip(milliseconds: number): void {
    this.world.pass(milliseconds);
  }

  async #sweep(): Promise<void> {
    if (this.forgetful) this.#sweeper = this.#instance();
    this.#settled = 0;
    const report = await this.world.sweep(this.#sweeper);
    if (report === undefined) throw new Error('The sweep did not run');
    const { evicted, preserving, leased } = report;
    this.passes.push({ at: this.world.now, evicted, preserving, settled: this.#settled, leased });
  }

  #instance() {
    return this.world.sweeper({
      settle: async (agentId, options) => {
        const settled = await this.world.monitor.settle(agentId, options);
        if (settled?.changed) this.#settled += 1;
        return settled;
      },
    });
  }

  lose(share: number, from = 0): void {
    for (const id of ids.slice(from * FLEET, (from + share) * FLEET)) this.silent.add(id);
  }

  get evicted(): number {
    return this.passes.reduce((sum, { evicted }) => sum + evicted, 0);
  }

  /** The most that were evicted within any window. */
  get worstWindow(): number {
    const within = (end: number) =>
      this.passes.filter(({ at }) => at <= end && at > end - WINDOW_MS).reduce((sum, { evicted }) => sum + evicted, 0);
    return Math.max(...this.passes.map(({ at }) => within(at)));
  }
}

let day: Day;

// One fleet lives through it all: to register and greet ten thousand takes longer than what they go through.
beforeAll(async () => {
  day = await Day.begin();
}, 60_000);

/** All are well, and nobody was evicted within the window that begins. */
beforeEach(async () => {
  Object.assign(day, { forgetful: false, ahead: 0 });
  day.skip(WINDOW_MS);
  await day.pass(SWEEP_MS);
  expect(day.world.healths()).toMatchObject({ healthy: FLEET });
  day.passes.length = 0;
}, 60_000);

/** Beats are back: within two intervals all is well again, and nobody preserves any more. */
async function recovers(): Promise<void> {
  day.silent.clear();
  day.ahead = 0;
  await day.pass(2 * SWEEP_MS);
  expect(day.world.healths()).toMatchObject({ healthy: FLEET });
  expect(day.passes.at(-1)).toMatchObject({ preserving: false, leased: FLEET });
}

/** Never more than the rule allows; nobody while it preserves; an agent is told of when it goes and when it is back. */
function expectDiscipline(): void {
  expect(day.worstWindow).toBeLessThanOrEqual(FLEET * 0.15);
  expect(day.passes.filter(({ preserving, evicted }) => preserving && evicted > 0)).toEqual([]);
  for (const { settled } of day.passes) expect(settled).toBeLessThanOrEqual(FLEET * 0.15);
  expect(day.passes.reduce((sum, { settled }) => sum + settled, 0)).toBe(2 * day.evicted);
  expect(day.world.failures).toEqual([]);
}

describe('ten thousand agents', () => {
  test.each([
    { share: 0.1, forgetful: false },
    { share: 0.15, forgetful: true },
  ])('lose $share of their heartbeats: those are evicted, and come back', async ({ share, forgetful }) => {
    day.forgetful = forgetful;
    day.lose(share);
    await day.pass(WINDOW_MS);
    expect(day.world.healths()).toMatchObject({ unhealthy: share * FLEET });
    expect(day.evicted).toBe(share * FLEET);

    await recovers();
    expectDiscipline();
  });

  test.each([
    { share: 0.5, at: 0, forgetful: true },
    { share: 0.5, at: 35_000, forgetful: false },
    { share: 1, at: 0, forgetful: false },
    { share: 1, at: 45_000, forgetful: true },
  ])('lose $share of their heartbeats, $at ms after a sweep: it is doubted', async ({ share, at, forgetful }) => {
    day.forgetful = forgetful;
    await day.pass(at);
    day.lose(share);
    await day.pass(WINDOW_MS + SWEEP_MS - at);
    // Leases end one after the other: a sweep may come when few of them have, and then there is nothing to doubt.
    const first = day.passes.findIndex(({ preserving }) => preserving);
    expect(first).toBeGreaterThan(0);
    expect(day.passes.slice(first).every(({ preserving, settled }) => preserving && settled === 0)).toBe(true);

    await recovers();
    expectDiscipline();
  });

  test.each([false, true])(
    'lose a tenth, and another within the window: the second is held (new instances: %s)',
    async (forgetful) => {
      day.forgetful = forgetful;
      day.lose(0.1);
      await day.pass(150_000);
      day.lose(0.1, 0.4);
      await day.pass(150_000);
      expect(day.evicted).toBeLessThanOrEqual(FLEET * 0.15);
      expect(day.passes.at(-1)).toMatchObject({ preserving: true });

      await recovers();
      expectDiscipline();
    },
  );

  test('have clocks that are four seconds ahead, and lose a tenth of their heartbeats: all the same', async () => {
    day.ahead = 4_000;
    day.lose(0.1);
    await day.pass(WINDOW_MS);
    expect(day.evicted).toBe(0.1 * FLEET);

    await recovers();
    expectDiscipline();
  });

  test('have clocks that are an hour ahead: their heartbeats are missing, and nobody is evicted for it', async () => {
    day.ahead = 3_600_000;
    await day.pass(WINDOW_MS);
    await recovers();
    expect(day.passes.every(({ settled }) => settled === 0)).toBe(true);
  });

  test('are late once, one of them, or all of them: nothing happens', async () => {
    day.silent.add('agent-4711');
    await day.pass(2 * BEAT_MS);
    day.silent.clear();
    await day.pass(2 * SWEEP_MS);
    day.lose(1);
    await day.pass(2 * BEAT_MS);
    await recovers();
    expect(day.passes.every(({ settled, preserving }) => settled === 0 && !preserving)).toBe(true);
  });
});
