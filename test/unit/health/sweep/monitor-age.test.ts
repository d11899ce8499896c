import { expect, test } from '@jest/globals';
import { monitorState } from '../../../../lambdas/health/sweep/monitor-age.ts';
import { START } from '../../../support/agents.ts';

test('the monitor is as old as the one of it that has been silent for longest', () => {
  const told = [
    { at: START - 30_000, held: 2 },
    { at: START - 400_000, held: 0 },
    { at: START, held: 3 },
  ];
  expect(monitorState(told, START)).toEqual({ age: 400_000, held: 5 });
});

test('one who has never told anything has been silent for an hour', () => {
  expect(monitorState([{ at: START, held: 1 }, undefined], START)).toEqual({ age: 3_600_000, held: 1 });
});
