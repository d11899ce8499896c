import { describe, expect, test } from '@jest/globals';
import { parseFleetOptions } from '../../bench/fleet/fleet-options.ts';

const parse = (line: string) => parseFleetOptions(line.split(' ').filter(Boolean));

describe('the options of a fleet', () => {
  test('mean the scale of the specification where there are none', () => {
    expect(parse('')).toMatchObject({ paths: [], agents: 4_462, requests: 2_000, concurrency: 64, json: false });
  });

  test('name files, numbers and a registry', () => {
    expect(parse('manifests --agents 100 --requests 9 --concurrency 1 --api https://registry.example --json')).toEqual({
      paths: ['manifests'],
      agents: 100,
      requests: 9,
      concurrency: 1,
      api: 'https://registry.example',
      json: true,
    });
  });

  test.each(['--agents abc', '--agents 0', '--requests 1.5', '--concurrency -1', '--requests 1e400', '--fast'])(
    'refuse %s',
    (line) => {
      expect(() => parse(line)).toThrow();
    },
  );
});
