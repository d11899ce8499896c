import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { authorisationFor, isLoopback } from '../../../bin/cli/authorisation.ts';
import { sigV4 } from '../../../lambdas/shared/sig-v4.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const NOW = new Date('2026-03-04T05:06:07Z');
const HOST = 'abc123.execute-api.eu-west-1.amazonaws.com';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The signature as the AWS documentation computes it ("Create a signed AWS API request"), by hand and from literals.
 *
 * @param canonical method, path (encoded twice), query, and the header lines that are signed
 */
function signatureOf(canonical: {
  method: string;
  path: string;
  query: string;
  headers: string[];
  body: string;
}): string {
  const names = canonical.headers.map((line) => line.slice(0, line.indexOf(':'))).join(';');
  const request = [
    canonical.method,
    canonical.path,
    canonical.query,
    ...canonical.headers,
    '',
    names,
    sha256(canonical.body),
  ];
  const scope = '20260304/eu-west-1/execute-api/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', '20260304T050607Z', scope, sha256(request.join('\n'))].join('\n');
  const parts = ['20260304', 'eu-west-1', 'execute-api', 'aws4_request'];
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${CREDENTIALS.secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

const sign = (method: string, url: string, headers: Record<string, string> = {}, body?: string) =>
  sigV4(
    'eu-west-1',
    CREDENTIALS,
    () => NOW,
  )({ method, url: new URL(url), headers, ...(body !== undefined && { body }) });

describe('a signature', () => {
  test('covers an encoded id and the query', async () => {
    const { authorization } = await sign('GET', `https://${HOST}/registry/agents/a%20b?limit=2&cursor=x%2By%20z`);
    const expected = signatureOf({
      method: 'GET',
      path: '/registry/agents/a%2520b',
      query: 'cursor=x%2By%20z&limit=2',
      headers: [`host:${HOST}`, `x-amz-content-sha256:${sha256('')}`, 'x-amz-date:20260304T050607Z'],
      body: '',
    });
    expect(authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260304/eu-west-1/execute-api/aws4_request, ' +
        `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${expected}`,
    );
  });

  test('covers headers and a body beyond ASCII', async () => {
    const body = '{"name":"Größe"}';
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k-1' };
    const { authorization } = await sign('POST', `https://${HOST}/prod/registry/agents`, headers, body);
    const expected = signatureOf({
      method: 'POST',
      path: '/prod/registry/agents',
      query: '',
      headers: [
        'content-type:application/json',
        `host:${HOST}`,
        'idempotency-key:k-1',
        `x-amz-content-sha256:${sha256(body)}`,
        'x-amz-date:20260304T050607Z',
      ],
      body,
    });
    expect(authorization).toContain(`Signature=${expected}`);
  });

  test('carries the session token of temporary credentials', async () => {
    const authorise = sigV4('eu-west-1', { ...CREDENTIALS, sessionToken: 'token' }, () => NOW);
    const headers = await authorise({ method: 'GET', url: new URL(`https://${HOST}/`), headers: {} });
    expect(headers).toMatchObject({ 'x-amz-security-token': 'token' });
    expect(headers.authorization).toContain('x-amz-security-token');
  });
});

describe('who is calling is proved', () => {
  const headersFor = async (address: string, environment: NodeJS.ProcessEnv) => {
    const url = new URL(address);
    return authorisationFor(url, environment)({ method: 'GET', url, headers: { accept: 'x' } });
  };

  test('by nothing on this machine', async () => {
    expect(await headersFor('http://127.0.0.1:4566/', {})).toEqual({ accept: 'x' });
  });

  test('by a bearer token where one is set', async () => {
    const headers = await headersFor(`https://${HOST}/`, { AGENT_REGISTRY_TOKEN: 't' });
    expect(headers).toEqual({ accept: 'x', authorization: 'Bearer t' });
  });

  test('never without a region', () => {
    expect(() => authorisationFor(new URL('https://registry.example.com/'), {})).toThrow('AWS_REGION');
    expect(() => authorisationFor(new URL('https://registry.example.com/'), { AWS_REGION: 'eu-west-1' })).not.toThrow();
  });

  test.each([
    ['http://localhost:1/', true],
    ['http://api.localhost/', true],
    ['http://127.8.0.1/', true],
    ['http://[::1]:80/', true],
    ['http://127.0.0.1.example.com/', false],
    ['https://localhost.example.com/', false],
    [`https://${HOST}/`, false],
  ])('%s is this machine: %s', (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected);
  });
});
