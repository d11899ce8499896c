import { describe, expect, test } from '@jest/globals';
import { parseMemorySize } from '../../../lambdas/agents/memory-size.ts';

describe('a memory size', () => {
  test.each([
    ['1024mb', 1024 ** 3],
    ['56GB', 56 * 1024 ** 3],
    ['512Mi', 512 * 1024 ** 2],
    ['512MiB', 512 * 1024 ** 2],
    ['1.5 kb', 1536],
    ['2t', 2 * 1024 ** 4],
    ['100', 100],
    ['100b', 100],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseMemorySize(text)).toBe(bytes);
  });

  test.each(['', 'mb', '-1mb', '1xb', '1 0mb', '1e3', 'lots'])('%j is none', (text) => {
    expect(parseMemorySize(text)).toBeNaN();
  });
});
