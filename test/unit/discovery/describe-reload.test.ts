import { describe, expect, test } from '@jest/globals';
import { describeReload } from '../../../lambdas/discovery/describe-reload.ts';
import type { ReloadSnapshot, SnapshotEntry } from '../../../lambdas/discovery/reload-snapshot.ts';
import { ReloadStatus } from '../../../lambdas/discovery/reload-status.ts';
import type { ReloadSource } from '../../../lambdas/discovery/reload-terms.ts';
import { keyOf } from '../../support/hot-reload.ts';
import { schemaValidator } from '../../support/schema-validator.ts';

const SINCE = '2026-11-21T10:00:00.000Z';
const isStatus = schemaValidator(ReloadStatus);

const entry = (more: Partial<SnapshotEntry> = {}): SnapshotEntry => ({ etag: '1', kind: 'agent', ...more });
const problem = (reason = 'broken') => ({
  step: 'syntax_validation' as const,
  reason,
  errors: [{ field: 'name', rule: 'required', message: 'is required' }],
  line: 3,
  since: SINCE,
  retryAt: 5,
});
const snapshot = (entries: ReloadSnapshot['entries'], more: Partial<ReloadSnapshot> = {}): ReloadSnapshot => ({
  entries,
  ...more,
});

/** The status of these snapshots; it always is what the API says that it is. */
function statusOf(snapshots: Partial<Record<ReloadSource, ReloadSnapshot>>, isPolling = false): ReloadStatus {
  const followed = new Map(Object.entries(snapshots) as [ReloadSource, ReloadSnapshot][]);
  const counts = {
    s3: { lastPollAt: SINCE, pollCount: 3, errorCount: 1 },
    api: { lastPollAt: null, pollCount: 0, errorCount: 2 },
  };
  const status = describeReload(followed, counts, isPolling);
  expect(isStatus(status)).toBe(true);
  return status;
}

describe('the status of hot reload', () => {
  test('counts agents that serve, not services nor what is refused', () => {
    const entries = {
      [keyOf('a')]: entry({ id: 'a' }),
      [keyOf('b')]: entry({ id: 'b', problem: problem() }),
      [keyOf('c')]: entry({ kind: 'other', problem: problem() }),
      'manifests/s/server.json': entry({ id: 's', kind: 'service' }),
    };

    expect(
      statusOf({ s3: snapshot(entries), filesystem: snapshot({ 'x/manifest.json': entry({ id: 'x' }) }) }),
    ).toMatchObject({
      totalAgents: 3,
      sources: { s3: { totalAgents: 2 }, filesystem: { totalAgents: 1 }, api: { totalAgents: 0, enabled: false } },
    });
  });

  test('sums counts up, and takes the latest of times', () => {
    const later = '2026-11-21T11:00:00.000Z';

    expect(
      statusOf({ s3: snapshot({}, { lastChangeAt: SINCE }), api: snapshot({}, { lastChangeAt: later }) }),
    ).toMatchObject({ pollCount: 3, errorCount: 3, lastPollAt: SINCE, lastChangeAt: later, enabled: true });
  });

  test('polls what is followed, and nothing else', () => {
    expect(statusOf({ s3: snapshot({}) }, true)).toMatchObject({
      isPolling: true,
      sources: { s3: { isPolling: true }, api: { isPolling: false } },
    });
  });

  test('is disabled where nothing is followed', () => {
    expect(statusOf({})).toMatchObject({ enabled: false });
  });

  test('tells what is refused, why, where and since when; not when it is tried again', () => {
    const { failures, failureCount } = statusOf({
      s3: snapshot({ [keyOf('a')]: entry({ id: 'a', problem: problem() }), [keyOf('b')]: entry({ id: 'b' }) }),
    });

    expect(failureCount).toBe(1);
    expect(failures).toEqual([
      {
        source: 's3',
        key: keyOf('a'),
        agentId: 'a',
        step: 'syntax_validation',
        reason: 'broken',
        errors: [{ field: 'name', rule: 'required', message: 'is required' }],
        line: 3,
        since: SINCE,
      },
    ]);
  });

  test.each<[string, string, Partial<SnapshotEntry>, string]>([
    ['that serves', keyOf('folder'), { id: 'served', asked: 'asked' }, 'served'],
    ['that it asks for', 'x.md', { asked: 'asked' }, 'asked'],
    ['of its folder', keyOf('folder'), {}, 'folder'],
    ['of its key', 'remote-agent', {}, 'remote-agent'],
  ])('names the agent of what is refused by the id %s', (_, key, known, agentId) => {
    expect(statusOf({ s3: snapshot({ [key]: entry({ ...known, problem: problem() }) }) }).failures).toMatchObject([
      { agentId },
    ]);
  });

  test('tells a hundred of what is refused, and how many there are; and a hundred warnings', () => {
    const many = (of: Partial<SnapshotEntry>) =>
      snapshot(Object.fromEntries(Array.from({ length: 150 }, (_, n) => [keyOf(`a${n}`), entry(of)])));
    const warning = { step: 'conflict_detection', field: 'f', rule: 'r', message: 'm' } as const;
    const refused = statusOf({ s3: many({ problem: problem() }), api: many({ problem: problem() }) });

    expect([refused.failures.length, refused.failureCount]).toEqual([100, 300]);
    expect(statusOf({ s3: many({ warnings: [warning], warnedAt: SINCE }) }).warnings).toHaveLength(100);
  });

  test('warns of what is missing until it is there, from whichever source', () => {
    const missing = (name: string) =>
      ({
        step: 'conflict_detection',
        field: 'dependencies.agents.0',
        rule: 'missingAgent',
        message: name,
        missing: name,
      }) as const;
    const warned = entry({ id: 'a', warnings: [missing('b'), missing('c')], warnedAt: SINCE });
    const known = snapshot({ [keyOf('a')]: warned });
    expect(statusOf({ s3: known }).warnings).toHaveLength(2);

    const { warnings } = statusOf({ s3: known, filesystem: snapshot({ 'b/manifest.json': entry({ id: 'b' }) }) });
    expect(warnings).toEqual([
      {
        source: 's3',
        key: keyOf('a'),
        agentId: 'a',
        step: 'conflict_detection',
        reason: 'dependencies.agents.0: c',
        since: SINCE,
      },
    ]);
  });

  test('tells what is held, by source', () => {
    const held = { count: 40, of: 100, since: SINCE };

    expect(statusOf({ s3: snapshot({}, { held }), api: snapshot({}) }).held).toEqual([{ source: 's3', ...held }]);
  });
});
