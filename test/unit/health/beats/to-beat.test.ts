import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Health } from '../../../../lambdas/agents/status.ts';
import { BEAT_STATUSES, type Beat, foldBeat, resultsOf } from '../../../../lambdas/health/beats/beat.ts';
import { toldBy } from '../../../../lambdas/health/beats/heartbeat.ts';
import { MAX_TOLD_BYTES, TTL_SECONDS } from '../../../../lambdas/health/beats/heartbeat-bounds.ts';
import { itemBytes } from '../../../../lambdas/health/beats/item-bytes.ts';
import { leaseEnd, MAX_AHEAD_MS } from '../../../../lambdas/health/beats/lease-of-beat.ts';
import { takeHeartbeat } from '../../../../lambdas/health/beats/take-heartbeat.ts';
import { toBeat } from '../../../../lambdas/health/beats/to-beat.ts';
import { HISTORY } from '../../../../lambdas/health/health-status.ts';
import { judge } from '../../../../lambdas/health/judging/judge.ts';
import { isoTime } from '../../../../lambdas/shared/clock.ts';
import { START, WITHOUT_WAITING } from '../../../support/agents.ts';
import { LeaseWorld } from '../../../support/lease-world.ts';

const PLACE = { pk: 'LIVENESS#a', sk: 'BEAT', incarnation: 'first' };
const NEVER: Beat = { agentId: 'a', incarnation: 'first', streak: 0, recent: [] };

/** Half a minute apart, the last one at the start; `p` passed, `f` failed, `h` partial. */
const recent = (letters: string): number[] =>
  [...letters].map((letter, n) => (START - (letters.length - 1 - n) * 30_000) * 4 + 'fph'.indexOf(letter));

const anItem = (fields: object = {}) => ({ ...PLACE, at: START, ttl: 90, status: 'healthy', ...fields });
const beatOf = (fields: object = {}): Beat => toBeat('a', anItem(fields));

describe('a beat from its item', () => {
  test('has never come where there is no stamp that is a number', () => {
    expect(toBeat('a', PLACE)).toEqual(NEVER);
    for (const at of ['x', null, [START], { N: START }, Number.NaN, 1e100, true]) {
      expect(beatOf({ at, streak: 3, recent: recent('ppp'), metrics: { cpuUsage: 1 } })).toEqual(NEVER);
    }
  });

  test.each([-1, START + 0.5, 1e15, -1e15])('has no lease by a stamp that is no time: %d', (at) => {
    const beat = beatOf({ at });
    expect(leaseEnd(beat, START)).toBeUndefined();
    // The next one follows it all the same.
    expect(foldBeat(beat, { at: START, ttl: 90, status: 'healthy' })).toMatchObject({ at: START, streak: 1 });
  });

  test.each([
    [1e12, 86_400],
    [86_400, 86_400],
    [9, 10],
    [-5, 10],
    [30.5, 30],
    ['90', undefined],
    [Number.NaN, undefined],
  ])('grants no lease that the registry would not: %p is %p', (ttl, granted) => {
    expect(beatOf({ ttl }).ttl).toBe(granted);
  });

  test.each<[string, number | string, number]>([
    ['fppp', 1_000_000, 3],
    ['fppp', 3, 3],
    ['fppp', 1, 1],
    ['fppp', -5, 1],
    ['fppp', 'many', 1],
    ['pff', -1_000, -2],
    ['pff', 7, -1],
    ['pph', 7, 0],
    ['', 5, 0],
    ['ppppppppp', 12, 9],
    ['pppppppppp', 12, 12],
    ['ffffffffff', -120, -120],
    ['ffffffffff', Number.MIN_SAFE_INTEGER, -1e9],
  ])('has no longer streak than its results show: %s with %p has %p', (letters, streak, shown) => {
    expect(beatOf({ recent: recent(letters), streak }).streak).toBe(shown);
  });

  test.each<[string, unknown]>([
    ['no list', 'abc'],
    ['more than ten', recent('ppppppppppp')],
    ['no numbers', [`${START * 4}`]],
    ['no whole numbers', [START * 4 + 0.5]],
    ['numbers below 0', [-4, START * 4]],
    ['numbers that are none', [Number.NaN]],
    ['numbers that are too large', [2 ** 60]],
    ['results in no order', recent('pp').reverse()],
    ['two results at once', [START * 4, START * 4 + 1]],
    ['a result from after the beat', [START * 4 + 4]],
  ])('has no results where they are %s', (_, wrong) => {
    expect(beatOf({ recent: wrong, streak: 2 })).toMatchObject({ streak: 0, recent: [] });
  });

  test('tells of metrics that are numbers, and of checks with a name and a status', () => {
    const metrics = { cpuUsage: 0.5, memoryUsage: '90 %', taskQueue: null, more: { a: 1 }, none: Number.NaN };
    const good = { name: 'toolAccess', status: 'healthy' };
    const checks = [good, null, 'x', { name: 'a' }, { name: 1, status: 'b' }, { ...good, message: 7, more: 1 }];
    expect(beatOf({ metrics, checks })).toMatchObject({ metrics: { cpuUsage: 0.5 }, checks: [good, good] });
    expect(beatOf({ metrics: [1], checks: { a: good } })).not.toMatchObject({ metrics: expect.anything() });
    expect(beatOf({ checks: { a: good } })).not.toHaveProperty('checks');
  });

  test('tells of nothing where it tells more than a heartbeat may', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({ name: `check-${n}`, status: 'x' }));
    expect(beatOf({ checks: many })).not.toHaveProperty('checks');
    expect(beatOf({ metrics: { ['x'.repeat(MAX_TOLD_BYTES)]: 1 } })).not.toHaveProperty('metrics');
  });

  test('says not what its agent calls healthy by a word that there is not', () => {
    expect(beatOf({ status: 'splendid' })).not.toHaveProperty('status');
    expect(toBeat('a', { ...PLACE, incarnation: 5 }).incarnation).toBe('');
  });
});

/** What an agent can have written: anything at all, or what is nearly a beat. */
const anything = fc.anything({ withBigInt: true, withSet: true, withTypedArray: true, maxDepth: 2 });
const nearTime = fc.oneof(
  fc.integer({ min: START - 200_000, max: START + 200_000 }),
  fc.double(),
  fc.constantFrom(0, -1, 1e15, 8.64e15, 8.64e15 + 1, 1e300),
);
const or = (...near: fc.Arbitrary<unknown>[]) =>
  fc.oneof(...near.map((arbitrary) => ({ arbitrary, weight: 3 })), anything);
const items = fc
  .record(
    {
      at: or(nearTime),
      ttl: or(fc.integer({ min: -10, max: 100_000 }), fc.double()),
      status: or(fc.constantFrom(...BEAT_STATUSES)),
      streak: or(fc.integer({ min: -12, max: 12 }), fc.double()),
      recent: or(
        fc.stringMatching(/^[pfh]{0,11}$/).map(recent),
        fc.array(nearTime.map((time) => time * 4 + 1)),
        fc.array(anything),
      ),
      metrics: or(fc.dictionary(fc.constantFrom('cpuUsage', 'memory_usage', 'x'), or(fc.double()))),
      checks: or(fc.array(or(fc.record({ name: or(fc.constant('tool_access')), status: or(fc.string()) })))),
    },
    { requiredKeys: [] },
  )
  .map((fields) => ({ ...PLACE, ...fields }));

const TESTS: ('toolAccess' | 'mcpConnections' | 'filePermissions')[] = [
  'toolAccess',
  'mcpConnections',
  'filePermissions',
];
const DECLARED = { resourceCheck: {}, functionalityTest: TESTS };

describe('whatever an agent writes into its item', () => {
  test('is judged like any other, and its lease ends at a time', () => {
    fc.assert(
      fc.property(items, fc.constantFrom<Health>('healthy', 'degraded', 'unhealthy', 'unknown'), (item, health) => {
        const beat = toBeat('a', item);
        const { recent: kept } = resultsOf(beat);
        expect(kept.length).toBeLessThanOrEqual(HISTORY);
        expect(itemBytes(beat.metrics ?? {}) + itemBytes(beat.checks ?? [])).toBeLessThanOrEqual(MAX_TOLD_BYTES);
        const end = leaseEnd(beat, START);
        if (end !== undefined) {
          expect(Date.parse(isoTime(end))).toBe(end);
          expect(end).toBeLessThanOrEqual(START + MAX_AHEAD_MS + TTL_SECONDS.max * 1_000);
        }
        judge({ health, since: 0, declared: DECLARED, beat, evict: true }, START);
        const next = foldBeat(beat, { at: START, ttl: 90, status: 'healthy' });
        expect(toBeat('a', { ...next })).toEqual(next);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is read, swept and beaten over without a fault', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (item) => {
        const world = new LeaseWorld();
        const { context, beats, monitor } = world;
        for (const id of ['a', 'b']) await world.register(id, { monitoring: { resourceCheck: {} } });
        const { incarnation = '' } = context.store.beats.get('a') ?? {};
        context.store.beats.set('a', toBeat('a', { ...item, incarnation }));
        world.beat('b');
        await world.sweep(world.sweeper());
        const { lease } = await monitor.status('a');
        if (lease) expect(Date.parse(lease.expiresAt)).toBeGreaterThan(0);
        const ports = { beats, agents: context.store, monitor, clock: context.clock, retries: WITHOUT_WAITING };
        const { expiresAt } = await takeHeartbeat(ports, 'a', { status: 'healthy', ttl: 90 });
        expect(Date.parse(expiresAt)).toBeGreaterThanOrEqual(world.now + 90_000);
        expect(world.failures).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

test('a beat that the registry wrote comes back as it was', () => {
  const said = fc.record({
    pause: fc.integer({ min: -5_000, max: 100_000 }),
    status: fc.constantFrom(...BEAT_STATUSES),
    ttlSeconds: fc.integer({ min: TTL_SECONDS.min, max: TTL_SECONDS.max }),
    metrics: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double({ min: -1e15, max: 1e15, noNaN: true }), {
      maxKeys: 12,
    }),
    health: fc.record({
      checks: fc.array(fc.record({ name: fc.string({ minLength: 1 }), status: fc.constant('ok') }), { maxLength: 4 }),
    }),
  });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 25 }), (all) => {
      let now = START;
      let beat = NEVER;
      for (const { pause, ...heartbeat } of all) {
        now += pause;
        beat = foldBeat(beat, { ...toldBy(heartbeat), at: now });
        expect(toBeat('a', { ...PLACE, ...beat })).toEqual(beat);
      }
    }),
    { numRuns: 300 },
  );
});
