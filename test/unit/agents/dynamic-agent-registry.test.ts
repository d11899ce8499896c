import { describe, expect, test } from '@jest/globals';
import type { RegisteredAgent } from '../../../lambdas/agents/agent-instance.ts';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { DETAIL_TYPES } from '../../../lambdas/agents/contract.ts';
import { DynamicAgentRegistry } from '../../../lambdas/agents/dynamic-agent-registry.ts';
import { getAgent } from '../../../lambdas/agents/get-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import {
  ConflictError,
  NotFoundError,
  PreconditionFailedError,
  ValidationError,
} from '../../../lambdas/shared/errors.ts';
import { aContext, registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { flawsOf } from '../../support/table-snapshot.ts';
import { TestAgent } from '../../support/test-agent.ts';

function aHost() {
  const context = aContext();
  const registry = new DynamicAgentRegistry({ ...context, actor: 'host-1' });
  const told: string[] = [];
  for (const type of DETAIL_TYPES) {
    registry.on(type, ({ id, revision }: RegisteredAgent) => told.push(`${type} ${id}#${revision}`));
  }
  const failures: unknown[] = [];
  registry.on('writeFailed', (error, agentId) => failures.push([agentId, error]));
  const logged = () => context.store.changes().map(({ type, revision }) => `${type} #${revision}`);
  const stored = (id = 'calendar-agent') => getAgent(context.store, id);
  return { context, registry, told, failures, logged, stored };
}

describe('registering a running agent', () => {
  test('takes the six steps of the specification', async () => {
    const { registry, told, logged, stored } = aHost();
    const agent = new TestAgent();
    const steps: string[] = [];
    registry.on('AgentRegistered', () => steps.push(`announced, initialised ${agent.initialised} times`));
    agent.whenInitialised = () => {
      steps.push(
        `initialised with ${agent.listenerCount('statusChanged')} and ${agent.listenerCount('capacityChanged')}`,
      );
    };
    const metadata = await registry.registerAgent(agent);

    // 1. Store the instance. 2. Create its metadata. 3. Persist. 4. Publish. 5. Listen. 6. Initialise.
    expect(registry.getInstance('calendar-agent')).toBe(agent);
    expect(registry.getAgent('calendar-agent')).toBe(metadata);
    expect(await stored()).toMatchObject({ id: 'calendar-agent', owner: 'host-1', revision: 1 });
    expect(logged()).toEqual(['AgentRegistered #1']);
    expect(told).toEqual(['AgentRegistered calendar-agent#1']);
    expect(steps).toEqual(['initialised with 1 and 1', 'announced, initialised 1 times']);
  });

  test('gives the metadata of the specification', async () => {
    expect(
      await aHost().registry.registerAgent(new TestAgent({ type: 'supervisor', config: { color: 'red' } })),
    ).toEqual({
      id: 'calendar-agent',
      name: 'calendar',
      type: 'supervisor',
      revision: 1,
      status: 'available',
      capabilities: ['scheduling', 'analysis'],
      config: { priority: 5, color: 'red' },
      capacity: { maxConcurrent: 10, current: 0 },
      metrics: { requestsHandled: 0, avgResponseTime: 0, errorRate: 0 },
      lastHealthCheck: null,
      responseQueue: null,
    });
  });

  test('that fails leaves nothing here', async () => {
    const { registry } = aHost();
    const agent = new TestAgent({ config: { priority: 99 } });

    expect(await rejectionOf(registry.registerAgent(agent))).toBeInstanceOf(ValidationError);
    expect(registry.getAllAgents()).toEqual([]);
    expect([agent.initialised, agent.eventNames()]).toEqual([0, []]);
  });

  test('that is not ready in the end is undone, and tells why', async () => {
    const { registry, told, logged, context } = aHost();
    const agent = new TestAgent();
    agent.failure = new Error('no model');

    expect(await rejectionOf(registry.registerAgent(agent))).toBe(agent.failure);
    expect(registry.getAgent('calendar-agent')).toBeUndefined();
    expect(agent.eventNames()).toEqual([]);
    expect(logged()).toEqual(['AgentRegistered #1', 'AgentUnregistered #2']);
    expect(told).toEqual([]);
    expect(context.store.changes().at(-1)?.reason).toBe('initialisation failed');
  });

  test('that is not ready in the end leaves alone what was there before', async () => {
    const { context, registry, logged, stored } = aHost();
    await registered(context, { id: 'calendar-agent', operatorMode: 'maintenance' });
    const agent = new TestAgent();
    agent.failure = new Error('no model');

    expect(await rejectionOf(registry.registerAgent(agent))).toBe(agent.failure);
    expect(registry.getAgent('calendar-agent')).toBeUndefined();
    expect(logged().filter((line) => line.startsWith('AgentUnregistered'))).toEqual([]);
    expect(await stored()).toMatchObject({ operatorMode: 'maintenance' });
  });

  test('that is not ready in the end is not undone where somebody changed it meanwhile', async () => {
    const { context, registry, logged, failures } = aHost();
    const agent = new TestAgent();
    agent.failure = new Error('no model');
    agent.whenInitialised = async () => {
      await updateAgent(context, { id: 'calendar-agent', patch: { version: '3.0.0' }, actor: 'operator' });
    };

    expect(await rejectionOf(registry.registerAgent(agent))).toBe(agent.failure);
    expect(logged()).toEqual(['AgentRegistered #1', 'AgentUpdated #2']);
    expect(failures).toEqual([['calendar-agent', expect.any(PreconditionFailedError)]]);
  });

  test('under the name of another makes an agent of its own', async () => {
    const { context, registry, stored } = aHost();
    await registered(context, { id: 'other', name: 'calendar', version: '9.0.0' });
    const metadata = await registry.registerAgent(new TestAgent());

    expect(metadata).toMatchObject({ id: 'calendar-agent', name: expect.stringMatching(/^calendar-\d+$/) });
    expect(await context.store.load('other')).toMatchObject({ head: { revision: 1 } });
    expect(await stored()).toMatchObject({ id: 'calendar-agent' });
  });

  test('that is not ready in the end tells why, also when it cannot be undone', async () => {
    const { registry, context, failures } = aHost();
    const agent = new TestAgent();
    agent.failure = new Error('no model');
    agent.whenInitialised = () => {
      context.store.hook = () => 'busy';
    };

    expect(await rejectionOf(registry.registerAgent(agent))).toBe(agent.failure);
    expect(registry.getAgent('calendar-agent')).toBeUndefined();
    expect(failures).toEqual([['calendar-agent', expect.any(StoreBusyError)]]);
  });

  test('again after a restart updates it, and keeps what else was said of it', async () => {
    const { context, registry, told, logged } = aHost();
    await registered(context, { id: 'calendar-agent', config: { color: 'red' } });
    const metadata = await registry.registerAgent(new TestAgent({ version: '2.0.0' }));

    expect(metadata).toMatchObject({ revision: 2, config: { color: 'red' } });
    expect(told).toEqual(['AgentUpdated calendar-agent#2']);
    expect(logged()).toEqual(['AgentRegistered #1', 'AgentUpdated #2']);
  });

  test('again with nothing new writes nothing', async () => {
    const { registry, logged } = aHost();
    await registry.registerAgent(new TestAgent());
    await registry.registerAgent(new TestAgent());

    expect(logged()).toEqual(['AgentRegistered #1']);
  });

  test('again puts the new instance in the place of the old one, which is no longer heard', async () => {
    const { registry, logged } = aHost();
    const [old, fresh] = [new TestAgent(), new TestAgent()];
    await registry.registerAgent(old);
    await registry.registerAgent(fresh);
    old.emit('statusChanged', 'unavailable');
    await registry.settled('calendar-agent');

    expect(registry.getInstance('calendar-agent')).toBe(fresh);
    expect(old.eventNames()).toEqual([]);
    expect(logged()).toEqual(['AgentRegistered #1']);
  });

  test('does what the agent itself says where its id exists', async () => {
    const { context, registry } = aHost();
    await registered(context, { id: 'calendar-agent' });
    const rejecting = new TestAgent({ config: { conflictResolution: 'reject' } });

    expect(await rejectionOf(registry.registerAgent(rejecting))).toBeInstanceOf(ConflictError);
  });
});

describe('what a running agent tells', () => {
  async function hosting() {
    const host = aHost();
    const agent = new TestAgent();
    await host.registry.registerAgent(agent);
    return { ...host, agent, settled: () => host.registry.settled('calendar-agent') };
  }

  test.each([
    ['available', 'healthy'],
    ['degraded', 'degraded'],
    ['unavailable', 'unhealthy'],
  ] as const)('of its status becomes its health: %s is %s', async (status, health) => {
    const { agent, registry, stored, told, settled } = await hosting();
    agent.emit('statusChanged', status);
    await settled();

    expect(await stored()).toMatchObject({ health, status, revision: 2 });
    expect(registry.getAgent('calendar-agent')).toMatchObject({ status, revision: 2 });
    expect(told.at(-1)).toBe('AgentStatusUpdated calendar-agent#2');
  });

  test('of a status that there is not is refused, and writes nothing', async () => {
    const { agent, logged, failures, settled } = await hosting();
    agent.emit('statusChanged', 'bogus' as 'available');
    await settled();

    expect(logged()).toEqual(['AgentRegistered #1']);
    expect(failures).toEqual([['calendar-agent', expect.any(ValidationError)]]);
  });

  test('of its status twice is written once', async () => {
    const { agent, logged, told, settled } = await hosting();
    agent.emit('statusChanged', 'degraded');
    agent.emit('statusChanged', 'degraded');
    await settled();

    expect(logged()).toEqual(['AgentRegistered #1', 'AgentStatusUpdated #2']);
    expect(told).toHaveLength(2);
  });

  test('is written in the order in which it was told', async () => {
    const { agent, stored, logged, settled } = await hosting();
    agent.emit('statusChanged', 'unavailable');
    agent.emit('statusChanged', 'available');
    agent.emit('statusChanged', 'degraded');
    await settled();

    expect((await stored()).health).toBe('degraded');
    expect(logged()).toHaveLength(4);
  });

  test('of running tasks stays in memory', async () => {
    const { agent, registry, logged, settled } = await hosting();
    agent.emit('capacityChanged', { maxConcurrent: 10, current: 4 });
    await settled();

    expect(registry.getAgent('calendar-agent')?.capacity).toEqual({ maxConcurrent: 10, current: 4 });
    expect(logged()).toEqual(['AgentRegistered #1']);
  });

  test('of its slots is written, and the running tasks stay known', async () => {
    const { agent, registry, stored, settled } = await hosting();
    agent.emit('capacityChanged', { maxConcurrent: 3, current: 2 });
    await settled();

    expect((await stored()).capacity).toEqual({ maxConcurrent: 3, current: 0 });
    expect(registry.getAgent('calendar-agent')).toMatchObject({
      capacity: { maxConcurrent: 3, current: 2 },
      revision: 2,
    });
  });

  test('and cannot be written is reported, and the next word is heard', async () => {
    const { agent, context, failures, stored, settled } = await hosting();
    context.store.hook = () => 'busy';
    agent.emit('statusChanged', 'degraded');
    await settled();
    context.store.hook = () => undefined;
    agent.emit('statusChanged', 'unavailable');
    await settled();

    expect(failures).toEqual([['calendar-agent', expect.any(StoreBusyError)]]);
    expect((await stored()).health).toBe('unhealthy');
  });

  test('after it went is not heard', async () => {
    const { agent, registry, logged, failures } = await hosting();
    await registry.unregisterAgent('calendar-agent');
    agent.emit('statusChanged', 'degraded');
    await registry.settled('calendar-agent');

    expect(agent.eventNames()).toEqual([]);
    expect([logged(), failures]).toEqual([['AgentRegistered #1', 'AgentUnregistered #2'], []]);
  });
});

describe('a hosted agent', () => {
  test('is unregistered after what it told last is written', async () => {
    const { registry, logged, told, context } = aHost();
    const agent = new TestAgent();
    await registry.registerAgent(agent);
    agent.emit('statusChanged', 'degraded');
    await registry.unregisterAgent('calendar-agent', 'host stops');

    expect(logged()).toEqual(['AgentRegistered #1', 'AgentStatusUpdated #2', 'AgentUnregistered #3']);
    expect(told.at(-1)).toMatch(/^AgentUnregistered calendar-agent/);
    expect(context.store.changes().at(-1)?.reason).toBe('host stops');
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('is out of this process also when the registry does not know it any more', async () => {
    const { registry } = aHost();
    await registry.registerAgent(new TestAgent());
    const another = new DynamicAgentRegistry({ ...aContext(), actor: 'host-2' });

    expect(await rejectionOf(another.unregisterAgent('calendar-agent'))).toBeInstanceOf(NotFoundError);
    await registry.unregisterAgent('calendar-agent');
    expect(registry.getAllAgents()).toEqual([]);
    expect(await rejectionOf(registry.unregisterAgent('calendar-agent'))).toBeInstanceOf(NotFoundError);
  });

  test('is updated in the table and in memory', async () => {
    const { registry, told, stored } = aHost();
    await registry.registerAgent(new TestAgent());
    const updated = await registry.updateAgent('calendar-agent', { config: { priority: 9 } });

    expect(updated).toMatchObject({ revision: 2, config: { priority: 9 } });
    expect(registry.getAgent('calendar-agent')).toEqual(updated);
    expect((await stored()).config.priority).toBe(9);
    expect(told.at(-1)).toBe('AgentUpdated calendar-agent#2');
  });

  test('tells nobody of an update that says nothing new', async () => {
    const { registry, told } = aHost();
    await registry.registerAgent(new TestAgent());
    await registry.updateAgent('calendar-agent', { config: {} });

    expect(told).toEqual(['AgentRegistered calendar-agent#1']);
  });

  test('is found by what it can do, core or enhancement', async () => {
    const { registry } = aHost();
    await registry.registerAgent(new TestAgent());
    await registry.registerAgent(new TestAgent({ id: 'mail-agent', name: 'mail', capabilities: { core: ['email'] } }));

    expect(registry.getAllAgents().map(({ id }) => id)).toEqual(['calendar-agent', 'mail-agent']);
    expect(registry.findByCapability('analysis').map(({ id }) => id)).toEqual(['calendar-agent']);
    expect(registry.findByCapability('juggling')).toEqual([]);
  });
});
