import { describe, expect, test } from '@jest/globals';
import { UnauthenticatedError } from '../../../../lambdas/shared/errors.ts';
import { assertKnownParameters, booleanParameter, principalOf } from '../../../../lambdas/shared/http/request.ts';
import { brokenRules } from '../../../support/errors.ts';
import { anEvent } from '../../../support/http-events.ts';

const from = (authorizer: object | undefined, allowAnonymous = false) =>
  principalOf(anEvent('GET /registry/agents', { authorizer }), allowAnonymous);

describe('the principal', () => {
  test('is the ARN that IAM verified', () => {
    expect(from({ iam: { userArn: 'arn:aws:iam::1:user/a' } })).toBe('arn:aws:iam::1:user/a');
  });

  test('is the subject of a verified token', () => {
    expect(from({ jwt: { claims: { sub: 'user-1' } } })).toBe('user-1');
  });

  test.each([
    undefined,
    {},
    { iam: {} },
    { iam: { userArn: '' } },
    { jwt: { claims: {} } },
    { jwt: { claims: { sub: 5 } } },
  ])('is nobody for the authoriser context %j', (authorizer) => {
    expect(() => from(authorizer)).toThrow(UnauthenticatedError);
    expect(from(authorizer, true)).toBe('anonymous');
  });

  test('does not come from what the caller writes', () => {
    const event = anEvent('GET /registry/agents', { headers: { authorization: 'Bearer x', 'x-user': 'root' } });

    expect(principalOf(event, true)).toBe('anonymous');
  });

  test('is cut where it is longer than any real one', () => {
    expect(from({ jwt: { claims: { sub: 'x'.repeat(3_000) } } })).toHaveLength(512);
  });
});

describe('a boolean parameter', () => {
  test('is true, false, or false where it is absent', () => {
    const queries: Record<string, string>[] = [{ force: 'true' }, { force: 'false' }, {}];

    expect(queries.map((query) => booleanParameter(query, 'force'))).toEqual([true, false, false]);
  });

  test.each(['', '1', 'TRUE', 'yes'])('is not %j', (force) => {
    expect(brokenRules(() => booleanParameter({ force }, 'force'))).toEqual(['force boolean']);
  });
});

describe('query parameters', () => {
  test('are refused where the route does not know them, each by name', () => {
    expect(brokenRules(() => assertKnownParameters({ a: '1', b: '2', c: '3' }, ['b']))).toEqual([
      'a unknownParameter',
      'c unknownParameter',
    ]);
  });

  test('may all be absent', () => {
    expect(() => assertKnownParameters({}, ['a'])).not.toThrow();
  });
});
