import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoHealthReports } from '../../../lambdas/health/dynamo-health-reports.ts';
import type { SweepReport } from '../../../lambdas/health/health-report.ts';
import { createDocumentClient } from '../../../lambdas/shared/aws-clients.ts';
import { START } from '../../support/agents.ts';

const client = createDocumentClient({ region: 'eu-west-1' });
const dynamo = mockClient(DynamoDBDocumentClient);
const reports = new DynamoHealthReports(client, 'table');

const swept: SweepReport = {
  at: START,
  tookMs: 5,
  leased: 3,
  expired: 1,
  evicted: 1,
  preserving: false,
  held: 0,
  recentEvictions: [{ at: START, count: 1 }],
};

const refused = Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });

beforeEach(() => {
  dynamo.reset();
});

test('the first sweep that tells of itself finds nothing; the next one replaces the one that it follows', async () => {
  dynamo.on(PutCommand).resolves({});
  expect(await reports.saveSweep(swept, undefined)).toBe(true);
  expect(await reports.saveSweep({ ...swept, at: START + 1 }, START)).toBe(true);
  const puts = dynamo.commandCalls(PutCommand).map(({ args }) => args[0].input);

  expect(puts[0]).toMatchObject({
    TableName: 'table',
    Item: { pk: 'REGISTRY', sk: 'HEALTH#sweep', ...swept },
    ConditionExpression: 'attribute_not_exists(#pk)',
  });
  expect(puts[1]).toMatchObject({
    ConditionExpression: '#field = :previous',
    ExpressionAttributeNames: { '#field': 'at' },
    ExpressionAttributeValues: { ':previous': START },
  });
});

test('a sweep that was overtaken is told so', async () => {
  dynamo.on(PutCommand).rejects(refused);
  expect(await reports.saveSweep(swept, START - 1)).toBe(false);
});

test('what is read is what was told, and an operator’s word counts until its end', async () => {
  const word = { mode: 'hold', until: START, actor: 'op', reason: 'maintenance' };
  dynamo.on(GetCommand).resolves({ Item: { pk: 'REGISTRY', sk: 'HEALTH#override', ...word } });
  expect(await reports.override(START - 1)).toEqual(word);
  expect(await reports.override(START)).toBeUndefined();
  expect(dynamo.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({
    Key: { pk: 'REGISTRY', sk: 'HEALTH#override' },
    ConsistentRead: true,
  });
});
