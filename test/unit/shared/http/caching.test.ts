import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { apiHandler, type Route } from '../../../../lambdas/shared/http/api-handler.ts';
import { type EventParts, invoke } from '../../../support/http-events.ts';

const large = 'x'.repeat(5_000);
const answering =
  (answer: Awaited<ReturnType<Route>>): Route =>
  async () =>
    answer;
const handler = apiHandler(
  {
    'GET /tagged': answering({ status: 200, headers: { ETag: '"r1-aa"' }, body: { a: 1 } }),
    'GET /plain': answering({ status: 200, body: { a: 1 } }),
    'GET /other': answering({ status: 200, body: { a: 2 } }),
    'GET /large': answering({ status: 200, body: { large } }),
    'GET /gone': answering({ status: 204 }),
    'POST /plain': answering({ status: 200, body: { a: 1 } }),
  },
  { allowAnonymous: true },
);
const answerTo = (request: string, parts: EventParts = {}) => invoke(handler, request, parts);
const tagOf = async (request: string) => String((await answerTo(request)).headers?.ETag);

describe('a read', () => {
  test('keeps the tag of its route, or gets one that stands for its body', async () => {
    expect(await tagOf('GET /tagged')).toBe('"r1-aa"');
    expect(await tagOf('GET /plain')).toMatch(/^W\/"[0-9a-f]{16}"$/);
    expect(await tagOf('GET /plain')).not.toBe(await tagOf('GET /other'));
  });

  test.each(['"r1-aa"', 'W/"r1-aa"', '"x", "r1-aa"', '*'])('is not sent again to a caller that has %s', async (tag) => {
    const answer = await answerTo('GET /tagged', { headers: { 'If-None-Match': tag } });

    expect(answer).toMatchObject({ statusCode: 304, headers: { ETag: '"r1-aa"' } });
    expect(answer.body).toBeUndefined();
    expect(answer.headers).not.toHaveProperty('Content-Type');
  });

  test('is sent to a caller that has another', async () => {
    const answer = await answerTo('GET /tagged', { headers: { 'If-None-Match': '"r2-aa"' } });

    expect(answer).toMatchObject({ statusCode: 200, body: '{"a":1}' });
  });

  test('that has nothing to say, and what is no read, gets no tag', async () => {
    expect((await answerTo('GET /gone')).headers).not.toHaveProperty('ETag');
    expect((await answerTo('POST /plain', { body: {} })).headers).not.toHaveProperty('ETag');
  });
});

describe('a large answer', () => {
  const gzip = { headers: { 'Accept-Encoding': 'br;q=1.0, gzip;q=0.8' } };

  test('goes out compressed to a caller that takes gzip', async () => {
    const answer = await answerTo('GET /large', gzip);

    expect(answer).toMatchObject({ isBase64Encoded: true, headers: { 'Content-Encoding': 'gzip' } });
    expect(answer.headers?.Vary).toMatch(/accept-encoding/i);
    expect(JSON.parse(gunzipSync(Buffer.from(answer.body ?? '', 'base64')).toString())).toEqual({ large });
    expect((answer.body ?? '').length).toBeLessThan(large.length / 10);
  });

  test.each<Record<string, string>>([{}, { 'Accept-Encoding': 'br' }, { 'Accept-Encoding': 'gzip;q=0' }])(
    'goes out as it is for %j',
    async (headers) => {
      expect(JSON.parse((await answerTo('GET /large', { headers })).body ?? '')).toEqual({ large });
    },
  );

  test('has the same tag either way', async () => {
    expect((await answerTo('GET /large', gzip)).headers?.ETag).toBe(await tagOf('GET /large'));
  });

  test('is what it takes: small ones go out as they are', async () => {
    expect((await answerTo('GET /plain', gzip)).body).toBe('{"a":1}');
  });
});
