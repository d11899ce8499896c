import { describe, expect, test } from '@jest/globals';
import { awsServices } from '../../../../lambdas/health/checks/aws-ecs-check.ts';
import type { CheckTarget } from '../../../../lambdas/health/checks/checker.ts';
import { EcsChecker, ecsResourceIn } from '../../../../lambdas/health/checks/ecs-check.ts';
import { parsePermitted } from '../../../../lambdas/health/checks/permitted.ts';
import { outcomeOf } from '../../../../lambdas/health/health-status.ts';
import { systemClock } from '../../../../lambdas/shared/clock.ts';
import { ecsTarget, inAMinute, lambdaTarget } from '../../../support/check-targets.ts';
import { type JsonAnswer, jsonService, refusal } from '../../../support/json-service.ts';

type Answer = JsonAnswer | 'hang up';
interface Asked {
  readonly cluster: string;
  readonly services: readonly string[];
}

const PRIMARY = (rolloutState: string) => ({ status: 'PRIMARY', rolloutState });
const service = (serviceName: string, overrides: object = {}) => ({
  serviceName,
  serviceArn: `arn:aws:ecs:eu-west-1:123456789012:service/main/${serviceName}`,
  status: 'ACTIVE',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  deployments: [PRIMARY('COMPLETED')],
  ...overrides,
});
const failure = (reason: string) => (name: string) => ({
  arn: `arn:aws:ecs:eu-west-1:123456789012:service/main/${name}`,
  reason,
});
/** All that were asked for are there, and so. */
const allSo =
  (overrides: object = {}) =>
  ({ services }: Asked): JsonAnswer => ({
    body: { services: services.map((name) => service(name, overrides)), failures: [] },
  });
const allFail =
  (reason: string) =>
  ({ services }: Asked): JsonAnswer => ({ body: { services: [], failures: services.map(failure(reason)) } });

/** What comes of checking targets, where ECS answers so over the wire. */
async function checking(
  answer: Answer | ((asked: Asked) => Answer),
  targets: readonly CheckTarget[] = [ecsTarget('web')],
  permitted = 'main/*,other/*',
) {
  await using ecs = await jsonService(({ body }) =>
    typeof answer === 'function' ? answer(body as unknown as Asked) : answer,
  );
  const unasked: object[] = [];
  const checker = new EcsChecker({
    ask: awsServices(ecs.target),
    permits: parsePermitted(permitted),
    own: { account: '123456789012', region: 'eu-west-1' },
    clock: systemClock,
    onUnasked: (agents) => unasked.push(agents),
  });
  const results = await checker.check(targets, inAMinute());
  const told = Object.fromEntries(
    [...results].map(([id, result]) => [id, `${outcomeOf(result)} ${result.details?.reason}`]),
  );
  const calls = ecs.calls.map(({ headers, body }) => ({
    target: headers['x-amz-target'],
    ...(body as unknown as Asked),
  }));
  return { told, calls, unasked };
}

describe('a service', () => {
  test.each<[string, Answer | ((asked: Asked) => Answer), string]>([
    ['whose tasks run', allSo(), 'passed OK'],
    ['that is scaled to nothing', allSo({ desiredCount: 0, runningCount: 0 }), 'failed NO_TASKS'],
    ['that waits for its first task', allSo({ runningCount: 0, pendingCount: 1 }), 'failed NO_TASKS'],
    ['that waits for some of its tasks', allSo({ pendingCount: 1 }), 'partial TASKS_PENDING'],
    ['whose deployment failed', allSo({ deployments: [PRIMARY('FAILED')] }), 'partial ROLLOUT_FAILED'],
    [
      'one of whose older deployments failed',
      allSo({ deployments: [{ status: 'ACTIVE', rolloutState: 'FAILED' }, PRIMARY('COMPLETED')] }),
      'passed OK',
    ],
    ['that is deployed by others', allSo({ deployments: undefined }), 'passed OK'],
    ['that is being taken away', allSo({ status: 'DRAINING' }), 'failed SERVICE_INACTIVE'],
    ['that was taken away', allSo({ status: 'INACTIVE' }), 'failed SERVICE_INACTIVE'],
    ['that is not there', allFail('MISSING'), 'failed SERVICE_MISSING'],
    ['of a cluster that is not there', refusal(400, 'ClusterNotFoundException'), 'failed CLUSTER_MISSING'],
  ])('%s', async (_, answer, told) => {
    expect((await checking(answer)).told).toEqual({ web: told });
  });

  test.each<[string, Answer | ((asked: Asked) => Answer), string]>([
    ['the role may not ask for', refusal(400, 'AccessDeniedException'), 'refused'],
    ['is not told of because there were too many calls', refusal(400, 'ThrottlingException'), 'busy'],
    ['ECS fails over', refusal(500, 'ServerException'), 'refused'],
    ['ECS says nothing of', 'hang up', 'refused'],
    ['ECS left out', { body: { services: [], failures: [] } }, 'unclear'],
    ['could not be told of for another reason', allFail('ACCESS_DENIED'), 'unclear'],
  ])('that %s is not judged, asked for once, and counted by the cause', async (_, answer, cause) => {
    const { told, calls, unasked } = await checking(answer);

    expect([told, calls.length, unasked]).toEqual([{}, 1, [{ [cause]: 1 }]]);
  });

  test('is asked for by plain names, once, however it and its cluster are referred to', async () => {
    const arn = (what: string) => `arn:aws:ecs:eu-west-1:123456789012:${what}`;
    const targets = [
      ecsTarget('a', { cluster: arn('cluster/main'), service: arn('service/main/web') }),
      ecsTarget('b', { cluster: 'main', service: arn('service/web') }),
      ecsTarget('c', { cluster: 'main', service: 'web' }),
    ];

    const { told, calls } = await checking(allSo(), targets);

    expect(told).toEqual({ a: 'passed OK', b: 'passed OK', c: 'passed OK' });
    expect(calls).toEqual([
      { target: 'AmazonEC2ContainerServiceV20141113.DescribeServices', cluster: 'main', services: ['web'] },
    ]);
  });

  test.each([
    { cluster: 'arn:aws:ecs:eu-west-1:999999999999:cluster/main' },
    { cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/main' },
    { service: 'arn:aws:ecs:eu-west-1:999999999999:service/main/web' },
    { service: 'arn:aws:ecs:us-east-1:123456789012:service/main/web' },
  ])('of another account or region is never asked for: %j', async (check) => {
    const { told, calls, unasked } = await checking(allSo(), [ecsTarget('web', check)]);

    expect([told, calls, unasked]).toEqual([{}, [], [{ elsewhere: 1 }]]);
  });

  test('is asked for once, however many agents run in it', async () => {
    const targets = [1, 2, 3].map((n) => ecsTarget(`agent-${n}`, { service: 'web' }));

    const { told, calls } = await checking(allSo(), targets);

    expect(told).toEqual({ 'agent-1': 'passed OK', 'agent-2': 'passed OK', 'agent-3': 'passed OK' });
    expect(calls.map(({ services }) => services)).toEqual([['web']]);
  });

  test('that nobody permitted, or whose name is none, is never asked for, and spoils no call of others', async () => {
    const targets = [
      ecsTarget('web'),
      ecsTarget('a', { cluster: 'secret' }),
      ecsTarget('b', { service: 'two words' }),
      ecsTarget('c', { cluster: 'main/../secret' }),
    ];

    const { told, calls, unasked } = await checking(allSo(), targets);

    expect(told).toEqual({ web: 'passed OK' });
    expect(calls).toHaveLength(1);
    expect(unasked).toEqual([{ notPermitted: 1, unreadable: 2 }]);
  });
});

test('eleven services of a cluster take two calls, and another cluster one of its own', async () => {
  const names = Array.from({ length: 11 }, (_, n) => `web-${n}`);

  const { told, calls } = await checking(allSo(), [
    ...names.slice(0, 6).map((name) => ecsTarget(name)),
    ecsTarget('far', { cluster: 'other' }),
    ...names.slice(6).map((name) => ecsTarget(name)),
  ]);

  expect(Object.keys(told)).toHaveLength(12);
  const shapes = calls
    .map((call) => call as unknown as Asked)
    .map(({ cluster, services }) => `${cluster} ${services.length}`);
  expect(shapes.toSorted()).toEqual(['main 1', 'main 10', 'other 1']);
});

test('some of a call may be missing, and others not', async () => {
  const some = (): JsonAnswer => ({ body: { services: [service('web')], failures: [failure('MISSING')('mail')] } });

  const { told } = await checking(some, [ecsTarget('web'), ecsTarget('mail')]);

  expect(told).toEqual({ web: 'passed OK', mail: 'failed SERVICE_MISSING' });
});

test('targets of other kinds are none of its business', async () => {
  expect(await checking(allSo(), [lambdaTarget('web')])).toEqual({ told: {}, calls: [], unasked: [] });
});

const HERE = { account: '123456789012', region: 'eu-west-1' };
test.each([
  ['web', { name: 'web' }],
  ['arn:aws:ecs:eu-west-1:123456789012:service/main/web', { name: 'web', ...HERE }],
  ['arn:aws:ecs:eu-west-1:123456789012:service/web', { name: 'web', ...HERE }],
  ['arn:aws:ecs:eu-west-1:123456789012:cluster/main', { name: 'main', ...HERE }],
  ['main/web', undefined],
  ['', undefined],
])('what %p names is %p', (reference, named) => {
  expect(ecsResourceIn(reference)).toEqual(named);
});
