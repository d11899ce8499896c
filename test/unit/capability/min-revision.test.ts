import { describe, expect, test } from '@jest/globals';
import { minRevisionOf } from '../../../lambdas/capability/min-revision.ts';
import { parseSearch } from '../../../lambdas/capability/search/search-question.ts';
import { brokenRules } from '../../support/errors.ts';

const ofBody = (minRevision: unknown) => parseSearch({ capabilities: ['a'], minRevision }).minRevision;

describe('the write that a request wants to see', () => {
  test('is an agent and its revision', () => {
    const largest = { agentId: 'a', revision: 999_999_999_999_999 };

    expect(minRevisionOf({ minRevision: 'agent_01.a-b:3' }).minRevision).toEqual({
      agentId: 'agent_01.a-b',
      revision: 3,
    });
    expect([minRevisionOf({ minRevision: 'a:999999999999999' }), ofBody(largest)]).toEqual([
      { minRevision: largest },
      largest,
    ]);
  });

  test('is none where the request names none', () => {
    expect(minRevisionOf({ limit: '1' })).toEqual({});
    expect(ofBody(undefined)).toBeUndefined();
  });

  test.each([
    '',
    'a',
    'a:',
    ':1',
    'a:0',
    'a:-1',
    'a:1.5',
    'a:01',
    'a:x',
    'A:1',
    'a..b:1',
    'a:1:2',
    'a:1000000000000000',
  ])('cannot be %j in a query', (minRevision) => {
    expect(brokenRules(() => minRevisionOf({ minRevision }))).toEqual(['minRevision minRevision']);
  });

  test.each<[unknown, ...string[]]>([
    [null, 'minRevision type'],
    ['a:1', 'minRevision type'],
    [{}, 'minRevision.agentId required', 'minRevision.revision required'],
    [{ agentId: 'A', revision: 1 }, 'minRevision.agentId pattern'],
    [{ agentId: ['a'], revision: 1 }, 'minRevision.agentId type'],
    [{ agentId: 'a', revision: '1' }, 'minRevision.revision type'],
    [{ agentId: 'a', revision: 0 }, 'minRevision.revision minimum'],
    [{ agentId: 'a', revision: 1e15 }, 'minRevision.revision maximum'],
    [{ agentId: 'a', revision: 1, x: 1 }, 'minRevision.x unknownField'],
  ])('cannot be %j in a body', (value, ...rules) => {
    expect(brokenRules(() => ofBody(value))).toEqual(rules);
  });
});
