import { describe, expect, test } from '@jest/globals';
import { CHANGE_STREAM_ENVIRONMENT, WRITE_API_ENVIRONMENT } from '../../../lambdas/agents/contract.ts';
import { INDEX_BASE_ENVIRONMENT, READ_API_ENVIRONMENT } from '../../../lambdas/capability/contract.ts';
import { functionNamed, permissionsOf, synthesise } from '../../support/template.ts';

const LOGS = ['logs:CreateLogStream on its own log group', 'logs:PutLogEvents on its own log group'];

describe('what a function may do', () => {
  test('the read function may read the table, the heads index and base snapshots, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'read-api')).toEqual([
      'dynamodb:GetItem on the table',
      'dynamodb:Query on the heads index',
      'dynamodb:Query on the table',
      ...LOGS,
      's3:GetObject on base snapshots',
    ]);
  });

  test('the write function may do what a transaction and its reads need on the table, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'write-api')).toEqual([
      'dynamodb:DeleteItem on the table',
      'dynamodb:GetItem on the table',
      'dynamodb:PutItem on the table',
      'dynamodb:Query on the table',
      ...LOGS,
    ]);
  });

  test('index-base may read what the read function reads, write base snapshots and name one, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'index-base')).toEqual([
      'dynamodb:GetItem on the table',
      'dynamodb:PutItem on the table within REGISTRY',
      'dynamodb:Query on the heads index',
      'dynamodb:Query on the table',
      ...LOGS,
      's3:GetObject on base snapshots',
      's3:PutObject on base snapshots',
    ]);
  });

  test('change-stream may read the stream, append late changes again, announce, report dead letters, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'change-stream')).toEqual([
      'dynamodb:DescribeStream on the stream',
      'dynamodb:GetItem on the table',
      'dynamodb:GetRecords on the stream',
      'dynamodb:GetShardIterator on the stream',
      'dynamodb:ListStreams on the stream',
      'dynamodb:PutItem on the table',
      'dynamodb:UpdateItem on the table',
      'events:PutEvents on the bus',
      ...LOGS,
      'sqs:GetQueueAttributes on the dead letters',
      'sqs:GetQueueUrl on the dead letters',
      'sqs:SendMessage on the dead letters',
    ]);
  });
});

describe('what a function is told', () => {
  const POWERTOOLS = ['POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];
  const environmentOf = (shortName: string, context = {}) =>
    functionNamed(synthesise(context), shortName).Properties.Environment.Variables;

  test.each([
    ['read-api', READ_API_ENVIRONMENT],
    ['write-api', WRITE_API_ENVIRONMENT],
    ['change-stream', CHANGE_STREAM_ENVIRONMENT],
    ['index-base', INDEX_BASE_ENVIRONMENT],
  ] as const)('%s gets what its contract names, and nothing else', (shortName, names) => {
    expect(Object.keys(environmentOf(shortName)).sort()).toEqual([...names, ...POWERTOOLS].sort());
  });

  test.each(['dev', 'prod'])('nothing is anonymous in %s', (env) => {
    expect(environmentOf('read-api', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('write-api', { env }).ALLOW_ANONYMOUS).toBe('false');
  });

  test('anybody is served on the local stack', () => {
    expect(environmentOf('read-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
    expect(environmentOf('write-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
  });

  test('the write function knows the limits of its stage', () => {
    expect(environmentOf('write-api', { allowedTools: 'Read', maxAgentMemory: '8gb' })).toMatchObject({
      ALLOWED_TOOLS: 'Read',
      MAX_AGENT_MEMORY: '8gb',
    });
  });

  test('the index is a second old at most', () => {
    expect(environmentOf('read-api').INDEX_MAX_STALENESS_MS).toBe('1000');
  });
});

test('the outputs are what the command line and the local stack look for', () => {
  const outputs: [string, { Export?: object }][] = Object.entries(synthesise().registry.toJSON().Outputs);
  const spelled = outputs.filter(([, { Export }]) => Export === undefined).map(([name]) => name);
  expect(spelled.sort()).toEqual(['ApiUrl', 'BucketName', 'BusName', 'TableName']);
});
