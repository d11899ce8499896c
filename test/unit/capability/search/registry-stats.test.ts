import { expect, test } from '@jest/globals';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { registryStats } from '../../../../lambdas/capability/search/registry-stats.ts';
import { aDigest } from '../../../support/agents.ts';

test('statistics count agents by their state, beside what the index counts', () => {
  const directory = new AgentDirectory();
  directory.put(aDigest({ id: 'a', health: 'healthy' }));
  directory.put(aDigest({ id: 'b', health: 'unhealthy' }));
  directory.put(aDigest({ id: 'c', operatorMode: 'disabled', capabilities: [], domains: [], actions: [] }));

  expect(registryStats(directory.index)).toEqual({
    totalAgents: 3,
    totalCapabilities: 1,
    totalActions: 1,
    totalDomains: 1,
    capabilityDistribution: { scheduling: 2 },
    actionDistribution: { book: 2 },
    agentCounts: { active: 0, idle: 1, error: 1, maintenance: 1 },
  });
});

test('statistics of nothing are zeros', () => {
  expect(registryStats(new AgentDirectory().index)).toMatchObject({
    totalAgents: 0,
    capabilityDistribution: {},
    agentCounts: { active: 0, idle: 0, error: 0, maintenance: 0 },
  });
});
