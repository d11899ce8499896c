import { describe, expect, test } from '@jest/globals';
import { awsFunctions } from '../../../../lambdas/health/checks/aws-lambda-check.ts';
import type { CheckTarget } from '../../../../lambdas/health/checks/checker.ts';
import { functionIn, judgeFunction, LambdaChecker } from '../../../../lambdas/health/checks/lambda-check.ts';
import { parsePermitted } from '../../../../lambdas/health/checks/permitted.ts';
import { outcomeOf } from '../../../../lambdas/health/health-status.ts';
import { systemClock } from '../../../../lambdas/shared/clock.ts';
import { httpTarget, inAMinute, lambdaTarget } from '../../../support/check-targets.ts';
import { type JsonAnswer, jsonService, refusal } from '../../../support/json-service.ts';

type Answer = JsonAnswer | 'hang up';

const OWN = { account: '123456789012', region: 'eu-west-1' };
const ours = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;

const configuration = (State?: string, LastUpdateStatus?: string): JsonAnswer => ({
  body: { FunctionName: 'one', State, LastUpdateStatus },
});

/** What comes of checking targets, where Lambda answers so over the wire. */
async function checking(
  answer: Answer | ((functionName: string) => Answer),
  targets: readonly CheckTarget[] = [lambdaTarget('one')],
  { permitted = 'one,two,agent-*', deadline = inAMinute() } = {},
) {
  await using lambda = await jsonService(({ path }) => {
    const name = /\/functions\/([^/]+)\/configuration/.exec(path)?.[1] ?? '';
    return typeof answer === 'function' ? answer(name) : answer;
  });
  const unasked: object[] = [];
  const checker = new LambdaChecker({
    ask: awsFunctions(lambda.target),
    permits: parsePermitted(permitted),
    own: OWN,
    clock: systemClock,
    onUnasked: (agents) => unasked.push(agents),
  });
  const results = await checker.check(targets, deadline);
  const told = Object.fromEntries(
    [...results].map(([id, result]) => [id, `${outcomeOf(result)} ${result.details?.reason}`]),
  );
  return { told, results, unasked, asked: lambda.calls.map(({ method, path }) => `${method} ${path}`) };
}

describe('a function', () => {
  test.each([
    ['that works', configuration('Active', 'Successful'), 'passed OK'],
    ['that was not called for weeks', configuration('Inactive', 'Successful'), 'passed IDLE'],
    ['that is being made', configuration('Pending', 'InProgress'), 'partial FUNCTION_PENDING'],
    ['that could not be made', configuration('Failed', 'Successful'), 'failed FUNCTION_FAILED'],
    ['that is being updated', configuration('Active', 'InProgress'), 'partial UPDATE_IN_PROGRESS'],
    ['whose update failed', configuration('Active', 'Failed'), 'failed UPDATE_FAILED'],
    ['that is not there', refusal(404, 'ResourceNotFoundException'), 'failed FUNCTION_MISSING'],
  ])('%s', async (_, answer, told) => {
    expect((await checking(answer)).told).toEqual({ one: told });
  });

  test('is told of with how long the answer took, and since when', async () => {
    const before = Date.now();

    const { results } = await checking(configuration('Active', 'Successful'));

    const { timestamp = 0, responseTime = -1, ...result } = results.get('one') ?? {};
    expect(result).toEqual({ agentId: 'one', healthy: true, details: { source: 'lambda', reason: 'OK' } });
    expect([timestamp >= before, timestamp + responseTime <= Date.now()]).toEqual([true, true]);
  });

  test.each<[string, Answer, string]>([
    ['the role may not ask for', refusal(403, 'AccessDeniedException'), 'refused'],
    ['is not told of because there were too many calls', refusal(429, 'TooManyRequestsException'), 'busy'],
    ['Lambda fails over', refusal(500, 'ServiceException'), 'refused'],
    ['Lambda says nothing of', 'hang up', 'refused'],
    ['is in a state that nobody knows yet', configuration('Dreaming', 'Successful'), 'unclear'],
  ])('that %s is not judged, asked for once, and counted by the cause', async (_, answer, cause) => {
    const { told, asked, unasked } = await checking(answer);

    expect([told, unasked]).toEqual([{}, [{ [cause]: 1 }]]);
    expect(asked).toHaveLength(1);
  });

  test('is asked for once, however many agents run in it', async () => {
    const targets = [1, 2, 3].map((n) => lambdaTarget(`agent-${n}`, { functionName: 'one' }));

    const { told, asked } = await checking(configuration('Active', 'Successful'), [...targets, lambdaTarget('two')]);

    expect(told).toEqual({ 'agent-1': 'passed OK', 'agent-2': 'passed OK', 'agent-3': 'passed OK', two: 'passed OK' });
    expect(asked.toSorted()).toEqual([
      'GET /2015-03-31/functions/one/configuration',
      'GET /2015-03-31/functions/two/configuration',
    ]);
  });

  test('that nobody permitted is never asked for, and told of by their number alone', async () => {
    const targets = ['one', 'agent-7', 'other', 'my-agent-7', ours('secret'), 'two words'];

    const { told, asked, unasked } = await checking(
      configuration('Active', 'Successful'),
      targets.map((name, n) => lambdaTarget(`id-${n}`, { functionName: name })),
    );

    expect(told).toEqual({ 'id-0': 'passed OK', 'id-1': 'passed OK' });
    expect(asked).toHaveLength(2);
    expect(unasked).toEqual([{ notPermitted: 3, unreadable: 1 }]);
  });

  test.each([
    'arn:aws:lambda:eu-west-1:999999999999:function:one',
    'arn:aws:lambda:us-east-1:123456789012:function:one',
    'arn:aws:lambda:us-east-1:999999999999:function:one:live',
    '999999999999:function:one',
  ])('of another account or region is never asked for: %s', async (functionName) => {
    const { told, asked, unasked } = await checking(configuration('Active', 'Successful'), [
      lambdaTarget('a', { functionName }),
    ]);

    expect([told, asked, unasked]).toEqual([{}, [], [{ elsewhere: 1 }]]);
  });

  test('is asked for by its plain name, once, however it is referred to', async () => {
    const references = ['one', ours('one'), '123456789012:function:one', 'one:$LATEST'];
    const targets = references.map((functionName, n) => lambdaTarget(`id-${n}`, { functionName }));

    const { told, asked, unasked } = await checking(configuration('Active', 'Successful'), targets);

    expect(Object.keys(told)).toHaveLength(4);
    expect(asked).toEqual(['GET /2015-03-31/functions/one/configuration']);
    expect(unasked).toEqual([]);
  });

  test('is asked for in the version or alias that is meant, each for itself', async () => {
    const targets = [ours('agent-1:live'), 'agent-1:live', 'agent-1:7', 'agent-1'].map((functionName, n) =>
      lambdaTarget(`id-${n}`, { functionName }),
    );

    const { told, asked } = await checking(configuration('Active', 'Successful'), targets);

    expect(Object.keys(told)).toHaveLength(4);
    expect(asked.toSorted()).toEqual([
      'GET /2015-03-31/functions/agent-1/configuration',
      'GET /2015-03-31/functions/agent-1/configuration?Qualifier=7',
      'GET /2015-03-31/functions/agent-1/configuration?Qualifier=live',
    ]);
  });
});

test('once Lambda is busy nobody is asked for any more, and the others keep what was said of them', async () => {
  const targets = Array.from({ length: 60 }, (_, n) => lambdaTarget(`agent-${n}`));
  const busy = (name: string) =>
    Number(name.slice(6)) < 5 ? configuration('Active', 'Successful') : refusal(429, 'TooManyRequestsException');

  const { told, asked } = await checking(busy, targets);

  expect(Object.values(told)).toEqual(Array(5).fill('passed OK'));
  // Those that were under way.
  expect(asked.length).toBeLessThanOrEqual(20);
});

test('nothing is asked so late that its answer could come after the end', async () => {
  const { told, asked } = await checking(configuration('Active', 'Successful'), undefined, {
    deadline: Date.now() + 4_000,
  });

  expect([told, asked]).toEqual([{}, []]);
});

test('targets of other kinds are none of its business', async () => {
  expect(await checking(configuration('Active', 'Successful'), [httpTarget('one')])).toMatchObject({
    told: {},
    asked: [],
  });
});

const HERE = { account: '123456789012' };
test.each([
  ['calendar', { name: 'calendar' }],
  ['calendar:live', { name: 'calendar', qualifier: 'live' }],
  ['calendar:$LATEST', { name: 'calendar' }],
  ['function:calendar', { name: 'calendar' }],
  ['123456789012:function:calendar', { name: 'calendar', ...HERE }],
  ['arn:aws:lambda:eu-west-1:123456789012:function:calendar', { name: 'calendar', ...HERE, region: 'eu-west-1' }],
  [
    'arn:aws-us-gov:lambda:us-gov-east-1:123456789012:function:calendar:7',
    { name: 'calendar', qualifier: '7', ...HERE, region: 'us-gov-east-1' },
  ],
  ['arn:aws:s3:::calendar', undefined],
  ['../calendar', undefined],
  ['calendar/../other', undefined],
  ['calendar:$OLDEST', undefined],
  ['', undefined],
])('what %p names is %p', (reference, named) => {
  expect(functionIn(reference)).toEqual(named);
});

test('a function without a state is not judged', () => {
  expect(judgeFunction({ state: undefined, lastUpdateStatus: undefined })).toBeUndefined();
});
