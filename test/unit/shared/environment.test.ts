import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from '../../../lambdas/shared/environment.ts';

describe('the environment', () => {
  test('is read by name', () => {
    expect(readEnvironment(['A', 'B'], { A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2' });
  });

  test('names every variable that is missing or empty', () => {
    expect(() => readEnvironment(['A', 'B', 'C'], { A: '', B: '2' })).toThrow('Missing environment: A, C');
  });
});
