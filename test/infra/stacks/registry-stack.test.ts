import { describe, expect, test } from '@jest/globals';
import {
  CHANGE_STREAM_ENVIRONMENT,
  WRITE_API_ENVIRONMENT,
  WRITE_API_OPTIONS,
} from '../../../lambdas/agents/contract.ts';
import { INDEX_BASE_ENVIRONMENT, READ_API_ENVIRONMENT } from '../../../lambdas/capability/contract.ts';
import { DISCOVERY_ENVIRONMENT, DISCOVERY_OPTIONS } from '../../../lambdas/discovery/contract.ts';
import {
  AWS_CHECK_ENVIRONMENT,
  CHECK_KINDS,
  type CheckKind,
  HEALTH_API_ENVIRONMENT,
  ROUND_ENVIRONMENT,
  ROUND_OPTIONS,
} from '../../../lambdas/health/contract.ts';
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

describe('what those who watch over agents may do', () => {
  /** A change of health: a head and its entry of the log, on condition that a beat is still the one that it was. */
  const SETTLE = [
    'dynamodb:ConditionCheckItem on the table within LIVENESS#*',
    'dynamodb:PutItem on the table within AGENT#*, CHANGE',
  ];
  /** Leases, and what the monitor tells of itself. */
  const REPORT = ['dynamodb:DeleteItem on the table within REGISTRY', 'dynamodb:PutItem on the table within REGISTRY'];
  const LOOK_UP = ['dynamodb:GetItem on the table', 'dynamodb:Query on the table'];
  const READ_BEATS = ['dynamodb:BatchGetItem on the table within LIVENESS#*'];
  const ROUND = [...SETTLE, ...REPORT, ...LOOK_UP, 'dynamodb:Query on the heads index', ...LOGS];
  const QUEUE = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
    (verb) => `sqs:${verb} on the queue of rounds`,
  );
  const pages = (kind: CheckKind) => [`dynamodb:PutItem on the table within CHECKS#${kind}#*`];

  test('health-api may replace beats, change health, write down an override, and nothing else', () => {
    const beat = 'dynamodb:UpdateItem on the table within LIVENESS#*';
    expect(permissionsOf(synthesise(), 'health-api')).toEqual([...SETTLE, ...REPORT, ...LOOK_UP, beat, ...LOGS].sort());
  });

  test('the sweep may read the fleet and its beats, change health, report, and nothing else', () => {
    expect(permissionsOf(synthesise(), 'health-sweep')).toEqual([...ROUND, ...READ_BEATS].sort());
  });

  test.each([
    ['http-check', 'http', QUEUE],
    ['lambda-check', 'lambda', []],
    ['ecs-check', 'ecs', QUEUE],
  ] as const)(
    '%s may read the fleet, keep its own results, change health, report, and nothing else',
    (name, kind, queue) => {
      expect(permissionsOf(synthesise(), name)).toEqual([...ROUND, ...pages(kind), ...queue].sort());
    },
  );

  test('every check has a function of its own', () => {
    for (const kind of CHECK_KINDS) expect(functionNamed(synthesise(), `${kind}-check`)).toBeDefined();
  });

  const asks = (shortName: string, context: Record<string, string>) =>
    permissionsOf(synthesise(context), shortName).filter((permission) => /^(lambda|ecs):/.test(permission));

  test('lambda-check may ask for the functions that the stage names, in all versions, of its own account', () => {
    const [one, two, versions, ...others] = asks('lambda-check', { checkedFunctions: 'calendar,agents-*' });
    expect(others).toEqual([]);
    expect(one).toMatch(
      /^lambda:GetFunctionConfiguration on .*:lambda:.*AWS::Region.*AWS::AccountId.*:function:agents-\*"/,
    );
    expect(versions).toMatch(/^lambda:GetFunctionConfiguration on .*:function:calendar:\*"/);
    expect(two).toMatch(/^lambda:GetFunctionConfiguration on .*:function:calendar"/);
  });

  test('ecs-check may ask for the services that the stage names, of its own account', () => {
    const [one, two, ...others] = asks('ecs-check', { checkedServices: 'agents/calendar,workers/*' });
    expect(others).toEqual([]);
    expect(one).toMatch(/^ecs:DescribeServices on .*:ecs:.*AWS::Region.*AWS::AccountId.*:service\/agents\/calendar"/);
    expect(two).toMatch(/^ecs:DescribeServices on .*:service\/workers\/\*"/);
  });

  test('one check may not ask what the other is named', () => {
    const context = { checkedFunctions: 'calendar', checkedServices: 'agents/calendar' };
    expect(asks('http-check', context)).toEqual([]);
    expect(asks('lambda-check', context)).toHaveLength(2);
    expect(asks('ecs-check', context)).toHaveLength(1);
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
    ['health-api', HEALTH_API_ENVIRONMENT],
    ['http-check', ROUND_ENVIRONMENT],
    ['lambda-check', AWS_CHECK_ENVIRONMENT],
    ['ecs-check', AWS_CHECK_ENVIRONMENT],
    ['health-sweep', ROUND_ENVIRONMENT],
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

  test.each([
    ['http-check', ROUND_ENVIRONMENT, 'ALLOWED_HOSTS', 'mcp.example.com'],
    ['lambda-check', AWS_CHECK_ENVIRONMENT, 'CHECKED_FUNCTIONS', 'calendar,agents-*'],
    ['ecs-check', AWS_CHECK_ENVIRONMENT, 'CHECKED_SERVICES', 'agents/calendar,workers/*'],
  ] as const)(
    '%s gets beside %j what it may ask, %s, when the stage has it, and nothing that is for others',
    (name, always, option, value) => {
      const given = environmentOf(name, {
        allowedHosts: 'mcp.example.com',
        checkedFunctions: 'calendar, agents-*',
        checkedServices: 'agents/calendar, workers/*',
      });
      expect(ROUND_OPTIONS).toContain(option);
      expect(Object.keys(given).sort()).toEqual([...always, option, ...POWERTOOLS].sort());
      expect(given[option]).toBe(value);
    },
  );

  test.each(['dev', 'prod'])('nothing is anonymous in %s', (env) => {
    expect(environmentOf('read-api', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('write-api', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('discovery', { env }).ALLOW_ANONYMOUS).toBe('false');
    expect(environmentOf('health-api', { env }).ALLOW_ANONYMOUS).toBe('false');
  });

  test('anybody is served on the local stack', () => {
    expect(environmentOf('read-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
    expect(environmentOf('write-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
    expect(environmentOf('health-api', { env: 'local' }).ALLOW_ANONYMOUS).toBe('true');
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
