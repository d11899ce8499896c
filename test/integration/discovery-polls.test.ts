import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import { RELOAD_METRICS } from '../../lambdas/discovery/contract.ts';
import { call, unique } from '../support/api.ts';
import {
  bucketOfOurOwn,
  deleteManifest,
  emptyBucket,
  nextMinute,
  putManifest,
  reload,
  reloadStatus,
} from '../support/deployed-bucket.ts';
import { eventually } from '../support/eventually.ts';
import { invokeWithLog } from '../support/functions.ts';
import { turnOff } from '../support/rules.ts';
import { told } from '../support/stopwatch.ts';

jest.setTimeout(180_000);

/** How long the schedule may take: it polls each half minute, and what is gone must be missing in two listings. */
const WITHIN_MS = 65_000;

const get = (id: string) => call<Agent>('GET', `/registry/agents/${id}`);
const statusesOf = (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await get(id)).status));

/** The events of the bucket are off in all of these: whatever happens, a poll did it. */
bucketOfOurOwn({ off: ['manifest-events'] });
beforeEach(nextMinute);

test('the schedule follows manifests that are put, changed and deleted within 65 seconds', async () => {
  const [added, changed, removed] = [unique('added'), unique('changed'), unique('removed')];
  await Promise.all([putManifest(changed), putManifest(removed)]);
  await reload();
  expect(await statusesOf([added, changed, removed])).toEqual([404, 200, 200]);

  // Just behind a poll, which is the longest way to the next ones. The first comes a minute after the deployment.
  const { pollCount } = await reloadStatus();
  await eventually(async () => expect((await reloadStatus()).pollCount).toBeGreaterThan(pollCount), 90_000);
  const start = Date.now();
  await Promise.all([putManifest(added), putManifest(changed, { version: '2.0.0' }), deleteManifest(removed)]);
  const times: Record<string, number> = {};
  const follows = async (what: string, probe: () => Promise<void>) => {
    await eventually(probe, WITHIN_MS);
    times[what] = Date.now() - start;
  };
  await Promise.all([
    follows('added', async () => expect((await get(added)).status).toBe(200)),
    follows('changed', async () => expect((await get(changed)).body).toMatchObject({ version: '2.0.0', revision: 2 })),
    follows('removed', async () => expect((await get(removed)).status).toBe(404)),
  ]);
  told('followed by the schedule, in milliseconds', times);
  expect(Math.max(...Object.values(times))).toBeLessThan(WITHIN_MS);
});

describe('of twenty manifests', () => {
  let turnScheduleOn: () => Promise<void>;
  let ids: string[];
  beforeAll(async () => {
    turnScheduleOn = await turnOff('reload-poll');
  });
  beforeEach(async () => {
    await emptyBucket();
    const word = unique('fleet');
    ids = Array.from({ length: 20 }, (_, n) => `${word}-${n}`);
    await Promise.all(ids.map((id) => putManifest(id)));
    expect((await reload()).sources.s3).toMatchObject({ outcome: 'done', addedCount: 20 });
  });
  afterAll(() => turnScheduleOn());

  test('15 % that vanish go when a second listing lacks them too', async () => {
    const gone = ids.slice(0, 3);
    await Promise.all(gone.map(deleteManifest));

    const { sources } = await reload();
    expect(sources.s3).toMatchObject({ outcome: 'done', held: 0 });
    expect(sources.s3?.removed.toSorted()).toEqual(gone.toSorted());
    expect(await statusesOf(gone)).toEqual([404, 404, 404]);
    expect(await statusesOf(ids.slice(3))).toEqual(Array(17).fill(200));
  });

  test('more that vanish at once are held, told and counted, until somebody confirms', async () => {
    const gone = ids.slice(0, 4);
    await Promise.all(gone.map(deleteManifest));

    const first = await reload();
    const second = await reload();
    for (const { sources, status } of [first, second]) {
      expect(sources.s3).toMatchObject({ outcome: 'done', removedCount: 0, held: 4, unchanged: 16 });
      expect(status.held).toEqual([{ source: 's3', count: 4, of: 20, since: expect.any(String) }]);
    }
    expect(second.status.held).toEqual(first.status.held);
    expect(await statusesOf(gone)).toEqual([200, 200, 200, 200]);

    const { log } = await invokeWithLog('discovery', { trigger: 'schedule' });
    expect(metricsIn(log, RELOAD_METRICS.held)).toContain(4);
    expect((await reloadStatus()).held).toHaveLength(1);

    const { sources, status } = await reload({ confirmRemovals: true });
    expect(sources.s3?.removed.toSorted()).toEqual(gone.toSorted());
    expect(status).toMatchObject({ held: [], sources: { s3: { totalAgents: 16 } } });
    expect(await statusesOf(gone)).toEqual([404, 404, 404, 404]);
    const { log: later } = await invokeWithLog('discovery', { trigger: 'schedule' });
    expect(metricsIn(later, RELOAD_METRICS.held)).not.toContain(4);
  });

  test('that vanish and come back, nobody has gone and nothing is held', async () => {
    const before = await Promise.all(ids.map(async (id) => (await get(id)).body.revision));
    await Promise.all(ids.map(deleteManifest));
    expect((await reload()).sources.s3).toMatchObject({ removedCount: 0, held: 20 });
    await reload();
    await Promise.all(ids.map((id) => putManifest(id)));

    const { sources, status } = await reload();
    expect(sources.s3).toMatchObject({ outcome: 'done', addedCount: 0, updatedCount: 0, removedCount: 0, held: 0 });
    expect(status.held).toEqual([]);
    expect(await Promise.all(ids.map(async (id) => (await get(id)).body.revision))).toEqual(before);
  });
});

/** Values of a metric among what a function logged, in CloudWatch's embedded metric format. */
function metricsIn(log: string, name: string): number[] {
  const lines = log.split('\n').filter((line) => line.startsWith('{"_aws"'));
  return lines.flatMap((line) => {
    const { [name]: value, _aws } = JSON.parse(line);
    const isDeclared = _aws.CloudWatchMetrics.some(
      ({ Namespace, Metrics }: { Namespace: string; Metrics: { Name: string }[] }) =>
        Namespace === 'AgentRegistry' && Metrics.some(({ Name }) => Name === name),
    );
    return isDeclared ? [Number(value)] : [];
  });
}
