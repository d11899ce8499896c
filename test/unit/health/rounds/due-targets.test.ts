import { expect, test } from '@jest/globals';
import type { DeclaredCheck } from '../../../../lambdas/health/checks/checker.ts';
import { LambdaChecker } from '../../../../lambdas/health/checks/lambda-check.ts';
import { CheckWorld } from '../../../support/check-world.ts';

const OWN = { account: '123456789012', region: 'eu-central-1' };
const BY_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:shared';

/** An agent that runs in a function. */
const inFunction = (functionName: string, intervalSeconds?: number): Partial<DeclaredCheck> => ({
  type: 'lambda',
  functionName,
  ...(intervalSeconds !== undefined && { intervalSeconds }),
});

/** Functions of which rounds are made, and the seconds at which each was asked for. */
function lambdaWorld() {
  const world = new CheckWorld();
  const asked: [name: string, seconds: number][] = [];
  const start = world.clock.now() + 30_000;
  const aRound = () =>
    world.round({
      checker: new LambdaChecker({
        ask: async ({ name, qualifier }) => {
          const whole = qualifier === undefined ? name : `${name}:${qualifier}`;
          asked.push([whole, (world.clock.now() - start) / 1_000]);
          return { state: 'Active', lastUpdateStatus: 'Successful' };
        },
        permits: () => true,
        own: OWN,
        clock: world.clock,
      }),
    });
  return { world, asked, aRound };
}

test('a function that several agents share is asked for every five minutes, whenever they came, and however they name it', async () => {
  const { world, asked, aRound } = lambdaWorld();
  const round = aRound();

  for (let n = 0; n < 25; n += 1) {
    if (n < 5) world.add(`a-${n}`, inFunction(n % 2 === 0 ? 'shared' : BY_ARN));
    await world.next(round);
  }

  expect(asked).toEqual([
    ['shared', 0],
    ['shared', 300],
    ['shared', 600],
  ]);
});

test('the answer is that of all who share the function', async () => {
  const { world, aRound } = lambdaWorld();
  const round = aRound();
  for (let n = 0; n < 12; n += 1) {
    if (n < 3) world.add(`a-${n}`, inFunction('shared'));
    await world.next(round);
  }

  const { pages = 0 } = world.reports.report ?? {};
  const stored = (await world.pages.read({ kind: 'lambda', pages, page: 0 }))?.agents ?? [];
  expect(stored.map(({ agentId, recent }) => [agentId, recent.length])).toEqual([
    ['a-0', 2],
    ['a-1', 1],
    ['a-2', 1],
  ]);
});

test('a cold function knows from the pages when the functions were asked for', async () => {
  const { world, asked, aRound } = lambdaWorld();
  world.add('a-0', inFunction('shared'));
  await world.next(aRound());
  world.add('a-1', inFunction(BY_ARN));

  for (let n = 0; n < 10; n += 1) await world.next(aRound());

  expect(asked.map(([, seconds]) => seconds)).toEqual([0, 300]);
});

test('a function is never asked for a moment before its time', async () => {
  const { world, asked, aRound } = lambdaWorld();
  const round = aRound();
  world.add('a-0', inFunction('shared'));
  await world.next(round);
  world.clock.advance(299_999);
  await round.run(world.clock.now() + 60_000);
  world.clock.advance(1);
  await round.run(world.clock.now() + 60_000);

  expect(asked.map(([, seconds]) => seconds)).toEqual([0, 300]);
});

test('whoever wants a shared function asked for most often sets its pace; other versions are other questions', async () => {
  const { world, asked, aRound } = lambdaWorld();
  const round = aRound();
  world.add('seldom', inFunction('shared', 3_600));
  world.add('often', inFunction('shared', 600));
  world.add('version', inFunction('shared:live', 86_400));

  for (let n = 0; n < 41; n += 1) await world.next(round);

  expect(asked).toEqual([
    ['shared', 0],
    ['shared:live', 0],
    ['shared', 600],
    ['shared', 1_200],
  ]);
});

test('two agents of one address are asked after each for itself', async () => {
  const world = new CheckWorld();
  const round = world.round();
  world.add('a-0');
  await world.next(round);
  world.add('a-1');
  world.clock.advance(5_000);
  await round.run(world.clock.now() + 60_000);

  expect(world.checker.rounds).toEqual([['a-0'], ['a-1']]);
});

test('an agent that comes back stands in the row as one that is new', async () => {
  const world = new CheckWorld();
  const round = world.round();
  world.checker.plan = () => undefined;
  for (const id of ['back', 'stays']) world.add(id);
  await world.next(round);
  world.remove('back');
  await world.next(round);
  for (const id of ['back', 'new']) world.add(id);

  await world.next(round);

  expect(world.checker.rounds.at(-1)).toEqual(['back', 'new', 'stays']);
});
