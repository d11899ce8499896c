import { describe, expect, test } from '@jest/globals';
import { ConflictError, UnavailableError, ValidationError } from '../../../lambdas/shared/errors.ts';

describe('errors of the registry', () => {
  test('tell of every field in one sentence', () => {
    const error = new ValidationError([
      { field: 'a.b', rule: 'minimum', message: 'must be more' },
      { field: '', rule: 'type', message: 'must be an object' },
    ]);

    expect(error.message).toBe('a.b: must be more; must be an object');
  });

  test('are called by their class', () => {
    expect(new ConflictError([]).name).toBe('ConflictError');
  });

  test('keep what caused them', () => {
    const cause = new Error('the connection broke');

    expect(new UnavailableError('later', { cause }).cause).toBe(cause);
  });

  test('say when trying again is worthwhile, where it is', () => {
    expect(new UnavailableError('later').retryAfter).toBe(1);
    expect(new ConflictError([]).retryAfter).toBeUndefined();
  });
});
