import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keys } from '../../lambdas/agents/dynamo-items.ts';
import { call, unique } from '../support/api.ts';
import { localStack } from '../support/local-stack.ts';
import { type MeddlingProxy, passOn, startProxy } from '../support/proxy.ts';
import { scanTable } from '../support/registry-table.ts';

describe('a registration whose answer is lost', () => {
  let proxy: MeddlingProxy;
  let throughProxy: string;
  beforeAll(async () => {
    const { origin, pathname } = new URL(localStack().apiUrl);
    proxy = await startProxy(origin);
    throughProxy = `${proxy.url}${pathname}`;
  });
  afterAll(() => proxy.close());

  /** The registry answers, and then the connection is cut before the caller hears of it. */
  const loseAnswers = () =>
    proxy.meddle(async (_incoming, forward, response) => {
      await forward();
      response.destroy();
    });

  test('and is sent again with its Idempotency-Key made one agent by one change', async () => {
    const name = unique('lost');
    const document = { name, capabilities: ['patience'] };
    const key = { 'Idempotency-Key': unique('key') };

    loseAnswers();
    await expect(call('POST', '/registry/agents', document, key, throughProxy)).rejects.toThrow();
    await expect(call('POST', '/registry/agents', document, key, throughProxy)).rejects.toThrow();
    proxy.meddle((_incoming, forward, response) => passOn(forward, response));
    const first = await call('POST', '/registry/agents', document, key, throughProxy);
    const again = await call('POST', '/registry/agents', document, key, throughProxy);

    expect(first.status).toBe(201);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    const items = await scanTable();
    expect(items.filter((item) => item.sk === 'HEAD' && item.name === name)).toHaveLength(1);
    expect(
      items.filter((item) => item.pk === 'CHANGE' && item.copyOf === undefined && item.agentId === first.body.id),
    ).toHaveLength(1);
    expect(items.filter(({ pk }) => pk === keys.name(name).pk)).toHaveLength(1);
  });

  test('and that was racing itself is still one agent', async () => {
    const name = unique('racing');
    const key = { 'Idempotency-Key': unique('key') };
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', '/registry/agents', { name }, key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await scanTable()).filter((item) => item.sk === 'HEAD' && item.name === name)).toHaveLength(1);
  });
});
