import { describe, expect, test } from '@jest/globals';
import { describeAgent, etagOf } from '../../../lambdas/agents/agent.ts';
import { assertRevision, parseIfMatch } from '../../../lambdas/agents/if-match.ts';
import { PreconditionFailedError } from '../../../lambdas/shared/errors.ts';
import { aDocument, aRecord } from '../../support/agents.ts';
import { brokenRules } from '../../support/errors.ts';

describe('If-Match', () => {
  test('may be absent', () => {
    expect(parseIfMatch(undefined)).toBeUndefined();
  });

  test.each([
    ['*', 'any'],
    [' * ', 'any'],
    ['"r3-0123456789ab"', [3]],
    ['"r3"', [3]],
    ['W/"r12-ff"', [12]],
    ['"r1-aa", "r2-bb" ,W/"r3"', [1, 2, 3]],
    ['"r1-aa", "of another"', [1, Number.NaN]],
  ])('%s asks for %j', (header, condition) => {
    expect(parseIfMatch(header)).toEqual(condition);
  });

  test.each(['"3"', '"r"', '"rx-aa"', '"r3-xyz"', '""'])(
    '%j is a tag of somebody else, and matches nothing',
    (header) => {
      expect(() => assertRevision(parseIfMatch(header), 3)).toThrow(PreconditionFailedError);
    },
  );

  test.each(['', 'r3', '3', '"r3', '"r1",', '*, "r1"'])('%j is refused', (header) => {
    expect(brokenRules(() => parseIfMatch(header))).toEqual(['If-Match etag']);
  });

  test('takes the ETag of an agent', () => {
    expect(parseIfMatch(etagOf(describeAgent(aRecord(aDocument(), { revision: 41 }))))).toEqual([41]);
  });
});

describe('a revision', () => {
  test.each([undefined, 'any', [1, 5]] as const)('passes the condition %j', (condition) => {
    expect(() => assertRevision(condition, 5)).not.toThrow();
  });

  test('that is not asked for is refused, and told', () => {
    expect(() => assertRevision([1, 4], 5)).toThrow(new PreconditionFailedError('The agent is at revision 5 now.'));
  });
});
