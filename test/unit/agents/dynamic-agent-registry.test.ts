import { describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { ConflictError, PreconditionFailedError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aHost } from '../../support/hosts.ts';
import { TestAgent } from '../../support/test-agent.ts';

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
