import { beforeEach, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { updateHealth } from '../../../lambdas/agents/settle-health.ts';
import { isoTime } from '../../../lambdas/shared/clock.ts';
import { NotFoundError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { results } from '../../support/health.ts';
import { LeaseWorld } from '../../support/lease-world.ts';

let world: LeaseWorld;
const http = { monitoring: { healthCheck: { type: 'http', url: 'https://a.example/health' } } } as const;

beforeEach(() => {
  world = new LeaseWorld();
});

describe('settling an agent', () => {
  test('writes what its beats say, once', async () => {
    await world.register('a');
    world.beat('a');
    world.beat('a');
    expect(await world.monitor.settle('a')).toEqual({ health: 'healthy', changed: true });
    expect(await world.monitor.settle('a')).toEqual({ health: 'healthy', changed: false });
    expect(world.transitions()).toHaveLength(1);
  });

  test('writes what its check says, read or handed over', async () => {
    await world.register('calendar-agent', http);
    world.pass(90_000);
    const check = results('fff', START + 90_000);
    expect(await world.monitor.settle('calendar-agent', { check })).toMatchObject({ health: 'unhealthy' });
    world.pass(60_000);
    world.check('calendar-agent', 'passed');
    world.check('calendar-agent', 'passed');
    expect(await world.monitor.settle('calendar-agent')).toMatchObject({ health: 'healthy' });
  });

  test('says nothing of one that is not there', async () => {
    expect(await world.monitor.settle('nobody')).toBeUndefined();
    await world.register('a');
    await deregisterAgent(world.context, { id: 'a', actor: 'tester' });
    expect(await world.monitor.settle('a')).toBeUndefined();
  });

  test('does not believe the beats of another life', async () => {
    await world.register('a');
    world.beat('a');
    world.beat('a');
    const old = world.context.store.beats.get('a');
    await deregisterAgent(world.context, { id: 'a', actor: 'tester' });
    await world.register('a');
    if (old) world.context.store.beats.set('a', old);
    expect(await world.monitor.settle('a')).toEqual({ health: 'unknown', changed: false });
  });

  test('does not hold against it what its check found in another life', async () => {
    await world.register('calendar-agent', http);
    world.pass(90_000);
    await deregisterAgent(world.context, { id: 'calendar-agent', actor: 'tester' });
    await world.register('calendar-agent', http);
    const check = results('fff', START + 90_000);
    expect(await world.monitor.settle('calendar-agent', { check })).toEqual({ health: 'unknown', changed: false });
  });

  test('of whom nothing is known keeps what its host said, unless it is that its check is no longer declared', async () => {
    await world.register('a');
    await updateHealth(world.context, { id: 'a', health: 'degraded', actor: 'host', reason: 'told by the agent' });
    expect(await world.monitor.settle('a')).toEqual({ health: 'degraded', changed: false });
    expect(await world.monitor.settle('a', { undeclared: true })).toEqual({ health: 'unknown', changed: true });
  });

  test('waits a minute with what is better, by the time of the last change', async () => {
    await world.register('a');
    for (let n = 0; n < 3; n += 1) world.beat('a', { status: 'unhealthy' });
    world.pass(1_000);
    await world.monitor.settle('a');
    world.beat('a');
    world.beat('a');
    world.pass(59_999);
    expect(await world.monitor.settle('a')).toEqual({ health: 'unhealthy', changed: false });
    world.pass(1);
    expect(await world.monitor.settle('a')).toEqual({ health: 'healthy', changed: true });
  });

  test('throws what may go well another time', async () => {
    await world.register('a', http);
    world.checks.hook = () => {
      throw new StoreBusyError();
    };
    expect(await rejectionOf(world.monitor.settle('a'))).toBeInstanceOf(UnavailableError);
  });

  test('survives the loss of its commit’s answer', async () => {
    await world.register('a');
    world.beat('a');
    world.beat('a');
    let lost = 0;
    world.context.store.hook = (call) => (call === 'commit' && lost++ === 0 ? 'lost' : undefined);
    expect(await world.monitor.settle('a')).toEqual({ health: 'healthy', changed: true });
    expect(world.transitions()).toHaveLength(1);
  });
});

describe('why an agent is as it is', () => {
  const why = async (id: string) => {
    const { health, reason, because } = await world.monitor.status(id);
    return [health, reason, because];
  };

  test('is the limit that its heartbeat breaks', async () => {
    await world.register('a', { monitoring: { resourceCheck: {} } });
    world.beat('a');
    world.beat('a', { metrics: { memoryUsage: 0.95 } });
    await world.monitor.settle('a');
    expect(await why('a')).toEqual([
      'degraded',
      'RESOURCE_LIMIT',
      'heartbeat: memoryUsage 0.95 is not below 0.9 (RESOURCE_LIMIT)',
    ]);
  });

  test('is its ended lease where it was evicted', async () => {
    await world.register('a');
    world.beat('a');
    world.pass(90_000);
    await world.monitor.settle('a', { evict: true });
    expect(await why('a')).toEqual(['unhealthy', 'LEASE_EXPIRED', 'lease expired (LEASE_EXPIRED)']);
  });

  test('is what its check found, whatever became of its lease', async () => {
    await world.register('a', http);
    world.beat('a', { ttl: 10 });
    for (let n = 0; n < 3; n += 1) {
      world.pass(30_000);
      world.check('a', 'failed');
    }
    await world.monitor.settle('a', { evict: true });
    expect(await why('a')).toEqual(['unhealthy', 'TIMEOUT', 'http check: 3 failures in a row (TIMEOUT)']);
  });

  test('is not told where what is known says something else by now', async () => {
    await world.register('a');
    for (let n = 0; n < 3; n += 1) world.beat('a', { status: 'unhealthy' });
    await world.monitor.settle('a');
    expect(await why('a')).toEqual(['unhealthy', 'AGENT_UNHEALTHY', expect.stringContaining('3 failures in a row')]);
    world.beat('a');
    world.beat('a');
    expect(await why('a')).toEqual(['unhealthy', null, null]);
  });

  test('is not told of one whose lease has ended and who is not evicted yet', async () => {
    await world.register('a');
    world.beat('a');
    world.beat('a');
    await world.monitor.settle('a');
    world.pass(90_001);
    expect(await why('a')).toEqual(['healthy', null, null]);
  });
});

describe('the status of an agent', () => {
  test('has nothing to tell of one that was never seen', async () => {
    await world.register('a');
    expect(await world.monitor.status('a')).toEqual({
      agentId: 'a',
      health: 'unknown',
      reason: 'NO_EVIDENCE',
      because: 'neither a check nor a heartbeat (NO_EVIDENCE)',
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      lastCheck: null,
      history: [],
      since: isoTime(START),
      lease: null,
    });
  });

  test('has beats and results of its check together, its lease, and since when it is as it is', async () => {
    await world.register('a', http);
    world.beat('a');
    world.pass(10_000);
    world.check('a', 'passed');
    await world.monitor.settle('a');
    world.pass(10_000);
    world.beat('a', { ttl: 60 });
    await world.monitor.settle('a');
    expect(await world.monitor.status('a')).toMatchObject({
      health: 'healthy',
      since: isoTime(START + 20_000),
      consecutiveSuccesses: 3,
      lastCheck: { timestamp: START + 20_000, details: { source: 'heartbeat' } },
      history: [{ timestamp: START }, { timestamp: START + 10_000 }, { timestamp: START + 20_000 }],
      lease: { expiresAt: isoTime(START + 80_000), expired: false },
    });
    world.pass(60_000);
    expect((await world.monitor.status('a')).lease).toMatchObject({ expired: true });
  });

  test('is none of one that is not there', async () => {
    expect(await rejectionOf(world.monitor.status('nobody'))).toBeInstanceOf(NotFoundError);
  });
});
