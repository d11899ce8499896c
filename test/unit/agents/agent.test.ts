import { describe, expect, test } from '@jest/globals';
import { configuredPart, describeAgent, etagOf } from '../../../lambdas/agents/agent.ts';
import { aHead, aLayer, aRecord } from '../../support/agents.ts';

const plain = describeAgent(aRecord({ name: 'calendar' }));

describe('an agent', () => {
  test('has a value for everything that the contract names', () => {
    expect(plain).toEqual({
      id: 'calendar-agent',
      name: 'calendar',
      type: 'specialist',
      version: '1.0.0',
      revision: 1,
      owner: 'tester',
      operatorMode: 'enabled',
      health: 'unknown',
      status: 'available',
      state: 'idle',
      capabilities: { core: [], enhancements: [], domains: [], actions: [] },
      dependencies: { services: [], agents: [] },
      configuration: { environment: {}, features: {}, limits: {} },
      monitoring: { metrics: [] },
      config: { priority: 5 },
      capacity: { maxConcurrent: 10, current: 0 },
      metrics: { requestsHandled: 0, avgResponseTime: 0, errorRate: 0 },
      resources: {},
      performance: {},
      relationships: { parentAgent: null, childAgents: [], templateSource: null, clonedFrom: null },
      lastHealthCheck: null,
      responseQueue: null,
      filePath: null,
      createdAt: '2026-11-21T10:00:00.000Z',
      lastModified: '2026-11-21T10:00:00.000Z',
      lastActivity: null,
    });
  });

  test('says what its layers say, the higher over the lower', () => {
    const layers = [
      aLayer({ name: 'calendar', config: { priority: 2, color: 'red' }, type: 'core' }, { source: 's3' }),
      aLayer({ config: { priority: 9 } }),
    ];

    expect(describeAgent({ head: aHead(), layers })).toMatchObject({
      type: 'core',
      config: { priority: 9, color: 'red' },
    });
  });

  test('is called by the name that it holds, not by the one that it asked for', () => {
    expect(describeAgent(aRecord({ name: 'calendar' }, { name: 'calendar-1795255200000' })).name).toBe(
      'calendar-1795255200000',
    );
  });

  test('keeps unknown keys of its config, and tells no tools from inherited ones', () => {
    const { config } = describeAgent(aRecord({ name: 'a', config: { tools: [], mine: { deep: [null] } } }));

    expect(config).toEqual({ priority: 5, tools: [], mine: { deep: [null] } });
    expect(plain.config).not.toHaveProperty('tools');
  });

  test('shows what its health and its operator make of it', () => {
    expect(describeAgent(aRecord({ name: 'a' }, { health: 'unhealthy' }))).toMatchObject({
      status: 'unavailable',
      state: 'error',
    });
    expect(describeAgent(aRecord({ name: 'a', operatorMode: 'maintenance' }))).toMatchObject({
      status: 'unavailable',
      state: 'maintenance',
    });
  });
});

describe('an ETag', () => {
  test('names the revision, and live fields by a hash', () => {
    expect(etagOf(plain)).toMatch(/^"r1-[0-9a-f]{12}"$/);
  });

  test.each([
    ['health', { health: 'healthy' }],
    ['running tasks', { capacity: { maxConcurrent: 10, current: 1 } }],
    ['last activity', { lastActivity: '2026-11-21T10:00:01.000Z' }],
  ] as const)('moves with %s at the same revision', (_, live) => {
    const moved = etagOf({ ...plain, ...live });

    expect(moved).not.toBe(etagOf(plain));
    expect(moved).toMatch(/^"r1-/);
  });

  test('stays while nothing moves', () => {
    expect(etagOf(describeAgent(aRecord({ name: 'calendar' })))).toBe(etagOf(plain));
  });
});

test('the configured part of an agent is all but what the registry counts and measures', () => {
  const live = { health: 'healthy', metrics: { requestsHandled: 5, avgResponseTime: 1, errorRate: 0 } } as const;
  const counted = { ...plain, ...live, revision: 7, capacity: { maxConcurrent: 10, current: 3 } };

  expect(configuredPart(counted)).toEqual(configuredPart(plain));
  expect(configuredPart({ ...plain, capacity: { maxConcurrent: 11, current: 0 } })).not.toEqual(configuredPart(plain));
});
