import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../lambdas/agents/dynamo-items.ts';
import { CHECK_KINDS } from '../../../lambdas/health/contract.ts';
import { PARTITIONS } from '../../../lib/constructs/registry-table.ts';
import { synthesise, theOnly } from '../../support/template.ts';

const tableOf = (env: string) => theOnly(synthesise({ env }), 'AWS::DynamoDB::GlobalTable').Properties;

describe('the table', () => {
  test('is on demand, keyed by pk and sk, and forgets what has expired', () => {
    expect(tableOf('dev')).toMatchObject({
      TableName: 'ai-pa-agent-registry-dev',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('streams new images, and nothing that a change has replaced', () => {
    expect(tableOf('dev').StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
  });

  test('lists heads by shard, with no more than their digests', () => {
    expect(tableOf('dev').GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'heads',
        KeySchema: [
          { AttributeName: 'shard', KeyType: 'HASH' },
          { AttributeName: 'pk', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['digest'] },
      },
    ]);
  });

  test.each([
    ['prod', true],
    ['dev', false],
    ['local', false],
  ])('can be brought back to any minute; protected from deletion in %s: %s', (env, isProtected) => {
    const [replica, ...others] = tableOf(env).Replicas;
    expect(others).toEqual([]);
    expect(replica.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    expect(replica.DeletionProtectionEnabled).toBe(isProtected);
  });

  test("is encrypted under DynamoDB's own key", () => {
    expect(tableOf('prod').SSESpecification).toBeUndefined();
  });
});

describe('the beginnings of partitions, by which rights are confined', () => {
  test("are those of the items' keys", () => {
    expect(keys.head('calendar').pk).toBe(`${PARTITIONS.agents}calendar`);
    expect(keys.beat('calendar').pk).toBe(`${PARTITIONS.beats}calendar`);
    for (const kind of CHECK_KINDS) {
      expect(keys.checkPage(kind, 4, 3).pk.startsWith(PARTITIONS.checks(kind))).toBe(true);
    }
  });
});
