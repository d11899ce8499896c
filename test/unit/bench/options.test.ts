import { describe, expect, test } from '@jest/globals';
import { parseOptions } from '../../bench/options.ts';

const parse = (line: string) => parseOptions(line.split(' ').filter(Boolean), ['and2-ids', 'build'], ['and2-ids']);

describe('the options of the benchmark', () => {
  test('mean everything at all three sizes where there are none', () => {
    expect(parse('')).toMatchObject({ json: false, quick: false, sizes: [4_462, 100_000, 1_000_000], only: undefined });
  });

  test('name sizes and operations', () => {
    expect(parse('--json --sizes 4462,100000 --only and2-ids,build')).toMatchObject({
      json: true,
      sizes: [4_462, 100_000],
      only: new Set(['and2-ids', 'build']),
    });
  });

  test.each([
    '--sizes many',
    '--sizes 10',
    '--only and9-ids',
    '--profile build',
    '--json --profile and2-ids',
    '--fast',
  ])('refuse %s', (line) => {
    expect(() => parse(line)).toThrow();
  });
});
