import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { agents } from '../../bench/data.ts';
import { type StormReport, searchStorm } from '../../bench/fleet/search-storm.ts';
import { NaiveIndex } from '../../support/naive-index.ts';

const FLEET = [...agents(1_000)];

interface Answer {
  ids: string[];
  total: number;
}

/** A storm on a registry that changes its answers before it gives them. */
async function stormOn(change: (answer: Answer) => Answer | undefined): Promise<StormReport> {
  const model = new NaiveIndex();
  for (const digest of FLEET) model.set(digest);
  const server = createServer(async (request, response) => {
    const { limit, ...query } = JSON.parse(await text(request));
    const ids = model.search(query);
    const answer = change({ ids: ids.slice(0, limit), total: ids.length });
    response.statusCode = answer ? 200 : 500;
    response.end(JSON.stringify({ agents: answer?.ids.map((id) => ({ id })), total: answer?.total }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    return await searchStorm(`http://127.0.0.1:${port}`, async ({ headers }) => headers ?? {}, FLEET, {
      requests: 20,
      concurrency: 4,
      onAnswer: () => undefined,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a storm of searches', () => {
  test('finds nothing wrong with a registry that answers as the plainest index does', async () => {
    expect(await stormOn((answer) => answer)).toMatchObject({ requests: 20, wrong: 0, lost: 0 });
  });

  test.each<[string, (answer: Answer) => Answer]>([
    ['others than those who match', ({ ids, total }) => ({ ids: ids.map((id) => `${id}x`), total })],
    ['a page in another order', ({ ids, total }) => ({ ids: ids.toReversed(), total })],
    ['another number of them', ({ ids, total }) => ({ ids, total: total + 1 })],
  ])('tells an answer that is wrong: %s', async (_, change) => {
    expect((await stormOn(change)).wrong).toBeGreaterThan(15);
  });

  test('tells an answer that is an error', async () => {
    expect(await stormOn(() => undefined)).toMatchObject({ wrong: 0, lost: 20 });
  });
});
