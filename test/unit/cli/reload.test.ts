import { describe, expect, test } from '@jest/globals';
import type { ReloadReport, ReloadStatus, SourceReport } from '../../../lambdas/discovery/reload-status.ts';
import { cliInProcess } from './in-process.ts';
import { registryServer } from './registry-server.ts';

const cli = cliInProcess();

const AT = '2026-11-21T10:00:00.000Z';
const SEVEN = {
  enabled: true,
  isPolling: false,
  lastPollAt: AT,
  lastChangeAt: null,
  totalAgents: 12,
  pollCount: 5,
  errorCount: 0,
};

const status = (overrides: Partial<ReloadStatus> = {}): ReloadStatus => ({
  ...SEVEN,
  sources: { s3: SEVEN, filesystem: SEVEN, api: { ...SEVEN, enabled: false } },
  failures: [],
  failureCount: 0,
  warnings: [],
  held: [],
  ...overrides,
});

const report = (s3: Partial<SourceReport> = {}, overrides?: Partial<ReloadStatus>): ReloadReport => ({
  sources: {
    s3: {
      outcome: 'done',
      added: ['a', 'b'],
      updated: ['c'],
      removed: [],
      addedCount: 2,
      updatedCount: 1,
      removedCount: 0,
      failed: 0,
      unchanged: 9,
      held: 0,
      ...s3,
    },
  },
  status: status(overrides),
});

const TOLD = { source: 's3', agentId: 'x', step: 'conflict_detection', since: AT } as const;
const FAILURE = { ...TOLD, key: 'manifests/x/manifest.json', reason: 'a circle', errors: [], line: 3 };
const HELD = { source: 's3', count: 40, of: 100, since: AT } as const;

async function reloaded(answer: ReloadReport, ...flags: string[]) {
  await using registry = await registryServer({ reload: () => answer, status: () => answer.status });
  const ran = await cli(['--api', registry.url, ...flags, 'reload']);
  return { ...ran, requests: registry.requests };
}

describe('reload', () => {
  test('tells in a table what it did with each source that is followed', async () => {
    const { code, out, requests } = await reloaded(report());
    expect({ code, requests }).toEqual({ code: 0, requests: ['POST /registry/reload'] });
    const [head, row, ...more] = out.trim().split('\n');
    expect(head?.split(/ +/)).toEqual([
      ...['SOURCE', 'OUTCOME', 'ADDED', 'UPDATED', 'REMOVED', 'UNCHANGED', 'REFUSED', 'HELD', 'ERROR'],
    ]);
    expect(row?.split(/ +/)).toEqual(['s3', 'done', '2', '1', '0', '9', '0', '0', '-']);
    expect(more).toEqual([]);
  });

  test('prints the answer for programs', async () => {
    expect(JSON.parse((await reloaded(report(), '--json')).out)).toEqual(report());
  });

  test.each<[string, ReloadReport, string, string]>([
    [
      'what is refused, by its place and step',
      report({ failed: 1 }, { failures: [FAILURE], failureCount: 1 }),
      'refused  s3 manifests/x/manifest.json:3: a circle (conflict_detection)',
      '1 manifest is refused.',
    ],
    [
      'how many more are refused than it names',
      report({ failed: 150 }, { failures: [FAILURE], failureCount: 150 }),
      'and 149 more',
      '150 manifests are refused.',
    ],
    [
      'what is held, and how it is confirmed',
      report({ held: 40 }, { held: [HELD] }),
      `held     s3: 40 of 100 agents are missing since ${AT}; if they are meant to go, reload with --confirm-removals`,
      'Removals of s3 are held back.',
    ],
    [
      'which source failed, and why',
      report({ outcome: 'failed', error: 'access denied' }),
      'access denied',
      'The source s3 could not be polled: access denied.',
    ],
    ['that another one is in the way', report({ outcome: 'busy' }), 'busy', 'Another reload was under way'],
  ])('ends with 1 and tells %s', async (_, answer, told, fault) => {
    const { code, out, err } = await reloaded(answer);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: expect.stringContaining(told),
      err: expect.stringContaining(fault),
    });
  });

  test('tells what should be mended, which is no failure', async () => {
    const warning = { ...TOLD, key: 'manifests/y/manifest.json', reason: 'nobody is there' };
    const { code, out } = await reloaded(report({}, { warnings: [warning] }));
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('warning  s3 manifests/y/manifest.json: nobody'),
    });
  });

  test('confirms removals only when it is told to', async () => {
    const asked: unknown[] = [];
    await using registry = await registryServer({
      reload: (options) => {
        asked.push(options.confirmRemovals);
        return report();
      },
    });
    await cli(['--api', registry.url, 'reload']);
    await cli(['--api', registry.url, 'reload', '--confirm-removals']);
    expect(asked).toEqual([false, true]);
  });
});

describe('reload --status', () => {
  const asked = async (answer: ReloadStatus, ...flags: string[]) => {
    await using registry = await registryServer({ status: () => answer });
    return { ...(await cli(['--api', registry.url, ...flags, 'reload', '--status'])), requests: registry.requests };
  };

  test('tells how each source is doing, and only asks', async () => {
    const { code, out, requests } = await asked(status());
    expect({ code, requests }).toEqual({ code: 0, requests: ['GET /registry/reload'] });
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/));
    expect(rows.slice(1)).toEqual([
      ['s3', 'waiting', '12', '5', '0', AT, '-'],
      ['filesystem', 'waiting', '12', '5', '0', AT, '-'],
      ['api', 'off', '12', '5', '0', AT, '-'],
    ]);
  });

  test('prints the status for programs', async () => {
    expect(JSON.parse((await asked(status(), '--json')).out)).toEqual(status());
  });

  test('ends with 1 while something is refused', async () => {
    expect(await asked(status({ failures: [FAILURE], failureCount: 1 }))).toMatchObject({ code: 1 });
  });

  test('confirms nothing', async () => {
    expect(await cli(['reload', '--status', '--confirm-removals'])).toMatchObject({ code: 2 });
  });
});
