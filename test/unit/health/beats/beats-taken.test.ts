import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { StoreBusyError } from '../../../../lambdas/agents/agent-store.ts';
import { deregisterAgent } from '../../../../lambdas/agents/deregister-agent.ts';
import { loadLiving } from '../../../../lambdas/agents/get-agent.ts';
import { foldBeat } from '../../../../lambdas/health/beats/beat.ts';
import { toldBy, validateHeartbeat } from '../../../../lambdas/health/beats/heartbeat.ts';
import { parseBatch, takeBatch } from '../../../../lambdas/health/beats/heartbeat-batch.ts';
import { MAX_TOLD_BYTES } from '../../../../lambdas/health/beats/heartbeat-bounds.ts';
import { itemBytes } from '../../../../lambdas/health/beats/item-bytes.ts';
import { type BeatContext, takeHeartbeat } from '../../../../lambdas/health/beats/take-heartbeat.ts';
import { HealthMonitor } from '../../../../lambdas/health/health-monitor.ts';
import { NotFoundError, UnavailableError } from '../../../../lambdas/shared/errors.ts';
import { logger } from '../../../../lambdas/shared/telemetry.ts';
import { aContext, registered, type TestContext, WITHOUT_WAITING } from '../../../support/agents.ts';
import { brokenRules, rejectionOf } from '../../../support/errors.ts';
import { MemoryBeatStore } from '../../../support/memory-beat-store.ts';

const WELL = { status: 'healthy', ttl: 90 } as const;

let context: TestContext;
let beats: MemoryBeatStore;
let ports: BeatContext;

beforeEach(async () => {
  context = aContext();
  beats = new MemoryBeatStore(context.store);
  const monitor = new HealthMonitor({ context, beats, checks: { find: async () => undefined } });
  ports = { beats, agents: context.store, monitor, clock: context.clock, retries: WITHOUT_WAITING };
  await registered(context, { id: 'mason', name: 'mason' });
});

const anew = async (id: string) => {
  await deregisterAgent(context, { id, actor: 'tester' });
  await registered(context, { id, name: id });
};

describe('a heartbeat', () => {
  test('says how long the agent lives by it, and makes it healthy with the second', async () => {
    expect(await takeHeartbeat(ports, 'mason', WELL)).toEqual({
      ...{ agentId: 'mason', health: 'unknown', expiresAt: '2026-11-21T10:01:30.000Z' },
    });
    context.clock.advance(30_000);

    expect(await takeHeartbeat(ports, 'mason', { ...WELL, ttl: 10 })).toMatchObject({
      ...{ health: 'healthy', expiresAt: '2026-11-21T10:00:40.000Z' },
    });
    expect(context.store.changes().at(-1)).toMatchObject({ type: 'AgentStatusUpdated', actor: 'health-monitor' });
  });

  test('of a healthy agent that is well loads no document', async () => {
    for (let n = 0; n < 3; n += 1) {
      context.store.calls.length = 0;
      context.clock.advance(30_000);
      await takeHeartbeat(ports, 'mason', WELL);
    }
    expect(context.store.calls).not.toContain('load');
  });

  test('that says unhealthy counts as a failure: the third takes the agent offline at once', async () => {
    for (const status of ['healthy', 'healthy', 'unhealthy', 'unhealthy'] as const) {
      await takeHeartbeat(ports, 'mason', { ...WELL, status });
      context.clock.advance(30_000);
    }
    expect(await takeHeartbeat(ports, 'mason', { ...WELL, status: 'unhealthy' })).toMatchObject({
      health: 'unhealthy',
    });
  });

  test('that breaks a limit which the agent declares makes it degraded', async () => {
    await registered(context, { id: 'full', name: 'full', monitoring: { resourceCheck: {} } });
    for (let n = 0; n < 2; n += 1) {
      await takeHeartbeat(ports, 'full', WELL);
      context.clock.advance(30_000);
    }
    expect(await takeHeartbeat(ports, 'full', { ...WELL, metrics: { memoryUsage: 0.95 } })).toMatchObject({
      health: 'degraded',
    });
  });

  test.each(['nobody', 'mason'])('of an agent that is not there (any more) is of nobody: %s', async (id) => {
    await deregisterAgent(context, { id: 'mason', actor: 'tester' });

    expect(await rejectionOf(takeHeartbeat(ports, id, WELL))).toBeInstanceOf(NotFoundError);
    expect(context.store.beats.size).toBe(0);
  });

  test('that is overtaken by another follows it', async () => {
    let others = 3;
    beats.hook = async (call) => {
      if (call !== 'write' || others === 0) return;
      others -= 1;
      context.clock.advance(1);
      const beat = context.store.beats.get('mason');
      if (beat) context.store.beats.set('mason', { ...beat, at: context.clock.now() });
    };

    expect(await takeHeartbeat(ports, 'mason', WELL)).toMatchObject({ health: 'unknown' });
    expect(others).toBe(0);
  });

  test('is not taken for another of the same moment', async () => {
    let others = 1;
    beats.hook = async (call) => {
      if (call !== 'write' || others === 0) return;
      others -= 1;
      const beat = context.store.beats.get('mason');
      if (beat) context.store.beats.set('mason', foldBeat(beat, { at: context.clock.now(), ...WELL }));
    };

    await takeHeartbeat(ports, 'mason', { ...WELL, status: 'unhealthy' });
    expect(context.store.beats.get('mason')).toMatchObject({ status: 'unhealthy', streak: -1 });
  });

  test('that is overtaken for ever asks to be sent again', async () => {
    beats.hook = (call) => {
      const beat = context.store.beats.get('mason');
      if (call === 'write' && beat) context.store.beats.set('mason', { ...beat, at: (beat.at ?? 0) + 1 });
    };

    expect(await rejectionOf(takeHeartbeat(ports, 'mason', WELL))).toBeInstanceOf(UnavailableError);
  });

  test('whose answer is lost counts once', async () => {
    const write = beats.write.bind(beats);
    beats.write = async (...args) => {
      beats.write = write;
      await write(...args);
      throw new StoreBusyError();
    };
    await takeHeartbeat(ports, 'mason', WELL);

    expect(context.store.beats.get('mason')).toMatchObject({ streak: 1, recent: { length: 1 } });
  });

  test('that was sent in an earlier life is not of the next', async () => {
    let once = true;
    beats.hook = async (call) => {
      if (call !== 'write' || !once) return;
      once = false;
      await anew('mason');
    };

    expect(await rejectionOf(takeHeartbeat(ports, 'mason', WELL))).toBeInstanceOf(NotFoundError);
    const { head } = await loadLiving(context.store, 'mason');
    expect(context.store.beats.get('mason')).toMatchObject({ incarnation: head.incarnation, streak: 0 });
    expect(context.store.beats.get('mason')?.at).toBeUndefined();
  });
});

describe('a batch', () => {
  const take = (...heartbeats: unknown[]) => takeBatch(ports, parseBatch({ heartbeats }));

  test('has a result for each entry, in their order, and none is in the way of another', async () => {
    const { results } = await take(
      { agentId: 'mason', status: 'healthy' },
      { agentId: 'nobody', status: 'healthy' },
      { agentId: 'mason', status: 'well' },
      { status: 'healthy' },
      { agentId: '../x', status: 'healthy' },
      null,
      { agent_id: 'mason', status: 'healthy', ttl_seconds: 20 },
    );

    expect(results.map(({ agentId, status }) => `${agentId} ${status}`)).toEqual([
      ...['mason 200', 'nobody 404', 'mason 400', 'null 400', '../x 400', 'null 400', 'mason 200'],
    ]);
    expect(results[2]?.error?.errors).toMatchObject([{ field: 'status', rule: 'enum' }]);
    expect(results[3]?.error?.errors).toMatchObject([{ field: 'agentId', rule: 'required' }]);
    // Those of one agent are taken one after the other.
    expect(results.at(-1)).toMatchObject({ health: 'healthy', expiresAt: '2026-11-21T10:00:20.001Z' });
  });

  test('tells which entries are to be sent again', async () => {
    beats.hook = () => {
      throw new StoreBusyError();
    };
    expect((await take({ agentId: 'mason', status: 'healthy' })).results).toMatchObject([
      { agentId: 'mason', status: 503, error: { detail: expect.stringContaining('busy') } },
    ]);
  });

  test('has an entry sent again for which nobody expected what went wrong, and that is logged', async () => {
    const logged = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    await registered(context, { id: 'smith', name: 'smith' });
    const fault = new TypeError('a fault of ours');
    const read = beats.read.bind(beats);
    beats.read = async (id) => (id === 'smith' ? Promise.reject(fault) : read(id));
    const { results } = await take({ agentId: 'smith', status: 'healthy' }, { agentId: 'mason', status: 'healthy' });

    expect(results).toMatchObject([{ agentId: 'smith', status: 503 }, { status: 200 }]);
    expect(JSON.stringify(results)).not.toContain(fault.message);
    expect(logged.mock.calls).toEqual([[expect.any(String), { agentId: 'smith', error: fault }]]);
    logged.mockRestore();
  });

  test.each([
    [{}, 'heartbeats required'],
    [{ heartbeats: [] }, 'heartbeats minItems'],
    [{ heartbeats: Array(101).fill({}) }, 'heartbeats maxItems'],
    [{ heartbeats: [{}], more: 1 }, 'more unknownField'],
  ])('is refused as a whole only where it is none: %j', (body, rule) => {
    expect(brokenRules(() => parseBatch(body))).toEqual([rule]);
  });
});

describe('what a heartbeat may say', () => {
  const checks = (count: number, message = '') =>
    Array.from({ length: count }, (_, n) => ({ name: `check-${n}`, status: 'healthy', message }));
  const metrics = (count: number, value = 0.123456) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`metric${n}`, value]));

  test.each<[object, string]>([
    [{}, 'status required'],
    [{ status: 'fine' }, 'status enum'],
    [{ status: 'healthy', ttlSeconds: 9 }, 'ttlSeconds minimum'],
    [{ status: 'healthy', ttlSeconds: 86_401 }, 'ttlSeconds maximum'],
    [{ status: 'healthy', ttlSeconds: 10.5 }, 'ttlSeconds type'],
    [{ status: 'healthy', metrics: metrics(21) }, 'metrics maxProperties'],
    [{ status: 'healthy', metrics: [1] }, 'metrics type'],
    [{ status: 'healthy', metrics: { 'cpu usage': 1 } }, 'metrics pattern'],
    [{ status: 'healthy', agent_id: 'a', agentId: 'b' }, 'agentId spelledTwice'],
    [{ status: 'healthy', ttl_seconds: 9 }, 'ttlSeconds minimum'],
    [{ status: 'healthy', health: { last_check: 'now', lastCheck: 'then' } }, 'health.lastCheck spelledTwice'],
    [{ status: 'healthy', health: { checks: checks(11) } }, 'health.checks maxItems'],
    [{ status: 'healthy', health: { checks: [{ name: 'a' }] } }, 'health.checks.0.status required'],
    [{ status: 'healthy', at: 1 }, 'at unknownField'],
  ])('is bounded: %j', (heartbeat, rule) => {
    expect(brokenRules(() => toldBy(validateHeartbeat(heartbeat)))).toContain(rule);
  });

  test('is said in either spelling, and the same in both', () => {
    const health = { status: 'healthy', last_check: '2026-11-21T10:00:00Z' };
    const sent = { agent_id: 'a', agentId: 'a', agent_type: 'core', status: 'healthy', ttl_seconds: 60, health };
    expect(validateHeartbeat(sent)).toEqual({
      ...{ agentId: 'a', agentType: 'core', status: 'healthy', ttlSeconds: 60 },
      health: { status: 'healthy', lastCheck: '2026-11-21T10:00:00Z' },
    });
  });

  test('is kept of metrics as far as they are numbers, and they may be anything', () => {
    const odd = { state: 'fine', deep: { a: 1 }, list: [1], none: null, flag: true, high: 1e300, low: -2e15 };
    const sent = validateHeartbeat({ status: 'healthy', metrics: { ...odd, ...metrics(20) } });
    expect(toldBy(sent).metrics).toEqual(metrics(20));
    const direct = { status: 'healthy', metrics: { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 1e15 } } as const;
    expect(toldBy(validateHeartbeat(direct)).metrics).toEqual({ c: 1e15 });
  });

  test('is bounded by the bytes of a write unit, and what takes most of them is named', () => {
    const status = 'healthy' as const;
    expect(brokenRules(() => toldBy({ status, health: { checks: checks(10, 'x'.repeat(100)) } }))).toEqual([
      'health.checks maxBytes',
    ]);
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${'m'.repeat(40)}${n}`, 1 / 3]));
    expect(brokenRules(() => toldBy({ status, metrics: long }))).toEqual(['metrics maxBytes']);
    expect(toldBy({ status, metrics: metrics(20) })).toMatchObject({ ttl: 90, metrics: { metric19: 0.123456 } });
    expect(toldBy({ status, health: { checks: checks(10) } }).checks).toHaveLength(10);
  });

  test('is cut: messages to 100 characters, metrics to six places', () => {
    const said = toldBy({
      status: 'degraded',
      metrics: { ratio: 1 / 3, tiny: 1e-300, below: -1e-300 },
      health: { checks: [{ name: 'a', status: 'b', message: `${'x'.repeat(99)}😀` }] },
    });
    expect(said.metrics).toEqual({ ratio: 0.333333, tiny: 0, below: 0 });
    expect(said.checks?.[0]?.message).toBe(`${'x'.repeat(99)}\ufffd`);
  });

  test('takes no more bytes than are counted', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double({ noNaN: true })), (told) => {
        expect(itemBytes(told)).toBeGreaterThanOrEqual(3 + Object.keys(told).join('').length);
        expect(itemBytes(told)).toBeLessThanOrEqual(3 + Object.keys(told).length * 20);
      }),
    );
    expect(itemBytes({ a: 'bé', c: [1, -12.5, true, null] })).toBe(3 + (1 + 3 + 1) + (1 + 1 + 3 + 4 + 5 + 2 + 2));
    expect(MAX_TOLD_BYTES).toBeLessThan(1_024 - 350);
  });
});
