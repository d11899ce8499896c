import { describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { DynamicAgentRegistry } from '../../../lambdas/agents/dynamic-agent-registry.ts';
import { NotFoundError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { aContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aHost } from '../../support/hosts.ts';
import { flawsOf } from '../../support/table-snapshot.ts';
import { TestAgent } from '../../support/test-agent.ts';

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
