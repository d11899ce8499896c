import { describe, expect, test } from '@jest/globals';
import { earlierAnswer, IDEMPOTENCY_MS, idempotentRequest, toKeep } from '../../../lambdas/agents/idempotency.ts';
import { IdempotencyKeyReusedError } from '../../../lambdas/shared/errors.ts';
import { clockAt, START } from '../../support/agents.ts';
import { brokenRules, rejectionOf } from '../../support/errors.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';

const ANSWER = { status: 201, headers: { ETag: '"r1"' }, body: '{"id":"a"}' };

function request(key = 'key-1', caller = 'me', body: unknown = { a: 1, b: [2] }) {
  const made = idempotentRequest(key, caller, body, () => ANSWER);
  if (made === undefined) throw new Error('There is a key');
  return made;
}

describe('an idempotent request', () => {
  test('is one only with a key', () => {
    expect(idempotentRequest(undefined, 'me', {}, () => ANSWER)).toBeUndefined();
  });

  test.each(['', 'x'.repeat(256), 'a\nb', 'é'])('has no key such as %j', (key) => {
    expect(brokenRules(() => request(key))).toEqual(['Idempotency-Key pattern']);
  });

  test('takes keys of up to 255 printable characters', () => {
    expect(() => request('~ '.repeat(127))).not.toThrow();
  });

  test('is the same whatever the order of its keys', () => {
    expect(request('k', 'me', { b: [2], a: 1 }).requestHash).toBe(request('k', 'me', { a: 1, b: [2] }).requestHash);
  });

  test('is another with another body', () => {
    const hashes = [{ a: 1 }, { a: 2 }, { a: '1' }, [1], null, {}].map((body) => request('k', 'me', body).requestHash);

    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("is the caller's own: callers, keys and their seams do not meet", () => {
    const hashes = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc', ''],
    ].map(([caller, key]) => request(`${key} `, caller).keyHash);

    expect(new Set(hashes).size).toBe(3);
  });
});

describe('an earlier answer', () => {
  async function kept() {
    const store = new MemoryAgentStore();
    await store.keepOutcome(toKeep(request(), ANSWER, START), START);
    return store;
  }

  test('is there for the same request', async () => {
    expect(await earlierAnswer(await kept(), clockAt(), request())).toMatchObject(ANSWER);
  });

  test('is not there for another key or another caller', async () => {
    const store = await kept();

    expect(await earlierAnswer(store, clockAt(), request('key-2'))).toBeUndefined();
    expect(await earlierAnswer(store, clockAt(), request('key-1', 'you'))).toBeUndefined();
  });

  test('refuses its key to another body', async () => {
    const answer = earlierAnswer(await kept(), clockAt(), request('key-1', 'me', { a: 2 }));

    expect(await rejectionOf(answer)).toBeInstanceOf(IdempotencyKeyReusedError);
  });

  test('is kept for a day and not longer', async () => {
    const store = await kept();
    const clock = clockAt();
    clock.advance(IDEMPOTENCY_MS - 1);
    expect(await earlierAnswer(store, clock, request())).toMatchObject(ANSWER);
    clock.advance(1);

    expect(await earlierAnswer(store, clock, request())).toBeUndefined();
  });
});
