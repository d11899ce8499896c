import { describe, expect, test } from '@jest/globals';
import {
  ConflictError,
  IdempotencyKeyReusedError,
  NotFoundError,
  PreconditionFailedError,
  TooLargeError,
  UnauthenticatedError,
  UnavailableError,
  ValidationError,
} from '../../../../lambdas/shared/errors.ts';
import { problemResponse } from '../../../../lambdas/shared/http/problem.ts';

const answerTo = (error: unknown) => problemResponse(error, '/registry/agents', 'request-1');
const problemOf = (error: unknown) => JSON.parse(answerTo(error).body ?? '');

describe('a problem document', () => {
  test('has the members of RFC 9457 and the fields that were wrong', () => {
    expect(problemOf(ValidationError.of('config.priority', 'maximum', 'must be <= 10'))).toEqual({
      type: 'urn:agent-registry:problem:invalid-request',
      title: 'The request is not valid',
      status: 400,
      detail: 'config.priority: must be <= 10',
      instance: '/registry/agents',
      errors: [{ field: 'config.priority', rule: 'maximum', message: 'must be <= 10' }],
    });
  });

  test.each([
    [new ValidationError([]), 400, 'invalid-request'],
    [new UnauthenticatedError(), 401, 'unauthenticated'],
    [new NotFoundError('gone'), 404, 'not-found'],
    [new ConflictError([]), 409, 'conflict'],
    [new PreconditionFailedError('changed'), 412, 'precondition-failed'],
    [new TooLargeError('large'), 413, 'too-large'],
    [new IdempotencyKeyReusedError(), 422, 'idempotency-key-reused'],
    [new UnavailableError('later'), 503, 'unavailable'],
  ])('answers %s with %i and the type %s', (error, status, type) => {
    expect(answerTo(error).statusCode).toBe(status);
    expect(problemOf(error)).toMatchObject({ status, type: `urn:agent-registry:problem:${type}` });
  });

  test('has its own content type and is not kept by caches', () => {
    expect(answerTo(new NotFoundError('gone')).headers).toEqual({
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    });
  });

  test('leaves out an empty list of errors', () => {
    expect(problemOf(new NotFoundError('gone'))).not.toHaveProperty('errors');
  });

  test('says when to come again', () => {
    expect(answerTo(new UnavailableError('later')).headers).toMatchObject({ 'Retry-After': '1' });
  });

  test('tells nothing of an unexpected error but the id under which it is logged', () => {
    const { status, detail, title } = problemOf(new Error('password=hunter2'));

    expect({ status, title }).toEqual({ status: 500, title: 'The registry failed' });
    expect(detail).toContain('request-1');
    expect(answerTo(new Error('password=hunter2')).body).not.toContain('hunter2');
  });
});
