import { expect, test } from '@jest/globals';
import { onDemand } from '../../../lambdas/shared/on-demand.ts';

/** Something that is made on demand, counted, and fails the first `failures` times. */
function counted(failures = 0) {
  let made = 0;
  const get = onDemand(async () => {
    made += 1;
    if (made <= failures) throw new Error(`failure ${made}`);
    return { number: made };
  });
  return { get, times: () => made };
}

test('nothing is made before somebody asks', () => {
  expect(counted().times()).toBe(0);
});

test('it is made once, also for those who ask while it is being made', async () => {
  const { get, times } = counted();
  const [first, second] = await Promise.all([get(), get()]);

  expect(first).toBe(second);
  expect(await get()).toBe(first);
  expect(times()).toBe(1);
});

test('a failure is told to all who waited, and the next one to ask has it tried again', async () => {
  const { get, times } = counted(1);
  const waiting = await Promise.allSettled([get(), get()]);

  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await get()).toEqual({ number: 2 });
  expect(times()).toBe(2);
});
