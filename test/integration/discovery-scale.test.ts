import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { MAX_REPORTED_IDS } from '../../lambdas/discovery/reload-terms.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { firstUlidOf } from '../../lambdas/shared/ids.ts';
import { reload, reloadStatus } from '../support/deployed-bucket.ts';
import { configurationOf } from '../support/functions.ts';
import { aManifest, keyOf } from '../support/hot-reload.ts';
import { awsClientConfig } from '../support/local-stack.ts';
import { asTheyCome, fill, isListing, isOfManifest, type OtherStage, startOtherStage } from '../support/other-stage.ts';
import { passOn } from '../support/proxy.ts';
import { turnOff } from '../support/rules.ts';
import { told } from '../support/stopwatch.ts';

jest.setTimeout(600_000);

const MANIFESTS = 10_000;
/** Keys on a page of a listing (S3 API reference, "ListObjectsV2"). */
const PAGES = Math.ceil(MANIFESTS / 1_000);
const WITHIN_MS = 10_000;

const ids = Array.from({ length: MANIFESTS }, (_, n) => `agent-${String(n).padStart(5, '0')}`);

/** About 1 KB, as the examples of `manifests/` are. */
const manifestOf = (id: string, version = '1.0.0') =>
  aManifest(id, {
    version,
    capabilities: { core: [`capability-${id.slice(-2)}`], domains: ['scale'], actions: [`act-${id}`] },
    config: { description: 'What this agent does, in a few sentences. '.repeat(12), tools: ['Read', 'Bash'] },
  });

let stage: OtherStage;
let turnOn: () => Promise<void>;
beforeAll(async () => {
  turnOn = await turnOff('reload-poll', 'manifest-events');
  stage = await startOtherStage();
  const start = Date.now();
  await fill(stage, ids, manifestOf);
  told(`${MANIFESTS} manifests uploaded, in milliseconds`, Date.now() - start);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await turnOn();
});

const loaded = async (): Promise<number> => (await reloadStatus()).sources.s3.totalAgents;

/** Changes that the table's log has, and agents that they are of. */
async function logged(): Promise<{ changes: number; agents: number }> {
  const agents = new Set<string>();
  let changes = 0;
  const log = new DynamoChangeLog(createDocumentClient(awsClientConfig()), stage.table);
  for await (const page of log.read(firstUlidOf(0))) {
    for (const { agentId } of page.filter((change) => ids.includes(change.agentId))) agents.add(agentId);
    changes += page.length;
  }
  return { changes, agents: agents.size };
}

test('a reload that runs into its end says so, keeps what it did, and the next poll goes on from there', async () => {
  // At most 16 manifests at once in a twentieth of a second: the 20 s of a request, half of them for the bundle, are not enough.
  stage.meddle(async ({ path }, forward, response) => {
    if (isOfManifest(path)) await pause(50);
    await passOn(forward, response);
  });
  const { sources, status } = await reload();
  expect(sources.s3).toMatchObject({ outcome: 'partial', failed: 0, held: 0, removedCount: 0 });
  const { addedCount = 0 } = sources.s3 ?? {};
  expect(addedCount).toBeGreaterThan(0);
  expect(addedCount).toBeLessThan(MANIFESTS);
  expect(sources.s3?.added).toHaveLength(MAX_REPORTED_IDS);
  expect(status.sources.s3.totalAgents).toBe(addedCount);
  const { lists, manifests } = stage.counted();
  expect(lists).toBe(PAGES);
  // What was fetched when the time was up is fetched again: a batch at most.
  expect(manifests - addedCount).toBeGreaterThanOrEqual(0);
  expect(manifests - addedCount).toBeLessThanOrEqual(200);
  stage.meddle(asTheyCome);

  const { memory } = await configurationOf('discovery');
  for (let polls = 0; polls < 10 && (await loaded()) < MANIFESTS; polls += 1) {
    const before = await loaded();
    const effort = await stage.pollAlone();
    told(`${(await loaded()) - before} new ones of ${MANIFESTS} manifests, in a process of its own`, effort);
    expect(effort.megabytes).toBeLessThan(memory);
  }
  expect(await loaded()).toBe(MANIFESTS);
  const bundled = (await reloadStatus()).sources.filesystem.totalAgents;
  expect(await logged()).toEqual({ changes: MANIFESTS + bundled, agents: MANIFESTS });
});

test(`${MANIFESTS} manifests that have not changed are ${PAGES} lists and nothing else, within memory and 10 seconds`, async () => {
  stage.counted();
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const start = Date.now();
    const { sources } = await reload();
    times.push(Date.now() - start);
    expect(sources.s3).toMatchObject({ outcome: 'done', unchanged: MANIFESTS, failed: 0, held: 0 });
    expect(stage.counted()).toEqual({ lists: PAGES, manifests: 0 });
  }
  told(`${MANIFESTS} unchanged manifests polled by the function, in milliseconds`, times);
  expect(Math.max(...times)).toBeLessThan(WITHIN_MS);

  const alone = await stage.pollAlone();
  told(`${MANIFESTS} unchanged manifests polled in a process of its own`, alone);
  expect(alone.milliseconds).toBeLessThan(WITHIN_MS);
  expect(alone.megabytes).toBeLessThan((await configurationOf('discovery')).memory);
});

test('of them, one that changes is the one that is fetched', async () => {
  stage.counted();
  const changed = ids[MANIFESTS / 2] as string;
  await stage.put(keyOf(changed), manifestOf(changed, '2.0.0'));
  expect((await reload()).sources.s3).toMatchObject({
    outcome: 'done',
    updated: [changed],
    unchanged: MANIFESTS - 1,
  });
  expect(stage.counted()).toEqual({ lists: PAGES, manifests: 1 });
});

test('a listing that is denied on its last page fails the poll, and nobody goes', async () => {
  const before = (await reload()).status.sources.s3;
  let pages = 0;
  stage.meddle(async ({ path }, forward, response) => {
    pages += Number(isListing(path));
    if (!isListing(path) || pages < PAGES) return passOn(forward, response);
    response.writeHead(403, { 'Content-Type': 'application/xml' });
    response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
  });
  const { sources, status } = await reload();
  expect(sources.s3).toMatchObject({
    outcome: 'failed',
    removedCount: 0,
    held: 0,
    error: expect.stringMatching(/denied/i),
  });
  expect(status.sources.s3).toMatchObject({ totalAgents: MANIFESTS, errorCount: before.errorCount + 1 });

  stage.meddle(asTheyCome);
  const { sources: after } = await reload();
  expect(after.s3).toMatchObject({ outcome: 'done', unchanged: MANIFESTS, removedCount: 0 });
});
