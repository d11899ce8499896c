import { describe, expect, test } from '@jest/globals';
import {
  CHANGE_STREAM_ENVIRONMENT,
  WRITE_API_ENVIRONMENT,
  WRITE_API_OPTIONS,
} from '../../../lambdas/agents/contract.ts';
import { INDEX_BASE_ENVIRONMENT, READ_API_ENVIRONMENT } from '../../../lambdas/capability/contract.ts';
import { DISCOVERY_ENVIRONMENT, DISCOVERY_OPTIONS } from '../../../lambdas/discovery/contract.ts';
import { functionNamed, permissionsOf, synthesise } from '../../support/template.ts';

const LOGS = ['logs:CreateLogStream on its own log group', 'logs:PutLogEvents on its own log group'];

describe('what a function may do', () => {
  test('the function that anybody may call may log, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'openapi')).toEqual(LOGS);
  });

  const DISCOVERY = [
    'dynamodb:DeleteItem on the table',
    'dynamodb:GetItem on the table',
    'dynamodb:PutItem on the table',
    'dynamodb:Query on the table',
    'dynamodb:UpdateItem on the table within REGISTRY',
    'events:PutEvents on the bus',
    ...LOGS,
    's3:GetObject on manifests',
    's3:GetObject on what hot reload knows',
    's3:ListBucket on the bucket',
    's3:PutObject on what hot reload knows',
    ...['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].flatMap(
      (verb) => [`sqs:${verb} on the queue of manifest events`, `sqs:${verb} on the queue of polls`],
    ),
  ];

  test('discovery may follow manifests, write agents, announce refusals, empty its queues, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'discovery')).toEqual(DISCOVERY);
  });

  test('discovery may read another registry on AWS as well, when it is fed by one', () => {
    const remoteRegistry = 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com';
    const [more, ...others] = permissionsOf(synthesise({ remoteRegistry }), 'discovery').filter(
      (permission) => !DISCOVERY.includes(permission),
    );
    expect(others).toEqual([]);
    expect(more).toMatch(/^execute-api:Invoke on .*:execute-api:eu-west-1:\*:a1b2c3d4e5\/\*\/GET\/registry\/\*/);
  });

  test.each(['https://registry.example.com', 'https://a.execute-api.eu-west-1.amazonaws.com.example.com'])(
    'discovery may do no more on AWS when it is fed by %s',
    (remoteRegistry) => {
      expect(permissionsOf(synthesise({ remoteRegistry }), 'discovery')).toEqual(DISCOVERY);
    },
  );

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
    ['discovery', DISCOVERY_ENVIRONMENT],
    ['openapi', []],
  ] as const)('%s gets what its contract names, and nothing else', (shortName, names) => {
    expect(Object.keys(environmentOf(shortName)).sort()).toEqual([...names, ...POWERTOOLS].sort());
  });

  test.each([
    ['write-api', [...WRITE_API_ENVIRONMENT, ...WRITE_API_OPTIONS]],
    ['discovery', [...DISCOVERY_ENVIRONMENT, ...DISCOVERY_OPTIONS]],
  ] as const)('%s gets what its contract offers beside, when the stage has it', (shortName, names) => {
    const given = environmentOf(shortName, {
      allowedHosts: 'mcp.example.com',
      remoteRegistry: 'https://r.example.com',
    });
    expect(Object.keys(given).sort()).toEqual([...names, ...POWERTOOLS].sort());
    expect(given).toMatchObject({ ALLOWED_HOSTS: 'mcp.example.com' });
  });

  test.each(['dev', 'prod'])('nothing is anonymous in %s', (env) => {
    expect(environmentOf('read-api', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('write-api', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('discovery', { env }).ALLOW_ANONYMOUS).toBe('false');
  });

  test('anybody is served on the local stack', () => {
    expect(environmentOf('read-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
    expect(environmentOf('write-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
  });

  test.each(['write-api', 'discovery'])('%s knows the limits of its stage', (shortName) => {
    expect(environmentOf(shortName, { allowedTools: 'Read', maxAgentMemory: '8gb' })).toMatchObject({
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
