import { expect, test } from '@jest/globals';
import { selfSizes, selfTimes } from '../../bench/self-costs.ts';

const frame = (functionName: string, lineNumber = 0) => ({
  functionName,
  scriptId: '1',
  url: 'file:///project/lambdas/capability/index/evaluate.ts',
  lineNumber,
  columnNumber: 0,
});

test('the time between two samples belongs to the function that ran, however it was called', () => {
  const nodes = [
    { id: 1, callFrame: frame('evaluate', 8) },
    { id: 2, callFrame: frame('evaluate', 8) },
    { id: 3, callFrame: frame('') },
  ];
  const profile = { nodes, startTime: 0, endTime: 7_000, samples: [1, 3, 2], timeDeltas: [1_000, 4_000, 2_000] };

  expect(selfTimes(profile)).toEqual([
    { name: '(anonymous)', place: 'index/evaluate.ts:1', cost: 4 },
    { name: 'evaluate', place: 'index/evaluate.ts:9', cost: 3 },
  ]);
});

test('bytes that still live belong to the function that made them', () => {
  const node = (name: string, selfSize: number, children: object[] = []) => ({
    id: 1,
    callFrame: frame(name),
    selfSize,
    children: children as never[],
  });
  const head = node('(root)', 0, [node('set', 10, [node('push', 30)]), node('set', 5)]);

  expect(selfSizes({ head }).map(({ name, cost }) => [name, cost])).toEqual([
    ['push', 30],
    ['set', 15],
  ]);
});
