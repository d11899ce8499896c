import { describe, expect, test } from '@jest/globals';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import { digestOf, MAX_DIGEST_BYTES } from '../../../lambdas/agents/digest.ts';
import { aRecord } from '../../support/agents.ts';
import { brokenRules } from '../../support/errors.ts';

const digested = (document: Partial<AgentDocument>) => digestOf(describeAgent(aRecord({ name: 'a', ...document })));

describe('a digest', () => {
  test('holds what an agent is found by', () => {
    const document: Partial<AgentDocument> = {
      type: 'core',
      capabilities: { core: ['x', 'y'], enhancements: ['z', 'x'], domains: ['d', 'd'], actions: ['act'] },
      config: { priority: 8, tools: ['Read', 'Read', 'Bash'], description: 'not searched' },
      capacity: { maxConcurrent: 3 },
    };

    expect(digested(document)).toEqual({
      id: 'calendar-agent',
      name: 'calendar',
      type: 'core',
      revision: 1,
      operatorMode: 'enabled',
      health: 'unknown',
      priority: 8,
      maxConcurrent: 3,
      capabilities: ['x', 'y', 'z'],
      domains: ['d'],
      actions: ['act'],
      tools: ['Read', 'Bash'],
    });
  });

  test('tells an agent without tools from one that inherits all', () => {
    expect(digested({ config: { tools: [] } }).tools).toEqual([]);
    expect(digested({})).not.toHaveProperty('tools');
  });

  test('refuses what would not fit, rather than losing what the agent is found by', () => {
    const actions = Array.from({ length: 100 }, (_, n) => `an-action-with-a-long-name-${n}`);

    expect(JSON.stringify(actions).length).toBeGreaterThan(MAX_DIGEST_BYTES);
    expect(brokenRules(() => digested({ capabilities: { actions } }))).toEqual(['capabilities digestSize']);
  });

  test('counts bytes, not characters', () => {
    const actions = Array.from({ length: 20 }, (_, n) => 'é'.repeat(100) + n);

    expect(JSON.stringify(actions).length).toBeLessThan(MAX_DIGEST_BYTES);
    expect(brokenRules(() => digested({ capabilities: { actions } }))).toEqual(['capabilities digestSize']);
  });
});
