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
    const { Put, Delete, ConditionCheck } = write;
    const { pk, sk } = Put?.Item ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
    const expression = (Put ?? ConditionCheck)?.ConditionExpression;
    const condition = expression ? ` if ${expression}, else ${obstacle}` : '';
    return `${Put ? 'put' : Delete ? 'delete' : 'check'} ${pk} ${sk}${condition}`;
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
      'put LIVENESS#calendar-agent BEAT',
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
      'delete LIVENESS#calendar-agent BEAT',
      `put CHANGE ${ULID}`,
    ]);
  });

  test('makes a new life of a tombstone, with a place for its beats', () => {
    const before = {
      ...aRecord({ name: 'calendar' }, { revision: 4, deleted: true, incarnation: 'earlier' }),
      layers: [],
    };

    expect(toTransaction('table', buildCommit({ ...draft, before }, CAUSE).commit)).toContainEqual({
      write: {
        Put: { TableName: 'table', Item: { pk: 'LIVENESS#calendar-agent', sk: 'BEAT', incarnation: ULID } },
      },
      obstacle: 'head',
    });
  });

  test('changes an agent whose newest beat is the one that the change rests on', () => {
    const before = aRecord({ name: 'calendar' }, { revision: 4 });
    const { commit } = buildCommit({ ...draft, before, layers: before.layers, health: 'unhealthy' }, CAUSE);

    expect(inWords({ ...commit, ifBeat: { incarnation: 'life', at: START } })).toEqual([
      'put AGENT#calendar-agent HEAD if #revision = :expectedRevision AND #changeId = :expectedChange, else head',
      'check LIVENESS#calendar-agent BEAT if #incarnation = :incarnation AND #at = :at, else beat',
      `put CHANGE ${ULID}`,
    ]);
  });
});
