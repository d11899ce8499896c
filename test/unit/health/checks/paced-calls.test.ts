import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { CALL_MS, type NoAnswer, PacedCalls } from '../../../../lambdas/health/checks/paced-calls.ts';
import { systemClock } from '../../../../lambdas/shared/clock.ts';
import { START } from '../../../support/agents.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Calls that are answered after so long, and when each was made. */
function paced(limit: number, { answer = 'fine' as string, took = 100 } = {}) {
  const made: { readonly question: number; readonly at: number }[] = [];
  const call = async (question: number): Promise<string | NoAnswer> => {
    made.push({ question, at: Date.now() - START });
    await new Promise((resolve) => setTimeout(resolve, took));
    return answer;
  };
  return { made, calls: new PacedCalls({ call, limit, clock: systemClock }) };
}

/** Counts the questions that are left without an answer, by the cause. */
function leaving() {
  const left: Record<string, number> = {};
  const leave = (_: number, cause: string) => {
    left[cause] = (left[cause] ?? 0) + 1;
  };
  return { left, leave };
}

const questions = (count: number) => Array.from({ length: count }, (_, n) => n);
/** The most calls that were made within any second. */
const mostInASecond = (made: readonly { at: number }[]): number =>
  Math.max(...made.map(({ at }) => made.filter((other) => other.at >= at && other.at < at + 1_000).length));

async function over<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  await jest.advanceTimersByTimeAsync(milliseconds);
  return work;
}

test.each([10, 20])('no second sees more than %d calls, and each has almost as many', async (limit) => {
  const { made, calls } = paced(limit);

  const answered = await over(calls.ask(questions(limit * 8), START + 60_000), 12_000);

  expect(answered).toHaveLength(limit * 8);
  expect(mostInASecond(made)).toBeLessThanOrEqual(limit);
  expect(made.at(-1)?.at).toBeLessThanOrEqual(9_000);
});

test('nor the second between two rounds', async () => {
  const { made, calls } = paced(20);

  await over(calls.ask(questions(15), START + 60_000), 500);
  await over(calls.ask(questions(15), START + 60_000), 5_000);

  expect(made).toHaveLength(30);
  expect(mostInASecond(made)).toBeLessThanOrEqual(20);
});

test('nor one that begins in the middle of another', async () => {
  const { made, calls } = paced(10);

  await over(calls.ask(questions(1), START + 60_000), 900);
  await over(calls.ask(questions(9), START + 60_000), 150);
  await over(calls.ask(questions(10), START + 60_000), 5_000);

  expect(made).toHaveLength(20);
  expect(mostInASecond(made)).toBeLessThanOrEqual(10);
});

test('the first questions are asked first, until there is no time for another call', async () => {
  const { made, calls } = paced(10);
  const { left, leave } = leaving();

  const answered = await over(calls.ask(questions(1_000), START + CALL_MS + 3_000, leave), 60_000);

  expect(made.map(({ question }) => question)).toEqual(questions(made.length));
  expect(made.length).toBeGreaterThanOrEqual(30);
  expect(made.length).toBeLessThanOrEqual(41);
  expect(made.at(-1)?.at).toBeLessThanOrEqual(3_000);
  expect(answered).toHaveLength(made.length);
  expect(left).toEqual({ late: 1_000 - made.length });
});

test('an answer says when its call was begun, and how long it took', async () => {
  const { calls } = paced(10, { took: 250 });

  const answered = await over(calls.ask([7], START + 60_000), 1_000);

  expect(answered).toEqual([{ question: 7, answer: 'fine', at: START, responseTime: 250 }]);
});

test('after one that says that too many come, none is made until the next round', async () => {
  const { made, calls } = paced(10, { answer: 'busy' });
  const { left, leave } = leaving();

  const answered = await over(calls.ask(questions(100), START + 60_000, leave), 20_000);

  expect([answered, made.length, left]).toEqual([[], 10, { busy: 100 }]);
  await over(calls.ask([100], START + 60_000), 1_000);
  expect(made.at(-1)?.question).toBe(100);
});

test('one that is refused holds up nobody', async () => {
  const { made, calls } = paced(10, { answer: 'refused' });
  const { left, leave } = leaving();

  const answered = await over(calls.ask(questions(30), START + 60_000, leave), 20_000);

  expect([answered, made.length, left]).toEqual([[], 30, { refused: 30 }]);
});
