import { describe, expect, test } from '@jest/globals';
import { minRevisionOf, withoutMinRevision } from '../../../lambdas/capability/min-revision.ts';
import { brokenRules } from '../../support/errors.ts';

const ofQuery = (minRevision: string) => minRevisionOf({ query: { minRevision }, body: undefined });
const ofBody = (minRevision: unknown) => minRevisionOf({ query: {}, body: { minRevision } });

/** Bodies that would read like a write if nobody looked at the types. */
const HALF_RIGHT = [
  { agentId: ['a'], revision: 1 },
  { agentId: 'a', revision: '1' },
  { agentId: 'a', revision: 1, x: 1 },
];

describe('the write that a request wants to see', () => {
  test('is an agent and its revision', () => {
    expect(ofQuery('agent_01.a-b:3')).toEqual({ agentId: 'agent_01.a-b', revision: 3 });
    expect(ofBody({ agentId: 'a', revision: 12 })).toEqual({ agentId: 'a', revision: 12 });
  });

  test.each([undefined, null, {}, [], 'text'])('is none where the request names none: %j', (body) => {
    expect(minRevisionOf({ query: { limit: '1' }, body })).toBeUndefined();
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
  ])('cannot be %j', (text) => {
    expect(brokenRules(() => ofQuery(text))).toEqual(['minRevision minRevision']);
  });

  test.each([null, 'a:1', 3, {}, { agentId: 'a' }, { revision: 1 }, { agentId: 'a', revision: 0 }, ...HALF_RIGHT])(
    'cannot be %j in a body',
    (value) => {
      expect(brokenRules(() => ofBody(value))).toEqual(['minRevision minRevision']);
    },
  );
});

test('what is asked beside it is the same question', () => {
  const body = { minRevision: { agentId: 'a', revision: 1 }, capabilities: ['b'] };

  expect(JSON.stringify([{ minRevision: 'a:1', limit: '2' }, body], withoutMinRevision)).toBe(
    '[{"limit":"2"},{"capabilities":["b"]}]',
  );
});
