import { describe, expect, test } from '@jest/globals';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { parseAgentFilter } from '../../../../lambdas/capability/search/agent-filter.ts';
import { aDigest } from '../../../support/agents.ts';
import { brokenRules } from '../../../support/errors.ts';

const index = new CapabilityIndex();
index.set(aDigest({ id: 'plain', type: 'core', priority: 3, capabilities: ['a', 'b'], actions: ['go'] }));
index.set(aDigest({ id: 'tooled', tools: ['Read', 'Bash'], priority: 8, domains: ['mail'], health: 'healthy' }));
index.set(aDigest({ id: 'all-tools', tools: ['*'], priority: 10, health: 'unhealthy' }));
index.set(aDigest({ id: 'no-tools', tools: [], operatorMode: 'maintenance' }));

const matching = (query: Record<string, string>) => index.ids(parseAgentFilter(query).expression(index));

describe('the filters of the list', () => {
  test.each([
    [{}, ['all-tools', 'no-tools', 'plain', 'tooled']],
    [{ type: 'core' }, ['plain']],
    [{ priority: '8' }, ['all-tools', 'tooled']],
    [{ priority: '10' }, ['all-tools']],
    [{ tools: 'Bash' }, ['all-tools', 'tooled']],
    [{ tools: 'Read,Bash' }, ['all-tools', 'tooled']],
    [{ tools: 'Read,Write' }, ['all-tools']],
    [{ tools: 'Re*' }, ['all-tools', 'tooled']],
    [{ tools: 'Re*,B*' }, ['all-tools', 'tooled']],
    [{ tools: 'Re*,W*' }, ['all-tools']],
    [{ tools: '*' }, ['all-tools']],
    [{ capability: 'a, b' }, ['plain']],
    [{ capability: 'a,scheduling' }, []],
    [{ domain: 'mail' }, ['tooled']],
    [{ action: 'go' }, ['plain']],
    [{ status: 'available' }, ['plain', 'tooled']],
    [{ status: 'idle' }, ['plain', 'tooled']],
    [{ state: 'unavailable' }, ['all-tools', 'no-tools']],
    [{ status: 'unavailable', state: 'error' }, ['all-tools']],
    [{ status: 'unavailable,maintenance' }, ['no-tools']],
    [{ type: 'core', priority: '4' }, []],
  ])('%j: %j', (query, ids) => {
    expect(matching(query)).toEqual(ids);
  });

  test.each([
    [{ status: 'sleeping' }, ['status filter']],
    [{ state: 'available,asleep' }, ['state filter']],
    [{ priority: '0' }, ['priority filter']],
    [{ priority: '11' }, ['priority filter']],
    [{ priority: '1.5' }, ['priority filter']],
    [{ tools: '' }, ['tools filter']],
    [{ capability: 'a,,b', priority: 'high' }, ['priority filter', 'capability filter']],
  ])('cannot be %j', (query, rules) => {
    expect(brokenRules(() => parseAgentFilter(query))).toEqual(rules);
  });

  test('have one key for one question, however it is asked', () => {
    const key = (query: Record<string, string>) => parseAgentFilter(query).key;

    expect(key({ tools: 'a,b', type: 'core' })).toBe(key({ type: ' core', tools: 'b, a,b' }));
    expect(key({ tools: 'a,b' })).not.toBe(key({ tools: 'a' }));
    expect(key({ tools: 'a' })).not.toBe(key({ capability: 'a' }));
  });
});
