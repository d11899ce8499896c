import { describe, expect, test } from '@jest/globals';
import { isLiving, type Layer, SOURCES, type Source, withLayer } from '../../../lambdas/agents/agent-record.ts';
import { aLayer, aRecord } from '../../support/agents.ts';

describe('the layers of an agent', () => {
  test('stand from the lowest source to the highest, in whatever order they came', () => {
    const sources: Source[] = ['api', 's3', 'dynamodb', 'filesystem'];
    const layers = sources.map((source) => aLayer({}, { source }));
    const before: readonly Layer[] = [aLayer({ old: true })];
    const all = layers.reduce((rest, layer) => withLayer(rest, layer.source, layer), before);

    expect(all.map(({ source }) => source)).toEqual(SOURCES);
    expect(all.map(({ document }) => document)).toEqual([{}, {}, {}, {}]);
  });

  test('lose the one that is taken away', () => {
    expect(withLayer([aLayer({}, { source: 's3' }), aLayer()], 's3', undefined)).toEqual([aLayer()]);
  });
});

test('an agent lives when it is there and no tombstone', () => {
  expect(isLiving(aRecord())).toBe(true);
  expect(isLiving(aRecord({}, { deleted: true }))).toBe(false);
  expect(isLiving(undefined)).toBe(false);
});
