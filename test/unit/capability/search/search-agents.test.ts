import { describe, expect, test } from '@jest/globals';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { searchAgents } from '../../../../lambdas/capability/search/search-agents.ts';
import { aDigest } from '../../../support/agents.ts';
import { brokenRules } from '../../../support/errors.ts';

const directory = new AgentDirectory();
directory.put(aDigest({ id: 'b', capabilities: ['mail'], domains: ['office'], health: 'degraded' }));
directory.put(aDigest({ id: 'a', capabilities: ['mail', 'plan'], domains: [], actions: ['send'] }));
const found = (body: object) => searchAgents(directory, body).agents.map(({ id }) => id);

describe('a search', () => {
  test('finds agents as the list shows them, in the order of ids', () => {
    expect(searchAgents(directory, { capabilities: ['mail'] })).toMatchObject({
      agents: [
        { id: 'a', status: 'available' },
        { id: 'b', status: 'degraded' },
      ],
      total: 2,
    });
  });

  test('means all by default, and any where it says so', () => {
    const body = { capabilities: ['plan'], domains: ['office'] };

    expect(found(body)).toEqual([]);
    expect(found({ ...body, mode: 'any' })).toEqual(['a', 'b']);
    expect(found({ capabilities: ['plan'], actions: ['send'], mode: 'all' })).toEqual(['a']);
  });

  test.each([
    [{}, [' empty']],
    [{ capabilities: [], domains: [], actions: [], mode: 'any' }, [' empty']],
    [{ capabilities: 'mail' }, ['capabilities type']],
    [{ capabilities: [''] }, ['capabilities.0 minLength']],
    [{ capabilities: ['a'], mode: 'some' }, ['mode enum']],
    [{ tools: ['a'] }, ['tools unknownField']],
    [undefined, [' type']],
  ])('cannot be %j', (body, rules) => {
    expect(brokenRules(() => searchAgents(directory, body))).toEqual(rules);
  });
});
