import { describe, expect, test } from '@jest/globals';
import { Output } from '../../../bin/cli/output.ts';
import { report } from '../../bench/report.ts';
import { judged, type Measured, median } from '../../bench/row.ts';

const measured = (parts: Partial<Measured>): Measured => ({
  operation: 'and2-ids',
  size: 4_462,
  unit: 'µs',
  ours: 1,
  naive: 8,
  others: {},
  ...parts,
});

describe('a row', () => {
  test.each([
    ['a speed-up of 8 meets 8', 8, true],
    ['from nine tenths of the target on, the rest is noise', 7.2, true],
    ['below, it is missed', 7.19, false],
  ])('%s', (_, naive, met) => {
    expect(judged(measured({ naive }))).toMatchObject({ ratio: naive, target: 8, met });
  });

  test.each([
    ['a quarter of the memory meets a quarter', 25, true],
    ['so does a little more, for noise', 27.7, true],
    ['more than a tenth above is missed', 27.8, false],
  ])('%s', (_, ours, met) => {
    const row = judged(measured({ operation: 'memory-per-agent', unit: 'B', ours, naive: 100 }));

    expect(row).toMatchObject({ ratio: ours / 100, target: 0.25, met });
  });

  test('is held against whom its target names', () => {
    const row = measured({ operation: 'tools-priority-vs-sqlite', naive: 10, others: { sqlite: 2_000, junction: 5 } });

    expect(judged(row)).toMatchObject({ ratio: 2_000, target: 1_000, met: true });
  });

  test('that could not be measured is missed', () => {
    const row = measured({ operation: 'tools-priority-vs-sqlite', others: {} });

    expect(judged(row)).toMatchObject({ ratio: null, met: false });
    expect(judged(measured({ ours: null }))).toMatchObject({ ratio: null, met: false });
  });

  test('tells starts of functions and sizes as shares, whatever has a target', () => {
    expect(judged(measured({ operation: 'init-openapi', size: 0, unit: 'ms', ours: 2 })).ratio).toBe(0.25);
    expect(judged(measured({ operation: 'snapshot-bytes', unit: 'B', ours: 2 })).ratio).toBe(0.25);
  });

  test('without a target is neither met nor missed', () => {
    expect(judged(measured({ operation: 'build' }))).toMatchObject({ ratio: 8, target: null, met: null });
    expect(judged(measured({ size: 5_000 }))).toMatchObject({ target: null, met: null });
  });
});

test('the median is the one in the middle, or between the two', () => {
  expect(median([9, 1, 5, 100, 3, 7, 2])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([6])).toBe(6);
  expect(median([])).toBeNaN();
});

describe('the report', () => {
  const printed = (rows: readonly Measured[]): string => {
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text) > 0 };
    report(new Output(stream), rows.map(judged));
    return lines.join('');
  };

  test('names every target that is missed', () => {
    const text = printed([measured({}), measured({ size: 100_000 }), measured({ operation: 'build' })]);

    expect(text).toMatch(/and2-ids +4,462 .* 8 +≥ 8 +met/);
    expect(text).toMatch(/and2-ids +100,000 .* 8 +≥ 60 +missed/);
    expect(text).toContain('1 of 2 targets are missed: and2-ids at 100,000.');
  });

  test('says so when all are met, and each note once', () => {
    const text = printed([measured({ note: 'Measured so.' }), measured({ note: 'Measured so.' })]);

    expect(text).toContain('All 2 targets are met.');
    expect(text.match(/Measured so\./g)).toHaveLength(1);
  });
});
