import { describe, expect, test } from '@jest/globals';
import type { Commit } from '../../../lambdas/agents/agent-store.ts';
import { buildCommit, buildRemoval } from '../../../lambdas/agents/build-commit.ts';
import { toTransaction } from '../../../lambdas/agents/dynamo-transaction.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { aLayer, aRecord, START } from '../../support/agents.ts';

const ULID = firstUlidOf(START);
const CAUSE = { actor: 'tester', reason: 'tested', now: START, changeId: ULID };
const draft = { id: 'calendar-agent', before: undefined, name: 'calendar', layers: [aLayer()] };
const IDEMPOTENCY = { keyHash: 'k', requestHash: 'r', status: 201, headers: {}, body: '{}', expiresAt: START + 1 };

/** What a transaction does, in words, each with what it means when its condition does not hold. */
function inWords(commit: Commit): string[] {
  return toTransaction('table', commit).map(({ write, obstacle }) => {
    const { pk, sk } = write.Put?.Item ?? write.Delete?.Key ?? {};
    const condition = write.Put?.ConditionExpression ? ` if ${write.Put.ConditionExpression}, else ${obstacle}` : '';
    return `${write.Put ? 'put' : 'delete'} ${pk} ${sk}${condition}`;
  });
}

describe('one transaction', () => {
  test('registers an agent that is not there, under a name that is free', () => {
    const { commit } = buildCommit(draft, CAUSE);

    expect(inWords({ ...commit, idempotency: IDEMPOTENCY })).toEqual([
      'put AGENT#calendar-agent HEAD if attribute_not_exists(#pk), else head',
      'put AGENT#calendar-agent LAYER#3#dynamodb',
      'put NAME#calendar NAME if attribute_not_exists(#pk) OR #holder = :holder, else name',
      'put IDEM#k IDEM if attribute_not_exists(#pk) OR #expiresAt <= :now, else idempotency',
      `put CHANGE ${ULID}`,
    ]);
  });

  test('changes an agent at the revision that was read, and its name', () => {
    const before = aRecord({ name: 'calendar' }, { revision: 4 });
    const { commit } = buildCommit({ ...draft, before, name: 'diary', layers: before.layers }, CAUSE);

    expect(inWords(commit)).toEqual([
      'put AGENT#calendar-agent HEAD if #revision = :expectedRevision AND #changeId = :expectedChange, else head',
      'delete NAME#calendar NAME',
      'put NAME#diary NAME if attribute_not_exists(#pk) OR #holder = :holder, else name',
      `put CHANGE ${ULID}`,
    ]);
  });

  test('removes an agent with all it has but its tombstone', () => {
    expect(inWords(buildRemoval(aRecord({ name: 'calendar' }), CAUSE))).toEqual([
      'put AGENT#calendar-agent HEAD if #revision = :expectedRevision AND #changeId = :expectedChange, else head',
      'delete AGENT#calendar-agent LAYER#3#dynamodb',
      'delete NAME#calendar NAME',
      `put CHANGE ${ULID}`,
    ]);
  });
});
