import { describe, expect, test } from '@jest/globals';
import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { TooLargeError } from '../../../../lambdas/shared/errors.ts';
import { type JsonBodyOptions, jsonBody, MAX_BODY_BYTES } from '../../../../lambdas/shared/http/json-body.ts';
import { rejectionOf } from '../../../support/errors.ts';
import { anEvent } from '../../../support/http-events.ts';

type Body = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>;

/** What the middleware leaves as the body. */
async function parsed(
  body: Partial<Body>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  options: JsonBodyOptions = {},
) {
  const event = { ...anEvent('POST /registry/agents', { headers }), ...body };
  await jsonBody(options).before?.({ event } as Request<APIGatewayProxyEventV2>);
  return event.body as unknown;
}

const rulesBrokenBy = async (body: Partial<Body>, headers?: Record<string, string>) => {
  const { errors } = (await rejectionOf(parsed(body, headers))) as { errors: { field: string; rule: string }[] };
  return errors.map(({ field, rule }) => `${field} ${rule}`);
};

const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
const base64 = (text: string) => ({ body: Buffer.from(text).toString('base64'), isBase64Encoded: true });

describe('a JSON body', () => {
  test('is parsed', async () => {
    expect(await parsed({ body: '{"name":"calendar"}' })).toEqual({ name: 'calendar' });
  });

  test('is parsed from base64, as the gateway may send it', async () => {
    expect(await parsed(base64('{"name":"café"}'))).toEqual({ name: 'café' });
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
  ])('may come as %s', async (type) => {
    expect(await parsed({ body: '{}' }, { 'content-type': type })).toEqual({});
  });

  test('may come without a content type', async () => {
    expect(await parsed({ body: '{}' }, {})).toEqual({});
  });

  test.each(['text/plain', 'application/jsonp', 'application/json-patch+json', ''])(
    'may not come as %j',
    async (type) => {
      expect(await rulesBrokenBy({ body: '{}' }, { 'content-type': type })).toEqual(['Content-Type contentType']);
    },
  );

  test.each(['{', '{"a":1,}', "{'a':1}", 'undefined', '\u00a0{}'])(
    'is refused where it is malformed: %j',
    async (body) => {
      expect(await rulesBrokenBy({ body })).toEqual([' json']);
    },
  );

  test.each([{ body: '' }, {}, base64('')])('is needed: %j is none', async (body) => {
    expect(await rulesBrokenBy(body)).toEqual([' required']);
  });

  test.each([{ body: '' }, {}, base64('')])('is {} where it may be left out: %j', async (body) => {
    expect(await parsed(body, {}, { optional: true })).toEqual({});
    expect(await parsed(body, { 'content-type': 'text/plain' }, { optional: true })).toEqual({});
  });

  test('is read all the same where it may be left out, and is not', async () => {
    expect(await parsed({ body: '{"a":1}' }, {}, { optional: true })).toEqual({ a: 1 });
    expect(await rejectionOf(parsed({ body: '{' }, {}, { optional: true }))).toMatchObject({ status: 400 });
  });

  test(`may have ${MAX_BODY_BYTES} bytes and not one more`, async () => {
    expect(await parsed({ body: textOf(MAX_BODY_BYTES) })).toHaveLength(MAX_BODY_BYTES - 2);
    expect(await rejectionOf(parsed({ body: textOf(MAX_BODY_BYTES + 1) }))).toBeInstanceOf(TooLargeError);
  });

  test('is measured in bytes, not in characters', async () => {
    const body = JSON.stringify('é'.repeat(MAX_BODY_BYTES / 2));

    expect(await rejectionOf(parsed({ body }))).toBeInstanceOf(TooLargeError);
  });

  test('is measured as what base64 stands for', async () => {
    expect(await parsed(base64(textOf(MAX_BODY_BYTES)))).toHaveLength(MAX_BODY_BYTES - 2);
    expect(await rejectionOf(parsed(base64(textOf(MAX_BODY_BYTES + 1))))).toBeInstanceOf(TooLargeError);
  });

  test.each([
    ['{"a":{"__proto__":{}}}', 'forbiddenKey'],
    ['{"constructor":{"prototype":{}}}', 'forbiddenKey'],
    [`{"a":"${'\\u0000'}"}`, 'controlCharacters'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'depth'],
  ])('is refused where no schema of ours could mean it: %.40s', async (body, rule) => {
    const error = await rejectionOf(parsed({ body }));

    expect(error).toMatchObject({ status: 400, errors: [{ rule }] });
  });

  test('is refused where it is not UTF-8', async () => {
    const body = Buffer.from([0x22, 0xff, 0xfe, 0x22]).toString('base64');

    expect(await rejectionOf(parsed({ body, isBase64Encoded: true }))).toMatchObject({ errors: [{ rule: 'json' }] });
  });
});
